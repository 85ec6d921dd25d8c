#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::sts {

Json get_caller_identity(RequestContext&, const Input&);
Json get_access_key_info(RequestContext&, const Input&);
Json get_session_token(RequestContext&, const Input&);
Json assume_role(RequestContext&, const Input&);
Json assume_role_with_web_identity(RequestContext&, const Input&);

}  // namespace orrery::sts
