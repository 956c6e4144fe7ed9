#include <fmt/format.h>

#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kUnit = R"(# @TITLE@
# Install:
#   install -D -m 644 @NAME@.service /etc/systemd/system/@NAME@.service
#   cp -R model /etc/@NAME@/model
#   install -m 600 @NAME@.env.example /etc/@NAME@/@NAME@.env    # then fill it in; systemd reads it as root, the service's user cannot
#   systemctl daemon-reload && systemctl enable --now @NAME@
[Unit]
Description=Kingpost serving @NAME@
Documentation=file:/etc/@NAME@/model
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=exec
ExecStart=@EXEC@
EnvironmentFile=/etc/@NAME@/@NAME@.env
Restart=on-failure
RestartSec=2
# SIGTERM lets running requests end within @DRAIN@ s (drain-timeout-ms), then the store finishes its writes.
KillSignal=SIGTERM
TimeoutStopSec=@STOP@
LimitNOFILE=@FILES@
MemoryMax=@MEMORY@M
TasksMax=256

DynamicUser=yes
StateDirectory=@NAME@
StateDirectoryMode=0700
WorkingDirectory=/var/lib/@NAME@
UMask=0077
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
)";

}  // namespace

void add_systemd(const Facts& facts, std::vector<File>& out) {
  const std::string database = fmt::format("sqlite:/var/lib/{0}/{0}.db", facts.name);
  // A proxy on the same machine ends TLS, so nobody else needs to reach the port.
  std::string exec = "/usr/local/bin/kingpost";
  for (const std::string& word : serve_arguments(facts, fmt::format("/etc/{}/model/{}", facts.name, facts.root), database, "127.0.0.1")) {
    exec += ' ';
    const bool plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=-") == std::string::npos;
    exec += plain ? word : systemd_quoted(word);
  }
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  out.push_back({"systemd/" + facts.name + ".service", kText,
                 fill(kUnit, {{"TITLE", facts.title},
                              {"NAME", facts.name},
                              {"EXEC", exec},
                              {"DRAIN", number(facts.drain_seconds)},
                              {"STOP", number(facts.stop_seconds)},
                              {"FILES", number(facts.files)},
                              {"MEMORY", number(facts.most_memory_mib)}}),
                 "systemd unit"});
  std::string example = "# openssl rand -base64 32\nKINGPOST_SECRET=\n";
  for (const ClientVariable& one : facts.variables) {
    example +=
        fmt::format("# {} of the other system {}; this version does not call it yet\n{}=\n", one.secret ? "Token" : "Address", one.client, one.name);
  }
  out.push_back({"systemd/" + facts.name + ".env.example", kText, std::move(example), "Variables of the unit"});
}

}  // namespace kingpost::deploy
