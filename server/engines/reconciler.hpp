#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "engines/choice.hpp"
#include "engines/leases.hpp"
#include "engines/machine.hpp"
#include "engines/plan.hpp"
#include "engines/pool.hpp"
#include "engines/records.hpp"
#include "engines/supervisor.hpp"

namespace orrery::engines {

/// The supervisor: one thread decides (plan.hpp), a pool of threads acts, one job an engine at a time. A job owns its
/// engine's runtime and files while `busy`; everything else of an engine is under the mutex, and short.
class Reconciler final : public Supervisor {
 public:
  struct Parts {
    std::filesystem::path data_dir;
    LateChoice choice;
    std::shared_ptr<Authority> authority;
    std::function<Wanted()> wanted;  ///< reads the store; called on the deciding thread
    Options options;
    Log log;
    std::uint16_t login_port = 0;  ///< Surroundings::login_port
  };
  explicit Reconciler(Parts parts);
  ~Reconciler() override;

  /// Begins, after leftovers of an earlier server are ended.
  void start();
  /// Ends all processes, in parallel; data stays. Nothing is started any more.
  void drain();

  Backend backend(std::string_view software) const override;
  Listening listening(std::string_view software) const override;
  Lease lease(storage::Transaction&, const std::string& id, std::uint16_t port) override;
  void release(storage::Transaction&, const std::string& id) override;
  void poke() override;
  Status status(const std::string& id) const override;
  CopyStatus copy_status(const std::string& id) const override;
  std::vector<LogFile> log_files(const std::string& id) const override;
  std::string log_text(const std::string& id, const std::string& name, std::uint64_t offset,
                       std::size_t limit) const override;
  Json describe() const override;
  bool settled(int millis) override;

 private:
  using Clock = std::chrono::steady_clock;

  struct Engine {
    // Under the mutex.
    Specification target;
    std::optional<Specification> in_force, failed_with;
    std::shared_ptr<const Status> status = std::make_shared<Status>();
    bool wanted = true, created = false, busy = false;
    bool proven = false;    ///< it ran before: a failure to start may pass
    bool watching = false;  ///< the job only looks whether it is alive
    int deaths = 0;
    std::string source_seen;              ///< where a replica's source listened when the replica started
    bool prepared = false;                ///< Driver::prepare was called
    std::vector<std::string> pruned_for;  ///< the copies that were there when it was last pruned
    Clock::time_point retry_at{}, running_since{}, look_at{}, tended{};
    std::atomic<bool> abandoned = false;  ///< removed or draining: a start need not be waited for
    // The job's own.
    std::unique_ptr<Runtime> runtime;
    std::string version;
  };
  using EnginePointer = std::shared_ptr<Engine>;
  struct CopyState {
    Copy copy;
    CopyStatus status;
    bool wanted = true, busy = false;
  };

  // The deciding thread (reconciler.cpp).
  void loop();
  void load();
  bool read_wanted();
  void take(const Wanted& wanted);
  void take_copies(const std::vector<Copy>& copies);
  Clock::time_point schedule();
  void schedule_engine(const EnginePointer& engine, Clock::time_point now, Clock::time_point& wake);
  void schedule_copies();
  Situation situation_of(const Engine& engine) const;
  Situation::Needed needed_of(const Specification& target) const;
  static std::string source_of(const Specification& target);  ///< of a replica; ""
  std::string whereabouts(const std::string& id) const;       ///< "host:port" of what runs, else ""
  bool source_moved(const Engine& engine) const;
  bool at_work(const Engine& engine) const;  ///< something is being done with it, or is next
  /// Whether a replica's source is on its way down or up, or came up after `since`.
  bool source_restarted(const Specification& target, Clock::time_point since) const;
  CopyState* pending_copy_of(const std::string& source);
  const CopyState* pending_copy_of(const std::string& source) const;
  bool copy_failed(const std::string& source) const;
  std::vector<std::string> copies_of(const std::string& source) const;  ///< complete ones
  bool restoring_from(const std::string& copy) const;
  bool at_rest() const;
  template <typename F>
  void run_job(const EnginePointer& engine, F&& job);

  // Jobs (jobs.cpp): on the pool, without the mutex.
  void start_engine(Engine& engine, const Specification& target);
  void bring_up(Engine& engine, const Specification& target);
  void create_data(Engine& engine, const Specification& target, Surroundings& surroundings);
  void await_answer(Engine& engine, const Specification& target);
  void stop_engine(Engine& engine, const Specification& target);
  void halt(Engine& engine);
  void change_engine(Engine& engine, const Specification& before, const Specification& target);
  void remove_engine(Engine& engine);
  void look_after(Engine& engine);
  void tidy(Engine& engine);
  void tend(Engine& engine);
  void make_copy(Engine& engine, const Specification& specification, const Copy& copy);
  CopyStatus copy_data(Engine& engine, const Specification& specification, const std::string& id);
  void copy_a_copy(const Copy& copy);
  void remove_copy(const std::string& id);
  void finish_copy(const std::string& id, CopyStatus status);
  void failed(Engine& engine, const Specification& target, const std::string& why);
  Runtime& runtime_of(Engine& engine, const Specification& target);
  Surroundings surroundings_of(const Specification& target);
  Driver& driver_of(std::string_view software) const;
  void publish(Engine& engine, Phase phase, const std::string& detail = "");

  std::filesystem::path folder_of_engine(const std::string& id) const;
  std::filesystem::path folder_of_copy(const std::string& id) const;
  void log(Severity severity, const std::string& line) const { parts_.log(severity, line); }

  const Parts parts_;
  const Leases leases_;
  const std::filesystem::path engines_, copies_folder_;
  Records records_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  ///< for the deciding thread
  std::condition_variable rested_;   ///< for settled()
  std::map<std::string, EnginePointer, std::less<>> fleet_;
  std::map<std::string, CopyState, std::less<>> copies_;
  bool poked_ = true, reading_ = false, loaded_ = false, draining_ = false, stirred_ = false;
  std::size_t jobs_ = 0;
  Pool pool_;
  std::thread thread_;
};

}  // namespace orrery::engines
