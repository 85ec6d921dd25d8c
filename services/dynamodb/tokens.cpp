#include "services/dynamodb/tokens.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr aws::Millis kValidity = 10 * 60 * 1000;

}  // namespace

bool Tokens::claim(const std::string& token, const Json& parameters) {
  if (token.empty()) return true;
  storage::Database& db = context_.tx.db();
  // MessagePack, because parameters may hold bytes that are no UTF-8.
  const auto packed = Json::to_msgpack(parameters);
  const std::string digest = aws::sha256({reinterpret_cast<const char*>(packed.data()), packed.size()});
  db.execute("DELETE FROM dynamodb_token WHERE account = ? AND region = ? AND created < ?", context_.account,
             context_.region, context_.now - kValidity);
  {
    auto rows = db.query("SELECT digest FROM dynamodb_token WHERE account = ? AND region = ? AND token = ?",
                         context_.account, context_.region, token);
    if (rows.next()) {
      if (rows.blob(0) != digest) throw idempotent_parameter_mismatch();
      return false;
    }
  }
  db.execute("INSERT INTO dynamodb_token (account, region, token, digest, created) VALUES (?, ?, ?, ?, ?)",
             context_.account, context_.region, token, storage::Blob{digest}, context_.now);
  return true;
}

}  // namespace orrery::dynamodb
