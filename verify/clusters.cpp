#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "aws/freed.hpp"
#include "aws/ids.hpp"
#include "verify/site.hpp"

namespace orrery::verify {

namespace {

using aws::Freed;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(std::max(size, 0L)));
}

/// Its subject and end; throws when it is no certificate.
std::string described_certificate(const std::string& base64) {
  std::string pem;
  if (!aws::base64_decode(base64, pem)) throw std::runtime_error("its certificate authority is not base64");
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Certificate certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (!certificate) throw std::runtime_error("its certificate authority is not an X.509 certificate in PEM");
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_ONELINE);
  BIO_puts(out.get(), ", good until ");
  ASN1_TIME_print(out.get(), X509_get0_notAfter(certificate.get()));
  return contents(out.get());
}

Outcome look(const Json& cluster) {
  const std::string status = cluster.value("status", "");
  if (status == "FAILED") return failed("its status is FAILED");
  const std::string authority = cluster.value("certificateAuthority", Json::object()).value("data", "");
  if (authority.empty())
    return status == "ACTIVE" ? failed("it is ACTIVE and has no certificate authority") : noted(status, "");
  return noted("no API server", status + "; certificate authority " + described_certificate(authority) +
                                    "; no Kubernetes API answers at the endpoint yet");
}

std::vector<std::string> cluster_names(const Api& api) {
  std::vector<std::string> out;
  std::string token;
  do {
    const Json page = api.get("eks", token.empty() ? "/clusters" : "/clusters?nextToken=" + encoded(token));
    for (const Json& name : page.at("clusters")) out.push_back(name);
    const auto next = page.find("nextToken");
    token = next != page.end() && next->is_string() ? next->get<std::string>() : "";
  } while (!token.empty());
  return out;
}

}  // namespace

void check_clusters(Site& site) {
  for (const std::string& name : cluster_names(site.api)) {
    const Json cluster = site.api.get("eks", "/clusters/" + encoded(name)).at("cluster");
    site.check({"cluster", name, cluster.value("endpoint", "")}, [&] { return look(cluster); });
  }
}

}  // namespace orrery::verify
