#include "engines/records.hpp"

#include "engines/folders.hpp"

namespace orrery::engines {

Json to_json(const Specification& specification) {
  return {{"id", specification.id},
          {"software", specification.software},
          {"version", specification.version},
          {"host", specification.host},
          {"port", specification.port},
          {"desired", specification.desired == Desired::running ? "running" : "stopped"},
          {"generation", specification.generation},
          {"restore_from", specification.restore_from},
          {"settings", specification.settings}};
}

Specification specification_from(const Json& document) {
  Specification specification;
  specification.id = document.at("id");
  specification.software = document.at("software");
  specification.version = document.at("version");
  specification.host = document.at("host");
  specification.port = document.at("port");
  specification.desired = document.at("desired") == "running" ? Desired::running : Desired::stopped;
  specification.generation = document.at("generation");
  specification.restore_from = document.at("restore_from");
  specification.settings = document.at("settings");
  return specification;
}

Records::Records(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::filesystem::create_directories(directory_);
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all);  // settings hold passwords
}

std::vector<Records::Record> Records::list() const {
  std::vector<Record> records;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().extension() != ".json") continue;
    try {
      const Json document = Json::parse(read_file(entry.path()));
      records.push_back(
          {specification_from(document.at("specification")), document.at("backend"), document.at("created")});
    } catch (const Json::exception&) {  // not written by us: nothing that we could act on
    }
  }
  return records;
}

void Records::put(const Record& record) {
  const Json document = {
      {"specification", to_json(record.specification)}, {"backend", record.backend}, {"created", record.created}};
  write_file(directory_ / (file_name_of(record.specification.id) + ".json"), document.dump());
}

void Records::erase(const std::string& id) { std::filesystem::remove(directory_ / (file_name_of(id) + ".json")); }

}  // namespace orrery::engines
