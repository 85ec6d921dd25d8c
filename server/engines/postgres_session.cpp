#include "engines/postgres_session.hpp"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "aws/ids.hpp"

namespace orrery::engines::postgres {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

constexpr int scram_iterations = 4096;  // what PostgreSQL itself uses

std::string verifier(std::string_view password, std::string_view salt, int iterations) {
  std::string salted(32, '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                    reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()), iterations,
                    EVP_sha256(), static_cast<int>(salted.size()), reinterpret_cast<unsigned char*>(salted.data()));
  return "SCRAM-SHA-256$" + std::to_string(iterations) + ":" + aws::base64(salt) + "$" +
         aws::base64(aws::sha256(aws::hmac_sha256(salted, "Client Key"))) + ":" +
         aws::base64(aws::hmac_sha256(salted, "Server Key"));
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out += quote;
}

}  // namespace

std::string_view quiet_options() {
  return "-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic "
         "-c client_min_messages=error -c statement_timeout=0 -c lock_timeout=0 -c search_path=pg_catalog,public "
         "-c synchronous_commit=off -c default_transaction_read_only=off -c standard_conforming_strings=on -c "
         "client_encoding=UTF8";
}

void Session::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Session::Session(const Login& login) {
  const auto port = std::to_string(login.port);
  // hostaddr, sslmode and the rest are given whether needed or not: else libpq takes them from the user's PG…
  // variables.
  const std::vector<std::pair<const char*, const char*>> parameters = {
      {"host", login.host.c_str()},
      {"hostaddr", is_address(login.host) ? login.host.c_str() : ""},
      {"port", port.c_str()},
      {"user", login.user.c_str()},
      {"password", login.password.c_str()},
      {"dbname", login.database.c_str()},
      {"options", login.options.c_str()},
      {"application_name", "orrery"},
      {"connect_timeout", "3"},
      {"sslmode", login.sslmode.c_str()},
      {"gssencmode", "disable"},
      {"target_session_attrs", "any"}};
  std::vector<const char*> names, values;
  for (const auto& [name, value] : parameters) names.push_back(name), values.push_back(value);
  names.push_back(nullptr), values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 0));
  if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(connection_ ? trimmed(PQerrorMessage(connection_.get())) : "out of memory");
  // libpq would write notices to this process's standard error.
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

std::vector<Session::Row> Session::query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  const Result result(parameters.empty() ? PQexec(connection_.get(), sql.c_str())
                                         : PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                                        nullptr, values.data(), nullptr, nullptr, 0));
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(trimmed(PQerrorMessage(connection_.get())));
  std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (int row = 0; row < PQntuples(result.get()); ++row)
    for (int column = 0; column < PQnfields(result.get()); ++column)
      rows[static_cast<std::size_t>(row)].emplace_back(PQgetvalue(result.get(), row, column));
  return rows;
}

std::optional<std::string> Session::value(const std::string& sql, const std::vector<std::string>& parameters) {
  const auto rows = query(sql, parameters);
  if (rows.empty() || rows.front().empty()) return std::nullopt;
  return rows.front().front();
}

std::string identifier(std::string_view name) { return quoted(name, '"'); }
std::string literal(std::string_view text) { return quoted(text, '\''); }

std::string scram_verifier(std::string_view password) {
  return verifier(password, aws::random_bytes(16), scram_iterations);
}

bool scram_matches(std::string_view stored, std::string_view password) {
  constexpr std::string_view mechanism = "SCRAM-SHA-256$";
  if (!stored.starts_with(mechanism)) return false;
  const auto colon = stored.find(':'), dollar = stored.find('$', mechanism.size());
  if (colon == std::string_view::npos || dollar == std::string_view::npos || colon > dollar) return false;
  int iterations = 0;
  std::from_chars(stored.data() + mechanism.size(), stored.data() + colon, iterations);
  std::string salt;
  if (iterations <= 0 || !aws::base64_decode(stored.substr(colon + 1, dollar - colon - 1), salt)) return false;
  return verifier(password, salt, iterations) == stored;
}

}  // namespace orrery::engines::postgres
