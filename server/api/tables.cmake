# The API tables: services/*/api.json compiled into constexpr arrays (see api/README.md).
orrery_library(orrery_api server/api LINK orrery_aws)

set(api_compiler_dir ${CMAKE_SOURCE_DIR}/server/api/compiler)
# Linked by the build-time tool, and by tests that compile models of their own.
add_library(orrery_api_compile STATIC ${api_compiler_dir}/compile.cpp)
target_include_directories(orrery_api_compile PUBLIC ${CMAKE_SOURCE_DIR}/server)
target_link_libraries(orrery_api_compile PUBLIC nlohmann_json::nlohmann_json)
add_executable(orrery_api_compiler ${api_compiler_dir}/main.cpp)
target_link_libraries(orrery_api_compiler PRIVATE orrery_api_compile)

file(GLOB api_models CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/*/api.json)
set(api_arguments)
foreach(model IN LISTS api_models)
  get_filename_component(folder ${model} DIRECTORY)
  get_filename_component(service ${folder} NAME)
  list(APPEND api_arguments ${service}=${model})
endforeach()
set(api_tables ${CMAKE_BINARY_DIR}/api_tables.cpp)
add_custom_command(OUTPUT ${api_tables}
  COMMAND orrery_api_compiler ${api_tables} ${api_compiler_dir}/patches.json ${api_arguments}
  DEPENDS orrery_api_compiler ${api_compiler_dir}/patches.json ${api_models}
  COMMENT "Compiling the API tables" VERBATIM)
target_sources(orrery_api PRIVATE ${api_tables})
set_source_files_properties(${api_tables} PROPERTIES SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
