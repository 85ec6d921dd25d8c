#include "services/s3/website.hpp"

#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/authorization.hpp"
#include "services/s3/body_source.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/object.hpp"

namespace orrery::s3 {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

std::string_view reason(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    default:
      return "Error";
  }
}

class Site {
 public:
  Site(RequestContext& context, const Input& input)
      : context_(context), input_(input), store_(store_of(context)), path_(input.str("Key").substr(1)) {}

  Json answer() {
    const std::string name = input_.str("Bucket");
    const auto bucket = store_.bucket(name);
    if (!bucket) return page(errors::no_such_bucket(name));
    bucket_ = *bucket;
    const auto config = store_.config(name, "website");
    if (!config) {
      return page(
          errors::make("NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration")
              .with("BucketName", name));
    }
    config_ = *config;
    if (config_.contains("RedirectAllRequestsTo")) return redirect(config_["RedirectAllRequestsTo"], path_, 301);
    if (const auto out = route("")) return *out;
    const std::string suffix = config_.at("IndexDocument").at("Suffix");
    const std::string key = path_.empty() || path_.ends_with('/') ? path_ + suffix : path_;
    try {
      return serve(key);
    } catch (const AwsError& refused) {
      if (refused.status() < 400) throw;
      // "If you exclude the trailing slash … S3 returns the index document" of that folder, by way of a redirect.
      if (refused.code() == "NoSuchKey" && key == path_ && store_.latest(name, path_ + "/" + suffix)) {
        return redirect(Json::object(), path_ + "/", 302);
      }
      if (const auto out = route(std::to_string(refused.status()))) return *out;
      return error_document(refused);
    }
  }

 private:
  Version readable_version(const std::string& key) {
    const auto version = store_.latest(bucket_.name, key);
    if (!version || version->delete_marker) {
      refuse_to_tell(context_, bucket_, key);
      throw errors::no_such_key(key);
    }
    authorize(context_, bucket_, "s3:GetObject", key);
    return *version;
  }

  Json serve(const std::string& key) {
    const Version version = readable_version(key);
    if (const std::string to = version.document.value("WebsiteRedirectLocation", ""); !to.empty()) {
      context_.response_status = 301;
      context_.response_headers.set("Location", to);
      return Json::object();
    }
    return read_object(context_, input_, bucket_, version);
  }

  /// The first routing rule whose condition holds; `status` is "" before the object was looked for.
  std::optional<Json> route(const std::string& status) {
    for (const auto& rule : config_.value("RoutingRules", Json::array())) {
      const Json condition = rule.value("Condition", Json::object());
      const std::string prefix = condition.value("KeyPrefixEquals", "");
      if (condition.value("HttpErrorCodeReturnedEquals", "") != status || !path_.starts_with(prefix)) continue;
      const Json to = rule.value("Redirect", Json::object());
      std::string key = path_;
      if (to.contains("ReplaceKeyWith")) key = to["ReplaceKeyWith"];
      if (to.contains("ReplaceKeyPrefixWith"))
        key = to["ReplaceKeyPrefixWith"].get<std::string>() + path_.substr(prefix.size());
      return redirect(to, key, std::atoi(to.value("HttpRedirectCode", "301").c_str()));
    }
    return std::nullopt;
  }

  Json redirect(const Json& to, const std::string& key, int status) {
    const std::string own(context_.request.headers.get("host"));
    const std::string protocol = to.value("Protocol", context_.request.secure ? "https" : "http");
    context_.response_status = status;
    context_.response_headers.set(
        "Location", protocol + "://" + to.value("HostName", own) + "/" + http::percent_encode(key, http::Slash::keep));
    return text("");
  }

  Json error_document(const AwsError& refused) {
    const std::string key = config_.value("ErrorDocument", Json::object()).value("Key", "");
    if (!key.empty()) {
      try {
        const Version version = readable_version(key);
        Json out = read_object(context_, input_, bucket_, version);
        context_.response_status = refused.status();
        return out;
      } catch (const AwsError&) {  // then the page below
      }
    }
    return page(refused);
  }

  Json page(const AwsError& refused) {
    const std::string title = std::to_string(refused.status()) + " " + std::string(reason(refused.status()));
    std::string html = "<html>\n<head><title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n<ul>\n";
    const auto line = [&](std::string_view name, std::string_view value) {
      html.append("<li>").append(name).append(": ").append(escaped(value)).append("</li>\n");
    };
    line("Code", refused.code());
    line("Message", refused.message());
    for (const auto& [name, value] : refused.members().items()) {
      if (value.is_string()) line(name, value.get<std::string>());
    }
    line("RequestId", context_.request_id);
    line("HostId", context_.request_id);
    html += "</ul>\n<hr/>\n</body>\n</html>\n";
    context_.response_status = refused.status();
    context_.response_headers.set("x-amz-error-code", refused.code());
    context_.response_headers.set("x-amz-error-message", refused.message());
    return text(html);
  }

  Json text(const std::string& html) {
    const bool head = context_.request.method == "HEAD";
    if (!head) context_.body_source = text_source(html);
    return {{"ContentType", "text/html; charset=utf-8"}, {"ContentLength", html.size()}};
  }

  RequestContext& context_;
  const Input& input_;
  ObjectStore store_;
  const std::string path_;
  Bucket bucket_;
  Json config_;
};

}  // namespace

Json answer_website(RequestContext& context, const Input& input) {
  context.principal = {};
  return Site(context, input).answer();
}

}  // namespace orrery::s3
