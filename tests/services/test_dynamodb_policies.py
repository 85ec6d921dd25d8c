"""DynamoDB: resource-based policies, and the Kinesis streams that a table's changes are meant for."""

import json
import unittest

from service_case import FreshServerCase, ServiceCase

TABLE = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
ACCOUNT = "000000000000"
ROOT = "arn:aws:iam::%s:root" % ACCOUNT
INVALID = "One or more parameter values were invalid: "
DOCUMENT = INVALID + "Invalid policy document: "
NOT_FOUND = "Resource-based policy not found for the provided ResourceArn: "
LOCKED = "The new resource policy will not allow you to update the resource policy in the future."


def table_arn(name):
    return "arn:aws:dynamodb:us-east-1:%s:table/%s" % (ACCOUNT, name)


def statement(resource, **more):
    return dict({"Sid": "one", "Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "dynamodb:GetItem",
                 "Resource": resource}, **more)


def policy(*statements, **more):
    return json.dumps(dict({"Version": "2012-10-17"}, Statement=list(statements), **more), separators=(",", ":"))


def without(element, of):
    return {name: value for name, value in of.items() if name != element}


class Policies(ServiceCase):
    clients = {"client": "dynamodb"}

    def table(self, name, **more):
        return self.client.create_table(TableName=name, **TABLE, **more)["TableDescription"]["TableArn"]

    def put(self, arn, text, **more):
        return self.client.put_resource_policy(ResourceArn=arn, Policy=text, **more)["RevisionId"]

    def get(self, arn):
        got = self.client.get_resource_policy(ResourceArn=arn)
        return got["Policy"], got["RevisionId"]

    def refuse(self, arn, message, text, code="ValidationException"):
        self.refused(code, self.client.put_resource_policy, message=message, ResourceArn=arn, Policy=text)

    def test_one_form(self):
        arn = self.table("form")
        plain = policy(statement(arn))
        first = self.put(arn, plain)
        self.assertRegex(first, r"^\d{13}$")
        self.assertEqual(self.get(arn), (plain, first))
        listed = statement([arn], Action=["dynamodb:GetItem"], Principal={"AWS": [ACCOUNT, ROOT]}, Effect="allow")
        for text in (plain, json.dumps(json.loads(plain), indent=4), policy(dict(reversed(listed.items()))),
                     json.dumps({"Statement": statement(arn), "Version": "2012-10-17"}),
                     plain.replace("one", "\\u006fne"), plain.replace(ROOT, ACCOUNT)):
            self.assertEqual(self.put(arn, text), first, text)
        self.assertEqual(self.get(arn), (plain, first))
        # Lists of several stay as they are.
        several = policy(without("Sid", statement([arn + "/index/*", arn], Action=["dynamodb:Query", "dynamodb:getitem", "dynamodb:Query"],
                                                  Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})))
        second = self.put(arn, several.replace('"aws:PrincipalAccount":"%s"' % ACCOUNT, '"aws:PrincipalAccount":["%s"]' % ACCOUNT))
        self.assertGreater(second, first)
        self.assertEqual(self.get(arn), (several, second))
        self.assertGreater(self.put(arn, plain), second)

    def test_without_a_version(self):
        arn = self.table("versions")
        old = policy(statement(arn)).replace("2012", "2008")
        bare = json.dumps({"Statement": [statement(arn)]})
        first = self.put(arn, bare)
        self.assertEqual(self.get(arn), (old, first))
        self.assertEqual(self.put(arn, bare), first)
        second = self.put(arn, old)
        self.assertGreater(second, first)
        self.assertGreater(self.put(arn, bare), second)

    def test_revisions(self):
        c, arn = self.client, self.table("revisions")
        refused = lambda call, message, **more: self.refused("PolicyNotFoundException", call, message=NOT_FOUND + message,
                                                             ResourceArn=arn, **more)
        one, other = policy(statement(arn)), policy(statement("*"))
        none = "Requested update for policy with revision id 7, but table revisions has no associated policy."
        refused(c.get_resource_policy, arn)
        self.assertNotIn("RevisionId", c.delete_resource_policy(ResourceArn=arn))
        refused(c.delete_resource_policy, none, ExpectedRevisionId="7")
        refused(c.put_resource_policy, none, ExpectedRevisionId="7", Policy=one)
        first = self.put(arn, one, ExpectedRevisionId="NO_POLICY")
        refused(c.put_resource_policy, "Requested policy update expecting none to be present for table revisions, but a policy exists "
                "with revision id %s." % first, ExpectedRevisionId="NO_POLICY", Policy=other)
        second = self.put(arn, other, ExpectedRevisionId=first)
        stale = ("Requested update for policy with revision id %s, but the policy associated to target table revisions has "
                 "revision id %s.")
        refused(c.put_resource_policy, stale % (first, second), ExpectedRevisionId=first, Policy=other)
        refused(c.delete_resource_policy, stale % (first, second), ExpectedRevisionId=first)
        self.assertEqual(c.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=second)["RevisionId"], second)
        refused(c.get_resource_policy, arn)
        # For a while, the deletion is a revision.
        deletion = c.delete_resource_policy(ResourceArn=arn)["RevisionId"]
        self.assertGreater(deletion, second)
        refused(c.put_resource_policy, stale % (second, deletion), ExpectedRevisionId=second, Policy=one)
        self.server.advance(20_000)
        self.assertNotIn("RevisionId", c.delete_resource_policy(ResourceArn=arn))
        refused(c.put_resource_policy, none.replace("id 7", "id " + second), ExpectedRevisionId=second, Policy=one)
        self.put(arn, one)
        c.delete_table(TableName="revisions")
        self.table("revisions")
        refused(c.get_resource_policy, arn)

    def test_arns(self):
        c = self.client
        arn = self.table("arns", StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
        text = policy(statement("*"))
        for wrong, code, message in (
                ("arns", "ValidationException", INVALID + "ARNs must start with 'arn:': arns"),
                (table_arn("none"), "ResourceNotFoundException", "Requested resource not found: Table: none not found"),
                (table_arn("ARNS"), "ResourceNotFoundException", "Requested resource not found: Table: ARNS not found"),
                (arn.replace(ACCOUNT, "111111111111"), "ValidationException",
                 "This action is only supported by accounts that match the resource owner’s account."),
                (arn.replace("us-east-1", "us-west-2"), "ValidationException", INVALID + "Invalid resource Arn: "
                 + arn.replace("us-east-1", "us-west-2")),
                (arn.replace("arn:aws:", "arn:aws-cn:"), "ValidationException", INVALID + "Invalid resource Arn: "
                 + arn.replace("arn:aws:", "arn:aws-cn:")),
                (arn + "/index/one", "ValidationException", INVALID + "Invalid resource arn provided, only table or stream is accepted. "
                 "Provided resource arn: " + arn + "/index/one"),
                (arn + "/backup/01", "ValidationException", INVALID + "Provided Arn is not a DynamoDB resource arn: " + arn + "/backup/01"),
                (arn + "/stream/2000-01-01T00:00:00.000", "ResourceNotFoundException",
                 "Requested resource not found: Stream: 2000-01-01T00:00:00.000 not found for Table: arns")):
            self.refused(code, c.get_resource_policy, message=message, ResourceArn=wrong)
            self.refused(code, c.delete_resource_policy, message=message, ResourceArn=wrong)
            self.refused(code, c.put_resource_policy, message=message, ResourceArn=wrong, Policy=text)
        # A stream's policy is another than its table's.
        stream = c.describe_table(TableName="arns")["Table"]["LatestStreamArn"]
        self.refused("PolicyNotFoundException", c.get_resource_policy, message=NOT_FOUND + stream, ResourceArn=stream)
        of_stream = policy(statement(stream, Action="dynamodb:GetRecords"))
        revision = self.put(stream, of_stream)
        self.refused("PolicyNotFoundException", c.get_resource_policy, message=NOT_FOUND + arn, ResourceArn=arn)
        self.put(arn, text)
        self.assertEqual(self.get(stream), (of_stream, revision))
        self.refuse(stream, DOCUMENT + 'The relative-id "table/arns" is invalid for ARN "%s"' % arn, policy(statement(arn)))
        self.refuse(arn, DOCUMENT + 'The relative-id "%s" is invalid for ARN "%s"' % (stream.split(":", 5)[5], stream),
                    policy(statement(stream)))

    def test_documents_that_are_refused(self):
        arn = self.table("refused")
        held = self.put(arn, policy(statement(arn)))
        refuse = lambda message, text: self.refuse(arn, message, text)
        for text in ("", "{not json"):
            refuse(DOCUMENT + "This policy contains invalid Json", text)
        refuse(INVALID + "Maximum policy size of 20480 bytes exceeded", policy(statement(arn)) + " " * 21000)
        refuse(DOCUMENT + "Could not parse the policy: Statement is empty!", policy())
        for element in ("Effect", "Principal", "Action", "Resource"):
            refuse(DOCUMENT + "Missing required field " + element, policy(without(element, statement(arn))))
        refuse(DOCUMENT + "The Statement Ids in the policy are not unique", policy(statement(arn), statement("*")))
        bare = policy(statement(arn, Principal=ACCOUNT))
        refuse(DOCUMENT + "Syntax error at position (1,%d)" % (bare.index('"%s"' % ACCOUNT) + 1), bare)
        lines = json.dumps({"Statement": [statement(arn, Effect="Maybe")]}, indent=1)
        line, before = next((i, text) for i, text in enumerate(lines.split("\n")) if "Maybe" in text)
        refuse(DOCUMENT + "Syntax error at position (%d,%d)" % (line + 1, before.index('"Maybe"') + 1), lines)
        refuse(DOCUMENT + "Syntax error at position (1,98)", policy(dict({"Nothing": "x"}, **statement(arn))).replace(
            '"Nothing"', " " * 49 + '"Nothing"'))
        refuse(DOCUMENT + 'The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream"',
               policy(statement(arn, Action=["dynamodb:GetRecords", "dynamodb:GetItem", "dynamodb:DescribeStream"])))
        public = ("Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
                  "least-privilege form of access")
        only = lambda op, key, value: statement(arn, Principal="*", Condition={op: {key: value}})
        for text in (policy(statement(arn, Principal="*")), policy(statement(arn, Principal={"AWS": [ROOT, "*"]})),
                     policy(only("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x")),
                     policy(only("StringNotEquals", "aws:PrincipalAccount", ACCOUNT)), policy(only("Bool", "aws:SecureTransport", "true"))):
            refuse(public, text)
        for principal in ("arn:aws:iam::1:root", "AIDAEXAMPLE", "arn:aws:s3:::bucket"):
            refuse(INVALID + "Invalid principal in policy document.", policy(statement(arn, Principal={"AWS": [ROOT, principal]})))
        self.assertEqual(self.get(arn), (policy(statement(arn)), held))
        deep = 10000
        refuse(DOCUMENT + "Syntax error at position (1,1)", "[" * deep + "]" * deep)
        after = '{"Statement":%s,"Else":0}' % ("[" * deep + '"]"' + "]" * deep)
        refuse(DOCUMENT + "Syntax error at position (1,%d)" % (after.index("0") + 1), after)
        condition = '{"Bool":{"aws:SecureTransport":%s}}' % ("[" * deep + '"\\\\"' + "]" * deep)
        nested = policy(statement(arn, Condition="")).replace('"Condition":""', '"Condition":' + condition)
        refuse(DOCUMENT + "Syntax error at position (1,%d)" % (nested.index("[[") + 1), nested)
        self.refused("ValidationException", self.client.create_table, message=public, TableName="none", **TABLE,
                     ResourcePolicy=policy(statement("*", Principal="*")))
        for text in (policy(statement(table_arn("another"))), policy(statement(arn + "/index/one")),
                     policy(only("StringEquals", "aws:principalaccount", ACCOUNT)),
                     policy(statement(arn, Principal="*", Effect="Deny", Action="dynamodb:DeleteResourcePolicy"))):
            self.put(arn, text)

    def test_a_policy_that_locks_its_writer_out(self):
        arn = self.table("locked")
        deny = lambda **more: policy(without("Action", statement(arn, Effect="Deny", **dict({"Principal": "*"}, **more))))
        for text in (deny(NotAction="dynamodb:GetItem"), deny(NotAction="dynamodb:GetItem", Principal={"AWS": ROOT})):
            for more in ({}, {"ConfirmRemoveSelfResourceAccess": False}):
                self.refused("AccessDeniedException", self.client.put_resource_policy, message=LOCKED, ResourceArn=arn,
                             Policy=text, **more)
        self.put(arn, deny(NotAction="dynamodb:GetItem"), ConfirmRemoveSelfResourceAccess=True)
        # Who calls may be another one here.
        self.put(arn, deny(NotAction="dynamodb:GetItem", Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploys"}}))
        self.assertIn("dynamodb-policy-lockout", {one["rule"] for one in self.server.findings()})
        denials = lambda: [one["message"] for one in self.server.findings() if one["rule"] == "dynamodb-policy-denies"]
        self.client.delete_table(TableName="locked")
        self.assertIn("not authorized to perform: dynamodb:DeleteTable on resource: %s with an explicit deny" % arn, denials()[-1])

    def test_roles_that_are_not_there(self):
        arn, iam = self.table("roles"), self.server.client("iam")
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
        found = lambda: [one["resource"] for one in self.server.findings() if one["rule"] == "dynamodb-policy-principal-exists"]
        self.put(arn, policy(statement(arn, Principal={"AWS": role})))
        self.assertEqual(found(), [])
        self.put(arn, policy(statement(arn, Principal={"AWS": role + "s"})))
        self.assertEqual(found(), [arn])


class Strict(ServiceCase):
    flags = ("--strict",)
    clients = {"client": "dynamodb"}

    def test_refusals(self):
        c = self.client
        arn = c.create_table(TableName="strict", **TABLE)["TableDescription"]["TableArn"]
        self.refused("AccessDeniedException", c.put_resource_policy, message=LOCKED, ResourceArn=arn, Policy=policy(statement(
            arn, Effect="Deny", Principal="*", Action="dynamodb:*",
            Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploys"}})))
        self.refused("ValidationException", c.put_resource_policy, message=INVALID + "Invalid principal in policy document.",
                     ResourceArn=arn, Policy=policy(statement(arn, Principal={"AWS": "arn:aws:iam::%s:role/none" % ACCOUNT})))


    def test_what_a_policy_denies(self):
        c = self.client
        made = c.create_table(TableName="denied", StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}, **TABLE)
        arn, stream = made["TableDescription"]["TableArn"], made["TableDescription"]["LatestStreamArn"]

        def denied(action, call, resource=arn, **arguments):
            self.refused("AccessDeniedException", call, **arguments, message=(
                "User: %s is not authorized to perform: dynamodb:%s on resource: %s with an explicit deny in a resource-based policy"
                % (ROOT, action, resource)))
        deny = lambda *actions, of=arn: c.put_resource_policy(ResourceArn=of, ConfirmRemoveSelfResourceAccess=True, Policy=policy(
            statement(of, Effect="Deny", Principal="*", Action=["dynamodb:" + action for action in actions])))
        deny("UpdateTable", "describetimetolive", "CreateBackup", "TagResource", "*ContinuousBackups", "ExportTableToPointInTime")
        for name in ("denied", arn):
            denied("UpdateTable", c.update_table, TableName=name, DeletionProtectionEnabled=False)
        denied("DescribeTimeToLive", c.describe_time_to_live, TableName="denied")
        denied("CreateBackup", c.create_backup, TableName="denied", BackupName="none")
        denied("TagResource", c.tag_resource, ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
        denied("DescribeContinuousBackups", c.describe_continuous_backups, TableName="denied")
        denied("ExportTableToPointInTime", c.export_table_to_point_in_time, TableArn=arn, S3Bucket="none")
        c.describe_table(TableName="denied")
        c.update_time_to_live(TableName="denied", TimeToLiveSpecification={"Enabled": True, "AttributeName": "over"})
        deny("*ResourcePolicy", of=stream)
        denied("GetResourcePolicy", c.get_resource_policy, resource=stream, ResourceArn=stream)
        deny("DeleteResourcePolicy", "DeleteTable")
        denied("DeleteResourcePolicy", c.delete_resource_policy, ResourceArn=arn)
        denied("DeleteTable", c.delete_table, TableName="denied")
        deny("PutResourcePolicy")
        denied("PutResourcePolicy", c.put_resource_policy, ResourceArn=arn, Policy=policy(statement(arn)), ConfirmRemoveSelfResourceAccess=True)
        c.delete_table(TableName="denied")


class Realistic(FreshServerCase):
    """What goes on, as long as on AWS."""

    flags, options = ("--lifecycle", "realistic"), {"data_dir": True}
    clients = {"client": "dynamodb"}

    def setUp(self):
        super().setUp()
        self.arn = table_arn("table")
        # The client would wait and try again.
        self.client = self.server.client("dynamodb", retries={"total_max_attempts": 1})
        self.client.create_table(TableName="table", ResourcePolicy=policy(statement(self.arn)), **TABLE)

    def test_a_policy_changes(self):
        c, one, other = self.client, policy(statement(self.arn)), policy(statement("*"))
        get = lambda: c.get_resource_policy(ResourceArn=self.arn)["Policy"]
        missing = "Requested resource not found: Table: table not found"
        self.refused("ResourceNotFoundException", get, message=missing)
        self.refused("ResourceNotFoundException", c.describe_kinesis_streaming_destination, message=missing, TableName="table")
        self.server.advance(3_000)
        self.assertEqual(get(), one)
        self.server.advance(20_000)
        put = lambda text, **more: c.put_resource_policy(ResourceArn=self.arn, Policy=text, **more)["RevisionId"]
        revision = put(other)
        self.assertEqual(get(), one)  # still
        self.assertEqual(put(other), revision)
        in_use = "Attempt to change a resource which is still in use: "
        pending = {"message": in_use + "Table is pending previous resource-based policy update: table"}
        self.refused("ResourceInUseException", c.put_resource_policy, ResourceArn=self.arn, Policy=one, ExpectedRevisionId=revision,
                     **pending)
        self.refused("ResourceInUseException", c.delete_resource_policy, ResourceArn=self.arn, **pending)
        self.refused("PolicyNotFoundException", c.delete_resource_policy, ResourceArn=self.arn, ExpectedRevisionId="7")
        self.refused("ResourceInUseException", c.delete_table, TableName="table",
                     message=in_use + "Table: table has a pending resource-based policy update.")
        self.server.advance(3_000)
        self.assertEqual(get(), other)
        self.refused("ThrottlingException", c.delete_resource_policy, ResourceArn=self.arn, matching=(
            r"^Resource-based policy for table table modified within the previous 15000 milliseconds\. Please try again after "
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.$"))
        self.server.advance(15_000)
        c.delete_resource_policy(ResourceArn=self.arn)
        self.assertEqual(get(), other)  # still
        self.server.advance(3_000)
        self.refused("PolicyNotFoundException", get)
        c.delete_table(TableName="table")

    def test_a_destination_changes(self):
        c, arn = self.client, "arn:aws:kinesis:us-east-1:%s:stream/changes" % ACCOUNT
        to = {"TableName": "table", "StreamArn": arn}
        self.server.advance(20_000)
        held = lambda: [without("StreamArn", one) for one in
                        c.describe_kinesis_streaming_destination(TableName="table")["KinesisDataStreamDestinations"]]
        state = "Table is not in a valid state to enable Kinesis Streaming Destination: "
        precise = {"UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "MICROSECOND"}}

        def refused(*calls):
            messages = {c.enable_kinesis_streaming_destination: "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to "
                                                                "perform ENABLE operation.",
                        c.disable_kinesis_streaming_destination: "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.",
                        c.update_kinesis_streaming_destination: "Kinesis streaming is not in ACTIVE state. Updates are only allowed in "
                                                                "ACTIVE state. TableName: table, kdsArn: " + arn}
            for call in calls:
                self.refused("ValidationException", call, message=state + messages[call], **to)
        c.enable_kinesis_streaming_destination(**to)
        self.assertEqual(held(), [{"DestinationStatus": "ENABLING"}])
        refused(c.enable_kinesis_streaming_destination, c.disable_kinesis_streaming_destination, c.update_kinesis_streaming_destination)
        self.server.advance(8_000)
        self.assertEqual(held(), [{"DestinationStatus": "ACTIVE"}])
        c.update_kinesis_streaming_destination(**to, **precise)
        self.assertEqual(held(), [{"DestinationStatus": "UPDATING", "ApproximateCreationDateTimePrecision": "MICROSECOND"}])
        refused(c.enable_kinesis_streaming_destination, c.disable_kinesis_streaming_destination, c.update_kinesis_streaming_destination)
        self.server.restart()
        self.server.advance(200_000)
        for _ in range(2):
            self.assertEqual(c.disable_kinesis_streaming_destination(**to)["DestinationStatus"], "DISABLING")
        self.assertEqual(held()[0]["DestinationStatus"], "DISABLING")
        refused(c.enable_kinesis_streaming_destination, c.update_kinesis_streaming_destination)
        self.server.advance(5_000)
        self.assertEqual(held()[0]["DestinationStatus"], "DISABLED")
        to["StreamArn"] = arn.replace("us-east-1", "us-west-2")
        c.enable_kinesis_streaming_destination(**to)
        self.assertEqual(held()[0], {"DestinationStatus": "ENABLING"})
        self.server.advance(5_000)
        self.assertEqual(held()[0]["DestinationStatus"], "ENABLE_FAILED")


class Destinations(ServiceCase):
    clients = {"client": "dynamodb"}

    def test_life(self):
        c, name, arn = self.client, "life", "arn:aws:kinesis:us-east-1:%s:stream/changes" % ACCOUNT
        c.create_table(TableName=name, **TABLE)
        to = {"TableName": name, "StreamArn": arn}
        held = lambda: c.describe_kinesis_streaming_destination(TableName=name)["KinesisDataStreamDestinations"]
        refused = lambda call, message, **more: self.refused("ValidationException", call, message=message, **dict(to, **more))
        state = "Table is not in a valid state to enable Kinesis Streaming Destination: "
        precise = lambda how: {"UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": how}}
        self.assertEqual(held(), [])
        made = c.enable_kinesis_streaming_destination(**to)
        self.assertEqual({key: made[key] for key in made if key != "ResponseMetadata"},
                         dict(to, DestinationStatus="ENABLING", EnableKinesisStreamingConfiguration={}))
        self.assertEqual(held(), [{"StreamArn": arn, "DestinationStatus": "ACTIVE"}])
        live = state + "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation."
        refused(c.enable_kinesis_streaming_destination, live)
        refused(c.enable_kinesis_streaming_destination, live, StreamArn=arn + "-2")
        refused(c.update_kinesis_streaming_destination, state + "No streaming destination with streamArn: %s-2 found for table with "
                "tableName: life" % arn, StreamArn=arn + "-2", **precise("MICROSECOND"))
        nothing = ("Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null "
                   "or contain only null values")
        refused(c.update_kinesis_streaming_destination, nothing)
        refused(c.update_kinesis_streaming_destination, nothing, UpdateKinesisStreamingConfiguration={})
        table = c.describe_table(TableName=name)["Table"]
        same = "Invalid Request: Precision is already set to the desired value of %s for tableId: " + table["TableId"] + ", kdsArn: " + arn
        refused(c.update_kinesis_streaming_destination, same % "MILLISECOND", **precise("MILLISECOND"))
        made = c.update_kinesis_streaming_destination(**to, **precise("MICROSECOND"))
        self.assertEqual({key: made[key] for key in made if key != "ResponseMetadata"},
                         dict(to, DestinationStatus="UPDATING", **precise("MICROSECOND")))
        refused(c.update_kinesis_streaming_destination, same % "MICROSECOND", **precise("MICROSECOND"))
        self.assertNotIn("StreamSpecification", table)
        refused(c.disable_kinesis_streaming_destination, "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters",
                EnableKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": "MICROSECOND"})
        self.assertEqual(c.disable_kinesis_streaming_destination(**to)["DestinationStatus"], "DISABLING")
        self.assertEqual(held(), [{"StreamArn": arn, "DestinationStatus": "DISABLED", "ApproximateCreationDateTimePrecision": "MICROSECOND"}])
        inactive = state + "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
        refused(c.disable_kinesis_streaming_destination, inactive)
        refused(c.disable_kinesis_streaming_destination, inactive, StreamArn=arn + "-2")
        c.enable_kinesis_streaming_destination(**to)
        self.assertEqual(held(), [{"StreamArn": arn, "DestinationStatus": "ACTIVE"}])

    def test_an_arn_that_is_none(self):
        c = self.server.client("dynamodb", parameter_validation=False)
        c.create_table(TableName="no-arn", **TABLE)
        self.refused("ValidationException", c.disable_kinesis_streaming_destination, TableName="no-arn", StreamArn="not-an-arn",
                     message="Table is not in a valid state to enable Kinesis Streaming Destination: KinesisStreamingDestination must be "
                             "ACTIVE to perform DISABLE operation.")

    def test_streams_that_cannot_be_written(self):
        c, name, good = self.client, "failing", "arn:aws:kinesis:us-east-1:%s:stream/changes" % ACCOUNT
        c.create_table(TableName=name, **TABLE)
        held = lambda: c.describe_kinesis_streaming_destination(TableName=name)["KinesisDataStreamDestinations"]
        belongs = "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in "
        expected = []
        for arn, why in ((good.replace("us-east-1", "us-west-2"), belongs + "the current region"),
                         (good.replace(ACCOUNT, "111111111111"), belongs + "Active state"),
                         (good.replace("kinesis", "firehose").replace("stream/", "deliverystream/"), belongs + "Active state"),
                         (good + "/consumer/one:1", "User does not have a permission to use kinesis stream"),
                         (table_arn(name), "User does not have a permission to use kinesis stream")):
            for _ in range(2):
                self.assertEqual(c.enable_kinesis_streaming_destination(TableName=name, StreamArn=arn)["DestinationStatus"], "ENABLING")
            expected.insert(0, {"StreamArn": arn, "DestinationStatus": "ENABLE_FAILED", "DestinationStatusDescription": why})
            self.assertEqual(held(), expected)
            self.refused("ValidationException", c.disable_kinesis_streaming_destination, containing="must be ACTIVE to perform DISABLE",
                         TableName=name, StreamArn=arn)
        c.enable_kinesis_streaming_destination(TableName=name, StreamArn=good, EnableKinesisStreamingConfiguration={
            "ApproximateCreationDateTimePrecision": "MICROSECOND"})
        self.assertEqual(held(), [{"StreamArn": good, "DestinationStatus": "ACTIVE",
                                   "ApproximateCreationDateTimePrecision": "MICROSECOND"}] + expected)
        c.delete_table(TableName=name)
        c.create_table(TableName=name, **TABLE)
        self.assertEqual(held(), [])


if __name__ == "__main__":
    unittest.main()
