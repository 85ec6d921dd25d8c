#pragma once
#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"

namespace orrery::dynamodb {

// Auto scaling of a table's provisioned capacity, as both versions of global tables set it. On AWS it is Application
// Auto Scaling's; here each table keeps its own settings among its hidden members. No traffic is counted, so capacity
// moves but once: into the bounds, when they are set.

/// Of a table or, where an `index` is not "", of that index.
enum class Scaled { reads, writes };

/// Checks the form of an AutoScalingSettingsUpdate, which AWS does before it looks for the table.
void check_scaling_form(const std::string& table, const Input& update);

/// Whether an AutoScalingSettingsUpdate takes the settings away.
bool disables_scaling(const Input& update);

/// Keeps an AutoScalingSettingsUpdate whose form is right; `table` is to be put by the caller.
void set_scaling(RequestContext& context, storage::Resource& table, const std::string& index, Scaled what,
                 const Input& update);

/// AutoScalingSettingsDescription.
Json scaling_settings(const storage::Resource& table, const std::string& index, Scaled what);

/// The description of the table, or of its index, whose throughput it is; null where there is no such index.
Json* scaled_description(Json& document, const std::string& index);

/// Gives a new replica its source's settings of writes, which all replicas have in common.
void copy_write_scaling(const storage::Resource& source, storage::Resource& replica);

/// An index is about to be made in a table: AWS refuses it in a global table where writes of another do not scale.
void check_indexes_scale(RequestContext& context, const storage::Resource& table);

/// Has the writes of a new index scale, if its table is a global one; `table` is to be put by the caller.
void scale_new_index(const RequestContext& context, storage::Resource& table, const std::string& index);

/// What is asked of tables whose capacity is not provisioned. `members` are the names of what was asked.
AwsError not_provisioned(const std::string& table, const std::vector<std::string>& regions,
                         const std::vector<std::string>& members);

/// "Failed to update settings for global table with name: ‘name’`rest`".
AwsError settings_refused(const std::string& table, const std::string& rest);

}  // namespace orrery::dynamodb
