#pragma once
#include "registry/service.hpp"

namespace orrery::dynamodb {

// Handlers, by the file that holds them.

// tables.cpp, update_table.cpp
Json create_table(RequestContext&, const Input&);
Json describe_table(RequestContext&, const Input&);
Json list_tables(RequestContext&, const Input&);
Json delete_table(RequestContext&, const Input&);
Json update_table(RequestContext&, const Input&);

// time_to_live.cpp
Json describe_time_to_live(RequestContext&, const Input&);
Json update_time_to_live(RequestContext&, const Input&);

/// Deletes what is over by the clock, a part at a time.
void expire_items(RequestContext&);

// continuous_backups.cpp
Json describe_continuous_backups(RequestContext&, const Input&);
Json update_continuous_backups(RequestContext&, const Input&);
Json restore_table_to_point_in_time(RequestContext&, const Input&);

// backups.cpp
Json create_backup(RequestContext&, const Input&);
Json describe_backup(RequestContext&, const Input&);
Json list_backups(RequestContext&, const Input&);
Json delete_backup(RequestContext&, const Input&);
Json restore_table_from_backup(RequestContext&, const Input&);

// export.cpp
Json export_table_to_point_in_time(RequestContext&, const Input&);
Json describe_export(RequestContext&, const Input&);
Json list_exports(RequestContext&, const Input&);

// import.cpp
Json import_table(RequestContext&, const Input&);
Json describe_import(RequestContext&, const Input&);
Json list_imports(RequestContext&, const Input&);

// kinesis_destination.cpp
Json enable_kinesis_streaming_destination(RequestContext&, const Input&);
Json disable_kinesis_streaming_destination(RequestContext&, const Input&);
Json update_kinesis_streaming_destination(RequestContext&, const Input&);
Json describe_kinesis_streaming_destination(RequestContext&, const Input&);

// contributor_insights.cpp
Json update_contributor_insights(RequestContext&, const Input&);
Json describe_contributor_insights(RequestContext&, const Input&);
Json list_contributor_insights(RequestContext&, const Input&);

// global_table.cpp, global_table_settings.cpp
Json create_global_table(RequestContext&, const Input&);
Json describe_global_table(RequestContext&, const Input&);
Json list_global_tables(RequestContext&, const Input&);
Json update_global_table(RequestContext&, const Input&);
Json describe_global_table_settings(RequestContext&, const Input&);
Json update_global_table_settings(RequestContext&, const Input&);

// replica_autoscaling.cpp
Json describe_table_replica_auto_scaling(RequestContext&, const Input&);
Json update_table_replica_auto_scaling(RequestContext&, const Input&);

// tags.cpp
Json list_tags_of_resource(RequestContext&, const Input&);
Json tag_resource(RequestContext&, const Input&);
Json untag_resource(RequestContext&, const Input&);

// resource_policy.cpp
Json get_resource_policy(RequestContext&, const Input&);
Json put_resource_policy(RequestContext&, const Input&);
Json delete_resource_policy(RequestContext&, const Input&);

// limits.cpp
Json describe_limits(RequestContext&, const Input&);
Json describe_endpoints(RequestContext&, const Input&);

// items.cpp, update_item.cpp
Json get_item(RequestContext&, const Input&);
Json put_item(RequestContext&, const Input&);
Json delete_item(RequestContext&, const Input&);
Json update_item(RequestContext&, const Input&);

// batch.cpp, transactions.cpp
Json batch_get_item(RequestContext&, const Input&);
Json batch_write_item(RequestContext&, const Input&);
Json transact_get_items(RequestContext&, const Input&);
Json transact_write_items(RequestContext&, const Input&);

// partiql.cpp
Json execute_statement(RequestContext&, const Input&);
Json batch_execute_statement(RequestContext&, const Input&);
Json execute_transaction(RequestContext&, const Input&);

// query.cpp, scan.cpp
Json query(RequestContext&, const Input&);
Json scan(RequestContext&, const Input&);

}  // namespace orrery::dynamodb
