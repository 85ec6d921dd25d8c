"""What a client gets that asks for what is not there or says it wrongly: each service in its protocol's own form."""

import json
import re
import unittest
import xml.etree.ElementTree as xml

from service_case import ServiceCase

VERSIONS = {"ec2": "2016-11-15", "rds": "2014-10-31", "elasticache": "2015-02-02", "iam": "2010-05-08",
            "sts": "2011-06-15"}
TARGETS = {"dynamodb": ("DynamoDB_20120810", "1.0"), "secretsmanager": ("secretsmanager", "1.1"),
           "kms": ("TrentService", "1.1")}
# Operations of AWS's that are outside of what Orrery is for.
UNBUILT = {"ec2": "DescribeSpotFleetRequests", "rds": "DescribeReservedDBInstances",
           "elasticache": "DescribeReservedCacheNodes", "iam": "GenerateOrganizationsAccessReport",
           "kms": "DescribeCustomKeyStores"}


def strip(tag):
    return re.sub(r"^\{.*\}", "", tag)


class WireTest(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.client("s3").create_bucket(Bucket="said-wrongly")

    def form(self, service, action):
        body = "Action=%s&Version=%s" % (action, VERSIONS[service]) if action else "Version=" + VERSIONS[service]
        return self.server.request("POST", "/", body.encode(), {
            "Host": service + ".localhost", "Content-Type": "application/x-www-form-urlencoded"})

    def target(self, service, operation, body=b"{}"):
        prefix, version = TARGETS[service]
        return self.server.request("POST", "/", body, {
            "X-Amz-Target": prefix + "." + operation, "Content-Type": "application/x-amz-json-" + version})

    def xml_error(self, service, answer):
        """(status, code, message, type) of an XML error, after a look at its frame."""
        status, headers, body = answer
        self.assertIn("xml", headers["Content-Type"])
        root = xml.fromstring(body)
        if service == "s3":
            self.assertEqual(root.tag, "Error")
            error = root
        elif service == "ec2":
            self.assertEqual(root.tag, "Response")
            self.assertTrue(root.findtext("RequestID"))
            error = root.find("Errors/Error")
        else:
            self.assertEqual(strip(root.tag), "ErrorResponse")
            self.assertIn(VERSIONS[service], root.tag)
            error = next(child for child in root if strip(child.tag) == "Error")
            self.assertTrue(next(child for child in root if strip(child.tag) == "RequestId").text)
        members = {strip(child.tag): child.text for child in error}
        return status, members["Code"], members["Message"], members.get("Type")

    def json_error(self, answer):
        status, headers, body = answer
        value = json.loads(body)
        code = (value.get("__type") or headers.get("x-amzn-errortype")).rsplit("#")[-1]
        return status, code, value.get("message", value.get("Message"))

    def last(self):
        entry = self.server.console("requests")["requests"][-1]
        return entry["service"], entry["operation"], entry["status"], entry["error_code"]


class NotThere(WireTest):
    def test_known_but_unbuilt_operations(self):
        for service, operation in UNBUILT.items():
            message = "Orrery does not implement %s:%s yet." % (service, operation)
            with self.subTest(service):
                if service in VERSIONS:
                    status, code, text, kind = self.xml_error(service, self.form(service, operation))
                    self.assertIn(kind, (None, "Receiver"))
                else:
                    status, code, text = self.json_error(self.target(service, operation))
                self.assertEqual((status, code, text), (501, "NotImplemented", message))
                self.assertEqual(self.last(), (service, operation, 501, "NotImplemented"))

    def test_unbuilt_operations_of_the_rest_protocols(self):
        answer = self.server.request("GET", "/eks-anywhere-subscriptions", headers={"Host": "eks.localhost"})
        self.assertEqual(self.json_error(answer), (501, "NotImplemented",
                                                   "Orrery does not implement eks:ListEksAnywhereSubscriptions yet."))
        self.assertEqual(answer[1]["x-amzn-errortype"], "NotImplemented")
        self.assertEqual(self.last(), ("eks", "ListEksAnywhereSubscriptions", 501, "NotImplemented"))
        answer = self.server.request("GET", "/bucket/key?torrent", headers={"Host": "s3.localhost"})
        self.assertEqual(self.xml_error("s3", answer)[:3],
                         (501, "NotImplemented", "Orrery does not implement s3:GetObjectTorrent yet."))
        self.assertEqual(self.last(), ("s3", "GetObjectTorrent", 501, "NotImplemented"))

    def test_unknown_operations_of_the_query_protocols(self):
        for service, version in VERSIONS.items():
            with self.subTest(service):
                message = ("The action Nonsense is not valid for this web service." if service == "ec2" else
                           "Could not find operation Nonsense for version " + version)
                status, code, text, kind = self.xml_error(service, self.form(service, "Nonsense"))
                self.assertEqual((status, code, text), (400, "InvalidAction", message))
                self.assertEqual(kind, None if service == "ec2" else "Sender")
                self.assertEqual(self.last(), (service, "Nonsense", 400, "InvalidAction"))
                self.assertEqual(self.xml_error(service, self.form(service, ""))[:2], (400, "MissingAction"))

    def test_unknown_operations_of_the_other_protocols(self):
        for service in TARGETS:
            with self.subTest(service):
                answer = self.target(service, "Nonsense")
                self.assertEqual(self.json_error(answer)[:2], (400, "UnknownOperationException"))
                self.assertIn("x-amzn-RequestId", answer[1])
                self.assertEqual(self.last(), (service, "Nonsense", 400, "UnknownOperationException"))
        answer = self.server.request("GET", "/no/such/path", headers={"Host": "eks.localhost"})
        self.assertEqual(self.json_error(answer)[:2], (404, "UnknownOperationException"))
        self.assertEqual(self.last(), ("eks", "GET /no/such/path", 404, "UnknownOperationException"))
        answer = self.server.request("PATCH", "/bucket", headers={"Host": "s3.localhost"})
        self.assertEqual(self.xml_error("s3", answer)[:3], (
            405, "MethodNotAllowed", "The specified method is not allowed against this resource."))


class SaidWrongly(WireTest):
    def refused(self, service, operation, code, message, status=400, **arguments):
        with self.subTest(service + ":" + operation):
            call = getattr(self.server.client(service), operation)
            super().refused(code, call, status=status, matching=message, **arguments)

    def test_missing_parameters(self):
        """Query services name the first one; those of the Coral framework count all of them."""
        null = r"Value null at '%s' failed to satisfy constraint: Member must not be null"
        self.refused("ec2", "delete_vpc", "MissingParameter", r"^The request must contain the parameter vpcId$")
        self.refused("rds", "create_db_instance", "MissingParameter",
                     r"^The request must contain the parameter DBInstanceClass\.$", DBInstanceIdentifier="a", Engine="postgres")
        self.refused("elasticache", "create_replication_group", "MissingParameter",
                     r"^The request must contain the parameter ReplicationGroupDescription\.$", ReplicationGroupId="a")
        self.refused("iam", "create_role", "ValidationError", r"^2 validation errors detected: .*" + null % "roleName")
        self.refused("sts", "assume_role", "ValidationError", r"^2 validation errors detected: " + null % "roleArn")
        self.refused("dynamodb", "create_table", "ValidationException", r"^1 validation error detected: " + null % "tableName")
        self.refused("secretsmanager", "create_secret", "ValidationException",
                     r"^1 validation error detected: " + null % "name")
        self.refused("kms", "create_alias", "ValidationException",
                     r"^2 validation errors detected: %s; %s$" % (null % "aliasName", null % "targetKeyId"))

    def test_values_out_of_range(self):
        at = r"^1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s"
        self.refused("ec2", "describe_vpcs", "InvalidParameterValue", r"^Value \(1\) for parameter maxResults is invalid\.",
                     MaxResults=1)
        self.refused("rds", "describe_db_instances", "InvalidParameterValue",
                     r"^Invalid value 5 for MaxRecords\. Must be between 20 and 100$", MaxRecords=5)
        self.refused("elasticache", "describe_cache_clusters", "InvalidParameterValue",
                     r"^Invalid value 5 for MaxRecords\. Must be between 20 and 100$", MaxRecords=5)
        self.refused("iam", "list_roles", "ValidationError",
                     at % ("2000", "maxItems", "have value less than or equal to 1000"), MaxItems=2000)
        self.refused("sts", "get_session_token", "ValidationError",
                     at % ("1", "durationSeconds", "have value greater than or equal to 900"), DurationSeconds=1)
        self.refused("secretsmanager", "list_secrets", "ValidationException",
                     at % ("1000", "maxResults", "have value less than or equal to 100"), MaxResults=1000)
        self.refused("kms", "list_keys", "ValidationException",
                     at % ("5000", "limit", "have value less than or equal to 1000"), Limit=5000)
        self.refused("dynamodb", "list_tables", "ValidationException",
                     at % ("101", "limit", "have value less than or equal to 100"), Limit=101)

    def test_values_that_are_none_of_those(self):
        enum = r"failed to satisfy constraint: Member must satisfy enum value set: \["
        self.refused("ec2", "create_vpc", "InvalidParameterValue", r"^Value \(sometimes\) for parameter instanceTenancy",
                     CidrBlock="10.0.0.0/16", InstanceTenancy="sometimes")
        self.refused("kms", "create_key", "ValidationException", "Value 'NONE' at 'keySpec' " + enum, KeySpec="NONE")
        self.refused("dynamodb", "create_table", "ValidationException", "Value 'FREE' at 'billingMode' " + enum,
                     TableName="abc", KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}], BillingMode="FREE",
                     AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}])
        self.refused("s3", "put_bucket_versioning", "MalformedXML",
                     "^The XML you provided was not well-formed or did not validate against our published schema$",
                     Bucket="said-wrongly", VersioningConfiguration={"Status": "Maybe"})
        self.refused("s3", "list_objects_v2", "InvalidArgument",
                     "^Argument maxKeys must be an integer between 0 and 2147483647$", Bucket="said-wrongly", MaxKeys=-1)

    def test_bodies_that_are_no_messages(self):
        operations = {"dynamodb": "ListTables", "secretsmanager": "ListSecrets", "kms": "ListKeys"}
        for service, operation in operations.items():
            with self.subTest(service):
                for body in (b'{"a":', b"[]", b"\xff"):
                    self.assertEqual(self.json_error(self.target(service, operation, body))[:2],
                                     (400, "SerializationException"), body)
        status, code, message = self.json_error(self.target("kms", "CreateKey", b'{"Description":5}'))
        self.assertEqual((status, code, message),
                         (400, "SerializationException", "NUMBER_VALUE cannot be converted to String"))
        answer = self.server.request("POST", "/clusters", b'{"name":', {"Host": "eks.localhost"})
        self.assertEqual(self.json_error(answer)[:2], (400, "SerializationException"))
        signed = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        for body in (b"<a", b"<!DOCTYPE a [<!ENTITY b 'c'>]><VersioningConfiguration/>"):
            answer = self.server.request("PUT", "/said-wrongly?versioning", body,
                                         {"Host": "s3.localhost", "Authorization": signed,
                                          "X-Amz-Date": "20260101T000000Z", "Content-Type": "application/xml"})
            self.assertEqual(self.xml_error("s3", answer)[:2], (400, "MalformedXML"), body)
        answer = self.form("rds", "CreateDBInstance&AllocatedStorage=many&DBInstanceIdentifier=a")
        self.assertEqual(self.xml_error("rds", answer)[:2], (400, "MalformedInput"))

    def test_an_authorization_that_cannot_be_read(self):
        """Nothing says which service is meant but the host: the answer is in its form."""
        answer = self.server.request("PUT", "/said-wrongly?versioning", b"<a/>", {
            "Host": "s3.localhost", "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request"})
        self.assertEqual(self.xml_error("s3", answer)[:2], (400, "AuthorizationHeaderMalformed"))
        for service, read in (("rds", lambda answer: self.xml_error("rds", answer)), ("eks", self.json_error),
                              ("ec2", lambda answer: self.xml_error("ec2", answer))):
            answer = self.server.request("POST", "/", b"Action=X", {
                "Host": service + ".localhost", "Authorization": "AWS4-HMAC-SHA256 nonsense"})
            status, code, message = read(answer)[:3]
            self.assertEqual((status, code), (400, "IncompleteSignature"), service)
            self.assertRegex(message, "^Authorization header requires 'Credential' parameter")

    def test_eks_in_its_own_words(self):
        self.refused("eks", "describe_cluster", "ResourceNotFoundException", r"^No cluster found for name: none\.$",
                     status=404, name="none")


if __name__ == "__main__":
    unittest.main()
