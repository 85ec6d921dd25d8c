#include "services/ec2/classic_link.hpp"

namespace orrery::ec2 {

Json retired_with_classic(RequestContext&, const Input& input) {
  input.all();
  throw errors::client("UnsupportedOperation", "The functionality you requested is not available in this region.");
}

}  // namespace orrery::ec2
