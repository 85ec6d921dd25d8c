#include "identity/credentials.hpp"

#include "aws/ids.hpp"
#include "storage/snapshot.hpp"

namespace orrery::identity {

namespace {

constexpr std::string_view kSchema[] = {R"sql(
CREATE TABLE credential (
  access_key TEXT PRIMARY KEY, account TEXT NOT NULL, secret TEXT NOT NULL, session_token TEXT NOT NULL,
  expires INTEGER NOT NULL, active INTEGER NOT NULL, type INTEGER NOT NULL, arn TEXT NOT NULL, user_id TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX credential_expires ON credential (expires) WHERE expires > 0;
)sql"};

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::uint64_t kAccountBits = (std::uint64_t{1} << 40) - 1;

}  // namespace

const storage::Migrations CredentialTable::migrations{"credential", kSchema};

std::optional<Credential> CredentialTable::find(std::string_view access_key) const {
  auto rows = transaction_.db().query(
      "SELECT account, secret, session_token, expires, active, type, arn, user_id FROM credential WHERE access_key = ?",
      access_key);
  if (!rows.next()) return std::nullopt;
  Credential out;
  out.secret = rows.text(1);
  out.session_token = rows.text(2);
  out.expires_ms = rows.integer(3);
  out.active = rows.integer(4) != 0;
  out.principal.type = static_cast<Principal::Type>(rows.integer(5));
  out.principal.account = rows.text(0);
  out.principal.arn = rows.text(6);
  out.principal.user_id = rows.text(7);
  out.principal.access_key = access_key;
  return out;
}

void CredentialTable::put(const Credential& credential) {
  const Principal& who = credential.principal;
  storage::configuration_changed();
  transaction_.db().execute(
      "INSERT OR REPLACE INTO credential (access_key, account, secret, session_token, expires, active, type, arn, "
      "user_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      who.access_key, who.account, credential.secret, credential.session_token, credential.expires_ms,
      credential.active, static_cast<std::int64_t>(who.type), who.arn, who.user_id);
}

void CredentialTable::set_active(std::string_view access_key, bool active) {
  storage::configuration_changed();
  transaction_.db().execute("UPDATE credential SET active = ? WHERE access_key = ?", active, access_key);
}

bool CredentialTable::erase(std::string_view access_key) {
  storage::configuration_changed();
  return transaction_.db().execute("DELETE FROM credential WHERE access_key = ?", access_key) > 0;
}

void CredentialTable::rename(std::string_view user_id, std::string_view arn) {
  storage::configuration_changed();
  transaction_.db().execute("UPDATE credential SET arn = ? WHERE user_id = ?", arn, user_id);
}

void CredentialTable::erase_expired(aws::Millis before) {
  const auto gone = transaction_.db().execute("DELETE FROM credential WHERE expires > 0 AND expires < ?", before);
  if (gone > 0) storage::configuration_changed();
}

std::string new_access_key(std::string_view prefix, std::string_view account) {
  // Sixteen base32 characters are 80 bits; the 40 bits after the first are the account.
  std::uint64_t number = 0;
  for (const char c : account) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  std::string bytes = aws::random_bytes(10);
  const std::uint64_t head =
      (std::uint64_t{1} << 47) | ((number & kAccountBits) << 7) | (static_cast<unsigned char>(bytes[5]) & 0x7f);
  for (int i = 0; i < 6; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(head >> (8 * (5 - i)));
  std::string out(prefix);
  unsigned buffer = 0;
  int bits = 0;
  for (const unsigned char byte : bytes) {
    buffer = (buffer << 8 | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) out += kBase32[buffer >> (bits - 5) & 31];
  }
  return out;
}

std::optional<std::string> account_of_access_key(std::string_view access_key) {
  if (access_key.size() != 20 || !(access_key.starts_with("AKIA") || access_key.starts_with("ASIA")))
    return std::nullopt;
  std::uint64_t head = 0;
  for (const char c : access_key.substr(4, 10)) {
    const auto value = kBase32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    head = head << 5 | value;
  }
  std::string digits = std::to_string(head >> 2 >> 7 & kAccountBits);
  if (digits.size() > 12) return std::nullopt;
  return std::string(12 - digits.size(), '0') + digits;
}

std::string new_secret() {
  return aws::random_text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

std::string new_unique_id(std::string_view prefix) { return std::string(prefix) + aws::random_text(17, kBase32); }

}  // namespace orrery::identity
