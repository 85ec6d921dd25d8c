# The API tables: services/*/api.json compiled into constexpr arrays (see api/README.md).
orrery_library(orrery_api server/api LINK orrery_aws)
