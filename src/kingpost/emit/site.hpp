#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/emit/design.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

struct DecisionSet;
struct AssuranceSet;

/// A contract as everybody together can reach it, with the files that describe it.
struct SiteContract {
  const ir::Contract* contract = nullptr;
  surface::Api whole;
  /// One file an audience: the whole, each role, anonymous. Path and who it is for.
  std::vector<std::pair<std::string, std::string>> openapi;
};

/// A diagram as the site shows it: `path.mmd` beside, and `path.svg` when there is a picture.
struct SiteDiagram {
  std::string path;   ///< without ending, for example diagrams/er
  std::string group;  ///< what it belongs to on the diagrams' page, for example Entities
  std::string title;
  std::string about;    ///< one sentence, or empty
  std::string inlined;  ///< as Picture::inlined; empty without pictures
  std::string anchor;   ///< id of its figure, unique in the design
  bool large = false;   ///< has a page of its own, which fills the window
};

/// What printers and the site read. Borrowed: everything pointed to must outlive the call.
struct SiteInput {
  const ir::System* system = nullptr;
  DesignOptions options;
  std::vector<SiteContract> contracts;
  const dialect::RelationalSchema* sqlite = nullptr;
  const dialect::RelationalSchema* postgres = nullptr;
  std::string ddl_sqlite;
  std::string ddl_postgres;
  std::shared_ptr<const DecisionSet> decisions;  ///< for the declared load
  std::shared_ptr<const AssuranceSet> assurance;
  std::vector<SiteDiagram> diagrams;
  std::vector<std::pair<std::string, std::string>> files;  ///< every other file of the design, in its order: path and title
};

/// The files of a design under construction.
class Files {
 public:
  void add(std::string path, std::string_view type, std::string bytes, std::string title) {
    files_.push_back({std::move(path), std::string(type), std::move(bytes), std::move(title)});
  }
  [[nodiscard]] std::vector<Artefact>& all() { return files_; }

 private:
  std::vector<Artefact> files_;
};

/// Where the JSON Schema of an entity of a contract lies.
[[nodiscard]] std::string schema_path(const ir::Contract& contract, const surface::ApiEntity& entity);

/// The pages of the design site with their style, script and search index, index.html first. A page is what one line of kSections (site.cpp)
/// writes; what writes nothing has no page. Links are written `href="#id"` wherever the target is: the page that holds the id is put before.
/// Every name and text of the model is escaped. Deterministic.
[[nodiscard]] std::vector<Artefact> print_site(const SiteInput& input);

}  // namespace kingpost::emit
