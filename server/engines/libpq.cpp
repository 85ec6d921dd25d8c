// libpq, loaded when it is first called. It brings Kerberos, LDAP and GnuTLS with it: two dozen libraries whose loading
// takes longer than all else of the start, for servers that may never see a database.
#include <libpq-fe.h>

#include "engines/loaded_library.hpp"

namespace {

const orrery::engines::LoadedLibrary& library() {
  static const orrery::engines::LoadedLibrary loaded("libpq, PostgreSQL's client library,",
                                                     {"libpq.so.5", "libpq.5.dylib", "libpq.so"});
  return loaded;
}

}  // namespace

#define FORWARD(result, name, parameters, arguments)                   \
  result name parameters {                                             \
    static const auto real = library().find<decltype(&(name))>(#name); \
    return real arguments;                                             \
  }

extern "C" {
FORWARD(PGconn*, PQconnectdbParams, (const char* const* names, const char* const* values, int expand),
        (names, values, expand))
FORWARD(void, PQfinish, (PGconn * connection), (connection))
FORWARD(void, PQclear, (PGresult * result), (result))
FORWARD(ConnStatusType, PQstatus, (const PGconn* connection), (connection))
FORWARD(char*, PQerrorMessage, (const PGconn* connection), (connection))
FORWARD(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * connection, PQnoticeProcessor processor, void* argument),
        (connection, processor, argument))
FORWARD(PGresult*, PQexec, (PGconn * connection, const char* sql), (connection, sql))
FORWARD(PGresult*, PQexecParams,
        (PGconn * connection, const char* sql, int count, const Oid* types, const char* const* values,
         const int* lengths, const int* formats, int result_format),
        (connection, sql, count, types, values, lengths, formats, result_format))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult* result), (result))
FORWARD(int, PQntuples, (const PGresult* result), (result))
FORWARD(int, PQnfields, (const PGresult* result), (result))
FORWARD(char*, PQgetvalue, (const PGresult* result, int row, int column), (result, row, column))
FORWARD(const char*, PQsslAttribute, (PGconn * connection, const char* name), (connection, name))
FORWARD(int, PQconnectionNeedsPassword, (const PGconn* connection), (connection))
}
