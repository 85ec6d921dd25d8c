#include "engines/mariadb_session.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "aws/ids.hpp"
#include "engines/loaded_library.hpp"

namespace orrery::engines::mariadb {

/// MYSQL_RES, and of MYSQL_FIELD the one member that is read (mariadb/mysql.h of Connector/C).
struct Answer;
struct Field {
  char* name;
};

namespace {

/// enum mysql_option of Connector/C: part of its ABI.
enum Option : int {
  connect_timeout = 0,
  init_command = 3,
  set_charset_name = 7,
  local_infile = 8,
  read_timeout = 11,
  write_timeout = 12,
  verify_server_certificate = 21,
  tls_authority = 27,
  tls_enforced = 38
};

/// The part of libmariadb that is used, by our own declarations: a build needs none of its headers.
struct Library {
  int (*server_init)(int, char**, char**);
  Handle* (*init)(Handle*);
  int (*options)(Handle*, int, const void*);
  Handle* (*real_connect)(Handle*, const char*, const char*, const char*, const char*, unsigned, const char*,
                          unsigned long);
  int (*real_query)(Handle*, const char*, unsigned long);
  Answer* (*store_result)(Handle*);
  unsigned (*num_fields)(Answer*);
  Field* (*fetch_field_direct)(Answer*, unsigned);
  char** (*fetch_row)(Answer*);
  unsigned long* (*fetch_lengths)(Answer*);
  void (*free_result)(Answer*);
  unsigned (*error_number)(Handle*);
  const char* (*error)(Handle*);
  const char* (*server_info)(Handle*);
  const char* (*tls_cipher)(Handle*);
  void (*close)(Handle*);

  Library() {
    static const LoadedLibrary loaded("libmariadb, MariaDB's client library,",
                                      {"libmariadb.so.3", "libmariadb.3.dylib", "libmariadb.so"});
    take(loaded, server_init, "mysql_server_init");
    take(loaded, init, "mysql_init");
    take(loaded, options, "mysql_options");
    take(loaded, real_connect, "mysql_real_connect");
    take(loaded, real_query, "mysql_real_query");
    take(loaded, store_result, "mysql_store_result");
    take(loaded, num_fields, "mysql_num_fields");
    take(loaded, fetch_field_direct, "mysql_fetch_field_direct");
    take(loaded, fetch_row, "mysql_fetch_row");
    take(loaded, fetch_lengths, "mysql_fetch_lengths");
    take(loaded, free_result, "mysql_free_result");
    take(loaded, error_number, "mysql_errno");
    take(loaded, error, "mysql_error");
    take(loaded, server_info, "mysql_get_server_info");
    take(loaded, tls_cipher, "mysql_get_ssl_cipher");
    take(loaded, close, "mysql_close");
    // Once, before any thread of ours can be in mysql_init, which would do it otherwise.
    server_init(0, nullptr, nullptr);
  }

 private:
  template <typename Function>
  static void take(const LoadedLibrary& from, Function& function, const char* name) {
    function = from.find<Function>(name);
  }
};

const Library& library() {
  static const Library loaded;
  return loaded;
}

struct FreeAnswer {
  void operator()(Answer* answer) const { library().free_result(answer); }
};
using AnswerPointer = std::unique_ptr<Answer, FreeAnswer>;

[[noreturn]] void fail(Handle* connection) {
  throw SqlError(library().error_number(connection), library().error(connection));
}

AnswerPointer ask(Handle* connection, const std::string& sql) {
  if (library().real_query(connection, sql.data(), sql.size()) != 0) fail(connection);
  AnswerPointer answer(library().store_result(connection));
  if (!answer && library().error_number(connection) != 0) fail(connection);
  return answer;
}

std::vector<Session::Row> rows_of(Answer* answer) {
  std::vector<Session::Row> rows;
  if (answer == nullptr) return rows;
  const unsigned columns = library().num_fields(answer);
  while (char** const values = library().fetch_row(answer)) {
    const unsigned long* const lengths = library().fetch_lengths(answer);
    auto& row = rows.emplace_back();
    for (unsigned i = 0; i < columns; ++i)
      values[i] == nullptr ? row.emplace_back() : row.emplace_back(values[i], lengths[i]);
  }
  return rows;
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || (c == '\\' && quote == '\'')) out += c;
    out += c;
  }
  return out += quote;
}

std::string sha1(std::string_view text) {
  std::string out(20, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), &size, EVP_sha1(), nullptr);
  return out;
}

}  // namespace

void Session::Close::operator()(Handle* connection) const { library().close(connection); }

Session::Session(const Login& login) {
  connection_.reset(library().init(nullptr));
  if (!connection_) throw std::runtime_error("out of memory");
  const auto set = [this](Option option, const void* value) { library().options(connection_.get(), option, value); };
  const char on = 1, verified = login.authority.empty() ? 0 : 1;
  const unsigned off = 0;
  const std::string authority = login.authority.string();
  set(connect_timeout, &login.seconds);
  if (!login.greeting.empty()) set(init_command, login.greeting.c_str());
  set(set_charset_name, "utf8mb4");
  set(local_infile, &off);
  set(tls_enforced, &on);
  set(verify_server_certificate, &verified);
  if (!authority.empty()) set(tls_authority, authority.c_str());
  if (library().real_connect(connection_.get(), login.host.c_str(), login.user.c_str(), login.password.c_str(),
                             login.database.empty() ? nullptr : login.database.c_str(), login.port, nullptr,
                             0) == nullptr)
    fail(connection_.get());
  if (library().tls_cipher(connection_.get()) == nullptr) throw SqlError(0, "the server speaks without TLS");
}

std::vector<Session::Row> Session::query(const std::string& sql) { return rows_of(ask(connection_.get(), sql).get()); }

std::optional<std::string> Session::value(const std::string& sql) {
  const auto rows = query(sql);
  if (rows.empty() || rows.front().empty()) return std::nullopt;
  return rows.front().front();
}

Session::Record Session::record(const std::string& sql) {
  const auto answer = ask(connection_.get(), sql);
  Record out;
  const auto rows = rows_of(answer.get());
  if (rows.empty()) return out;
  for (unsigned i = 0; i < rows.front().size(); ++i)
    out[library().fetch_field_direct(answer.get(), i)->name] = rows.front()[i];
  return out;
}

std::string Session::server_version() const { return library().server_info(connection_.get()); }

std::string Session::tls_version() { return record("SHOW SESSION STATUS LIKE 'Ssl_version'")["Value"]; }

std::string identifier(std::string_view name) { return quoted(name, '`'); }
std::string literal(std::string_view text) { return quoted(text, '\''); }

std::string native_hash(std::string_view password) {
  std::string hash = "*" + aws::hex(sha1(sha1(password)));
  std::transform(hash.begin(), hash.end(), hash.begin(), [](unsigned char c) { return std::toupper(c); });
  return hash;
}

}  // namespace orrery::engines::mariadb
