"""DynamoDB under many writers, and under a server that is killed."""

import random
import threading
import time
import unittest

from service_case import FreshServerCase
from botocore.exceptions import BotoCoreError, ClientError

WRITERS = 64


def key(name):
    return {"id": {"S": name}}


class Concurrency(FreshServerCase):
    options = {"data_dir": True}

    def setUp(self):
        super().setUp()
        self.client = self.server.client("dynamodb", max_pool_connections=WRITERS)
        self.client.create_table(TableName="table", BillingMode="PAY_PER_REQUEST",
                                 KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                                 AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                                 StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})

    def at_once(self, work):
        """Runs work(number) in as many threads as there are writers; returns what they gave."""
        results, failures, start = [None] * WRITERS, [], threading.Barrier(WRITERS)

        def run(number):
            try:
                start.wait()
                results[number] = work(number)
            except Exception as error:
                failures.append(error)
        threads = [threading.Thread(target=run, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        return results

    def get(self, name):
        return self.client.get_item(TableName="table", Key=key(name), ConsistentRead=True).get("Item")

    def wins(self, call, **arguments):
        try:
            call(**arguments)
            return True
        except ClientError as error:
            self.assertIn(error.response["Error"]["Code"], ("ConditionalCheckFailedException", "TransactionCanceledException",
                                                            "DuplicateItemException"))
            return False

    def test_counters_add_up(self):
        values = {":one": {"N": "1"}}

        def add(_):
            for _ in range(4):
                self.client.update_item(TableName="table", Key=key("plain"), UpdateExpression="ADD n :one", ExpressionAttributeValues=values)
                self.client.transact_write_items(TransactItems=[
                    {"Update": {"TableName": "table", "Key": key(name), "UpdateExpression": "ADD n :one",
                                "ExpressionAttributeValues": values}} for name in ("left", "right")])
        self.at_once(add)
        self.assertEqual([self.get(name)["n"]["N"] for name in ("plain", "left", "right")], [str(WRITERS * 4)] * 3)
        # The stream has each value of each item once, in order.
        streams = self.server.client("dynamodbstreams")
        arn = streams.list_streams()["Streams"][0]["StreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        seen = {"plain": [], "left": [], "right": []}
        while True:
            page = streams.get_records(ShardIterator=place)
            for record in page["Records"]:
                image = record["dynamodb"]["NewImage"]
                seen[image["id"]["S"]].append(int(image["n"]["N"]))
            place = page["NextShardIterator"]
            if not page["Records"]:
                break
        self.assertEqual(list(seen.values()), [list(range(1, WRITERS * 4 + 1))] * 3)

    def test_one_winner(self):
        ways = [
            lambda name, n: self.wins(self.client.put_item, TableName="table", Item={**key(name), "owner": {"N": str(n)}},
                                      ConditionExpression="attribute_not_exists(id)"),
            lambda name, n: self.wins(self.client.transact_write_items, TransactItems=[
                {"Put": {"TableName": "table", "Item": {**key(name), "owner": {"N": str(n)}},
                         "ConditionExpression": "attribute_not_exists(id)"}},
                {"Put": {"TableName": "table", "Item": key("%s-%d" % (name, n))}}]),
            lambda name, n: self.wins(self.client.execute_statement,
                                      Statement="INSERT INTO \"table\" VALUE {'id': '%s', 'owner': %d}" % (name, n)),
        ]
        for number, way in enumerate(ways):
            name = "lock-%d" % number
            winners = [n for n, won in enumerate(self.at_once(lambda n: way(name, n))) if won]
            self.assertEqual([self.get(name)["owner"]["N"]], [str(n) for n in winners])
        marks = [item for item in self.client.scan(TableName="table")["Items"] if item["id"]["S"].startswith("lock-1-")]
        self.assertEqual(len(marks), 1)  # of the losers' transactions nothing is there

    def test_killed(self):
        """Each acknowledged write is there, and no transaction is half there."""
        for round_number in range(3):
            acknowledged, stop = [], threading.Event()

            def write(number):
                for turn in range(10000):
                    name = "%d-%d-%d" % (round_number, number, turn)
                    try:
                        self.client.transact_write_items(TransactItems=[
                            {"Put": {"TableName": "table", "Item": key(side + name)}} for side in ("left-", "right-")])
                    except (BotoCoreError, ClientError):
                        return
                    acknowledged.append(name)
                    if stop.is_set():
                        return
            threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + 30
            while len(acknowledged) < 50 and time.monotonic() < deadline:
                time.sleep(random.random() / 20)
            self.server.kill9()
            stop.set()
            for thread in threads:
                thread.join()
            self.server.start()
            there, start = set(), {}
            while True:
                page = self.client.scan(TableName="table", ConsistentRead=True, **start)
                there |= {item["id"]["S"] for item in page["Items"]}
                if "LastEvaluatedKey" not in page:
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            self.assertGreater(len(acknowledged), 0)
            self.assertLessEqual({side + name for name in acknowledged for side in ("left-", "right-")}, there)
            halves = {side: {name[len(side):] for name in there if name.startswith(side)} for side in ("left-", "right-")}
            self.assertEqual(halves["left-"], halves["right-"])


if __name__ == "__main__":
    unittest.main()
