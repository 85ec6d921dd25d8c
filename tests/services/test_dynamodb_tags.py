"""DynamoDB: tags, and tables that are named by their ARN, as a client sees them."""

import unittest

from service_case import FreshServerCase, ServiceCase

ID = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
      "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
INVALID = "One or more parameter values were invalid: "
GONE = "Requested resource not found: ResourceArn: %s not found"


def tags(**given):
    return [{"Key": key, "Value": value} for key, value in given.items()]


class Refusals:
    clients = {"client": "dynamodb"}

    def refused(self, code, message, call, **arguments):
        return super().refused(code, call, message=message, **arguments)


class Named(Refusals, ServiceCase):
    def table(self, name, **more):
        return self.client.create_table(TableName=name, **{**ID, **more})["TableDescription"]

    def held(self, arn):
        return {tag["Key"]: tag["Value"] for tag in self.client.list_tags_of_resource(ResourceArn=arn)["Tags"]}

    def test_what_is_refused(self):
        c, arn = self.client, self.table("words")["TableArn"]
        c.tag_resource(ResourceArn=arn, Tags=tags(held="1"))

        def tag(message, *given):
            self.refused("ValidationException", message, c.tag_resource, ResourceArn=arn, Tags=list(given))

        def untag(message, *keys):
            self.refused("ValidationException", message, c.untag_resource, ResourceArn=arn, TagKeys=list(keys))

        good, long = {"Key": "good", "Value": "1"}, "k" * 129
        key, value = "The Tag Key provided is invalid, Key: ", "The Tag Value provided is invalid, Value: "
        tag(key + "null", {})
        tag(key + "null", {"Value": "1"})
        tag(value + "null", {"Key": "a"})
        tag(key, {"Key": "", "Value": "1"})
        tag(key + long, good, {"Key": long, "Value": "1"})
        tag(value + long * 2, good, {"Key": "a", "Value": long * 2})
        tag("Tag Key cannot be prefixed with aws:, Key: AWS:x", good, {"Key": "AWS:x", "Value": "1"})
        for text in ("\U0001f511", "100%", "a,b", "it's", "(x)", "a&b", "a*b", "a;b", "a?b", "a|b", "a\\b", "<a>", "~a", "a#b", "a\tb"):
            tag(value + text, good, {"Key": "a", "Value": text})
            tag(key + text, good, {"Key": text, "Value": "1"})
        tag("Number of Tags exceed the current limit for the provided ResourceArn", *tags(**{"k%d" % n: "" for n in range(50)}))
        tag("Tag set size 10365 bytes is above max size limit of 10240 bytes", *tags(**{"k%03d" % n: "v" * 255 for n in range(40)}))
        untag("Atleast one Tag Key needs to be provided as Input.")
        untag(key, "")
        untag(key + long, "held", long)
        untag("Tag Key cannot be prefixed with aws:, Key: aws:x", "held", "aws:x")
        untag("Number of Tags exceed the current limit for the provided ResourceArn", *("k%d" % n for n in range(51)))
        self.assertEqual(self.held(arn), {"held": "1"})
        self.refused("ValidationException", key + "null", c.create_table, TableName="untaggable", Tags=[{}], **ID)

    def test_what_is_taken(self):
        c, arn = self.client, self.table("taken")["TableArn"]
        texts = ("ключ", "café", "表", "\u00a0x", "\u3000x", " ", "a+b-c=d.e_f:g/h@i", "myaws:x", "K", "k", "k" * 128)
        c.tag_resource(ResourceArn=arn, Tags=[{"Key": text, "Value": text} for text in texts] + [{"Key": "none", "Value": ""}])
        self.assertEqual(self.held(arn), {**{text: text for text in texts}, "none": ""})
        c.untag_resource(ResourceArn=arn, TagKeys=["absent", "k", "none"])
        c.tag_resource(ResourceArn=arn, Tags=tags(K="v" * 256, **{"n%d" % n: "" for n in range(40)}))
        self.assertEqual(len(self.held(arn)), 50)

    def test_arns(self):
        c, arn, hash_key = self.client, self.table("tagged")["TableArn"], ID["KeySchema"]
        backup = c.create_backup(TableName="tagged", BackupName="backup")["BackupDetails"]["BackupArn"]
        table = self.table("whole", StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
                           GlobalSecondaryIndexes=[{"IndexName": "index", "KeySchema": hash_key, "Projection": {"ProjectionType": "ALL"}}])
        stream, index = table["LatestStreamArn"], table["TableArn"] + "/index/index"
        away, others = arn.replace("us-east-1", "us-west-2"), arn.replace("000000000000", "111111111111")
        no_table = "Invalid TableArn: Invalid ResourceArn provided as input "
        for code, message, one in (
                ("ValidationException", INVALID + "ARNs must start with 'arn:': tagged", "tagged"),
                ("ValidationException", INVALID + "Provided Arn is not a DynamoDB resource arn: " + backup, backup),
                ("ValidationException", INVALID + "Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::b", "arn:aws:s3:::b"),
                ("ValidationException", INVALID + "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
                 index, index),
                ("ValidationException", no_table + away, away),
                ("AccessDeniedException", "Access is denied", others),
                ("ResourceNotFoundException", GONE % (arn + "s"), arn + "s"),
                ("ResourceNotFoundException", GONE % (stream + "9"), stream + "9")):
            self.refused(code, message, c.list_tags_of_resource, ResourceArn=one)
            self.refused(code, message, c.tag_resource, ResourceArn=one, Tags=tags(a="b"))
            self.refused(code, message, c.untag_resource, ResourceArn=one, TagKeys=["a"])
        # What is asked is looked at before what it is asked of.
        self.refused("ValidationException", "Atleast one Tag needs to be provided as Input.", c.tag_resource, ResourceArn=arn + "s", Tags=[])
        # A stream's tags are its own.
        self.assertEqual(self.held(stream), {})
        c.tag_resource(ResourceArn=stream, Tags=tags(of="stream"))
        self.assertEqual((self.held(stream), self.held(table["TableArn"])), ({"of": "stream"}, {}))
        c.untag_resource(ResourceArn=stream, TagKeys=["of"])
        self.assertEqual(self.held(stream), {})
        self.assertEqual(c.list_tags_of_resource(ResourceArn=stream, NextToken="none")["Tags"], [])

    def test_names_that_are_arns(self):
        c, arn = self.client, self.table("named")["TableArn"]
        self.assertEqual(c.describe_table(TableName=arn)["Table"]["TableName"], "named")
        c.update_table(TableName=arn, DeletionProtectionEnabled=False)
        c.put_item(TableName=arn, Item={"id": {"S": "a"}})
        reads = (c.describe_table, c.describe_time_to_live, c.describe_continuous_backups, c.describe_contributor_insights,
                 c.describe_kinesis_streaming_destination)
        wrong = "1 validation error detected: Invalid %s in '%s'"
        away, index = arn.replace("us-east-1", "us-west-2"), arn + "/index/index"
        for read in reads:
            read(TableName=arn)
            self.refused("ValidationException", wrong % ("AWS region", away), read, TableName=away)
            self.refused("ValidationException", wrong % ("resource type", index), read, TableName=index)
            self.refused("AccessDeniedException", "Access is denied", read, TableName=arn.replace("000000000000", "111111111111"))
        self.refused("ValidationException", wrong % ("resource type", index), c.put_item, TableName=index, Item={"id": {"S": "b"}})
        self.refused("ValidationException", wrong % ("AWS region", away), c.create_backup, TableName=away, BackupName="backup")
        self.refused("ResourceNotFoundException", "Requested resource not found: Table: %s not found" % c.describe_table(TableName="named")[
            "Table"]["TableId"], c.describe_table, TableName=c.describe_table(TableName="named")["Table"]["TableId"])
        of_name = "Value '%s' at 'tableName' failed to satisfy constraint: Member must "
        short, letters = of_name + "have length greater than or equal to 3", of_name + "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
        self.refused("ValidationException", "2 validation errors detected: %s; %s" % (short % "", letters % ""), c.describe_table, TableName="")
        self.refused("ValidationException", "1 validation error detected: " + short % "ab", c.describe_table, TableName="ab")
        c.delete_table(TableName=arn)
        self.assertNotIn("named", c.list_tables()["TableNames"])


