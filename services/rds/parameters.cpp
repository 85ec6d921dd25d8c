#include "services/rds/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "services/rds/names.hpp"

namespace orrery::rds {

namespace {

bool has_postgres_parameters(std::string_view family) {
  return family.starts_with("postgres") || family.starts_with("aurora-postgresql");
}

/// What MySQL 8 cannot change while it runs either (its manual, "Server System Variable Reference"), of what groups
/// set.
bool static_in_mysql(std::string_view name) {
  static constexpr std::string_view names[] = {"back_log",
                                               "ft_max_word_len",
                                               "ft_min_word_len",
                                               "ft_stopword_file",
                                               "innodb_autoinc_lock_mode",
                                               "innodb_buffer_pool_instances",
                                               "innodb_dedicated_server",
                                               "innodb_flush_method",
                                               "innodb_ft_cache_size",
                                               "innodb_ft_max_token_size",
                                               "innodb_ft_min_token_size",
                                               "innodb_ft_sort_pll_degree",
                                               "innodb_ft_total_cache_size",
                                               "innodb_log_file_size",
                                               "innodb_open_files",
                                               "innodb_purge_threads",
                                               "innodb_read_io_threads",
                                               "innodb_rollback_on_timeout",
                                               "innodb_sort_buffer_size",
                                               "innodb_sync_array_size",
                                               "innodb_write_io_threads",
                                               "log_slave_updates",
                                               "lower_case_table_names",
                                               "myisam_recover_options",
                                               "open_files_limit",
                                               "performance_schema",
                                               "skip_name_resolve",
                                               "skip_show_database",
                                               "table_open_cache_instances",
                                               "thread_stack"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool well_formed(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool in_list(std::string_view list, std::string_view value) {
  while (true) {
    const auto comma = list.find(',');
    if (list.substr(0, comma) == value) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool in_range(std::string_view range, std::string_view value) {
  const auto dash = range.find('-', 1);
  const auto low = number(range.substr(0, dash)), high = number(range.substr(dash + 1)), wanted = number(value);
  return low && high && wanted && *low <= *wanted && *wanted <= *high;
}

}  // namespace

std::span<const Parameter> known_parameters(std::string_view family) {
  if (has_postgres_parameters(family)) return postgres_parameters();
  if (family.starts_with("mariadb")) return mariadb_parameters();
  return {};
}

std::optional<Parameter> find_parameter(std::string_view family, std::string_view name) {
  const auto table = known_parameters(family);
  const auto it = std::find_if(table.begin(), table.end(), [&](const Parameter& p) { return p.name == name; });
  if (it != table.end()) return *it;
  if (has_postgres_parameters(family) || !well_formed(name)) return std::nullopt;
  return Parameter{name, family.starts_with("mysql") && static_in_mysql(name) ? "static" : "dynamic", "string", "",
                   true};
}

bool allows(const Parameter& parameter, std::string_view value) {
  if (parameter.allowed.empty() || value.find('{') != std::string_view::npos) return true;
  if (parameter.data_type == "boolean") return in_list("0,1,on,off,true,false", lower(std::string(value)));
  if (parameter.data_type == "integer" || parameter.data_type == "float") return in_range(parameter.allowed, value);
  return in_list(parameter.allowed, value);
}

}  // namespace orrery::rds
