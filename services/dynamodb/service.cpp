#include "services/dynamodb/service.hpp"

#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"

namespace orrery::dynamodb {

namespace {

constexpr OperationRow kOperations[] = {
    {"BatchGetItem", &batch_get_item},
    {"BatchWriteItem", &batch_write_item},
    {"CreateTable", &create_table},
    {"DeleteItem", &delete_item},
    {"DeleteResourcePolicy", &delete_resource_policy},
    {"DeleteTable", &delete_table},
    {"DescribeContinuousBackups", &describe_continuous_backups},
    {"DescribeEndpoints", &describe_endpoints},
    {"DescribeLimits", &describe_limits},
    {"DescribeTable", &describe_table},
    {"DescribeTimeToLive", &describe_time_to_live},
    {"GetItem", &get_item},
    {"GetResourcePolicy", &get_resource_policy},
    {"ListTables", &list_tables},
    {"ListTagsOfResource", &list_tags_of_resource},
    {"PutItem", &put_item},
    {"PutResourcePolicy", &put_resource_policy},
    {"Query", &query},
    {"Scan", &scan},
    {"TagResource", &tag_resource},
    {"TransactGetItems", &transact_get_items, Access::read},
    {"TransactWriteItems", &transact_write_items},
    {"UntagResource", &untag_resource},
    {"UpdateContinuousBackups", &update_continuous_backups},
    {"UpdateItem", &update_item},
    {"UpdateTable", &update_table},
    {"UpdateTimeToLive", &update_time_to_live},
};

}  // namespace

const Service& service() {
  static const Service instance{
      .name = "dynamodb", .operations = kOperations, .migrations = &ItemStore::migrations};
  return instance;
}

}  // namespace orrery::dynamodb