class Realistic(Refusals, FreshServerCase):
    flags, options = ("--lifecycle", "realistic"), {"data_dir": True}

    def test_tags_take_their_time(self):
        c = self.client
        arn = c.create_table(TableName="table", Tags=tags(a="1"), **ID)["TableDescription"]["TableArn"]
        self.refused("ResourceNotFoundException", GONE % arn, c.list_tags_of_resource, ResourceArn=arn)
        self.refused("ResourceNotFoundException", GONE % arn, c.tag_resource, ResourceArn=arn, Tags=tags(b="1"))
        self.server.advance(20_000)
        self.assertEqual(c.list_tags_of_resource(ResourceArn=arn)["Tags"], tags(a="1"))
        # Only what changes something keeps the next change out.
        c.tag_resource(ResourceArn=arn, Tags=tags(a="1"))
        c.untag_resource(ResourceArn=arn, TagKeys=["absent"])
        c.tag_resource(ResourceArn=arn, Tags=tags(b="1"))
        busy = "Table tags are being updated: table"
        self.refused("LimitExceededException", "Subscriber limit exceeded: " + busy, c.untag_resource, ResourceArn=arn, TagKeys=["absent"])
        self.refused("LimitExceededException", "Subscriber limit exceeded: " + busy, c.tag_resource, ResourceArn=arn, Tags=tags(c="1"))
        c.tag_resource(ResourceArn=arn, Tags=tags(b="1"))
        c.tag_resource(ResourceArn=arn, Tags=tags(a="1", b="1", d="1"))
        c.update_table(TableName="table", DeletionProtectionEnabled=False)
        self.server.advance(1_000)
        self.refused("ResourceInUseException", "Attempt to change a resource which is still in use: " + busy, c.delete_table, TableName="table")
        self.server.advance(1_000)
        c.delete_table(TableName="table")


if __name__ == "__main__":
    unittest.main()
