#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace orrery::net {

// Concrete executors instead of any_io_executor: no type erasure on the way of every read and write.
using Context = boost::asio::io_context;
using Strand = boost::asio::strand<Context::executor_type>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Strand>;

template <typename T>
using Awaitable = boost::asio::awaitable<T, Strand>;

/// co_await with (error_code, result) instead of an exception: a peer that goes away is no surprise.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Strand>> use_tuple{};

}  // namespace orrery::net
