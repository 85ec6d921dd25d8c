#include "net/tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace orrery::net {

namespace {

constexpr long kValidSeconds = 397L * 86400;  // the most that browsers and Go's clients take
constexpr char kNames[] =
    "DNS:localhost,DNS:*.localhost,DNS:*.s3.localhost,DNS:*.s3.us-east-1.localhost,DNS:host.docker.internal,"
    "IP:127.0.0.1,IP:::1";

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;

void add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) {
    throw std::runtime_error("cannot make a TLS certificate");
  }
}

X509Certificate self_signed(EVP_PKEY* key) {
  X509Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), kValidSeconds);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Orrery"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");  // so that it can stand in a bundle of trusted roots
  add_extension(x509, NID_subject_key_identifier, "hash");
  add_extension(x509, NID_subject_alt_name, kNames);
  if (X509_sign(x509, key, EVP_sha256()) == 0) throw std::runtime_error("cannot sign a TLS certificate");
  return certificate;
}

bool still_good(const std::filesystem::path& chain) {
  const File file(std::fopen(chain.c_str(), "r"));
  if (!file) return false;
  const X509Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  constexpr int kDaysLeft = 14;
  std::time_t soon = std::time(nullptr) + kDaysLeft * 86400;
  return certificate && X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0;
}

void generate(const Certificate& paths) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("cannot make a TLS key");
  const X509Certificate certificate = self_signed(key.get());
  const File key_file(std::fopen(paths.key.c_str(), "w"));
  const File chain_file(std::fopen(paths.chain.c_str(), "w"));
  if (!key_file || !chain_file) {
    throw std::runtime_error("cannot write the TLS certificate to " + paths.chain.parent_path().string());
  }
  std::filesystem::permissions(paths.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_X509(chain_file.get(), certificate.get());
}

}  // namespace

Certificate local_certificate(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  Certificate paths{directory / "certificate.pem", directory / "key.pem"};
  if (!still_good(paths.chain) || !std::filesystem::exists(paths.key)) generate(paths);
  return paths;
}

boost::asio::ssl::context tls_context(const Certificate& certificate) {
  namespace ssl = boost::asio::ssl;
  ssl::context context(ssl::context::tls_server);
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                      ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  boost::system::error_code failed;
  context.use_certificate_chain_file(certificate.chain.string(), failed);
  if (failed) throw std::runtime_error("cannot use the certificate " + certificate.chain.string() + ": " + failed.message());
  context.use_private_key_file(certificate.key.string(), ssl::context::pem, failed);
  if (failed) throw std::runtime_error("cannot use the key " + certificate.key.string() + ": " + failed.message());
  return context;
}

}  // namespace orrery::net
