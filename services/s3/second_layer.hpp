#pragma once
#include "registry/context.hpp"
#include "services/s3/body_cipher.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

// Dual-layer encryption (aws:kms:dsse). A body that its client sent for it is encrypted twice as it arrives; one that
// turns out to need it later (by the bucket's default, for an upload's parts, in a copy) is written anew.

BodyCipher::Layers layers_for(std::string_view algorithm);
/// Adds the body to the store and returns the segment of it, with its data key.
Segment add_body(RequestContext& context, const Json& document, NewBody&& body);
/// Writes anew what `segments` (with their data keys) hold under one layer, where the document asks for two.
void require_layers(RequestContext& context, const Json& document, std::vector<Segment>& segments);

}  // namespace orrery::s3
