#pragma once
#include <span>

#include "registry/service.hpp"

namespace orrery::s3 {

/// The operations that put, get, delete and list a bucket's sub-resources, but for policy, ACL, tagging and versioning.
std::span<const OperationRow> bucket_config_operations();

/// The encryption that a bucket gives to what is written without one of its own.
struct DefaultEncryption {
  std::string algorithm = "AES256", key;
  bool bucket_key = false;
};
class ObjectStore;
DefaultEncryption default_encryption(const ObjectStore& store, std::string_view bucket);

}  // namespace orrery::s3
