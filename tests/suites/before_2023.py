"""A pytest plugin for suites that expect S3 as it was before April 2023, when new buckets began to refuse ACLs and public
access ("Default settings for new S3 buckets FAQ" in the S3 user guide), and before November 2025, when S3 stopped to
return DisplayName.

What AWS's users do for such code: buckets are created with ObjectOwnership=ObjectWriter, and the public access block
that they come with is taken away. A bucket whose creator asks for an ownership of its own keeps it. Owners and grantees
get the display names of ORRERY_DISPLAY_NAMES ({canonical id: name}), and groups come first among grants, as the suite
compares them in that order. S3 takes a bypass of retention for buckets with object lock alone, as LocalStack recorded it of
AWS (tests/aws/services/s3, test_delete_object_with_no_locking); the suite's cleaning sends one to all.
"""

import json
import os

import botocore.client
import botocore.exceptions

_call = botocore.client.BaseClient._make_api_call
_names = json.loads(os.environ.get("ORRERY_DISPLAY_NAMES", "{}"))


def _name(answer):
    for row in answer if isinstance(answer, list) else [answer]:
        if not isinstance(row, dict):
            continue
        for member, value in row.items():
            if member in ("Owner", "Initiator", "Grantee") and isinstance(value, dict) and value.get("ID") in _names:
                value["DisplayName"] = _names[value["ID"]]
            elif isinstance(value, (dict, list)):
                _name(value)


def _make_api_call(self, operation, parameters):
    if self.meta.service_model.service_name != "s3":
        return _call(self, operation, parameters)
    old_ways = operation == "CreateBucket" and "ObjectOwnership" not in parameters
    if old_ways:
        parameters = dict(parameters, ObjectOwnership="ObjectWriter")
        acl = {name: parameters.pop(name) for name in list(parameters) if name == "ACL" or name.startswith("Grant")}
    try:
        answer = _call(self, operation, parameters)
    except botocore.exceptions.ClientError as error:
        if operation != "DeleteObjects" or "x-amz-bypass-governance-retention" not in error.response["Error"]["Message"]:
            raise
        answer = _call(self, operation, {k: v for k, v in parameters.items() if k != "BypassGovernanceRetention"})
    if operation == "CreateBucket":
        _call(self, "DeletePublicAccessBlock", {"Bucket": parameters["Bucket"]})
    if old_ways:
        if acl:
            _call(self, "PutBucketAcl", dict(acl, Bucket=parameters["Bucket"]))
    _name(answer)
    if operation in ("GetBucketAcl", "GetObjectAcl"):
        answer["Grants"].sort(key=lambda grant: "URI" not in grant["Grantee"])
    return answer


botocore.client.BaseClient._make_api_call = _make_api_call
