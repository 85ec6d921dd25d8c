#include "engines/docker_client.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <thread>

namespace orrery::engines::docker {
namespace {

using namespace std::chrono_literals;

/// An Engine API on a Unix socket that answers each request with the bytes that a test wrote down for it. Requests that
/// nobody wrote down are answered 418, and "hang" as an answer keeps the connection open and silent.
class Engine {
 public:
  Engine() {
    std::string pattern = (std::filesystem::temp_directory_path() / "orrery-docker-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    answer("GET /_ping", reply(200, "OK", "Api-Version: 1.41\r\n"));
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~Engine() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : serving_) thread.join();
    ::close(listener_);
    std::filesystem::remove_all(folder_);
  }

  std::string path() const { return folder_ + "/docker.sock"; }
  Address address() const { return {.socket = path(), .host = {}, .port = 0}; }
  Client client() const { return Client(address()); }

  /// The first request whose head begins with `request` gets `bytes`, the second the bytes of the second call, …
  void answer(const std::string& request, const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    answers_[request].push_back(bytes);
  }
  /// Everything that was received for a request, stream input included.
  /// It is noted when its connection ends, which the client does not wait for.
  std::string received(const std::string& request) {
    for (int tries = 0; tries < 500; ++tries) {
      {
        const std::lock_guard lock(mutex_);
        for (const std::string& text : received_) {
          if (text.starts_with(request)) return text;
        }
      }
      std::this_thread::sleep_for(10ms);
    }
    return "";
  }

  static std::string reply(int status, const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string chunk(const std::string& text) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", text.size());
    return size + text + "\r\n";
  }
  static std::string frame(char stream, const std::string& text) {
    std::string head{stream, 0, 0, 0, 0, 0, static_cast<char>(text.size() >> 8), static_cast<char>(text.size())};
    return head + text;
  }

 private:
  void accept_all() {
    int connection;
    while ((connection = ::accept(listener_, nullptr, nullptr)) >= 0) {
      serving_.emplace_back([this, connection] { serve(connection); });
    }
  }

  std::string take(const std::string& request) {
    const std::lock_guard lock(mutex_);
    for (auto& [start, answers] : answers_) {
      if (!request.starts_with(start)) continue;
      const std::string first = answers.front();
      if (answers.size() > 1) answers.erase(answers.begin());
      return first;
    }
    return reply(418, R"({"message":"nobody wrote this down"})");
  }

  static std::size_t whole_size(const std::string& request) {
    const auto head = request.find("\r\n\r\n");
    if (head == std::string::npos) return std::string::npos;
    const auto length = request.find("Content-Length: ");
    return head + 4 + (length < head ? std::stoul(request.substr(length + 16)) : 0);
  }

