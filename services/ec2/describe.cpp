#include "services/ec2/describe.hpp"

#include <cctype>

#include "registry/filters.hpp"
#include "registry/pagination.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

void collect(const Json& value, std::string_view path, std::vector<std::string>& out) {
  if (value.is_array()) {
    for (const Json& element : value) collect(element, path, out);
    return;
  }
  if (path.empty()) {
    if (value.is_string()) out.push_back(value.get<std::string>());
    if (value.is_boolean()) out.emplace_back(value.get<bool>() ? "true" : "false");
    if (value.is_number_integer()) out.push_back(std::to_string(value.get<std::int64_t>()));
    return;
  }
  const auto dot = path.find('.');
  if (!value.is_object()) return;
  const auto member = value.find(path.substr(0, dot));
  if (member != value.end()) collect(*member, dot == path.npos ? std::string_view{} : path.substr(dot + 1), out);
}

const FilterRow* row_of(const Listing& listing, std::string_view name) {
  const auto found = std::find_if(listing.filters.begin(), listing.filters.end(),
                                  [&](const FilterRow& row) { return row.name == name; });
  return found == listing.filters.end() ? nullptr : &*found;
}

bool is_tag_filter(std::string_view name) {
  return name.starts_with("tag:") || name == "tag-key" || name == "tag-value";
}

std::vector<std::string> tag_values(const Json& tags, std::string_view name) {
  std::vector<std::string> out;
  for (const Json& tag : tags) {
    const std::string key = tag["Key"];
    if (name == "tag-key") out.push_back(key);
    if (name == "tag-value" || name == "tag:" + key) out.push_back(tag["Value"]);
  }
  return out;
}

std::string lower_camel(std::string_view name) {
  std::string out(name);
  out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

/// The resources that the ids name, or all of the kind.
std::vector<Resource> candidates(RequestContext& context, const Listing& listing, const std::vector<std::string>& ids) {
  if (ids.empty()) return table(context).list(listing.kind.name);
  std::vector<Resource> out;
  for (const std::string& id : ids) {
    const bool repeated = std::any_of(out.begin(), out.end(), [&](const Resource& r) { return r.id == id; });
    if (!repeated) out.push_back(require(context, listing.kind, id));
  }
  return out;
}

}  // namespace

std::vector<std::string> values_at(const Json& document, std::string_view path) {
  std::vector<std::string> out;
  collect(document, path, out);
  return out;
}

Json page(const Input& input, std::vector<Json> documents, std::string_view key, std::string_view output) {
  const auto key_of = [&](const Json& document) { return document.at(key).get<std::string>(); };
  const auto next = paginate(documents, static_cast<std::size_t>(input.integer("MaxResults", 0)),
                             input.find_str("NextToken"), key_of, errors::invalid_token());
  Json out = Json::object();
  out[std::string(output)] = std::move(documents);
  if (next) out["NextToken"] = *next;
  return out;
}

Json describe(RequestContext& context, const Input& input, const Listing& listing) {
  const Filters filters(input, listing.filters_member);
  for (const auto& name :
       filters.unknown([&](std::string_view n) { return is_tag_filter(n) || row_of(listing, n) != nullptr; }))
    throw errors::invalid_filter(name);
  const auto ids = listing.ids.empty() ? std::vector<std::string>{} : input.strings(listing.ids);
  if (!ids.empty() && input.has("MaxResults"))
    throw errors::combination("The parameter " + lower_camel(listing.ids) +
                              " cannot be used with the parameter maxResults");
  const std::string tags_member(listing.kind.tags_member);
  std::vector<Json> found;
  const auto all_tags = ids.empty() ? table(context).tags(listing.kind.name) : std::map<std::string, Tags>{};
  for (Resource& resource : candidates(context, listing, ids)) {
    const auto known = all_tags.find(resource.id);
    Json tags = !ids.empty() ? tag_list(table(context).tags(listing.kind.name, resource.id))
                             : tag_list(known == all_tags.end() ? Tags{} : known->second);
    if (listing.complete && !listing.complete(context, resource)) {
      if (!ids.empty()) throw not_found(listing.kind, resource.id);
      continue;
    }
    Json& document = resource.document;
    if (!listing.vpc_id.empty() && document.value("VpcId", "") != listing.vpc_id) continue;
    const bool matches = filters.match([&](std::string_view name) {
      return is_tag_filter(name) ? tag_values(tags, name) : values_at(document, row_of(listing, name)->path);
    });
    if (!matches) continue;
    document[tags_member] = std::move(tags);
    found.push_back(std::move(document));
  }
  return page(input, std::move(found), listing.kind.id_member, listing.output);
}

}  // namespace orrery::ec2
