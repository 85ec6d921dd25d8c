#pragma once

namespace orrery::aws {

/// A deleter that calls a C library's own: std::unique_ptr<X509, Freed<X509_free>>.
template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

}  // namespace orrery::aws
