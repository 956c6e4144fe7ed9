#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/design_deploy.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/proto_lock.hpp"
#include "kingpost/emit/design.hpp"

namespace kingpost::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = ".kingpost-design";
constexpr std::string_view kManifestHead = "# What `kingpost design` wrote here, so that its next run removes what is stale and nothing else.\n";
constexpr std::string_view kGenerator = "<meta name=\"generator\" content=\"Kingpost\">";

/// FNV-1a; tells whether a file is as it was written, secures nothing.
std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
  return hash;
}

/// A path that stays below its folder.
bool stays_below(const std::string& path) {
  const fs::path parts(path);
  return !path.empty() && parts.is_relative() && std::none_of(parts.begin(), parts.end(), [](const fs::path& one) { return one == ".."; });
}

/// Files that an earlier run wrote, with their fingerprints. A line that is none is ignored: whatever it names stays.
std::map<std::string, std::uint64_t> read_manifest(const fs::path& folder) {
  std::map<std::string, std::uint64_t> out;
  const auto text = read_file((folder / kManifest).string());
  if (!text) return out;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::uint64_t hash = 0;
    if (line.size() < 18 || line[16] != ' ') continue;
    const auto read = std::from_chars(line.data(), line.data() + 16, hash, 16);
    std::string path(line.substr(17));
    if (read.ec == std::errc{} && read.ptr == line.data() + 16 && stays_below(path)) out[std::move(path)] = hash;
  }
  return out;
}

std::string print_manifest(const emit::Design& design) {
  std::string out(kManifestHead);
  for (const emit::Artefact& file : design.files) out += fmt::format("{:016x} {}\n", fingerprint(file.bytes), file.path);
  return out;
}

/// The first file that would be overwritten though no run of ours wrote it; empty for none. A site without a manifest is one of an earlier version.
std::string foreign_file(const fs::path& folder, const emit::Design& design, const std::map<std::string, std::uint64_t>& written) {
  if (written.empty()) {
    const auto page = read_file((folder / "index.html").string());
    if (page && page->find(kGenerator) != std::string::npos) return {};
  }
  for (const emit::Artefact& file : design.files) {
    std::error_code code;
    if (written.contains(file.path) || !fs::exists(folder / file.path, code)) continue;
    const auto there = read_file((folder / file.path).string());
    if (!there || *there != file.bytes) return (folder / file.path).string();
  }
  return {};
}

/// Removes a stale file that is still as we wrote it, and folders that this leaves empty. True when it is gone.
bool remove_stale(const fs::path& folder, const std::string& path, std::uint64_t hash) {
  std::error_code code;
  const fs::path target = folder / path;
  if (!fs::is_regular_file(fs::symlink_status(target, code))) return false;
  // Through a link in between the file would lie elsewhere.
  const fs::path home = fs::canonical(target.parent_path(), code);
  const fs::path root = fs::canonical(folder, code);
  const auto [end, inside] = std::mismatch(root.begin(), root.end(), home.begin(), home.end());
  if (code || end != root.end()) return false;
  const auto text = read_file(target.string());
  if (!text || fingerprint(*text) != hash || !fs::remove(target, code)) return false;
  for (fs::path parent = home; parent != root && fs::remove(parent, code); parent = parent.parent_path()) {
  }
  return true;
}

/// Says what became of files of an earlier run that this design no longer has.
void clean(const fs::path& folder, const emit::Design& design, const std::map<std::string, std::uint64_t>& written) {
  std::set<std::string> current;
  for (const emit::Artefact& file : design.files) current.insert(file.path);
  std::size_t removed = 0;
  for (const auto& [path, hash] : written) {
    std::error_code code;
    if (current.contains(path) || !fs::exists(fs::symlink_status(folder / path, code))) continue;
    if (remove_stale(folder, path, hash)) {
      ++removed;
    } else {
      fmt::print(stderr, "Kept {}: it is not as this command wrote it, though the design no longer has it.\n", (folder / path).string());
    }
  }
  if (removed > 0) fmt::print(stderr, "Removed {} stale {}.\n", removed, removed == 1 ? "file" : "files");
}

}  // namespace

int run_design(const DesignOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  emit::DesignOptions wanted;
  wanted.pictures = options.pictures;
  auto lock = read_proto_lock(options.model);
  if (!lock) return complain(lock.error());
  wanted.proto_numbers = lock->numbers;
  auto design = emit::make_design(*system, wanted);
  if (!design) return complain(design.error());
  if (auto added = add_deployment(options.deploy, options.model, *system, *design); !added) return complain(added.error());
  const fs::path folder(options.output);
  const std::map<std::string, std::uint64_t> written = read_manifest(folder);
  if (const std::string foreign = foreign_file(folder, *design, written); !foreign.empty()) {
    Error error =
        make_error(ErrorKind::kAlreadyExists, "kp-file", foreign + " is there already, and no earlier design wrote it; nothing was written.");
    error.hint = "Design into a folder of its own.";
    return complain(error);
  }
  std::size_t bytes = 0;
  for (const emit::Artefact& file : design->files) {
    if (auto done = write_file((folder / file.path).string(), file.bytes); !done) return complain(done.error());
    bytes += file.bytes.size();
  }
  clean(folder, *design, written);
  if (auto done = write_file((folder / kManifest).string(), print_manifest(*design)); !done) return complain(done.error());
  fmt::print(stderr, "Wrote {} files ({} KiB) to {}\nOpen {} in a browser.\n", design->files.size(), bytes / 1024, options.output,
             (folder / "index.html").string());
  if (auto kept = keep_proto_numbers(*system, *lock, options.lock); !kept) return complain(kept.error());
  for (const std::string& reason : design->left_out) fmt::print(stderr, "Left out: {}.\n", reason);
  return kExitOk;
}

}  // namespace kingpost::app
