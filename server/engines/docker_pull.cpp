#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstdlib>
#include <fstream>

#include "aws/ids.hpp"
#include "engines/docker_client.hpp"

namespace orrery::engines::docker {

namespace {

std::string encode_name(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

/// The X-Registry-Auth header from what `docker login` left ({"auths": {registry: {"auth": base64("user:password")}}});
/// "" where there is nothing, or a credential helper keeps it.
std::string registry_auth(const std::string& registry) {
  const char* folder = std::getenv("DOCKER_CONFIG");
  const char* home = std::getenv("HOME");
  if (folder == nullptr && home == nullptr) return "";
  std::ifstream file(folder != nullptr ? std::string(folder) + "/config.json"
                                       : std::string(home) + "/.docker/config.json");
  const Json config = file ? Json::parse(file, nullptr, false) : Json();
  if (!config.is_object() || !config.contains("auths") || !config["auths"].is_object()) return "";
  const std::string key = registry == "docker.io" ? "https://index.docker.io/v1/" : registry;
  const auto entry = config["auths"].find(key);
  if (entry == config["auths"].end() || !entry->is_object()) return "";
  std::string pair;
  if (!aws::base64_decode(entry->value("auth", ""), pair)) return "";
  const auto colon = pair.find(':');
  if (colon == std::string::npos) return "";
  std::string header = aws::base64(
      Json{{"username", pair.substr(0, colon)}, {"password", pair.substr(colon + 1)}, {"serveraddress", key}}.dump());
  for (char& c : header) c = c == '+' ? '-' : c == '/' ? '_' : c;  // "base64url", as the API's documentation says
  return header;
}

/// A pull answers 200 and then tells line by line how it goes; a failure is a line, too. Bars of progress
/// (progressDetail) repeat a layer's state many times a second, so that only changes are told.
class Progress {
 public:
  explicit Progress(const std::function<void(const std::string&)>& tell) : tell_(tell) {}

  void feed(std::string_view part) {
    pending_ += part;
    std::size_t end;
    while ((end = pending_.find('\n')) != std::string::npos) {
      line(pending_.substr(0, end));
      pending_.erase(0, end + 1);
    }
  }
  void finish() {
    line(pending_);
    pending_.clear();
  }
  const std::string& failure() const { return failure_; }

 private:
  void line(const std::string& text) {
    const Json event = Json::parse(text, nullptr, false);
    if (!event.is_object()) return;
    if (const auto detail = event.find("errorDetail"); detail != event.end() && detail->is_object()) {
      failure_ = detail->value("message", "");
    }
    if (failure_.empty()) failure_ = event.value("error", "");
    const std::string id = event.value("id", ""), status = event.value("status", "");
    if (status.empty() || told_[id] == status) return;
    told_[id] = status;
    tell_(id.empty() ? status : id + ": " + status);
  }

  const std::function<void(const std::string&)>& tell_;
  std::string pending_, failure_;
  std::map<std::string, std::string> told_;
};

}  // namespace

ImageName parse_image_name(const std::string& name) {
  ImageName image;
  const auto slash = name.find('/');
  const std::string first = slash == std::string::npos ? "" : name.substr(0, slash);
  const bool names_registry = first.find_first_of(".:") != std::string::npos || first == "localhost";
  image.registry = names_registry ? first : "docker.io";
  if (const auto digest = name.find('@'); digest != std::string::npos) {
    image.repository = name.substr(0, digest);
    image.tag = name.substr(digest + 1);
    return image;
  }
  const auto colon = name.rfind(':');
  const auto last = name.rfind('/');
  const bool tagged = colon != std::string::npos && (last == std::string::npos || colon > last);
  image.repository = name.substr(0, tagged ? colon : std::string::npos);
  image.tag = tagged ? name.substr(colon + 1) : "latest";
  return image;
}

void Client::pull(const std::string& name, const std::function<void(const std::string&)>& tell) const {
  const ImageName image = parse_image_name(name);
  Call create{.method = "POST",
              .target = "/images/create?fromImage=" + encode_name(image.repository) + "&tag=" + encode_name(image.tag),
              .silence = std::chrono::minutes(2),
              .limit = std::chrono::hours(1)};
  if (const std::string auth = registry_auth(image.registry); !auth.empty()) create.headers["X-Registry-Auth"] = auth;
  Progress progress(tell);
  try {
    call(create, [&progress](std::string_view part) { progress.feed(part); });
  } catch (const ApiError& error) {
    throw ApiError(error.status(), "cannot pull " + name + ": " + error.what());
  }
  progress.finish();
  if (!progress.failure().empty()) throw ApiError(500, "cannot pull " + name + ": " + progress.failure());
}

}  // namespace orrery::engines::docker
