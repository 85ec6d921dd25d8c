#include "verify/api.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <chrono>

#include "aws/clock.hpp"
#include "net/fetch.hpp"

namespace orrery::verify {

namespace {

constexpr int kFirstError = 400;

std::string compact_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return aws::compact_iso8601(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::string form(const QueryService& service, const std::string& action, const Parameters& parameters) {
  std::string out = "Action=" + action + "&Version=" + std::string(service.version);
  for (const auto& [name, value] : parameters) out += "&" + encoded(name) + "=" + encoded(value);
  return out;
}

/// Every XML protocol has <Code> and <Message> somewhere in its error document.
ApiError xml_error(int status, const std::string& body) {
  pugi::xml_document document;
  document.load_string(body.c_str());
  const auto named = [&](const char* name) {
    return document.find_node([&](const pugi::xml_node& node) { return std::string_view(node.name()) == name; });
  };
  const std::string code = named("Code").text().get();
  return {code.empty() ? "HTTP " + std::to_string(status) : code, named("Message").text().get()};
}

ApiError json_error(int status, const std::string& body) {
  const Json document = Json::parse(body, nullptr, false);
  if (!document.is_object()) return {"HTTP " + std::to_string(status), ""};
  std::string code = document.value("__type", "HTTP " + std::to_string(status));
  code.erase(0, code.find('#') + 1);
  return {code, document.value("message", document.value("Message", ""))};
}

pugi::xml_document parsed_xml(const std::pair<int, std::string>& answer) {
  if (answer.first >= kFirstError) throw xml_error(answer.first, answer.second);
  pugi::xml_document document;
  if (!document.load_string(answer.second.c_str())) throw ApiError("no XML", answer.second.substr(0, 200));
  return document;
}

Json parsed_json(const std::pair<int, std::string>& answer) {
  if (answer.first >= kFirstError) throw json_error(answer.first, answer.second);
  Json document = Json::parse(answer.second, nullptr, false);
  if (!document.is_object()) throw ApiError("no JSON", answer.second.substr(0, 200));
  return document;
}

}  // namespace

struct Api::Request {
  std::string_view service;
  std::string method, path;
  Parameters headers;
  std::string body;
};

/// In SigV4's shape; a server that takes an account's number as its access key has no secret to check it with.
std::string Api::authorization(std::string_view service, const std::string& time) const {
  return "AWS4-HMAC-SHA256 Credential=" + account_ + "/" + time.substr(0, 8) + "/" + region_ + "/" +
         std::string(service) + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + std::string(64, '0');
}

std::pair<int, std::string> Api::send(const Request& request) const {
  const std::string time = compact_now();
  net::Call call;
  call.method = request.method;
  call.path = request.path;
  call.headers = request.headers;
  call.headers.emplace_back("X-Amz-Date", time);
  call.headers.emplace_back("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  call.headers.emplace_back("Authorization", authorization(request.service, time));
  call.body = request.body;
  net::Fetched answer = net::send(endpoint_, call);
  return {answer.status, std::move(answer.body)};
}

void Api::each(const QueryService& service, const std::string& action, const std::string& list, const Visitor& visit,
               const Parameters& parameters) const {
  std::string token;
  do {
    Parameters page = parameters;
    if (!token.empty()) page.emplace_back(service.page, token);
    const pugi::xml_document document =
        parsed_xml(send({service.name,
                         "POST",
                         "/",
                         {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                         form(service, action, page)}));
    const pugi::xml_node response = document.document_element();
    const pugi::xml_node wrapped = response.child((action + "Result").c_str());
    const pugi::xml_node& result = wrapped ? wrapped : response;
    for (const pugi::xml_node& node : result.child(list.c_str()).children()) visit(node);
    token.clear();
    for (const char* name : {"Marker", "nextToken", "NextToken"})
      if (token.empty()) token = text(result, name);
  } while (!token.empty());
}

Json Api::call(const JsonService& service, const std::string& operation, const Json& input) const {
  return parsed_json(send({service.name,
                           "POST",
                           "/",
                           {{"Content-Type", std::string(service.media_type)},
                            {"X-Amz-Target", std::string(service.target) + "." + operation}},
                           input.dump()}));
}

std::vector<Json> Api::all(const JsonService& service, const std::string& operation, const Pages& pages,
                           Json input) const {
  std::vector<Json> out;
  for (;;) {
    const Json page = call(service, operation, input);
    for (const Json& element : page.value(pages.list, Json::array())) out.push_back(element);
    const auto next = page.find(pages.out);
    if (next == page.end() || next->is_null()) return out;
    input[pages.in] = *next;
  }
}

Json Api::get(std::string_view service, const std::string& path) const {
  return parsed_json(send({service, "GET", path, {}, ""}));
}

pugi::xml_document Api::get_xml(std::string_view service, const std::string& path) const {
  return parsed_xml(send({service, "GET", path, {}, ""}));
}

int Api::head(std::string_view service, const std::string& path) const {
  return send({service, "HEAD", path, {}, ""}).first;
}

std::string encoded(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::string text(const pugi::xml_node& node, const char* path) { return node.first_element_by_path(path).text().get(); }

bool is_true(const pugi::xml_node& node, const char* path) { return text(node, path) == "true"; }

std::vector<std::string> texts(const pugi::xml_node& node, const char* list, const char* path) {
  std::vector<std::string> out;
  for (const pugi::xml_node& child : node.child(list).children()) out.push_back(text(child, path));
  return out;
}

}  // namespace orrery::verify
