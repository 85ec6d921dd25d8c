// What ThreadSanitizer cannot see: libstdc++.so counts the references to an exception, and is not instrumented. So an
// exception that one thread threw and another reads looks like a race when the last of them lets go of it.
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}

// A test forks a server that goes on with threads of its own, to kill it.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }
