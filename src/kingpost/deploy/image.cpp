#include <fmt/format.h>

#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kDockerfile = R"(# @TITLE@
# Kingpost @VERSION@ with this model in it. In this folder:
#   docker build -t @NAME@:@TAG@ .
# KINGPOST_FROM=source builds a checkout of Kingpost in kingpost/; KINGPOST_FROM=release unpacks the kingpost-VERSION-linux-ARCH.tar.gz and its
# .sha256 (`make release`) beside this file. BuildKit builds only the stage that is asked for.
ARG KINGPOST_FROM=source

FROM debian:12 AS source
WORKDIR /src
COPY kingpost/ ./
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && make build \
    && make install PREFIX=/usr/local DESTDIR=/out \
    && rm -rf /var/lib/apt/lists/*

FROM debian:12-slim AS release
WORKDIR /release
COPY kingpost-*.tar.gz kingpost-*.tar.gz.sha256 ./
RUN sha256sum -c kingpost-*.tar.gz.sha256 \
    && mkdir -p /out/usr/local \
    && tar -xzf kingpost-*.tar.gz -C /out/usr/local --strip-components=1

FROM ${KINGPOST_FROM} AS kingpost

FROM debian:12-slim
# What the binary is linked with, and nothing more; libc and libstdc++ are in the base image.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
@PACKAGES@    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid @UID@ --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin kingpost \
    && install -d -o @UID@ -g @UID@ -m 0750 /data
COPY --from=kingpost /out/usr/local/bin/kingpost /usr/local/bin/kingpost
COPY model/ /srv/model/
USER @UID@:@UID@
WORKDIR /data
EXPOSE @PORT@
STOPSIGNAL SIGTERM
# /health/live says that the process answers. Whether its database does is /health/ready, for whoever sends requests here.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", @HEALTH@]
ENTRYPOINT ["kingpost"]
CMD @SERVE@
)";

constexpr std::string_view kIgnore = R"(# Only what the Dockerfile copies goes to the builder.
*
!kingpost/
!kingpost-*.tar.gz
!kingpost-*.tar.gz.sha256
!model/
kingpost/build/
kingpost/out/
kingpost/.git/
**/node_modules/
**/.env
**/*.sqlite
)";

}  // namespace

const std::vector<std::string_view>& runtime_packages() {
  static const std::vector<std::string_view> kPackages{
      "libcgraph6", "libfmt9",       "libgvc6",      "libpg-query1504.0", "libpq5",       "libprotobuf32",
      "libre2-9",   "libsimdjson14", "libsqlite3-0", "libssl3",           "libutf8proc2", "libyaml-cpp0.7",
  };
  return kPackages;
}

void add_model(const Options& options, std::vector<File>& out) {
  for (const ModelFile& file : options.model) out.push_back({"model/" + file.path, kYaml, file.text, "Model as it is deployed"});
}

void add_image(const Facts& facts, std::vector<File>& out) {
  std::string packages;
  for (const std::string_view package : runtime_packages()) packages += fmt::format("       {} \\\n", package);
  const std::string uid = std::to_string(kUser);
  const std::string serve = flow_list(serve_arguments(facts, "/srv/model/" + facts.root, "sqlite:/data/" + facts.name + ".db", "0.0.0.0"));
  out.push_back({"Dockerfile", kText,
                 fill(kDockerfile, {{"TITLE", facts.title},
                                    {"VERSION", facts.version},
                                    {"NAME", facts.name},
                                    {"TAG", facts.tag},
                                    {"PACKAGES", packages},
                                    {"UID", uid},
                                    {"PORT", std::to_string(kPort)},
                                    {"HEALTH", yaml_quoted(health_command("/health/live"))},
                                    {"SERVE", serve}}),
                 "Dockerfile"});
  out.push_back({".dockerignore", kText, std::string(kIgnore), "What the image's builder gets"});
}

}  // namespace kingpost::deploy
