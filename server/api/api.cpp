#include "api/api.hpp"

#include <algorithm>

namespace orrery::api {

namespace {

/// The position of the row whose text equals `name` in rows sorted by it, or nullopt.
template <typename Row>
std::optional<std::uint32_t> find_sorted(const Tables& tables, std::span<const Row> rows, Text Row::*key,
                                         std::string_view name) {
  const auto it = std::lower_bound(rows.begin(), rows.end(), name, [&](const Row& row, std::string_view wanted) {
    return tables.text(row.*key) < wanted;
  });
  if (it == rows.end() || tables.text((*it).*key) != name) return std::nullopt;
  return static_cast<std::uint32_t>(it - rows.begin());
}

}  // namespace

std::optional<ReferenceView> ShapeView::find_member(std::string_view name) const {
  const auto at =
      find_sorted(*tables_, tables_->references.subspan(row_->reference, row_->references), &ReferenceRow::name, name);
  if (!at) return std::nullopt;
  return member(*at);
}

std::optional<ReferenceView> ShapeView::find_wire(std::string_view wire_name) const {
  // Most wire names are the member's own, which are sorted.
  if (const auto direct = find_member(wire_name); direct && direct->wire_name() == wire_name) return direct;
  for (std::size_t n = 0; n < members(); ++n) {
    if (member(n).wire_name() == wire_name) return member(n);
  }
  return std::nullopt;
}

std::optional<OperationView> ServiceView::operation(std::string_view name) const {
  const auto at =
      find_sorted(*tables_, tables_->operations.subspan(row_->operation, row_->operations), &OperationRow::name, name);
  if (!at) return std::nullopt;
  return operation_at(*at);
}

std::optional<ErrorView> ServiceView::error(std::string_view code) const {
  const auto at = find_sorted(*tables_, tables_->errors.subspan(row_->error, row_->errors), &ErrorRow::code, code);
  if (!at) return std::nullopt;
  return ErrorView(tables_, row_->error + *at);
}

std::vector<ServiceView> services() {
  std::vector<ServiceView> out;
  for (std::uint32_t n = 0; n < kTables.services.size(); ++n) out.emplace_back(&kTables, n);
  return out;
}

std::optional<ServiceView> find_service(const Tables& tables, std::string_view name) {
  const auto at = find_sorted(tables, tables.services, &ServiceRow::name, name);
  if (!at) return std::nullopt;
  return ServiceView(&tables, *at);
}

std::optional<ServiceView> find_service(std::string_view name) { return find_service(kTables, name); }

}  // namespace orrery::api
