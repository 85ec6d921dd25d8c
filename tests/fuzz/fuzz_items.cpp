// Items: the first letter says in which form (bytes of the store, DynamoDB JSON, a line of Ion). What is read must come
// back from its stored bytes as it was, and from its own Ion.
#include <cstdlib>

#include "registry/error.hpp"
#include "services/dynamodb/ion.hpp"
#include "services/dynamodb/item_codec.hpp"
#include "services/dynamodb/item_json.hpp"
#include "services/dynamodb/value.hpp"

namespace {

using namespace orrery;
using namespace orrery::dynamodb;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Json& item) {
  require(decode_item(encode_item(item)) == item);
  item_size(item);
  const auto again = read_ion("$ion_1_0 {Item:" + ion_struct(item) + "}");
  require(again.size() == 1 && checked_item(content_of(content_of(again.front()).at("Item"))) == item);
}

void read(char kind, std::string_view text) {
  if (kind == 'b') {
    const Json item = decode_item(text);
    require(decode_item(encode_item(item)) == item);
  } else if (kind == 'j') {
    const Json document = Json::parse(text, nullptr, false);
    if (!document.is_object() || document.dump(-1, ' ', false, Json::error_handler_t::replace).size() > 100'000) return;
    const Json item = item_of_portable(document);
    check(item);
    require(item_of_portable(portable_item(item)) == item);
  } else if (kind == 'i') {
    for (const auto& value : read_ion(text)) {
      if (type_of(value) == "M") check(checked_item(content_of(value)));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    read(static_cast<char>(data[0]), {reinterpret_cast<const char*>(data) + 1, size - 1});
  } catch (const orrery::AwsError&) {    // refused
  } catch (const std::runtime_error&) {  // malformed
  }
  return 0;
}
