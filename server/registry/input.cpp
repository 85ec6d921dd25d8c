#include "registry/input.hpp"

namespace orrery {

namespace {

const Json kNull;
const Json kEmpty = Json::object();

bool holds(const std::vector<const Json*>& values, const Json* value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

std::vector<std::string> ReadLog::unread(const Json& input) const {
  std::vector<std::string> out;
  if (!holds(whole_, &input)) {
    for (const auto& [name, value] : input.items()) walk(value, name, out);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void ReadLog::walk(const Json& value, const std::string& path, std::vector<std::string>& out) const {
  if (value.is_null() || holds(whole_, &value)) return;
  if (!holds(opened_, &value)) {
    out.push_back(path);
    return;
  }
  if (value.is_array()) {
    for (const auto& element : value) {
      if (!element.is_object() || holds(whole_, &element)) continue;
      for (const auto& [name, member] : element.items()) walk(member, path + "[]." + name, out);
    }
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.items()) walk(member, path + "." + name, out);
  }
}

const Json* Input::find(std::string_view name) const {
  if (!value_->is_object()) return nullptr;
  const auto found = value_->find(name);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

const Json* Input::read(std::string_view name) const {
  const Json* value = find(name);
  if (value) log_->whole(value);
  return value;
}

std::string Input::str(std::string_view name, std::string_view fallback) const {
  const Json* value = read(name);
  return value && value->is_string() ? value->get<std::string>() : std::string(fallback);
}

std::optional<std::string> Input::find_str(std::string_view name) const {
  const Json* value = read(name);
  if (!value || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::int64_t Input::integer(std::string_view name, std::int64_t fallback) const {
  return find_integer(name).value_or(fallback);
}

std::optional<std::int64_t> Input::find_integer(std::string_view name) const {
  const Json* value = read(name);
  if (!value || !value->is_number()) return std::nullopt;
  return value->get<std::int64_t>();
}

double Input::number(std::string_view name, double fallback) const {
  const Json* value = read(name);
  return value && value->is_number() ? value->get<double>() : fallback;
}

bool Input::flag(std::string_view name, bool fallback) const { return find_flag(name).value_or(fallback); }

std::optional<bool> Input::find_flag(std::string_view name) const {
  const Json* value = read(name);
  if (!value || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

Input Input::object(std::string_view name) const { return find_object(name).value_or(Input(kEmpty, *log_)); }

std::optional<Input> Input::find_object(std::string_view name) const {
  const Json* value = find(name);
  if (!value) return std::nullopt;
  log_->opened(value);
  return Input(*value, *log_);
}

std::vector<Input> Input::objects(std::string_view name) const {
  std::vector<Input> out;
  const Json* value = find(name);
  if (!value || !value->is_array()) return out;
  log_->opened(value);
  out.reserve(value->size());
  for (const auto& element : *value) out.emplace_back(element, *log_);
  return out;
}

std::vector<std::string> Input::strings(std::string_view name) const {
  std::vector<std::string> out;
  if (const Json* value = read(name); value && value->is_array()) {
    for (const auto& element : *value) {
      if (element.is_string()) out.push_back(element.get<std::string>());
    }
  }
  return out;
}

std::map<std::string, std::string> Input::string_map(std::string_view name) const {
  std::map<std::string, std::string> out;
  if (const Json* value = read(name); value && value->is_object()) {
    for (const auto& [key, element] : value->items()) {
      if (element.is_string()) out.emplace(key, element.get<std::string>());
    }
  }
  return out;
}

const Json& Input::json(std::string_view name) const {
  const Json* value = read(name);
  return value ? *value : kNull;
}

const Json& Input::all() const {
  log_->whole(value_);
  return *value_;
}

void Input::acknowledge(std::string_view name, std::string_view) const { read(name); }

}  // namespace orrery
