#include "net/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <thread>

#include "net/tls.hpp"

namespace orrery::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds kSweep{500}, kDrainPoll{10};

Acceptor listen(const Strand& strand, const Address& address) {
  const std::string name = address.host + ":" + std::to_string(address.port);
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, error);
  if (error) throw std::runtime_error("cannot listen on " + name + ": not an IP address");
  const tcp::endpoint endpoint(ip, address.port);
  Acceptor acceptor(strand);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    throw std::runtime_error("cannot listen on " + name + ": the port is in use (choose another with --listen)");
  }
  if (error) throw std::runtime_error("cannot listen on " + name + ": " + error.message());
  return acceptor;
}

std::size_t io_threads() { return std::clamp(std::thread::hardware_concurrency(), 1U, 4U); }

/// Waits for one more signal, whatever the other threads wait for.
class Impatience {
 public:
  explicit Impatience(const std::function<void(int)>& at_once) {
    signals_.async_wait([at_once](boost::system::error_code error, int signal) {
      if (!error) at_once(128 + signal);
    });
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Impatience() {
    context_.stop();
    thread_.join();
  }

 private:
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGINT, SIGTERM};
  std::thread thread_;
};

}  // namespace

std::optional<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  Address address;
  if (colon > 0) address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (status != std::errc() || stop != end) return std::nullopt;
  return address;
}

struct Server::State {
  State(const Address& plain, const std::optional<Address>& tls, Limits wanted)
      : limits(wanted), acceptor(listen(strand, plain)) {
    if (tls) tls_acceptor.emplace(listen(strand, *tls));
  }

  using Start = std::function<void(Socket)>;
  Awaitable<void> accept(Acceptor& from, Start start);
  void sweep();
  void second(const std::function<void()>& each_second);
  void on_signal(const std::function<void(int)>& at_once);
  void begin_drain();
  void finish_when_idle();

  Limits limits;
  std::optional<asio::ssl::context> tls;
  Connections connections;  // before the context, whose end destroys the sessions that are left
  Context context{static_cast<int>(io_threads())};
  Strand strand{asio::make_strand(context)};  ///< of everything below
  Acceptor acceptor;
  std::optional<Acceptor> tls_acceptor;
  asio::signal_set signals{strand};
  asio::steady_timer sweep_timer{strand}, second_timer{strand};
  std::chrono::steady_clock::time_point drain_until;
  bool draining = false;
  std::optional<Impatience> impatience;
};

Server::Server(const Address& plain, const std::optional<Address>& tls, Limits limits)
    : state_(std::make_unique<State>(plain, tls, limits)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }
std::uint16_t Server::tls_port() const {
  return state_->tls_acceptor ? state_->tls_acceptor->local_endpoint().port() : 0;
}

void Server::use_certificate(const std::string& chain_file, const std::string& key_file) {
  state_->tls.emplace(tls_context({chain_file, key_file}));
}

Awaitable<void> Server::State::accept(Acceptor& from, Start start) {
  while (from.is_open()) {
    auto [error, socket] = co_await from.async_accept(asio::make_strand(context), use_tuple);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {  // out of descriptors: one may be given back soon
      asio::steady_timer pause(strand, std::chrono::milliseconds(50));
      co_await pause.async_wait(use_tuple);
      continue;
    }
    if (connections.count() >= limits.connections) continue;  // closes it: the client sees a reset, and tries again
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    start(std::move(socket));
  }
}

void Server::State::sweep() {
  sweep_timer.expires_after(draining ? kDrainPoll : kSweep);
  sweep_timer.async_wait([this](boost::system::error_code error) {
    if (error) return;
    connections.sweep();
    if (draining) finish_when_idle();
    sweep();
  });
}

void Server::State::second(const std::function<void()>& each_second) {
  second_timer.expires_after(std::chrono::seconds(1));
  second_timer.async_wait([this, &each_second](boost::system::error_code error) {
    if (error || draining) return;
    each_second();
    second(each_second);
  });
}

void Server::State::on_signal(const std::function<void(int)>& at_once) {
  signals.async_wait([this, at_once](boost::system::error_code error, int) {
    if (error) return;
    impatience.emplace(at_once);
    begin_drain();
  });
}

void Server::State::begin_drain() {
  draining = true;
  drain_until = std::chrono::steady_clock::now() + limits.drain_timeout;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  if (tls_acceptor) tls_acceptor->close(ignored);
  connections.drain();
  sweep_timer.expires_after(std::chrono::milliseconds(5));
  finish_when_idle();
  sweep_timer.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
    finish_when_idle();
  });
}

void Server::State::finish_when_idle() {
  if (connections.count() == 0 || std::chrono::steady_clock::now() > drain_until) context.stop();
}

void Server::run(const pipeline::Host& host, const std::function<void()>& ready,
                 const std::function<void()>& each_second, const std::function<void(int)>& at_once) {
  State& state = *state_;
  const Shared shared{host, state.limits, state.connections};
  const auto plain = [&shared](Socket socket) { start_session(shared, std::move(socket)); };
  asio::co_spawn(state.strand, state.accept(state.acceptor, plain), asio::detached);
  if (state.tls_acceptor) {
    const auto tls = [&](Socket socket) { start_tls_session(shared, std::move(socket), *state.tls); };
    asio::co_spawn(state.strand, state.accept(*state.tls_acceptor, tls), asio::detached);
  }
  state.signals.add(SIGINT);
  state.signals.add(SIGTERM);
  state.on_signal(at_once);
  state.sweep();
  state.second(each_second);
  ready();
  std::vector<std::thread> threads;
  for (std::size_t n = 1; n < io_threads(); ++n) threads.emplace_back([&state] { state.context.run(); });
  state.context.run();
  for (auto& thread : threads) thread.join();
}

}  // namespace orrery::net
