#include <gtest/gtest.h>

#include "engines/choice.hpp"
#include "engines/plan.hpp"

namespace orrery::engines {
namespace {

Specification engine(std::int64_t generation = 0, Json settings = Json::object()) {
  Specification specification;
  specification.id = "test/a";
  specification.software = "script";
  specification.host = "127.16.0.1";
  specification.port = 4000;
  specification.generation = generation;
  specification.settings = std::move(settings);
  return specification;
}

struct Case {
  bool wanted = true;
  Specification target = engine();
  std::optional<Specification> in_force = {}, failed_with = {};
  bool created = false, copy_pending = false, source_moved = false;
  Situation::Needed needed = Situation::Needed::nothing;
  bool copy_failed = false;

  Step step() const {
    return next_step({wanted, target, in_force, created, failed_with, copy_pending, source_moved, needed, copy_failed});
  }
};

TEST(EnginesPlan, StartsWhatIsMissingAndLeavesWhatIsRight) {
  EXPECT_EQ(Case{}.step(), Step::start);
  EXPECT_EQ((Case{.in_force = engine(), .created = true}.step()), Step::none);
}

TEST(EnginesPlan, SettingsAreChangedWhileItRunsAndAGenerationRestarts) {
  const Json other = {{"password", "b"}};
  EXPECT_EQ((Case{.target = engine(0, other), .in_force = engine(), .created = true}.step()), Step::change);
  EXPECT_EQ((Case{.target = engine(1, other), .in_force = engine(), .created = true}.step()), Step::restart);
  Specification moved = engine();
  moved.port = 4001;
  EXPECT_EQ((Case{.target = moved, .in_force = engine(), .created = true}.step()), Step::restart);
}

TEST(EnginesPlan, StopsAndStaysStopped) {
  Specification stopped = engine();
  stopped.desired = Desired::stopped;
  EXPECT_EQ((Case{.target = stopped, .in_force = engine(), .created = true}.step()), Step::stop);
  EXPECT_EQ((Case{.target = stopped, .created = true}.step()), Step::none);
}

TEST(EnginesPlan, AFailureIsTriedAgainOnlyWithAnotherSpecification) {
  EXPECT_EQ((Case{.failed_with = engine()}.step()), Step::none);
  EXPECT_EQ((Case{.failed_with = engine(1)}.step()), Step::start);
}

TEST(EnginesPlan, ACopyIsMadeBeforeItsSourceGoes) {
  EXPECT_EQ((Case{.wanted = false, .in_force = engine(), .created = true, .copy_pending = true}.step()), Step::copy);
  EXPECT_EQ((Case{.wanted = false, .created = true, .copy_pending = true}.step()), Step::copy);
  EXPECT_EQ((Case{.wanted = false, .created = true}.step()), Step::remove);
  // It could not be made: the data stay, and nothing runs.
  EXPECT_EQ((Case{.wanted = false, .in_force = engine(), .created = true, .copy_failed = true}.step()), Step::stop);
  EXPECT_EQ((Case{.wanted = false, .created = true, .copy_failed = true}.step()), Step::none);
  // Nothing to copy: it was never made.
  EXPECT_EQ((Case{.wanted = false, .copy_pending = true}.step()), Step::remove);
  // It starts first when it is about to run: its data may need recovery.
  EXPECT_EQ((Case{.created = true, .copy_pending = true}.step()), Step::start);
  EXPECT_EQ((Case{.failed_with = engine(), .created = true, .copy_pending = true}.step()), Step::copy);
}

TEST(EnginesPlan, ANewEngineWaitsForWhatItStartsFrom) {
  EXPECT_EQ(Case{.needed = Situation::Needed::pending}.step(), Step::none);
  EXPECT_EQ(Case{.needed = Situation::Needed::ready}.step(), Step::start);
  EXPECT_EQ(Case{.needed = Situation::Needed::hopeless}.step(), Step::give_up);
  EXPECT_EQ((Case{.created = true, .needed = Situation::Needed::hopeless}.step()), Step::start);
}

TEST(EnginesPlan, AReplicaFollowsItsSourceToAnotherAddress) {
  EXPECT_EQ((Case{.in_force = engine(), .created = true, .source_moved = true}.step()), Step::restart);
}

class NoDriver final : public Driver {
 public:
  std::vector<std::string> programs() const override { return {"sh"}; }
  std::string image(const Specification&) const override { return "script:1"; }
  void create(const Specification&, Runtime&, Surroundings&) override {}
  Command command(const Specification&, Runtime&, Surroundings&) override { return {}; }
  bool answers(const Specification&, Runtime&) override { return false; }
  void settle(const Specification&, Runtime&, Surroundings&) override {}
  std::string version(Runtime&) override { return "1"; }
  Change change(const Specification&, const Specification&, Runtime&, Surroundings&) override {
    return Change::applied;
  }
  int stop_signal() const override { return 15; }
  void copy(const Specification&, Runtime&, Surroundings&, const std::filesystem::path&) override {}
};

class Possible final : public Machine {
 public:
  explicit Possible(bool possible) : possible_(possible) {}
  Verdict judge(std::string_view, const Driver&) override { return {possible_, possible_ ? "here" : "no image"}; }
  std::unique_ptr<Runtime> runtime(const Specification&, const Driver&, const std::filesystem::path&) override {
    return nullptr;
  }
  void end_leftovers() override {}

 private:
  const bool possible_;
};

Backend chosen(const std::string& engines, const std::string& software, bool native, bool docker) {
  const Drivers drivers{{"postgres", std::make_shared<NoDriver>()}, {"redis", std::make_shared<NoDriver>()}};
  Options options;
  options.engines = engines;
  const Choice choice(options, drivers, std::make_shared<Possible>(native), std::make_shared<Possible>(docker));
  return choice.find(software)->backend;
}

TEST(EnginesChoice, AutoTakesDockerThenNativeThenOff) {
  EXPECT_EQ(chosen("auto", "redis", true, true), Backend::docker);
  EXPECT_EQ(chosen("auto", "redis", true, false), Backend::native);
  EXPECT_EQ(chosen("auto", "redis", false, false), Backend::off);
  EXPECT_EQ(chosen("off", "redis", true, true), Backend::off);
}

TEST(EnginesChoice, EachSoftwareHasItsOwn) {
  EXPECT_EQ(chosen("postgres=native,redis=off", "postgres", true, true), Backend::native);
  EXPECT_EQ(chosen("postgres=native,redis=off", "redis", true, true), Backend::off);
  EXPECT_EQ(chosen("postgres=native", "redis", true, true), Backend::docker);
  EXPECT_EQ(chosen("off,postgres=native", "redis", true, true), Backend::off);
}

TEST(EnginesChoice, RefusesWhatCannotBe) {
  EXPECT_THROW(chosen("quick", "redis", true, true), std::runtime_error);
  EXPECT_THROW(chosen("oracle=native", "redis", true, true), std::runtime_error);
  EXPECT_THROW(chosen("redis=docker", "redis", true, false), std::runtime_error);
  EXPECT_THROW(chosen("docker", "redis", true, false), std::runtime_error);
}

}  // namespace
}  // namespace orrery::engines
