"""DynamoDB: items and expressions, as a client sees them."""

import threading
import unittest

from service_case import ServiceCase
from botocore.exceptions import ClientError


def create(client, name, range_key=None, range_type="S", **more):
    keys = [("id", "HASH")] + ([(range_key, "RANGE")] if range_key else [])
    definitions = [{"AttributeName": "id", "AttributeType": "S"}]
    if range_key:
        definitions.append({"AttributeName": range_key, "AttributeType": range_type})
    definitions += more.pop("Attributes", [])
    return client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": n, "KeyType": t} for n, t in keys],
        AttributeDefinitions=definitions,
        **more,
    )["TableDescription"]


class DynamoCase(ServiceCase):
    options = {"data_dir": True}
    clients = {"client": "dynamodb"}

    def refused(self, code, message, call, **arguments):
        return super().refused(code, call, message=message, **arguments)


class Items(DynamoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create(cls.client, "items")
        create(cls.client, "ranged", "n", "N")

    def test_every_type_survives(self):
        item = {
            "id": {"S": "types"},
            "n": {"N": "-12345678901234567890123456789012345678"},
            "b": {"B": b"\x00\xff\x80"},
            "t": {"BOOL": True},
            "z": {"NULL": True},
            "ss": {"SS": ["b", "a"]},
            "ns": {"NS": ["1.50", "2"]},
            "bs": {"BS": [b"\xff"]},
            "l": {"L": [{"S": ""}, {"M": {"x": {"L": []}}}]},
            "e": {"B": b""},
        }
        self.client.put_item(TableName="items", Item=item)
        got = self.client.get_item(TableName="items", Key={"id": {"S": "types"}}, ConsistentRead=True)["Item"]
        self.assertEqual(got["ns"]["NS"], ["1.5", "2"])
        self.assertEqual(set(got["ss"]["SS"]), {"a", "b"})
        for name in ("n", "b", "t", "z", "bs", "l", "e"):
            self.assertEqual(got[name], item[name])

    def test_missing_item_and_table(self):
        self.assertNotIn("Item", self.client.get_item(TableName="items", Key={"id": {"S": "nobody"}}))
        self.refused("ResourceNotFoundException", "Requested resource not found",
                     self.client.get_item, TableName="absent", Key={"id": {"S": "x"}})
        self.refused("ValidationException", "The provided key element does not match the schema",
                     self.client.get_item, TableName="items", Key={"other": {"S": "x"}})

    def test_put_refuses_bad_keys(self):
        put = self.client.put_item
        self.refused("ValidationException", "One or more parameter values were invalid: Missing the key id in the item",
                     put, TableName="items", Item={"a": {"S": "x"}})
        self.refused("ValidationException",
                     "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N",
                     put, TableName="items", Item={"id": {"N": "1"}})
        self.refused("ValidationException",
                     "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                     "an empty string value. Key: id", put, TableName="items", Item={"id": {"S": ""}})
        self.refused("ValidationException", "Item size has exceeded the maximum allowed size",
                     put, TableName="items", Item={"id": {"S": "big"}, "v": {"S": "x" * 409600}})
        self.refused("ValidationException", "One or more parameter values were invalid: An string set  may not be empty",
                     put, TableName="items", Item={"id": {"S": "set"}, "v": {"SS": []}})

    def test_conditions(self):
        client, key = self.client, {"id": {"S": "cond"}}
        put = lambda v, **more: client.put_item(TableName="items", Item={**key, "v": {"N": v}}, **more)
        put("1", ConditionExpression="attribute_not_exists(id)")
        answer = self.refused("ConditionalCheckFailedException", "The conditional request failed", put, v="2",
                              ConditionExpression="attribute_not_exists(id)",
                              ReturnValuesOnConditionCheckFailure="ALL_OLD")
        self.assertEqual(answer["Item"], {**key, "v": {"N": "1"}})
        old = put("3", ConditionExpression="#v = :one", ExpressionAttributeNames={"#v": "v"},
                  ExpressionAttributeValues={":one": {"N": "1.0"}}, ReturnValues="ALL_OLD")
        self.assertEqual(old["Attributes"]["v"], {"N": "1"})
        self.refused("ValidationException", "Value provided in ExpressionAttributeValues unused in expressions: keys: {:z}",
                     put, v="4", ConditionExpression="attribute_exists(v)", ExpressionAttributeValues={":z": {"N": "1"}})
        self.refused("ValidationException",
                     "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
                     put, v="4", ExpressionAttributeValues={":z": {"N": "1"}})
        client.delete_item(TableName="items", Key=key, Expected={"v": {"Value": {"N": "3"}}})
        self.assertNotIn("Item", client.get_item(TableName="items", Key=key))

    def test_update_returns_every_form(self):
        client, key = self.client, {"id": {"S": "upd"}}
        update = lambda text, returned, **values: client.update_item(
            TableName="items", Key=key, UpdateExpression=text, ReturnValues=returned,
            **({"ExpressionAttributeValues": {":" + k: v for k, v in values.items()}} if values else {}))
        self.assertNotIn("Attributes", update("SET a = :a", "NONE", a={"N": "1"}))
        self.assertEqual(update("SET a = a + :a, m = :m", "UPDATED_OLD", a={"N": "1"}, m={"M": {"x": {"N": "1"}}})["Attributes"],
                         {"a": {"N": "1"}})
        self.assertEqual(update("SET m.y = :a REMOVE a", "UPDATED_NEW", a={"N": "5"})["Attributes"],
                         {"m": {"M": {"y": {"N": "5"}}}})
        client.put_item(TableName="items", Item={"id": {"S": "sized"}, "t": {"S": "abÿ😀"}},
                        ConditionExpression="attribute_not_exists(id)")
        client.delete_item(TableName="items", Key={"id": {"S": "sized"}}, ConditionExpression="size(t) = :n",
                           ExpressionAttributeValues={":n": {"N": "5"}})  # as Java counts: not bytes
        self.assertEqual(update("SET m.s = ((m.y) + (:a))", "UPDATED_NEW", a={"N": "2"})["Attributes"],
                         {"m": {"M": {"s": {"N": "7"}}}})
        update("REMOVE m.s", "NONE")
        self.assertEqual(update("ADD c :a", "ALL_OLD", a={"N": "0.1"})["Attributes"]["m"],
                         {"M": {"x": {"N": "1"}, "y": {"N": "5"}}})
        self.assertEqual(update("ADD c :a", "ALL_NEW", a={"N": "0.2"})["Attributes"]["c"], {"N": "0.3"})
        self.refused("ValidationException",
                     "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
                     client.update_item, TableName="items", Key=key, UpdateExpression="SET id = :v",
                     ExpressionAttributeValues={":v": {"S": "x"}})

    def test_query_is_ordered_and_paged(self):
        for n in ("10", "9", "-1.5", "0", "100", "2E1"):
            self.client.put_item(TableName="ranged", Item={"id": {"S": "q"}, "n": {"N": n}, "f": {"S": "even" if float(n) % 2 == 0 else "odd"}})
        query = lambda **more: self.client.query(
            TableName="ranged", KeyConditionExpression="id = :id" + more.pop("And", ""),
            ExpressionAttributeValues={":id": {"S": "q"}, **more.pop("Values", {})}, **more)
        numbers = lambda answer: [item["n"]["N"] for item in answer["Items"]]
        self.assertEqual(numbers(query()), ["-1.5", "0", "9", "10", "20", "100"])
        self.assertEqual(numbers(query(ScanIndexForward=False, Limit=2)), ["100", "20"])
        self.assertEqual(numbers(query(And=" AND n BETWEEN :a AND :b", Values={":a": {"N": "0"}, ":b": {"N": "20"}})),
                         ["0", "9", "10", "20"])
        self.assertEqual(numbers(query(And=" AND n < :a", Values={":a": {"N": "9"}})), ["-1.5", "0"])
        seen, start = [], {}
        while True:
            page = query(Limit=4, **start)
            seen += numbers(page)
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.assertEqual(seen, ["-1.5", "0", "9", "10", "20", "100"])
        filtered = query(FilterExpression="f = :f", Values={":f": {"S": "odd"}}, Select="COUNT")
        self.assertEqual((filtered["Count"], filtered["ScannedCount"]), (2, 6))
        self.assertNotIn("Items", filtered)
        old = self.client.query(TableName="ranged", KeyConditions={
            "id": {"AttributeValueList": [{"S": "q"}], "ComparisonOperator": "EQ"},
            "n": {"AttributeValueList": [{"N": "10"}], "ComparisonOperator": "GE"}})
        self.assertEqual(numbers(old), ["10", "20", "100"])
        self.refused("ValidationException", "Conditions can be of length 1 or 2 only", self.client.query, TableName="ranged",
                     KeyConditions={})
        self.refused("ValidationException", "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
                     "request.", self.client.query, TableName="ranged")
        self.refused("ValidationException", "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
                     "exactly one of the supported datatypes", self.client.scan, TableName="no-such", ExclusiveStartKey={"a": {}})
        self.refused("ValidationException", "Query condition missed key schema element: id", self.client.query,
                     TableName="ranged", KeyConditionExpression="n = :n", ExpressionAttributeValues={":n": {"N": "1"}})

    def test_scan_segments_cover_once(self):
        create(self.client, "wide")
        for i in range(0, 100, 25):
            self.client.batch_write_item(RequestItems={"wide": [
                {"PutRequest": {"Item": {"id": {"S": "user-%03d" % n}}}} for n in range(i, i + 25)]})
        seen = []
        for segment in range(3):
            found = [item["id"]["S"] for item in self.client.scan(TableName="wide", Segment=segment, TotalSegments=3)["Items"]]
            self.assertTrue(found)
            seen += found
        self.assertEqual(sorted(seen), ["user-%03d" % n for n in range(100)])
        self.assertEqual(self.client.describe_table(TableName="wide")["Table"]["ItemCount"], 100)

    def test_pages_end_at_a_megabyte(self):
        create(self.client, "heavy", "n", "N")
        for n in range(8):
            self.client.put_item(TableName="heavy", Item={"id": {"S": "h"}, "n": {"N": str(n)}, "v": {"B": b"x" * 300000}})
        def page(**more):
            return self.client.query(TableName="heavy", KeyConditionExpression="id = :h", ReturnConsumedCapacity="TOTAL",
                                     ExpressionAttributeValues={":h": {"S": "h"}}, **more)
        first = page()
        self.assertEqual((first["Count"], first["LastEvaluatedKey"]), (4, {"id": {"S": "h"}, "n": {"N": "3"}}))
        self.assertEqual(first["ConsumedCapacity"], {"TableName": "heavy", "CapacityUnits": 146.5})
        second = page(ExclusiveStartKey=first["LastEvaluatedKey"])
        self.assertEqual((second["Count"], second["LastEvaluatedKey"]["n"]), (4, {"N": "7"}))  # though nothing follows
        third = page(ExclusiveStartKey=second["LastEvaluatedKey"])
        self.assertEqual((third["Count"], third.get("LastEvaluatedKey")), (0, None))
        last = page(ExclusiveStartKey={"id": {"S": "h"}, "n": {"N": "5"}}, Limit=2)
        self.assertEqual((last["Count"], last["LastEvaluatedKey"]["n"]), (2, {"N": "7"}))

    def test_batches(self):
        answer = self.client.batch_write_item(RequestItems={"items": [
            {"PutRequest": {"Item": {"id": {"S": "b1"}, "v": {"N": "1"}}}}, {"PutRequest": {"Item": {"id": {"S": "b2"}}}}]})
        self.assertEqual(answer["UnprocessedItems"], {})
        got = self.client.batch_get_item(RequestItems={"items": {
            "Keys": [{"id": {"S": k}} for k in ("b1", "b2", "b3")], "ProjectionExpression": "#i",
            "ExpressionAttributeNames": {"#i": "id"}}})
        self.assertEqual(sorted(item["id"]["S"] for item in got["Responses"]["items"]), ["b1", "b2"])
        self.assertEqual(got["UnprocessedKeys"], {})
        refused = lambda message, call, **requests: self.refused("ValidationException", message, call, RequestItems=requests)
        twice = {"Keys": [{"id": {"S": "b1"}}, {"id": {"S": "b1"}}]}
        # Before a table is looked for: "no-such" is none.
        for table in ("items", "no-such"):
            refused("Provided list of item keys contains duplicates", self.client.batch_get_item, **{table: twice})
            refused("Item size has exceeded the maximum allowed size", self.client.batch_write_item,
                    **{table: [{"PutRequest": {"Item": {"id": {"S": "b"}, "v": {"S": "x" * 409600}}}}]})
        refused("The provided key element does not match the schema", self.client.batch_write_item,
                items=[{"PutRequest": {"Item": {"id": {"N": "1"}}}}])
        refused("Provided list of item keys contains duplicates", self.client.batch_write_item,
                items=[{"PutRequest": {"Item": {"id": {"S": "b1"}}}}, {"DeleteRequest": {"Key": {"id": {"S": "b1"}}}}])

    def test_transactions(self):
        client = self.client
        put = lambda k, **more: {"Put": {"TableName": "items", "Item": {"id": {"S": k}}, **more}}
        client.transact_write_items(TransactItems=[put("t1"), put("t2")], ClientRequestToken="once")
        client.transact_write_items(TransactItems=[put("t1"), put("t2")], ClientRequestToken="once")
        self.refused("IdempotentParameterMismatchException", None, client.transact_write_items,
                     TransactItems=[put("t3")], ClientRequestToken="once")
        answer = self.refused(
            "TransactionCanceledException",
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
            client.transact_write_items,
            TransactItems=[put("t4"), put("t1", ConditionExpression="attribute_not_exists(id)")])
        self.assertEqual([reason["Code"] for reason in answer["CancellationReasons"]], ["None", "ConditionalCheckFailed"])
        got = client.transact_get_items(TransactItems=[
            {"Get": {"TableName": "items", "Key": {"id": {"S": k}}}} for k in ("t1", "t4")])
        self.assertEqual(got["Responses"], [{"Item": {"id": {"S": "t1"}}}, {}])

    def test_lock_has_one_winner(self):
        create(self.client, "locks")
        client, count = self.server.client("dynamodb", max_pool_connections=64), 64  # a connection a thread
        for round_ in range(3):
            outcomes, gate = [], threading.Barrier(count)

            def take(owner):
                gate.wait()
                try:
                    client.put_item(TableName="locks", Item={"id": {"S": "state-%d" % round_}, "Owner": {"N": str(owner)}},
                                    ConditionExpression="attribute_not_exists(id)")
                    outcomes.append(owner)
                except ClientError as error:
                    assert error.response["Error"]["Code"] == "ConditionalCheckFailedException", error

            threads = [threading.Thread(target=take, args=(i,)) for i in range(count)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            self.assertEqual(len(outcomes), 1)
            held = self.client.get_item(TableName="locks", Key={"id": {"S": "state-%d" % round_}}, ConsistentRead=True)
            self.assertEqual(held["Item"]["Owner"]["N"], str(outcomes[0]))


class Indexes(DynamoCase):
    def test_global_and_local(self):
        client = self.client
        both = [{"AttributeName": "g", "AttributeType": "N"}, {"AttributeName": "l", "AttributeType": "S"}]
        create(client, "indexed", "r", "S", Attributes=both,
               GlobalSecondaryIndexes=[{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}}],
               LocalSecondaryIndexes=[{"IndexName": "by-l", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"},
                                                                          {"AttributeName": "l", "KeyType": "RANGE"}],
                                       "Projection": {"ProjectionType": "KEYS_ONLY"}}])
        for i in range(5):
            client.put_item(TableName="indexed", Item={"id": {"S": "a"}, "r": {"S": str(i)}, "g": {"N": "7"},
                                                       "l": {"S": str(9 - i)}, "x": {"S": "x"}, "y": {"S": "y"}})
        client.put_item(TableName="indexed", Item={"id": {"S": "a"}, "r": {"S": "sparse"}})
        by_g = client.query(TableName="indexed", IndexName="by-g", KeyConditionExpression="g = :g",
                            ExpressionAttributeValues={":g": {"N": "7"}}, Limit=3)
        self.assertEqual(set(by_g["Items"][0]), {"id", "r", "g", "x"})
        self.assertEqual(set(by_g["LastEvaluatedKey"]), {"id", "r", "g"})
        rest = client.query(TableName="indexed", IndexName="by-g", KeyConditionExpression="g = :g",
                            ExpressionAttributeValues={":g": {"N": "7"}}, ExclusiveStartKey=by_g["LastEvaluatedKey"])
        self.assertEqual(rest["Count"], 2)
        by_l = client.query(TableName="indexed", IndexName="by-l", KeyConditionExpression="id = :a AND l < :l",
                            ExpressionAttributeValues={":a": {"S": "a"}, ":l": {"S": "8"}}, ScanIndexForward=False)
        self.assertEqual([item["l"]["S"] for item in by_l["Items"]], ["7", "6", "5"])
        self.assertEqual(client.scan(TableName="indexed", IndexName="by-g")["Count"], 5)
        def update(message, expression, **values):
            self.refused("ValidationException", message, client.update_item, TableName="indexed", UpdateExpression=expression,
                         Key={"id": {"S": "a"}, "r": {"S": "0"}}, **({"ExpressionAttributeValues": values} if values else {}))
        invalid, scalars = "One or more parameter values were invalid: ", "Key attributes must be scalars; list random access '[]' and " \
            "map lookup '.' are not allowed: "
        update(invalid + "Cannot update attribute r. This attribute is part of the key", "SET r = :v", **{":v": {"S": "x"}})
        update(invalid + "Type mismatch for Index Key g Expected: N Actual: S IndexName: by-g", "SET g = :v", **{":v": {"S": "1"}})
        update(scalars + "IndexKey: g", "SET g.x = :v", **{":v": {"N": "1"}})
        update(scalars + "Key: r", "SET h = r[1]")
        client.update_item(TableName="indexed", Key={"id": {"S": "a"}, "r": {"S": "0"}}, UpdateExpression="SET word = :v",
                           ExpressionAttributeValues={":v": {"S": "5"}})
        update("The update expression attempted to update the secondary index key to unsupported type", "SET g = word")
        client.update_item(TableName="indexed", Key={"id": {"S": "a"}, "r": {"S": "0"}}, UpdateExpression="REMOVE g, word")
        self.assertEqual(client.scan(TableName="indexed", IndexName="by-g")["Count"], 4)
        self.refused("ValidationException", "Consistent reads are not supported on global secondary indexes", client.scan,
                     TableName="indexed", IndexName="by-g", ConsistentRead=True)
        self.refused("ValidationException", "The table does not have the specified index: nope", client.scan,
                     TableName="indexed", IndexName="nope")

    def test_index_added_later_is_filled(self):
        client = self.client
        create(client, "later")
        for i in range(3):
            client.put_item(TableName="later", Item={"id": {"S": str(i)}, "g": {"S": "same"}})
        description = client.update_table(
            TableName="later", AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {"IndexName": "by-g", "Projection": {"ProjectionType": "ALL"},
                                                     "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}]}}])["TableDescription"]
        status = lambda table: [table["TableStatus"]] + [table["GlobalSecondaryIndexes"][0].get(k) for k in ("IndexStatus", "Backfilling")]
        self.assertEqual(status(description), ["UPDATING", "CREATING", False])
        self.assertEqual(status(client.describe_table(TableName="later")["Table"]), ["ACTIVE", "ACTIVE", None])
        self.assertEqual(client.scan(TableName="later", IndexName="by-g")["Count"], 3)
        description = client.update_table(TableName="later", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-g"}}])["TableDescription"]
        self.assertEqual(status(description), ["UPDATING", "DELETING", None])
        self.assertNotIn("GlobalSecondaryIndexes", client.describe_table(TableName="later")["Table"])


class Restart(DynamoCase):
    def test_items_indexes_and_settings_survive(self):
        client = self.client
        create(client, "kept", "n", "N", Attributes=[{"AttributeName": "g", "AttributeType": "S"}],
               GlobalSecondaryIndexes=[{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                        "Projection": {"ProjectionType": "ALL"}}],
               Tags=[{"Key": "a", "Value": "b"}])
        item = {"id": {"S": "k"}, "n": {"N": "1"}, "g": {"S": "g"}, "b": {"B": b"\xff\x00"}}
        client.put_item(TableName="kept", Item=item)
        client.update_time_to_live(TableName="kept", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
        before = client.describe_table(TableName="kept")["Table"]
        self.server.restart()
        client = self.server.client("dynamodb")
        self.assertEqual(client.describe_table(TableName="kept")["Table"], before)
        self.assertEqual(client.get_item(TableName="kept", Key={"id": {"S": "k"}, "n": {"N": "1"}})["Item"], item)
        self.assertEqual(client.scan(TableName="kept", IndexName="by-g")["Items"], [item])
        self.assertEqual(client.list_tags_of_resource(ResourceArn=before["TableArn"])["Tags"], [{"Key": "a", "Value": "b"}])
        self.assertEqual(client.describe_time_to_live(TableName="kept")["TimeToLiveDescription"],
                         {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"})


if __name__ == "__main__":
    unittest.main()
