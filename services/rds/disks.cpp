#include "services/rds/disks.hpp"

#include "services/rds/checks.hpp"
#include "services/rds/errors.hpp"

namespace orrery::rds {

namespace {

// From this size on gp3 volumes are striped over four, with more of both (RDS user guide, "gp3 storage").
constexpr std::int64_t kStriped = 400;

void check_size(const Engine& engine, const std::string& type, std::int64_t size) {
  const std::int64_t least = type == "io1" || type == "io2" ? 100 : type == "standard" ? 5 : 20;
  const std::int64_t most = type == "standard" ? 3072 : 65536;
  if (size < least || size > most)
    throw invalid_parameter_value("Invalid storage size for engine name " + std::string(engine.name) +
                                  " and storage type " + type + ": " + std::to_string(size));
}

void settle_gp3(const Engine& engine, const Input& input, std::int64_t size, Json& document, bool fresh) {
  const auto iops = input.find_integer("Iops"), throughput = input.find_integer("StorageThroughput");
  if (size < kStriped) {
    const bool asked = (iops && *iops != 3000) || (throughput && *throughput != 125);
    if (asked)
      throw invalid_parameter_combination("You can't specify IOPS or storage throughput for engine " +
                                          std::string(engine.name) + " and a storage size less than 400.");
    document["Iops"] = 3000;
    document["StorageThroughput"] = 125;
    return;
  }
  if (iops) check_range("Iops", *iops, 12000, 64000);
  if (throughput) check_range("StorageThroughput", *throughput, 500, 4000);
  document["Iops"] = iops ? *iops : fresh ? 12000 : document.value("Iops", std::int64_t{12000});
  document["StorageThroughput"] = throughput ? *throughput
                                  : fresh    ? 500
                                             : document.value("StorageThroughput", std::int64_t{500});
}

void settle_provisioned(const Input& input, const std::string& type, Json& document) {
  if (input.find_integer("StorageThroughput"))
    throw invalid_parameter_combination("You can't specify storage throughput for storage type " + type + ".");
  document.erase("StorageThroughput");
  const auto iops = input.find_integer("Iops");
  if (iops) document["Iops"] = *iops;
  if (!document.contains("Iops"))
    throw invalid_parameter_combination("The parameter Iops must be provided for storage type " + type + ".");
  check_range("Iops", document.at("Iops").get<std::int64_t>(), 1000, 256000);
}

void settle_plain(const Input& input, const std::string& type, Json& document) {
  if (input.integer("Iops") > 0 || input.integer("StorageThroughput") > 0)
    throw invalid_parameter_combination("You can't specify IOPS or storage throughput for storage type " + type + ".");
  document.erase("Iops");
  document.erase("StorageThroughput");
}

void settle_maximum(const Input& input, std::int64_t size, Json& document) {
  const auto most = input.find_integer("MaxAllocatedStorage");
  if (!most) return;
  // Autoscaling is turned off by a maximum equal to the size (API reference, ModifyDBInstance).
  if (*most == size) {
    document.erase("MaxAllocatedStorage");
    return;
  }
  if (*most < size) throw invalid_parameter_combination("Max storage size must be greater than storage size");
  check_range("MaxAllocatedStorage", *most, size, 65536);
  document["MaxAllocatedStorage"] = *most;
}

}  // namespace

void settle_storage(const Engine& engine, const Input& input, Json& document) {
  const std::string before = document.value("StorageType", "");
  const std::string fallback = !before.empty()                                                             ? before
                               : input.integer("Iops") > 0 && input.integer("AllocatedStorage") < kStriped ? "io1"
                                                                                                           : "gp3";
  const std::string type = input.str("StorageType", fallback);
  if (type != "gp2" && type != "gp3" && type != "io1" && type != "io2" && type != "standard")
    throw invalid_parameter_value("Invalid storage type: " + type);
  const std::int64_t old_size = document.value("AllocatedStorage", std::int64_t{0});
  const std::int64_t size = input.integer("AllocatedStorage", old_size);
  if (size == 0)
    throw invalid_parameter_value("The parameter AllocatedStorage must be provided and must not be blank.");
  if (size < old_size)
    throw invalid_parameter_combination("Invalid storage size: the storage of a DB instance can't be reduced from " +
                                        std::to_string(old_size) + " to " + std::to_string(size) + " GiB.");
  check_size(engine, type, size);
  if (type == "gp3")
    settle_gp3(engine, input, size, document, before != "gp3" || old_size < kStriped);
  else if (type == "io1" || type == "io2")
    settle_provisioned(input, type, document);
  else
    settle_plain(input, type, document);
  document["StorageType"] = type;
  document["AllocatedStorage"] = size;
  settle_maximum(input, size, document);
  const bool log_volume = input.flag("DedicatedLogVolume", document.value("DedicatedLogVolume", false));
  if (log_volume && type != "io1" && type != "io2")
    throw invalid_parameter_combination("A dedicated log volume requires storage type io1 or io2.");
  document["DedicatedLogVolume"] = log_volume;
}

}  // namespace orrery::rds
