#pragma once
#include <map>
#include <string>

#include "services/kms/key.hpp"

// Ciphertext of symmetric keys, which is self-describing as on AWS:
//   magic "ORRKMS\1" | u8 length of key id | key id | 64 hex digits of the material's id | nonce | ciphertext | tag
// Everything before the nonce and the encryption context (sorted by key, length-prefixed) is authenticated.
namespace orrery::kms {

using EncryptionContext = std::map<std::string, std::string>;

/// The key must be symmetric and usable.
std::string wrap(const Key& key, const std::string& plaintext, const EncryptionContext& encryption_context);

struct Unwrapped {
  Key key;
  std::string material_id;
  std::string plaintext;
};
/// Throws InvalidCiphertextException for bytes that are no ciphertext, were changed, or have another context.
Unwrapped unwrap(RequestContext& context, const std::string& ciphertext, const EncryptionContext& encryption_context);

}  // namespace orrery::kms