  void serve(int connection) {
    std::string request;
    char buffer[4096];
    while (request.size() < whole_size(request)) {
      const auto size = ::read(connection, buffer, sizeof buffer);
      if (size <= 0) break;
      request.append(buffer, static_cast<std::size_t>(size));
    }
    const std::string bytes = take(request);
    if (bytes != "hang") {
      EXPECT_EQ(::write(connection, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    // A raw stream, a body that is still on its way, or the silence of a client that waits.
    const bool raw = request.find("Upgrade: tcp") != std::string::npos && request.find("stdin=1") != std::string::npos;
    if (raw || bytes == "hang") {
      ssize_t size;
      while ((size = ::read(connection, buffer, sizeof buffer)) > 0)
        request.append(buffer, static_cast<std::size_t>(size));
    }
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(request);
    }
    ::close(connection);
  }

  std::string folder_;
  int listener_ = -1;
  std::thread accepting_;
  std::vector<std::thread> serving_;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> answers_;
  std::vector<std::string> received_;
};

template <class Error>
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(DockerAddress, ReadsDockerHost) {
  EXPECT_EQ(parse_address("unix:///run/podman/podman.sock").socket, "/run/podman/podman.sock");
  const Address tcp = parse_address("tcp://127.0.0.1:2375");
  EXPECT_EQ(tcp.host, "127.0.0.1");
  EXPECT_EQ(tcp.port, 2375);
  EXPECT_EQ(parse_address("tcp://[::1]:99").text(), "tcp://[::1]:99");
  EXPECT_EQ(parse_address("tcp://engine").text(), "tcp://engine:2375");
  EXPECT_THROW(parse_address("ssh://me@there"), std::runtime_error);
  EXPECT_THROW(parse_address("tcp://there:notaport"), std::runtime_error);
}

TEST(DockerImageName, IsTakenApartAsDockerDoes) {
  const auto parts = [](const std::string& name) {
    const ImageName image = parse_image_name(name);
    return image.registry + " " + image.repository + " " + image.tag;
  };
  EXPECT_EQ(parts("redis"), "docker.io redis latest");
  EXPECT_EQ(parts("timescale/timescaledb:2.11-pg15"), "docker.io timescale/timescaledb 2.11-pg15");
  EXPECT_EQ(parts("localhost:5000/redis"), "localhost:5000 localhost:5000/redis latest");
  EXPECT_EQ(parts("public.ecr.aws/docker/library/postgres:15"),
            "public.ecr.aws public.ecr.aws/docker/library/postgres 15");
  EXPECT_EQ(parts("redis@sha256:ab"), "docker.io redis sha256:ab");
}

TEST(DockerClient, SpeaksTheVersionThatTheEngineKnows) {
  Engine engine;
  engine.answer("GET /v1.41/version",
                Engine::reply(200, R"({"Version":"4.3.1","Components":[{"Name":"Podman Engine"}]})"));
  engine.answer("GET /v1.41/info", Engine::reply(200, R"({"OperatingSystem":"debian","KernelVersion":"6.1",
      "SecurityOptions":["name=seccomp,profile=default"],"Rootless":true})"));
  const Daemon daemon = engine.client().daemon();
  EXPECT_EQ(daemon.name, "Podman");
  EXPECT_EQ(daemon.version, "4.3.1");
  EXPECT_TRUE(daemon.rootless);
  EXPECT_FALSE(daemon.remaps_users);
}

TEST(DockerClient, SaysWhyNobodyAnswers) {
  const Address nobody{.socket = "/nowhere/docker.sock", .host = {}, .port = 0};
  const std::string text = message_of<Unreachable>([&] { Client client(nobody); });
  EXPECT_NE(text.find("unix:///nowhere/docker.sock: No such file or directory"), std::string::npos) << text;
}

TEST(DockerClient, ErrorsCarryTheEnginesStatusAndMessage) {
  Engine engine;
  engine.answer("POST /v1.41/containers/x/start", Engine::reply(404, R"({"message":"No such container: x"})"));
  engine.answer(
      "POST /v1.41/containers/y/start",
      Engine::reply(500, R"({"cause":"permission denied","message":"runc: permission denied","response":500})"));
  engine.answer("POST /v1.41/containers/create", Engine::reply(409, R"({"message":"the name is in use"})"));
  engine.answer("GET /v1.41/images/redis%3A7/json", Engine::reply(404, R"({"message":"No such image: redis:7"})"));
  engine.answer("DELETE /v1.41/containers/gone?force=1&v=1", Engine::reply(404, R"({"message":"No such container"})"));
  engine.answer("DELETE /v1.41/containers/stuck?force=1&v=1", Engine::reply(500, "device or resource busy"));
  const Client client = engine.client();
  EXPECT_EQ(message_of<ApiError>([&] { client.start("x"); }), "No such container: x");
  EXPECT_EQ(message_of<ApiError>([&] { client.start("y"); }), "runc: permission denied");
  EXPECT_EQ(message_of<ApiError>([&] { client.create({.name = "a", .image = "b", .command = {"c"}}); }),
            "the name is in use");
  EXPECT_FALSE(client.image("redis:7"));
  EXPECT_NO_THROW(client.remove("gone"));
  EXPECT_EQ(message_of<ApiError>([&] { client.remove("stuck"); }), "status 500: device or resource busy");
}

TEST(DockerClient, TruncatedAndForeignAnswersAreFailures) {
  Engine engine;
  const std::string cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"State\":";
  engine.answer("GET /v1.41/containers/a/json", cut);
  engine.answer("GET /v1.41/containers/b/json", "");
  engine.answer("GET /v1.41/containers/c/json", "SSH-2.0-OpenSSH_9.2\r\n\r\n");
  engine.answer("GET /v1.41/containers/d/json", Engine::reply(200, "<html>"));
  const Client client = engine.client();
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_THROW(client.inspect(id), Unreachable) << id;
}

TEST(DockerClient, WaitsAsLongAsItWasTold) {
  Engine engine;
  engine.answer("POST /v1.41/containers/slow/wait", "hang");
  engine.answer("POST /v1.41/containers/done/wait", Engine::reply(200, R"({"StatusCode":3})"));
  const Client client = engine.client();
  EXPECT_EQ(client.wait("done", 5s), 3);
  EXPECT_EQ(client.wait("slow", 50ms), std::nullopt);
}

TEST(DockerClient, PullTellsEachChangeOnce) {
  Engine engine;
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  engine.answer(
      "POST /v1.41/images/create?fromImage=library%2Fredis&tag=7",
      head + Engine::chunk("{\"status\":\"Pulling from library/redis\",\"id\":\"7\"}\r\n{\"status\":\"Downloading\",") +
          Engine::chunk("\"progressDetail\":{\"current\":1,\"total\":9},\"id\":\"a1\"}\r\n"
                        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":9,\"total\":9},\"id\":\"a1\"}\r\n"
                        "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"a1\"}\r\n"
                        "{\"status\":\"Status: Downloaded newer image for redis:7\"}") +
          "0\r\n\r\n");
  std::vector<std::string> lines;
  engine.client().pull("library/redis:7", [&](const std::string& line) { lines.push_back(line); });
  const std::vector<std::string> expected{"7: Pulling from library/redis", "a1: Downloading", "a1: Pull complete",
                                          "Status: Downloaded newer image for redis:7"};
  EXPECT_EQ(lines, expected);
}

TEST(DockerClient, APullThatFailsInTheMiddleFails) {
  Engine engine;
  engine.answer("POST /v1.41/images/create?fromImage=late",
                Engine::reply(200,
                              "{\"status\":\"Pulling\"}\n{\"errorDetail\":{\"message\":\"unexpected "
                              "EOF\"},\"error\":\"unexpected EOF\"}\n"));
  engine.answer("POST /v1.41/images/create?fromImage=none",
                Engine::reply(404, R"({"message":"pull access denied for none, repository does not exist"})"));
  engine.answer("POST /v1.41/images/create?fromImage=cut",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Engine::chunk("{\"status\":\"Pulling\"}\n"));
  const Client client = engine.client();
  const auto ignore = [](const std::string&) {};
  EXPECT_EQ(message_of<ApiError>([&] { client.pull("late", ignore); }), "cannot pull late: unexpected EOF");
  EXPECT_EQ(message_of<ApiError>([&] { client.pull("none", ignore); }),
            "cannot pull none: pull access denied for none, repository does not exist");
  EXPECT_THROW(client.pull("cut", ignore), Unreachable);
}

TEST(DockerClient, CreatesWhatItWasTold) {
  Engine engine;
  engine.answer("POST /v1.41/containers/create?name=orrery-1", Engine::reply(201, R"({"Id":"abc","Warnings":[]})"));
  const NewContainer wanted{.name = "orrery-1",
                            .image = "postgres:15",
                            .command = {"postgres", "-D", "/orrery/data"},
                            .environment = {{"TZ", "UTC"}},
                            .labels = {{"orrery.engine", "rds/x"}},
                            .mounts = {{"/data", "/orrery"}},
                            .ports = {{"127.0.0.9", 5432, 5433}},
                            .user = "999:999",
                            .shared_memory = 1 << 28};
  EXPECT_EQ(engine.client().create(wanted), "abc");
  const std::string request = engine.received("POST /v1.41/containers/create");
  const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
  EXPECT_EQ(body["Entrypoint"], Json::array({"postgres"}));
  EXPECT_EQ(body["Cmd"], Json::array({"-D", "/orrery/data"}));
  EXPECT_EQ(body["User"], "999:999");
  EXPECT_EQ(body["Env"], Json::array({"TZ=UTC"}));
  EXPECT_EQ(body["Labels"]["orrery.engine"], "rds/x");
  EXPECT_EQ(body["HostConfig"]["PortBindings"]["5433/tcp"][0], Json({{"HostIp", "127.0.0.9"}, {"HostPort", "5432"}}));
  EXPECT_EQ(body["HostConfig"]["Mounts"][0]["Target"], "/orrery");
  EXPECT_FALSE(body["HostConfig"].contains("Ulimits"));
}

TEST(DockerClient, ListsByLabelsWithTheFilterEscaped) {
  Engine engine;
  engine.answer("GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22orrery.engine%22%5D%7D",
                Engine::reply(200, R"([{"Id":"1","Names":["/a"],"State":"exited","Labels":{"orrery.engine":"x"}},
                                       {"Id":"2","Names":null,"State":"running","Labels":null}])"));
  const auto found = engine.client().list({"orrery.engine"});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_EQ(found[0].state, "exited");
  EXPECT_EQ(found[0].labels.at("orrery.engine"), "x");
  EXPECT_EQ(found[1].name, "");
}

TEST(DockerClient, RunsAProgramInAContainerOfItsOwn) {
  Engine engine;
  engine.answer("POST /v1.41/containers/create", Engine::reply(201, R"({"Id":"c"})"));
  engine.answer("POST /v1.41/containers/c/attach?stream=1&stdout=1&stderr=1 ",
                "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
                "Upgrade: tcp\r\n\r\n" +
                    Engine::frame(1, "out") + Engine::frame(2, "err") + Engine::frame(1, std::string(5000, 'x')));
  engine.answer("POST /v1.41/containers/c/start", "HTTP/1.1 204 No Content\r\n\r\n");
  engine.answer("POST /v1.41/containers/c/wait", Engine::reply(200, R"({"StatusCode":7})"));
  engine.answer("DELETE /v1.41/containers/c?force=1&v=1", "HTTP/1.1 204 No Content\r\n\r\n");
  const Ended ended = engine.client().run({.name = "n", .image = "i", .command = {"true"}}, "", 5s);
  EXPECT_EQ(ended.exit_code, 7);
  EXPECT_EQ(ended.output, "outerr" + std::string(5000, 'x'));
  EXPECT_NE(engine.received("DELETE /v1.41/containers/c"), "");
}

TEST(DockerClient, GivesAProgramItsInput) {
  Engine engine;
  engine.answer("POST /v1.41/containers/create", Engine::reply(201, R"({"Id":"c"})"));
  engine.answer(
      "POST /v1.41/containers/c/attach?stream=1&stdout=1&stderr=1&stdin=1 ",
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n" + Engine::frame(1, "done"));
  engine.answer("POST /v1.41/containers/c/start", "HTTP/1.1 204 No Content\r\n\r\n");
  engine.answer("POST /v1.41/containers/c/wait", Engine::reply(200, R"({"StatusCode":0})"));
  engine.answer("DELETE /v1.41/containers/c", "HTTP/1.1 204 No Content\r\n\r\n");
  const std::string input(200000, 'i');
  const NewContainer wanted{.name = "n", .image = "i", .command = {"cat"}, .input = NewContainer::Input::once};
  EXPECT_EQ(engine.client().run(wanted, input, 5s).output, "done");
  const std::string request = engine.received("POST /v1.41/containers/c/attach");
  EXPECT_EQ(request.substr(request.find("\r\n\r\n") + 4), input);
}

TEST(DockerClient, AProgramThatTakesTooLongLosesItsContainer) {
  Engine engine;
  engine.answer("POST /v1.41/containers/create", Engine::reply(201, R"({"Id":"c"})"));
  engine.answer("POST /v1.41/containers/c/attach", "hang");
  engine.answer("DELETE /v1.41/containers/c", "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_THROW(engine.client().run({.name = "n", .image = "i", .command = {"sleep"}}, "", 50ms), TimedOut);
  EXPECT_NE(engine.received("DELETE /v1.41/containers/c"), "");
}

TEST(DockerClient, AnOutputThatEndsInsideAFrameIsAFailure) {
  Engine engine;
  engine.answer("GET /v1.41/containers/c/logs",
                Engine::reply(200, Engine::frame(1, "whole") + Engine::frame(1, "cut").substr(0, 9)));
  engine.answer("GET /v1.41/containers/d/logs",
                Engine::reply(200, Engine::frame(1, "one\n") + Engine::frame(2, "two\n")));
  const Client client = engine.client();
  EXPECT_THROW(client.logs("c", 10), Unreachable);
  EXPECT_EQ(client.logs("d", 10), "one\ntwo\n");
}

}  // namespace
}  // namespace orrery::engines::docker
