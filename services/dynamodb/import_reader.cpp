#include "services/dynamodb/import_reader.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/ion.hpp"
#include "services/dynamodb/item_json.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kLongestRecord = 16 * 1024 * 1024;  // an item has 400 KB; much more is no record

void check_length(const std::string& record) {
  if (record.size() > kLongestRecord) throw MalformedSource("a record without an end");
}

/// DynamoDB JSON: objects {"Item": {…}}, one after the other. Newlines between them are usual, but not needed
/// (getmoto's tests that were verified against AWS have objects without).
class JsonReader final : public ImportReader {
 public:
  explicit JsonReader(Found found) : found_(std::move(found)) {}

  void write(std::string_view bytes) override {
    for (const char c : bytes) {
      if (depth_ == 0 && c != '{') {
        if (std::isspace(static_cast<unsigned char>(c)) == 0) throw MalformedSource("text outside of an object");
        continue;
      }
      record_ += c;
      note(c);
      if (depth_ == 0) take();
    }
    check_length(record_);
  }

  void finish() override {
    if (depth_ > 0) throw MalformedSource("an open object");
  }

 private:
  /// Keeps track of braces outside of strings.
  void note(char c) {
    if (string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        string_ = false;
      }
    } else if (c == '"') {
      string_ = true;
    } else if (c == '{') {
      ++depth_;
    } else if (c == '}') {
      --depth_;
    }
  }

  void take() {
    const Json whole = Json::parse(std::exchange(record_, {}), nullptr, false);
    const auto item = whole.find("Item");
    if (!whole.is_object() || item == whole.end() || !item->is_object())
      throw MalformedSource("an object without an Item");
    found_([&] { return item_of_portable(*item); });
  }

  Found found_;
  std::string record_;
  int depth_ = 0;
  bool string_ = false, escaped_ = false;
};

/// Ion: structs {Item: {…}}, each on a line of its own after the version marker.
class IonLineReader final : public ImportReader {
 public:
  explicit IonLineReader(Found found) : found_(std::move(found)) {}

  void write(std::string_view bytes) override {
    for (;;) {
      const auto end = bytes.find('\n');
      line_ += bytes.substr(0, end);
      check_length(line_);
      if (end == std::string_view::npos) return;
      finish();
      bytes.remove_prefix(end + 1);
    }
  }

  void finish() override {
    try {
      for (const Json& value : read_ion(std::exchange(line_, {}))) take(value);
    } catch (const IonError& error) {
      throw MalformedSource(error.what());
    }
  }

 private:
  void take(const Json& value) {
    const bool members = type_of(value) == "M" && content_of(value).contains("Item");
    if (!members || type_of(content_of(value).at("Item")) != "M") throw MalformedSource("a value without an Item");
    found_([&] { return checked_item(content_of(content_of(value).at("Item"))); });
  }

  Found found_;
  std::string line_;
};

/// CSV (RFC 4180, with a choice of delimiters). Keys of the table and its indexes have the types of their attributes,
/// all other columns are strings ("Amazon S3 import formats for DynamoDB").
///
///   file = record (("\n" | "\r\n") record)* ;  record = field (delimiter field)*
///   field = '"' (any but '"' | '""')* '"' | (any but '"', delimiter, "\n", "\r")*
class CsvReader final : public ImportReader {
 public:
  CsvReader(const ImportFormat& format, const Table& table, Found found)
      : found_(std::move(found)), delimiter_(format.delimiter), headers_(format.headers) {
    note_types(table.key);
    for (const auto& index : table.indexes) note_types(index.key);
  }

  void write(std::string_view bytes) override {
    for (const char c : bytes) take(c);
    check_length(field_);
  }

  void finish() override {
    if (state_ == State::quoted) throw MalformedSource("an open quotation");
    if (state_ != State::start || !record_.empty()) end_record();
  }

 private:
  enum class State { start, plain, quoted, closed };

  void note_types(const KeySchema& key) {
    for (const auto* part : {&key.hash, &key.range}) {
      for (const auto& attribute : *part) types_[attribute.name] = attribute.type;
    }
  }

  void take(char c) {
    if (state_ == State::quoted) {
      if (c == '"') {
        state_ = State::closed;
      } else {
        field_ += c;
      }
    } else if (c == delimiter_) {
      end_field();
    } else if (c == '\n') {
      if (state_ != State::start || !record_.empty()) end_record();
    } else if (c == '"' && state_ == State::start) {
      state_ = State::quoted;
    } else if (c == '"' && state_ == State::closed) {
      state_ = State::quoted;
      field_ += '"';
    } else if (c == '\r') {
      // of "\r\n"
    } else if (c == '"' || state_ == State::closed) {
      throw MalformedSource("a quotation mark that is not escaped");
    } else {
      state_ = State::plain;
      field_ += c;
    }
  }

  void end_field() {
    record_.push_back(std::exchange(field_, {}));
    state_ = State::start;
  }

  void end_record() {
    end_field();
    const auto record = std::exchange(record_, {});
    if (headers_.empty()) {
      headers_ = record;
    } else {
      found_([&] { return item_of(record); });
    }
  }

  Json value_of(const std::string& header, const std::string& field) const {
    const auto type = types_.find(header);
    if (type == types_.end() || type->second == 'S') return {{"S", field}};
    if (type->second == 'N') return {{"N", field}};
    std::string raw;
    if (!aws::base64_decode(field, raw)) throw validation("a binary key that is no Base64");
    return {{"B", raw}};
  }

  Json item_of(const std::vector<std::string>& record) const {
    if (record.size() != headers_.size()) throw validation("a record that has not as many fields as there are headers");
    Json out = Json::object();
    for (std::size_t n = 0; n < record.size(); ++n) out[headers_[n]] = value_of(headers_[n], record[n]);
    return checked_item(out);
  }

  Found found_;
  char delimiter_;
  std::vector<std::string> headers_, record_;
  std::map<std::string, char> types_;
  std::string field_;
  State state_ = State::start;
};

}  // namespace

ImportFormat import_format(const Input& input) {
  ImportFormat format;
  format.name = input.str("InputFormat");
  const auto options = input.find_object("InputFormatOptions");
  const auto csv = options ? options->find_object("Csv") : std::nullopt;
  if (csv && format.name != "CSV")
    throw invalid_request("Unsupported InputFormatOptions for the given input format: " + format.name + ".");
  if (csv) {
    format.delimiter = csv->str("Delimiter", ",").front();
    format.headers = csv->strings("HeaderList");
  }
  return format;
}

std::unique_ptr<ImportReader> import_reader(const ImportFormat& format, const Table& table, ImportReader::Found found) {
  if (format.name == "CSV") return std::make_unique<CsvReader>(format, table, std::move(found));
  if (format.name == "ION") return std::make_unique<IonLineReader>(std::move(found));
  return std::make_unique<JsonReader>(std::move(found));
}

}  // namespace orrery::dynamodb
