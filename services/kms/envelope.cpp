#include "services/kms/envelope.hpp"

#include "aws/aead.hpp"
#include "services/kms/crypto.hpp"

namespace orrery::kms {

namespace {

constexpr std::string_view kMagic("ORRKMS\1", 7);
constexpr std::size_t kMaterialId = 64;

void append_sized(std::string& to, const std::string& text) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<char>(text.size() >> shift & 0xff));
  to += text;
}

std::string authenticated(std::string_view head, const EncryptionContext& encryption_context) {
  std::string data(head);
  for (const auto& [name, value] : encryption_context) {
    append_sized(data, name);
    append_sized(data, value);
  }
  return data;
}

}  // namespace

std::string wrap(const Key& key, const std::string& plaintext, const EncryptionContext& encryption_context) {
  std::string head(kMagic);
  head.push_back(static_cast<char>(key.id().size()));
  head += key.id() + key.material_id();
  return head + aws::seal(key.material().value(), plaintext, authenticated(head, encryption_context));
}

Unwrapped unwrap(RequestContext& context, const std::string& ciphertext, const EncryptionContext& encryption_context) {
  if (!ciphertext.starts_with(kMagic) || ciphertext.size() < kMagic.size() + 1) throw errors::invalid_ciphertext();
  const std::size_t id_size = static_cast<unsigned char>(ciphertext[kMagic.size()]);
  const std::size_t id_at = kMagic.size() + 1, body_at = id_at + id_size + kMaterialId;
  if (ciphertext.size() < body_at) throw errors::invalid_ciphertext();
  const std::string material_id = ciphertext.substr(id_at + id_size, kMaterialId);
  auto key = lookup_key(context, ciphertext.substr(id_at, id_size));
  if (!key) throw errors::invalid_ciphertext();
  key->for_usage("ENCRYPT_DECRYPT", "Decrypt");
  const auto material = key->material(material_id);
  if (!material) throw errors::invalid_ciphertext();
  const std::string_view all(ciphertext);
  auto plaintext =
      aws::unseal(*material, all.substr(body_at), authenticated(all.substr(0, body_at), encryption_context));
  if (!plaintext) throw errors::invalid_ciphertext();
  return {std::move(*key), material_id, std::move(*plaintext)};
}

}  // namespace orrery::kms
