"""DynamoDB's streams and the items that expire, as a client sees them."""

import time
import unittest

from service_case import FreshServerCase

HOUR = 3600 * 1000
KEYS = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}


class Streams(FreshServerCase):
    options = {"data_dir": True}
    clients = {"client": "dynamodb", "streams": "dynamodbstreams"}

    def create(self, name, view=None):
        stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}} if view else {}
        return self.client.create_table(TableName=name, **KEYS, **stream)["TableDescription"].get("LatestStreamArn")

    def put(self, table, key, **more):
        self.client.put_item(TableName=table, Item={"id": {"S": key}, **more})

    def shard(self, arn):
        shards = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self.assertEqual(len(shards), 1)
        return shards[0]

    def iterator(self, arn, kind="TRIM_HORIZON", **more):
        return self.streams.get_shard_iterator(StreamArn=arn, ShardId=self.shard(arn)["ShardId"], ShardIteratorType=kind,
                                               **more)["ShardIterator"]

    def records(self, arn, kind="TRIM_HORIZON", **more):
        return self.streams.get_records(ShardIterator=self.iterator(arn, kind, **more))["Records"]

    def test_views(self):
        old, new = {"id": {"S": "a"}, "n": {"N": "1"}}, {"id": {"S": "a"}, "n": {"N": "2"}}
        images = {"KEYS_ONLY": set(), "NEW_IMAGE": {"NewImage"}, "OLD_IMAGE": {"OldImage"},
                  "NEW_AND_OLD_IMAGES": {"NewImage", "OldImage"}}
        for view, members in images.items():
            arn = self.create(view, view)
            self.client.put_item(TableName=view, Item=old)
            self.client.put_item(TableName=view, Item=old)  # changes nothing
            self.client.update_item(TableName=view, Key={"id": {"S": "a"}}, UpdateExpression="SET n = n + :one",
                                    ExpressionAttributeValues={":one": {"N": "1"}})
            self.client.transact_write_items(TransactItems=[{"Delete": {"TableName": view, "Key": {"id": {"S": "a"}}}}])
            records = self.records(arn)
            self.assertEqual([r["eventName"] for r in records], ["INSERT", "MODIFY", "REMOVE"])
            for record, before, after in zip(records, (None, old, new), (old, new, None)):
                expected = {"OldImage": before, "NewImage": after}
                got = record["dynamodb"]
                self.assertEqual(got["Keys"], {"id": {"S": "a"}})
                self.assertEqual(got["StreamViewType"], view)
                for member, image in expected.items():
                    self.assertEqual(got.get(member), image if member in members else None)
                self.assertEqual((record["eventSource"], record["awsRegion"]), ("aws:dynamodb", "us-east-1"))
                self.assertNotIn("userIdentity", record)
            numbers = [int(r["dynamodb"]["SequenceNumber"]) for r in records]
            self.assertEqual(numbers, sorted(set(numbers)))

    def test_iterators(self):
        arn = self.create("table", "KEYS_ONLY")
        latest = self.iterator(arn, "LATEST")
        for key in "abc":
            self.put("table", key)
        keys = lambda records: [r["dynamodb"]["Keys"]["id"]["S"] for r in records]
        page = self.streams.get_records(ShardIterator=latest, Limit=2)
        self.assertEqual(keys(page["Records"]), ["a", "b"])
        self.assertEqual(keys(self.streams.get_records(ShardIterator=page["NextShardIterator"])["Records"]), ["c"])
        second = page["Records"][1]["dynamodb"]["SequenceNumber"]
        self.assertEqual(keys(self.records(arn, "AT_SEQUENCE_NUMBER", SequenceNumber=second)), ["b", "c"])
        self.assertEqual(keys(self.records(arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=second)), ["c"])
        self.server.restart()
        self.assertEqual(keys(self.streams.get_records(ShardIterator=page["NextShardIterator"])["Records"]), ["c"])
        self.server.advance(HOUR)
        self.refused("ExpiredIteratorException", self.streams.get_records, ShardIterator=latest)
        self.refused("ValidationException", self.streams.get_records, ShardIterator="no iterator")
        self.refused("ResourceNotFoundException", self.streams.describe_stream, StreamArn=arn[:-1] + "x")

    def test_retention(self):
        arn = self.create("table", "KEYS_ONLY")
        self.put("table", "old")
        number = self.records(arn)[0]["dynamodb"]["SequenceNumber"]
        self.server.advance(23 * HOUR)
        self.put("table", "young")
        self.assertEqual(len(self.records(arn)), 2)
        self.server.advance(2 * HOUR)
        self.assertEqual([r["dynamodb"]["Keys"]["id"]["S"] for r in self.records(arn)], ["young"])
        self.refused("TrimmedDataAccessException", self.iterator, arn=arn, kind="AT_SEQUENCE_NUMBER", SequenceNumber=number)

    def test_end_of_a_stream(self):
        first = self.create("table", "KEYS_ONLY")
        self.put("table", "a")
        self.client.update_table(TableName="table", StreamSpecification={"StreamEnabled": False})
        self.put("table", "unseen")
        self.server.advance(1000)
        second = self.client.update_table(TableName="table", StreamSpecification={
            "StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})["TableDescription"]["LatestStreamArn"]
        self.put("table", "b")
        self.client.delete_table(TableName="table")
        listed = lambda: [s["StreamArn"] for s in self.streams.list_streams(TableName="table")["Streams"]]
        self.assertEqual(listed(), [first, second])
        page = self.streams.list_streams(Limit=1)
        self.assertEqual(page["LastEvaluatedStreamArn"], first)
        page = self.streams.list_streams(Limit=1, ExclusiveStartStreamArn=first)
        self.assertEqual([s["StreamArn"] for s in page["Streams"]], [second])
        for arn, key in ((first, "a"), (second, "b")):
            self.assertEqual(self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"], "DISABLED")
            self.assertIn("EndingSequenceNumber", self.shard(arn)["SequenceNumberRange"])
            answer = self.streams.get_records(ShardIterator=self.iterator(arn))
            self.assertEqual([r["dynamodb"]["Keys"]["id"]["S"] for r in answer["Records"]], [key])
            self.assertNotIn("NextShardIterator", answer)
        self.server.advance(25 * HOUR)
        self.assertEqual(listed(), [])

    def test_refused_specifications(self):
        invalid = "One or more parameter values were invalid: "
        null = "1 validation error detected: Value null at 'streamSpecification.streamEnabled' failed to satisfy constraint: Member must not be null"
        given = lambda call, message, specification, **more: self.refused("ValidationException", call, message=message,
                                                                          StreamSpecification=specification, **more)
        for specification, message in (
                ({}, null), ({"StreamViewType": "NEW_IMAGE"}, null),
                ({"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"},
                 invalid + "Table is being created with a stream disabled, UpdateViewType should not be specified"),
                ({"StreamEnabled": True}, invalid + "Table is being created with a stream enabled, UpdateViewType is required")):
            given(self.client.create_table, message, specification, TableName="none", **KEYS)
        arn = self.create("table", "NEW_IMAGE")
        enabled = "Table already has an enabled stream: TableName: table"
        for specification, message in (
                ({"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}, enabled),
                ({"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}, enabled),
                ({"StreamEnabled": True}, invalid + "If stream is being enabled then UpdateViewType is required"),
                ({"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"},
                 invalid + "If stream is being disabled, then UpdateViewType must not be specified")):
            given(self.client.update_table, message, specification, TableName="table")
        off = {"StreamEnabled": False}
        table = self.client.update_table(TableName="table", StreamSpecification=off)["TableDescription"]
        self.assertEqual((table["TableStatus"], table["LatestStreamArn"]), ("UPDATING", arn))
        self.assertNotIn("StreamSpecification", table)
        self.assertEqual(self.client.describe_table(TableName="table")["Table"]["LatestStreamArn"], arn)
        given(self.client.update_table, "Table has no stream to disable: TableName: table", off, TableName="table")

    def test_expired_items(self):
        arn = self.create("table", "OLD_IMAGE")
        now = int(time.time())
        self.put("table", "before", until={"N": str(now + 600)})
        self.client.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        self.put("table", "due", until={"N": str(now + 600) + ".5"})
        self.put("table", "later", until={"N": str(now + 7200)})
        self.put("table", "moved", until={"N": str(now + 600)})
        self.put("table", "moved", until={"N": str(now + 7200)})
        self.put("table", "text", until={"S": str(now)})
        self.put("table", "ancient", until={"N": str(now - 6 * 365 * 24 * 3600)})
        self.put("table", "none")
        left = lambda: {i["id"]["S"] for i in self.client.scan(TableName="table", ConsistentRead=True)["Items"]}
        self.assertEqual(len(left()), 7)
        self.server.advance(HOUR // 2)
        expected = {"later", "moved", "text", "ancient", "none"}
        deadline = time.monotonic() + 10
        while left() != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(left(), expected)
        gone = [r for r in self.records(arn) if r["eventName"] == "REMOVE"]
        self.assertEqual({r["dynamodb"]["OldImage"]["id"]["S"] for r in gone}, {"before", "due"})
        for record in gone:
            self.assertEqual(record["userIdentity"], {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"})


if __name__ == "__main__":
    unittest.main()
