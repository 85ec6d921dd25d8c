#include "services/dynamodb/service.hpp"

#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/deletion.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/stream_operations.hpp"
#include "services/dynamodb/violations.hpp"

namespace orrery::dynamodb {

namespace {

constexpr OperationRow kStreamsOperations[] = {
    {"DescribeStream", &describe_stream},
    {"GetRecords", &get_records},
    {"GetShardIterator", &get_shard_iterator},
    {"ListStreams", &list_streams},
};

void tick(RequestContext& context) {
  expire_items(context);
  finish_erasing(context);
  ChangeLog(context.tx).trim(context.now);
  forget_streams(context);
  forget_backups(context);
}

constexpr OperationRow kOperations[] = {
    {"BatchExecuteStatement", &batch_execute_statement, Access::write},
    {"BatchGetItem", &batch_get_item},
    {"BatchWriteItem", &batch_write_item},
    {"CreateBackup", &create_backup},
    {"CreateGlobalTable", &create_global_table},
    {"CreateTable", &create_table},
    {"DeleteBackup", &delete_backup},
    {"DeleteItem", &delete_item},
    {"DeleteResourcePolicy", &delete_resource_policy},
    {"DeleteTable", &delete_table},
    {"DescribeBackup", &describe_backup},
    {"DescribeContinuousBackups", &describe_continuous_backups},
    {"DescribeContributorInsights", &describe_contributor_insights},
    {"DescribeEndpoints", &describe_endpoints},
    {"DescribeExport", &describe_export},
    {"DescribeGlobalTable", &describe_global_table},
    {"DescribeGlobalTableSettings", &describe_global_table_settings},
    {"DescribeImport", &describe_import},
    {"DescribeKinesisStreamingDestination", &describe_kinesis_streaming_destination},
    {"DescribeLimits", &describe_limits},
    {"DescribeTable", &describe_table},
    {"DescribeTableReplicaAutoScaling", &describe_table_replica_auto_scaling},
    {"DescribeTimeToLive", &describe_time_to_live},
    {"DisableKinesisStreamingDestination", &disable_kinesis_streaming_destination},
    {"EnableKinesisStreamingDestination", &enable_kinesis_streaming_destination},
    {"ExecuteStatement", &execute_statement},
    {"ExecuteTransaction", &execute_transaction},
    {"ExportTableToPointInTime", &export_table_to_point_in_time},
    {"GetItem", &get_item},
    {"GetResourcePolicy", &get_resource_policy},
    {"ImportTable", &import_table},
    {"ListBackups", &list_backups},
    {"ListContributorInsights", &list_contributor_insights},
    {"ListExports", &list_exports},
    {"ListGlobalTables", &list_global_tables},
    {"ListImports", &list_imports},
    {"ListTables", &list_tables},
    {"ListTagsOfResource", &list_tags_of_resource},
    {"PutItem", &put_item},
    {"PutResourcePolicy", &put_resource_policy},
    {"Query", &query},
    {"RestoreTableFromBackup", &restore_table_from_backup},
    {"RestoreTableToPointInTime", &restore_table_to_point_in_time},
    {"Scan", &scan},
    {"TagResource", &tag_resource},
    {"TransactGetItems", &transact_get_items, Access::read},
    {"TransactWriteItems", &transact_write_items},
    {"UntagResource", &untag_resource},
    {"UpdateContinuousBackups", &update_continuous_backups},
    {"UpdateContributorInsights", &update_contributor_insights},
    {"UpdateGlobalTable", &update_global_table},
    {"UpdateGlobalTableSettings", &update_global_table_settings},
    {"UpdateItem", &update_item},
    {"UpdateKinesisStreamingDestination", &update_kinesis_streaming_destination},
    {"UpdateTable", &update_table},
    {"UpdateTableReplicaAutoScaling", &update_table_replica_auto_scaling},
    {"UpdateTimeToLive", &update_time_to_live},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "dynamodb",
                                .operations = kOperations,
                                .migrations = &ItemStore::migrations,
                                .validation_error = &violation_error,
                                .tick = &tick};
  return instance;
}

const Service& streams_service() {
  static const Service instance{.name = "dynamodbstreams", .operations = kStreamsOperations};
  return instance;
}

}  // namespace orrery::dynamodb
