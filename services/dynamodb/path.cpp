#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

std::string Path::text() const {
  std::string out;
  for (const auto& step : steps) {
    if (!out.empty()) out += ", ";
    const auto* index = std::get_if<std::size_t>(&step);
    out += index ? "[" + std::to_string(*index) + "]" : std::get<std::string>(step);
  }
  return "[" + out + "]";
}

const Json* at_path(const Json& item, const Path& path) {
  const Json* here = &item;  // a map's members, then an attribute value
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const auto* index = std::get_if<std::size_t>(&path.steps[i]);
    if (i > 0) {
      if (type_of(*here) != (index ? "L" : "M")) return nullptr;
      here = &content_of(*here);
    }
    if (index) {
      if (*index >= here->size()) return nullptr;
      here = &(*here)[*index];
    } else {
      const auto found = here->find(std::get<std::string>(path.steps[i]));
      if (found == here->end()) return nullptr;
      here = &*found;
    }
  }
  return here;
}

namespace {

/// What a set of paths selects below one point.
struct Selection {
  bool whole = false;
  std::map<PathStep, Selection> parts;
};

Json select(const Json& value, const Selection& selection);

Json select_members(const Json& members, const Selection& selection) {
  Json out = Json::object();
  for (const auto& [step, part] : selection.parts) {
    const auto* name = std::get_if<std::string>(&step);
    const auto found = name ? members.find(*name) : members.end();
    if (found == members.end()) continue;
    Json selected = select(*found, part);
    if (!selected.is_null()) out[*name] = std::move(selected);
  }
  return out;
}

/// null when nothing below `value` was selected.
Json select(const Json& value, const Selection& selection) {
  if (selection.whole) return value;
  if (type_of(value) == "M") {
    Json members = select_members(content_of(value), selection);
    return members.empty() ? Json() : Json{{"M", std::move(members)}};
  }
  if (type_of(value) != "L") return {};
  Json elements = Json::array();
  for (const auto& [step, part] : selection.parts) {
    const auto* index = std::get_if<std::size_t>(&step);
    if (!index || *index >= content_of(value).size()) continue;
    Json selected = select(content_of(value)[*index], part);
    if (!selected.is_null()) elements.push_back(std::move(selected));
  }
  return elements.empty() ? Json() : Json{{"L", std::move(elements)}};
}

}  // namespace

Json project(const Json& item, const std::vector<Path>& paths) {
  Selection root;
  for (const auto& path : paths) {
    Selection* here = &root;
    for (const auto& step : path.steps) here = &here->parts[step];
    here->whole = true;
  }
  return select_members(item, root);
}

void check_overlap(const std::vector<Path>& paths, std::string_view kind) {
  const auto refuse = [&](const char* what, const Path& one, const Path& two) {
    throw validation("Invalid " + std::string(kind) + ": Two document paths " + what +
                     " with each other; must remove or rewrite one of these paths; path one: " + one.text() +
                     ", path two: " + two.text());
  };
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = i + 1; j < paths.size(); ++j) {
      const auto &one = paths[i].steps, &two = paths[j].steps;
      const std::size_t shorter = std::min(one.size(), two.size());
      std::size_t same = 0;
      while (same < shorter && one[same] == two[same]) ++same;
      if (same == shorter) refuse("overlap", paths[i], paths[j]);
      if (one[same].index() != two[same].index()) refuse("conflict", paths[i], paths[j]);
    }
  }
}

}  // namespace orrery::dynamodb
