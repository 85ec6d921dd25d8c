#pragma once
#include <dlfcn.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace orrery::engines {

/// A shared library that is loaded when it is first needed; its names stay its own.
class LoadedLibrary {
 public:
  /// The first of `files` that there is; throws std::runtime_error, which names `title`.
  LoadedLibrary(std::string title, std::initializer_list<const char*> files) : title_(std::move(title)) {
    for (const char* name : files)
      if (handle_ == nullptr) handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) throw std::runtime_error(title_ + " cannot be loaded");
  }

  template <typename Function>
  Function find(const char* name) const {
    void* const symbol = dlsym(handle_, name);
    if (symbol == nullptr) throw std::runtime_error(title_ + " has no " + name);
    return reinterpret_cast<Function>(symbol);
  }

 private:
  std::string title_;
  void* handle_ = nullptr;  ///< never closed: it may have threads and handlers of its own
};

}  // namespace orrery::engines
