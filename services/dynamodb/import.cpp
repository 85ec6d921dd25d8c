#include "aws/ids.hpp"
#include "http/decode.hpp"
#include "registry/s3_peer.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/import_reader.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/job.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr JobShape kImport{
    "import",
    "ImportStatus",
    {"EndTime", "ProcessedSizeBytes", "ProcessedItemCount", "ImportedItemCount", "FailureCode", "FailureMessage"}};
constexpr aws::Millis kImportTakes = 110 * 1000, kNoBucketTakes = 6 * 1000;

struct Counts {
  std::int64_t bytes = 0, processed = 0, imported = 0, errors = 0;
};

/// Reads the objects of an import into its new table. What is wrong with an item is counted, and so is what cannot be
/// read; the rest of that object is then left out (recorded, as in export.cpp).
class Importer {
 public:
  Importer(RequestContext& context, const Table& table, ImportFormat format, std::string compression)
      : context_(context), table_(table), format_(std::move(format)), compression_(std::move(compression)) {}

  void read(http::BodySource& object) {
    const auto reader = import_reader(format_, table_, [this](const auto& item) { take(item); });
    try {
      pump(object, *reader);
    } catch (const MalformedSource&) {
      fail();
    } catch (const http::DecodeError&) {
      fail();
    }
  }

  const Counts& counts() const { return counts_; }

 private:
  void pump(http::BodySource& object, ImportReader& reader) {
    const http::Consumer consumer = [&](http::Bytes bytes) { reader.write({bytes.data(), bytes.size()}); };
    if (compression_ == "GZIP") {
      http::GzipDecoder decoder(consumer);
      pump(object, decoder);
    } else if (compression_ == "ZSTD") {
      http::ZstdDecoder decoder(consumer);
      pump(object, decoder);
    } else {
      read_all(object, consumer);
    }
    reader.finish();
  }

  /// An object without any bytes is no error, though no compressed file is as short.
  template <class Decoder>
  void pump(http::BodySource& object, Decoder& decoder) {
    if (read_all(object, [&](http::Bytes bytes) { decoder.write(bytes); }) > 0) decoder.finish();
  }

  std::int64_t read_all(http::BodySource& object, const http::Consumer& consumer) {
    std::array<char, 64 * 1024> buffer;
    std::int64_t bytes = 0;
    while (const std::size_t n = object.read(buffer)) {
      counts_.bytes += static_cast<std::int64_t>(n);
      bytes += static_cast<std::int64_t>(n);
      consumer({buffer.data(), n});
    }
    return bytes;
  }

  void fail() {
    ++counts_.processed;
    ++counts_.errors;
  }

  void take(const std::function<Json()>& give) {
    ++counts_.processed;
    try {
      const Json item = give();
      if (item_size(item) > kMostItemBytes) throw item_too_large();
      const Key key = key_in_item(table_.key, item);
      check_index_keys(table_, item);
      store_.put(table_, key, item, store_.get(table_, key));
      ++counts_.imported;
    } catch (const AwsError&) {
      ++counts_.errors;
    }
  }

  RequestContext& context_;
  const Table& table_;
  ImportFormat format_;
  std::string compression_;
  ItemStore store_{context_.tx};
  Counts counts_;
};

void fail(Json& document, const std::string& code, const std::string& message) {
  document["ImportStatus"] = "FAILED";
  document["FailureCode"] = code;
  document["FailureMessage"] = message;
}

void set_counts(Json& document, const Counts& counts) {
  document["ProcessedSizeBytes"] = counts.bytes;
  document["ProcessedItemCount"] = counts.processed;
  document["ImportedItemCount"] = counts.imported;
  document["ErrorCount"] = counts.errors;
}

/// A bucket that cannot be read leaves no table, items that cannot be read do.
void run_import(RequestContext& context, const Input& input, Table table, storage::Resource& job) {
  Json& document = job.document;
  const Json& source = document.at("S3BucketSource");
  const std::string bucket = source.at("S3Bucket"), owner = input.object("S3BucketSource").str("S3BucketOwner");
  Importer importer(context, table, import_format(input), document.at("InputCompressionType"));
  try {
    for (const auto& key : context.peers.s3->list_keys(context, bucket, owner, source.value("S3KeyPrefix", "")))
      importer.read(*context.peers.s3->get_object(context, bucket, owner, key));
  } catch (const AwsError& refused) {
    const auto failure = failure_of(context, refused);
    fail(document, failure.code, failure.message);
  }
  set_counts(document, importer.counts());
  if (document.contains("FailureCode")) {
    set_end(context, job, "EndTime", kNoBucketTakes);
    erase_table(context, std::move(table));
  } else if (importer.counts().errors > 0) {
    fail(document, "ItemValidationError",
         "Some of the items failed validation checks and were not imported. Please check CloudWatch error logs for "
         "more details.");
  }
}

