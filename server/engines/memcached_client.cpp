#include "engines/memcached_client.hpp"

namespace orrery::engines {

namespace {

constexpr std::size_t kHeader = 24;

/// "version\r\n" is answered by "VERSION 1.6.18\r\n". As long as a binary header, so that who waits for one sees at
/// once that this is none, and hangs up.
std::string in_text(const ByteStream::Peer& peer) {
  ByteStream stream(peer);
  std::string request = "version";
  request.resize(kHeader - 2, ' ');
  stream.write(request + "\r\n");
  std::string answer;
  while (answer.find('\n') == std::string::npos) answer += stream.read_some();
  if (!answer.starts_with("VERSION ")) throw ClientError(stream.name() + ": " + answer.substr(0, answer.find('\r')));
  return answer.substr(8, answer.find('\r') - 8);
}

/// A header: magic, opcode, …, the length of the body in bytes 8 to 11 (memcached's protocol-binary.xml).
std::string in_binary(const ByteStream::Peer& peer) {
  constexpr char kRequest = '\x80', kResponse = '\x81', kVersion = '\x0b';
  ByteStream stream(peer);
  stream.write(std::string{kRequest, kVersion} + std::string(kHeader - 2, '\0'));
  std::string answer;
  const auto body = [&] { return static_cast<std::size_t>(static_cast<unsigned char>(answer[11])); };
  while (answer.size() < kHeader || answer.size() < kHeader + body()) answer += stream.read_some();
  if (answer[0] != kResponse) throw ClientError(stream.name() + ": no memcached");
  return answer.substr(kHeader, body());
}

}  // namespace

std::string memcached_version(const ByteStream::Peer& peer) {
  try {
    return in_text(peer);
  } catch (const ClientError&) {
    return in_binary(peer);
  }
}

}  // namespace orrery::engines
