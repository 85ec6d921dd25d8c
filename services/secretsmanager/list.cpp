#include <sstream>

#include "aws/text.hpp"
#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

/// Every word of `wanted` begins a word of `text`, without regard to case (API reference, Filter, "description").
bool words_match(const std::string& text, const std::string& wanted) {
  std::string separated = aws::lower(text);
  std::replace_if(
      separated.begin(), separated.end(), [](unsigned char c) { return !std::isalnum(c); }, ' ');
  std::istringstream words(aws::lower(wanted));
  for (std::string word; words >> word;) {
    if (!aws::lower(text).starts_with(word) && (" " + separated).find(" " + word) == std::string::npos) return false;
  }
  return true;
}

bool value_matches(const Secret& secret, const std::string& key, const std::string& wanted) {
  const Json& document = secret.document();
  if (key == "name") return secret.name().starts_with(wanted);
  if (key == "description") return document.contains("Description") && words_match(document["Description"], wanted);
  if (key == "primary-region") return document.value("PrimaryRegion", "").starts_with(wanted);
  if (key == "owning-service") return document.value("OwningService", "").starts_with(wanted);
  std::string everything = secret.name() + " " + document.value("Description", "");
  for (const Json& tag : secret.tags()) {
    const std::string name = tag.at("Key"), value = tag.at("Value");
    if (key == "tag-key" && name.starts_with(wanted)) return true;
    if (key == "tag-value" && value.starts_with(wanted)) return true;
    everything += " " + name + " " + value;
  }
  return key == "all" && words_match(everything, wanted);
}

/// Sorts by `member`, then by ARN. For descending order the key's bytes are complemented.
std::string sort_key(const Json& secret, const std::string& by, bool descending) {
  const char* member = by == "last-changed-date"    ? "LastChangedDate"
                       : by == "last-accessed-date" ? "LastAccessedDate"
                                                    : "CreatedDate";
  char date[40];
  std::snprintf(date, sizeof date, "%020.3f ", secret.value(member, 0.0));
  const std::string name = secret.at("Name");
  std::string key = by == "name" ? name : date + name;
  if (descending) {
    for (char& c : key) c = static_cast<char>(~static_cast<unsigned char>(c));
    key.push_back('\xff');
  }
  return key;
}

}  // namespace

SecretFilters::SecretFilters(const Input& input) {
  for (const Input& filter : input.objects("Filters")) {
    if (!filter.has("Key")) throw errors::invalid_parameter("Invalid filter key");
    if (!filter.has("Values")) throw errors::invalid_parameter("Invalid filter values for key: " + filter.str("Key"));
    filters_.push_back({filter.str("Key"), filter.strings("Values")});
  }
}

bool SecretFilters::match(const Secret& secret) const {
  return std::all_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& value) {
      const bool negated = value.starts_with('!');
      return value_matches(secret, filter.key, negated ? value.substr(1) : value) != negated;
    });
  });
}

Json list_secrets(RequestContext& context, const Input& input) {
  const bool planned = input.flag("IncludePlannedDeletion");
  const std::string by = input.str("SortBy", "created-date");
  const bool descending = input.str("SortOrder", "desc") == "desc";
  const SecretFilters filters(input);
  std::vector<Json> entries;
  for (auto& resource : table(context).list(kSecret)) {
    const auto secret = lookup(context, resource.id);
    if (!secret || (secret->scheduled() && !planned) || !filters.match(*secret)) continue;
    Json entry = secret->document();
    entry.erase("ReplicationStatus");  // SecretListEntry has no such member
    if (Json tags = secret->tags(); !tags.empty()) entry["Tags"] = std::move(tags);
    if (Json stages = secret->ids_to_stages(); !stages.empty()) entry["SecretVersionsToStages"] = std::move(stages);
    entries.push_back(std::move(entry));
  }
  const auto next = paginate(
      entries, static_cast<std::size_t>(input.integer("MaxResults", 100)), input.find_str("NextToken"),
      [&](const Json& entry) { return sort_key(entry, by, descending); }, errors::invalid_next_token());
  Json out{{"SecretList", std::move(entries)}};
  if (next) out["NextToken"] = *next;
  return out;
}

}  // namespace orrery::secretsmanager
