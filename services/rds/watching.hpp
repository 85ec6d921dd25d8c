#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

/// Enhanced Monitoring, Performance Insights and Database Insights, from a create or modify call into the document.
void settle_monitoring(RequestContext& context, const Input& input, Json& document);

/// CloudwatchLogsExportConfiguration of a modify call.
void change_log_exports(const Engine& engine, const ChosenVersion& version, const Input& input, Json& document);

}  // namespace orrery::rds
