#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orrery::engines {

/// A login with a token in place of a password (IAM database authentication).
struct TokenLogin {
  std::string engine;  ///< its id
  std::string user;    ///< the database's
  std::string token;   ///< what `aws rds generate-db-auth-token` printed
};

/// Where an engine of this machine asks whether a token is good. PostgreSQL cannot call a program for that, but it can
/// ask an LDAP server by a simple bind, and takes passwords of any length for it (RADIUS: 128 bytes). So this is one,
/// on a port of 127.0.0.1, that answers a single kind of request (RFC 4511, 4.2):
///
///   LDAPMessage  ::= SEQUENCE { messageID INTEGER, BindRequest }
///   BindRequest  ::= [APPLICATION 0] SEQUENCE { version INTEGER, name OCTET STRING, simple [0] OCTET STRING }
///
/// with the name "ENGINE USER". It has a thread of its own, on which `judge` is called; `judge` must not throw.
class LoginGate {
 public:
  using Judge = std::function<bool(const TokenLogin&)>;
  /// Throws std::system_error when there is no port.
  explicit LoginGate(Judge judge);
  ~LoginGate();
  std::uint16_t port() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

/// The answer to the bytes of one LDAP message: a bind response with success (0) or invalidCredentials (49), for
/// anything else protocolError (2). Empty: close the connection (unbind, or no LDAP).
std::string answer_ldap(std::string_view message, const LoginGate::Judge& judge);
/// The length of the message that `received` begins with; 0 while that is not known; npos when it is no LDAP or too
/// long.
std::size_t ldap_message_length(std::string_view received);

}  // namespace orrery::engines