storage::Resource new_import(RequestContext& context, const Input& input, const Table& table,
                             const std::string& token) {
  storage::Resource job;
  job.kind = kImport.kind;
  job.id = new_job_id(context);
  job.arn = table.arn + "/import/" + job.id;
  job.created = context.now;
  Json source = input.json("S3BucketSource");
  source.emplace("S3BucketOwner", context.account);
  job.document = {
      {"ImportArn", job.arn},
      {"ImportStatus", "COMPLETED"},
      {"TableArn", table.arn},
      {"TableId", table.document().at("TableId")},
      {"ClientToken", token},
      {"S3BucketSource", std::move(source)},
      {"ErrorCount", 0},
      {"CloudWatchLogGroupArn", aws::arn("logs", context.region, context.account, "log-group:/aws-dynamodb/imports:*")},
      {"InputFormat", input.str("InputFormat")},
      {"InputCompressionType", input.str("InputCompressionType", "NONE")},
      {"TableCreationParameters", input.json("TableCreationParameters")},
      {"StartTime", context.timestamp()}};
  if (input.has("InputFormatOptions")) job.document["InputFormatOptions"] = input.json("InputFormatOptions");
  set_end(context, job, "EndTime", kImportTakes);
  return job;
}

/// The service's words are others than CreateTable's.
void check_maxima(const Input& parameters) {
  const auto maxima = parameters.find_object("OnDemandThroughput");
  if (!maxima || parameters.str("BillingMode", "PROVISIONED") != "PROVISIONED") return;
  for (const char* member : {"MaxWriteRequestUnits", "MaxReadRequestUnits"}) {
    if (maxima->find_integer(member)) {
      throw invalid_parameter(std::string(member) +
                              " for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.");
    }
  }
}

/// The import that the token began, where this is a repetition of it: the table's name is looked at first, and is taken
/// once the import is over; another name is a conflict, and other differences are not looked at (recorded too).
std::optional<Json> begun_before(RequestContext& context, const std::string& token, const std::string& name) {
  const auto before = job_with_token(context, kImport, token);
  const bool goes_on = before && job_description(context, kImport, *before).at("ImportStatus") == "IN_PROGRESS";
  const bool same = before && before->document.at("TableCreationParameters").at("TableName") == name;
  if (!(goes_on && same) && context.resources().exists(Table::kKind, name)) throw table_in_use(name);
  if (!before) return std::nullopt;
  if (!same)
    throw AwsError("ImportConflictException", 400,
                   "Import conflict: Duplicate request detected with conflicting parameters");
  return job_description(context, kImport, *before);
}

}  // namespace

Json import_table(RequestContext& context, const Input& input) {
  const Input parameters = input.object("TableCreationParameters");
  const std::string name = parameters.str("TableName"), token = input.str("ClientToken", aws::uuid());
  import_format(input);
  if (auto before = begun_before(context, token, name)) {
    input.all();
    return {{"ImportTableDescription", std::move(*before)}};
  }
  check_maxima(parameters);
  create_table(context, parameters);
  Table table = *find_table(context, name);
  begin_import(context, table.resource, kImportTakes);
  context.resources().put(table.resource);
  storage::Resource job = new_import(context, input, table, token);
  run_import(context, input, std::move(table), job);
  context.resources().put(job);
  Json out = started_description(kImport, job);
  out["ErrorCount"] = 0;
  return {{"ImportTableDescription", std::move(out)}};
}

Json describe_import(RequestContext& context, const Input& input) {
  const auto job = require_job(context, kImport, input.str("ImportArn"), [](const std::string& reason) {
    return AwsError("ImportNotFoundException", 400, "Import not found: " + reason);
  });
  return {{"ImportTableDescription", job_description(context, kImport, job)}};
}

Json list_imports(RequestContext& context, const Input& input) {
  const auto arn = input.find_str("TableArn");
  const auto wanted = [&](const storage::Resource& job) { return !arn || job.document.at("TableArn") == *arn; };
  return job_page(context, input, kImport, "ImportSummaryList", "PageSize", wanted, [&](const storage::Resource& job) {
    const Json whole = job_description(context, kImport, job);
    Json out = Json::object();
    for (const char* member : {"ImportArn", "ImportStatus", "TableArn", "S3BucketSource", "CloudWatchLogGroupArn",
                               "InputFormat", "StartTime", "EndTime"}) {
      if (whole.contains(member)) out[member] = whole.at(member);
    }
    return out;
  });
}

}  // namespace orrery::dynamodb
