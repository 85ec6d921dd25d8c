#include "aws/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <stdexcept>

#include "aws/freed.hpp"

namespace orrery::aws {

namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;

void check(bool good) {
  if (!good) throw std::runtime_error("OpenSSL could not make a certificate");
}

Memory memory_of(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(const Memory& memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void add_name(X509_NAME* name, const char* part, const std::string& value) {
  if (value.empty()) return;
  check(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) == 1);
}

void set_serial(X509* certificate) {
  unsigned char bytes[16];
  check(RAND_bytes(bytes, sizeof bytes) == 1);
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 1);  // positive, and of one length
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  check(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void add_extensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  const bool authority = request.role == CertificateRequest::Role::authority;
  add_extension(certificate, issuer, NID_key_usage,
                authority ? "critical,digitalSignature,keyEncipherment,keyCertSign"
                          : "critical,digitalSignature,keyEncipherment");
  add_extension(certificate, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!authority) add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  if (issuer != certificate) add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
  std::string names;
  for (const auto& name : request.alternative_names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) add_extension(certificate, issuer, NID_subject_alt_name, names);
}

CertifiedKey make(const CertificateRequest& request, X509* issuer, EVP_PKEY* issuer_key) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  check(key && certificate);
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  set_serial(x509);
  ASN1_TIME_set(X509_getm_notBefore(x509), static_cast<std::time_t>(request.from));
  ASN1_TIME_set(X509_getm_notAfter(x509), static_cast<std::time_t>(request.from + request.seconds));
  X509_set_pubkey(x509, key.get());
  X509_NAME* name = X509_get_subject_name(x509);
  add_name(name, "O", request.organization);
  add_name(name, "CN", request.common_name);
  X509_set_issuer_name(x509, issuer == nullptr ? name : X509_get_subject_name(issuer));
  add_extensions(x509, issuer == nullptr ? x509 : issuer, request);
  check(X509_sign(x509, issuer_key == nullptr ? key.get() : issuer_key, EVP_sha256()) > 0);
  const Memory certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(certificate_text.get(), x509) == 1);
  check(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(certificate_text), text_of(key_text)};
}

}  // namespace

CertifiedKey self_signed(const CertificateRequest& request) { return make(request, nullptr, nullptr); }

CertifiedKey issue(const CertificateRequest& request, const CertifiedKey& issuer) {
  const Certificate certificate(PEM_read_bio_X509(memory_of(issuer.certificate).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(memory_of(issuer.private_key).get(), nullptr, nullptr, nullptr));
  check(certificate && key);
  return make(request, certificate.get(), key.get());
}

bool good_until(const std::string& certificate, std::int64_t time) {
  const Certificate x509(PEM_read_bio_X509(memory_of(certificate).get(), nullptr, nullptr, nullptr));
  std::time_t limit = static_cast<std::time_t>(time);
  return x509 && X509_cmp_time(X509_get0_notAfter(x509.get()), &limit) > 0;
}

bool is_for(const std::string& certificate, const std::string& host) {
  const Certificate x509(PEM_read_bio_X509(memory_of(certificate).get(), nullptr, nullptr, nullptr));
  return x509 && (X509_check_ip_asc(x509.get(), host.c_str(), 0) == 1 ||
                  X509_check_host(x509.get(), host.data(), host.size(), 0, nullptr) == 1);
}

}  // namespace orrery::aws
