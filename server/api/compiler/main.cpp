// Build-time: orrery_api_compiler OUT.cpp PATCHES.json NAME=API.json... writes the API tables as C++.
#include <fstream>
#include <iostream>

#include "api/compiler/compile.hpp"

namespace {

using orrery::api::Tables;

nlohmann::json load(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  return nlohmann::json::parse(in);
}

std::string quoted(std::string_view text) {
  static constexpr std::string_view digits = "01234567";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte > 126 || c == '"' || c == '\\' || c == '?') {
      out += {'\\', digits[byte >> 6], digits[(byte >> 3) & 7], digits[byte & 7]};
    } else {
      out += c;
    }
  }
  return out;
}

template <typename Rows, typename Print>
void array(std::ostream& out, const char* type, const char* name, const Rows& rows, Print print) {
  out << "constexpr " << type << ' ' << name << "[] = {\n";
  for (const auto& row : rows) {
    print(row);
    out << ",\n";
  }
  if (rows.empty()) out << "{},\n";
  out << "};\n";
}

template <typename... Values>
void fields(std::ostream& out, Values... values) {
  out << '{';
  ((out << +values << ','), ...);
  out << '}';
}

void emit(std::ostream& out, const Tables& t) {
  out << "// Made from services/*/api.json by orrery_api_compiler.\n#include \"api/rows.hpp\"\n"
         "namespace orrery::api {\nnamespace {\n";
  array(out, "ServiceRow", "services", t.services, [&](const auto& r) {
    fields(out, r.name, r.api_version, r.signing_name, r.endpoint_prefix, r.target_prefix, r.service_id, r.json_version,
           r.xmlns, r.operation, r.operations, r.error, r.errors, r.protocol, r.flags);
  });
  array(out, "OperationRow", "operations", t.operations, [&](const auto& r) {
    fields(out, r.name, r.method, r.uri, r.service, r.input, r.output, r.result_wrapper, r.segment, r.segments, r.query,
           r.queries, r.status);
  });
  array(out, "SegmentRow", "segments", t.segments, [&](const auto& r) { fields(out, r.text, r.kind); });
  array(out, "QueryLiteralRow", "query_literals", t.query_literals,
        [&](const auto& r) { fields(out, r.name, r.value); });
  array(out, "ShapeRow", "shapes", t.shapes, [&](const auto& r) {
    fields(out, r.name, r.reference, r.references, r.constraint, r.payload, r.type, r.flags);
  });
  array(out, "ReferenceRow", "references", t.references, [&](const auto& r) {
    fields(out, r.name, r.wire, r.query, r.xmlns, r.xmlns_prefix, r.shape, r.flags, r.location, r.time_format);
  });
  out.precision(17);
  array(out, "ConstraintRow", "constraints", t.constraints,
        [&](const auto& r) { fields(out, r.min, r.max, r.pattern, r.value, r.values, r.flags); });
  array(out, "Text", "values", t.values, [&](const auto& r) { out << r; });
  array(out, "ErrorRow", "errors", t.errors, [&](const auto& r) { fields(out, r.code, r.shape, r.status, r.sender); });
  array(out, "std::uint32_t", "starts", t.starts, [&](const auto& r) { out << r; });
  out << "constexpr char pool[] =\n";
  for (std::size_t n = 0; n + 1 < t.starts.size(); ++n) out << '"' << quoted(t.text(n)) << "\"\n";
  out << ";\n}  // namespace\nconstinit const Tables kTables = {services, operations, segments, query_literals, "
         "shapes, references, constraints, values, errors, starts, pool};\n}  // namespace orrery::api\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw std::runtime_error("usage: OUT.cpp PATCHES.json NAME=API.json...");
    const auto patches = load(argv[2]);
    orrery::api::Compiler compiler;
    for (int n = 3; n < argc; ++n) {
      const std::string argument = argv[n];
      const auto equals = argument.find('=');
      const std::string name = argument.substr(0, equals);
      compiler.add(name, load(argument.substr(equals + 1)), patches.value(name, nlohmann::json()));
    }
    const Tables tables = compiler.finish();
    std::ofstream out(argv[1]);
    emit(out, tables);
    if (!out.flush()) throw std::runtime_error(std::string("cannot write ") + argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "orrery_api_compiler: " << error.what() << '\n';
    return 1;
  }
}
