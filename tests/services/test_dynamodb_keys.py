"""DynamoDB's global indexes with keys of several attributes, as a client sees them."""

import decimal
import itertools
import json
import random
import unittest

from service_case import FreshServerCase, ServiceCase


def schema(hashes, ranges=()):
    return [{"AttributeName": n, "KeyType": "HASH"} for n in hashes] + [{"AttributeName": n, "KeyType": "RANGE"} for n in ranges]


def index(hashes, ranges=(), name="gsi", projection="ALL", **more):
    return {"IndexName": name, "KeySchema": schema(hashes, ranges), "Projection": {"ProjectionType": projection, **more}}


def definitions(names="", **types):
    return [{"AttributeName": n, "AttributeType": types.get(n, "S")} for n in [*names, *(set(types) - set(names))]]


def strings(**values):
    return {name: {"S": value} for name, value in values.items()}


class Keys:
    options = {"data_dir": True}
    clients = {"client": "dynamodb", "s3": "s3"}

    def create(self, name, *indexes, attributes="", **more):
        used = {element["AttributeName"] for one in indexes for element in one["KeySchema"]}
        types = more.pop("types", {})
        table = {"KeySchema": schema(["id"]), "AttributeDefinitions": definitions({"id", *attributes, *used}, **types),
                 "BillingMode": "PAY_PER_REQUEST", **more}
        if indexes:
            table["GlobalSecondaryIndexes"] = list(indexes)
        self.client.create_table(TableName=name, **table)
        return table

    def put(self, table, *items):
        for item in items:
            self.client.put_item(TableName=table, Item=item)

    def query(self, table, condition, values, **more):
        return self.client.query(TableName=table, IndexName="gsi", KeyConditionExpression=condition,
                                 ExpressionAttributeValues=values, **more)

    def ids(self, answer):
        return [item["id"]["S"] for item in answer["Items"]]

    def scanned(self, table, client=None, **more):
        return sorted(self.ids((client or self.client).scan(TableName=table, IndexName="gsi", **more)))

    def invalid(self, message, call, **arguments):
        self.refused("ValidationException", call, message=message, **arguments)


class Schemas(Keys, ServiceCase):
    def test_what_a_schema_may_be(self):
        self.create("most", index("abcd", "efgh"), index("ab", name="two"), index("e", "abc", name="mixed"))
        described = self.client.describe_table(TableName="most")["Table"]
        self.assertEqual({one["IndexName"]: one["KeySchema"] for one in described["GlobalSecondaryIndexes"]},
                         {"gsi": schema("abcd", "efgh"), "two": schema("ab"), "mixed": schema("e", "abc")})
        self.assertEqual(len(described["AttributeDefinitions"]), 9)

        invalid = "One or more parameter values were invalid: "
        same = "The KeySchema contains multiple key attributes with the same name"
        first = "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
        refusals = {
            invalid + "The KeySchema exceeds the maximum allowed number of HASH key attributes": schema("abcde"),
            invalid + "The KeySchema exceeds the maximum allowed number of RANGE key attributes": schema("a", "bcdef"),
            invalid + "All HASH key attributes must precede RANGE key attributes in the KeySchema":
                schema("a", "b") + schema("c"),
            first: schema("", "ab"),
            same: schema("ab", "a"),
            "Both the Hash Key and the Range Key element in the KeySchema have the same name": schema("a", "a")}
        self.create("plain")
        for message, elements in refusals.items():
            with self.subTest(message):
                wrong = {**index(""), "KeySchema": elements}
                names = {element["AttributeName"] for element in elements}
                self.invalid(message, self.create, name="new", attributes=names, GlobalSecondaryIndexes=[wrong])
                self.invalid(message, self.client.update_table, TableName="plain", AttributeDefinitions=definitions(names),
                             GlobalSecondaryIndexUpdates=[{"Create": wrong}])
        both = "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        self.invalid(both, self.create, name="new", attributes="a", GlobalSecondaryIndexes=[index("aa")])
        self.invalid(both, self.create, name="new", attributes="a", KeySchema=schema("aa"))
        self.invalid(invalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [a, b], "
                     "AttributeDefinitions: [a, id]", self.create, name="new", attributes="a", GlobalSecondaryIndexes=[index("ab")])
        two = ("1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length less than "
               "or equal to 2")
        self.invalid(two, self.create, name="new", attributes="ab", KeySchema=schema(["id"], "ab"))
        self.invalid(two, self.create, name="new", attributes="ab", KeySchema=schema(["id"], "a"),
                     LocalSecondaryIndexes=[index(["id"], "ab", name="lsi")])
        self.invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type", self.create, name="new",
                     attributes="a", KeySchema=schema(["id", "a"]))
        self.assertNotIn("new", self.client.list_tables()["TableNames"])

    def test_conditions(self):
        self.create("conditions", index("hi", "abc"), types={"i": "N", "b": "N"})
        values = {":h": {"S": "h"}, ":i": {"N": "1"}, ":s": {"S": "s"}, ":n": {"N": "2"}}

        def refused(condition, message, **more):
            with self.subTest(condition):
                used = {name: value for name, value in values.items() if name in condition}
                self.invalid(message, self.query, table="conditions", condition=condition, values=used, **more)

        equal = "%s key attributes %s must have equality conditions specified in the query"
        for condition in ("h = :h", "h = :h AND a = :s", "h = :h AND i > :i", "h = :h AND i BETWEEN :i AND :n"):
            refused(condition, equal % ("HASH", "i"))
        refused("a = :s", equal % ("HASH", "h, i"))
        for condition, missing, present in (
                ("b = :n", "a", "b"), ("a = :s AND c = :s", "b", "c"), ("a > :s AND b = :n", "a", "b"), ("a > :s AND b > :n", "a", "b"),
                ("begins_with(a, :s) AND b = :n", "a", "b"), ("a = :s AND b < :n AND c = :s", "b", "c"), ("c < :s", "a, b", "c")):
            refused("h = :h AND i = :i AND " + condition,
                    equal % ("RANGE", missing) + " because a condition is present on key attribute " + present)
        refused("h = :h AND i = :i AND x = :s", "Query key condition not supported")
        refused("h = :h AND i = :i AND a = :s AND a = :h", "KeyConditionExpressions must only contain one condition per key")
        mismatch = "One or more parameter values were invalid: Condition parameter type does not match schema type"
        refused("h = :h AND i = :s", mismatch)
        refused("h = :h AND i = :i AND a = :s AND b = :s", mismatch)
        refused("h = :h AND i = :i AND a = :s AND begins_with(b, :s)", mismatch)
        for attribute in "hiabc":
            refused("h = :h AND i = :i", "Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
                    attribute, FilterExpression="attribute_exists(%s)" % attribute)
        refused("h = :h AND i = :i", "Consistent reads are not supported on global secondary indexes", ConsistentRead=True)

    def test_partiql_reads_no_such_index(self):
        self.create("partiql", index("hi"), index("h", name="single"))
        self.put("partiql", strings(id="1", h="h", i="i"))
        message = "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."
        for where in ("WHERE h = 'h' AND i = 'i'", "WHERE h = 5", "WHERE h = 'h' AND i = 'i' ORDER BY h", ""):
            self.invalid(message, self.client.execute_statement, Statement='SELECT * FROM "partiql"."gsi" ' + where)
        statements = ['SELECT * FROM "partiql"."single" WHERE h = \'h\'', 'SELECT * FROM "partiql"."gsi" WHERE h = \'h\'',
                      "SELECT * FROM \"partiql\" WHERE id = '1'"]
        control, multi, base = self.client.batch_execute_statement(Statements=[{"Statement": s} for s in statements])["Responses"]
        self.assertIn("must specify the primary key", control["Error"]["Message"])
        self.assertEqual(multi["Error"], {"Code": "ValidationError", "Message": message})
        self.assertEqual(base["Item"], strings(id="1", h="h", i="i"))
        for statement in statements[0], statements[2]:
            self.assertEqual(len(self.client.execute_statement(Statement=statement)["Items"]), 1)
        self.client.execute_statement(Statement="UPDATE \"partiql\" SET i = 'j' WHERE id = '1'")
        self.client.execute_statement(Statement="INSERT INTO \"partiql\" VALUE {'id': '2', 'h': 'h', 'i': 'j'}")
        found = self.query("partiql", "h = :h AND i = :j", {":h": {"S": "h"}, ":j": {"S": "j"}})
        self.assertCountEqual(self.ids(found), ["1", "2"])


class Order(Keys, ServiceCase):
    """Every condition on an index of all types, over values that a careless composition would mix up, as Python has it."""

    TYPES = {"h1": "S", "h2": "N", "h3": "B", "r1": "S", "r2": "N", "r3": "B", "r4": "S"}
    HASHES, RANGES = ["h1", "h2", "h3"], ["r1", "r2", "r3", "r4"]
    POOLS = {"S": ["a", "a\0", "a\0\0", "a\0\x01", "a\x01", "aa", "b", "\0", "\x01", "\u00ff", "\U0001f600"],
             "N": ["-100", "-1.5", "-1E-100", "0", "1E-100", "1.5", "2", "10", "100", "1E100"],
             "B": [b"\0", b"\0\0", b"\0\1", b"\1", b"a", b"a\0", b"a\xff", b"\xfe\xff", b"\xff", b"\xff\0", b"\xff\xff"]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(2025)
        cls.create(cls, "items", index(cls.HASHES, cls.RANGES), types=cls.TYPES)
        cls.items = []
        for n in range(600):
            item = {name: cls.any(name) for name in cls.TYPES}
            item.update({"h1": {"S": cls.random.choice(["a", "a\0"])}, "h2": {"N": cls.random.choice("12")},
                         "h3": {"B": cls.random.choice([b"\0", b"\xff"])}})
            cls.items.append({"id": {"S": "%03d" % n}, **item})
        for start in range(0, 600, 25):
            cls.client.batch_write_item(RequestItems={"items": [{"PutRequest": {"Item": i}} for i in cls.items[start:start + 25]]})

    @classmethod
    def any(cls, name):
        kind = cls.TYPES[name]
        return {kind: cls.random.choice(cls.POOLS[kind])}

    def value(self, item, name):
        (kind, value), = item[name].items()
        return decimal.Decimal(value) if kind == "N" else value.encode() if kind == "S" else value

    def place(self, item):
        return [self.value(item, name) for name in self.RANGES]

    def under(self, hashes):
        found = [item for item in self.items if all(item[name] == hashes[name] for name in self.HASHES)]
        return sorted(found, key=self.place)

    def pages(self, limit, **arguments):
        found, pages = [], 0
        while pages < 700:
            answer = self.client.query(TableName="items", IndexName="gsi", Limit=limit, **arguments)
            found += answer["Items"]
            pages += 1
            if "LastEvaluatedKey" not in answer:
                return found
            self.assertEqual(set(answer["LastEvaluatedKey"]), {"id", *self.TYPES})
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        self.fail("no end")

    def same(self, found, expected):
        """Items with the same key in the index follow each other in an order that the service does not promise."""
        self.assertEqual([self.place(item) for item in found], [self.place(item) for item in expected])
        self.assertCountEqual(self.ids({"Items": found}), self.ids({"Items": expected}))

    def test_every_condition(self):
        matches = {"=": lambda v, a, b: v == a, "<": lambda v, a, b: v < a, "<=": lambda v, a, b: v <= a, ">": lambda v, a, b: v > a,
                   ">=": lambda v, a, b: v >= a, "BETWEEN": lambda v, a, b: a <= v <= b, "begins_with": lambda v, a, b: v.startswith(a)}
        counts = dict.fromkeys(matches, 0)
        for round in range(700):
            given = self.random.choice(self.items)
            expected = self.under(given)
            values = {":" + name: given[name] for name in self.HASHES}
            terms = ["%s = :%s" % (name, name) for name in self.HASHES]
            ranges = self.RANGES[:self.random.randrange(5)]
            for name in ranges[:-1]:
                terms.append("%s = :%s" % (name, name))
                values[":" + name] = given[name]
                expected = [item for item in expected if item[name] == given[name]]
            if ranges:
                name = ranges[-1]
                op = self.random.choice([op for op in matches if op != "begins_with" or self.TYPES[name] != "N"])
                first, second = sorted((self.random.choice([given, {name: self.any(name)}]), {name: self.any(name)}),
                                       key=lambda item: self.value(item, name))
                values[":a"] = first[name]
                if op == "BETWEEN":
                    values[":b"] = second[name]
                terms.append({"BETWEEN": "%s BETWEEN :a AND :b", "begins_with": "begins_with(%s, :a)"}.get(op, "%%s %s :a" % op) % name)
                expected = [item for item in expected
                            if matches[op](self.value(item, name), self.value(first, name), self.value(second, name))]
                counts[op] += bool(expected)
            self.random.shuffle(terms)
            arguments = {"KeyConditionExpression": " AND ".join(terms), "ExpressionAttributeValues": values}
            with self.subTest(arguments):
                self.same(self.pages(1000, **arguments), expected)
                if len(expected) < 12:
                    self.same(self.pages(self.random.randrange(1, 4), **arguments), expected)
                    self.same(self.pages(2, ScanIndexForward=False, **arguments), expected[::-1])
        self.assertGreater(min(counts.values()), 10, counts)

    def test_old_conditions(self):
        given = self.items[7]
        old = {name: {"ComparisonOperator": "EQ", "AttributeValueList": [given[name]]} for name in [*self.HASHES, "r1"]}
        old["r2"] = {"ComparisonOperator": "GE", "AttributeValueList": [given["r2"]]}
        found = self.client.query(TableName="items", IndexName="gsi", KeyConditions=old)["Items"]
        self.same(found, [item for item in self.under(given)
                          if item["r1"] == given["r1"] and self.value(item, "r2") >= self.value(given, "r2")])
        self.assertIn(given["id"]["S"], self.ids({"Items": found}))
        del old["r1"]
        self.invalid("RANGE key attributes r1 must have equality conditions specified in the query because a condition is present on "
                     "key attribute r2", self.client.query, TableName="items", IndexName="gsi", KeyConditions=old)

    def test_scans(self):
        ids = sorted(item["id"]["S"] for item in self.items)
        found, more = [], {}
        while True:
            answer = self.client.scan(TableName="items", IndexName="gsi", Limit=7, **more)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        self.assertEqual(sorted(self.ids({"Items": found})), ids)
        groups = [tuple(self.value(item, name) for name in self.HASHES) for item in found]
        self.assertEqual(len([group for group, _ in itertools.groupby(groups)]), len(set(groups)))
        segments = [self.scanned("items", Segment=n, TotalSegments=3) for n in range(3)]
        self.assertEqual(sorted(itertools.chain(*segments)), ids)
        self.assertGreater(sum(map(bool, segments)), 1)

    def test_starting_keys(self):
        given = self.items[0]
        values = {":" + name: given[name] for name in self.HASHES}
        arguments = {"table": "items", "condition": " AND ".join("%s = :%s" % (name, name) for name in self.HASHES), "values": values}
        start = {name: given[name] for name in ["id", *self.TYPES]}
        self.query(ExclusiveStartKey=start, **arguments)
        for name in start:
            less = {other: value for other, value in start.items() if other != name}
            self.invalid("The provided starting key is invalid", self.query, ExclusiveStartKey=less, **arguments)
        self.invalid("The provided starting key is invalid: The provided key element does not match the schema", self.query,
                     ExclusiveStartKey={**start, "r2": {"S": "1"}}, **arguments)
        self.invalid("The provided starting key is outside query boundaries based on provided conditions", self.query,
                     ExclusiveStartKey={**start, "h2": {"N": "7"}}, **arguments)


class Life(Keys, FreshServerCase):
    def whole(self, key, **more):
        return {**strings(id=key, h1="h", h2="i", r1="r", r2="s"), **more}

    def test_what_is_in_the_index(self):
        self.create("sparse", index(["h1", "h2"], ["r1", "r2"]))
        names = ["h1", "h2", "r1", "r2"]
        self.put("sparse", self.whole("all"), *[{n: v for n, v in self.whole("no " + name).items() if n != name} for name in names])
        self.assertEqual(self.scanned("sparse"), ["all"])
        for name in names:
            key = {"id": {"S": "no " + name}}
            self.client.update_item(TableName="sparse", Key=key, UpdateExpression="SET %s = :v" % name,
                                    ExpressionAttributeValues={":v": self.whole("")[name]})
            self.assertEqual(self.scanned("sparse"), ["all", "no " + name])
            self.client.update_item(TableName="sparse", Key=key, UpdateExpression="REMOVE " + name)
            self.assertEqual(self.scanned("sparse"), ["all"])
        # Another key is another place; the old one is left.
        self.put("sparse", self.whole("all", h2={"S": "j"}))
        values = {":h": {"S": "h"}, ":i": {"S": "i"}}
        self.assertEqual(self.query("sparse", "h1 = :h AND h2 = :i", values)["Count"], 0)
        values[":i"] = {"S": "j"}
        answer = self.query("sparse", "h1 = :h AND h2 = :i", values, ReturnConsumedCapacity="INDEXES")
        self.assertEqual(self.ids(answer), ["all"])
        self.assertEqual(answer["ConsumedCapacity"]["GlobalSecondaryIndexes"]["gsi"]["CapacityUnits"], 0.5)
        self.client.transact_write_items(TransactItems=[
            {"Delete": {"TableName": "sparse", "Key": {"id": {"S": "all"}}}}, {"Put": {"TableName": "sparse", "Item": self.whole("new")}}])
        self.assertEqual(self.scanned("sparse"), ["new"])
        written = self.client.put_item(TableName="sparse", Item=self.whole("new", r2={"S": "t"}), ReturnConsumedCapacity="INDEXES")
        self.assertEqual(written["ConsumedCapacity"]["GlobalSecondaryIndexes"]["gsi"]["CapacityUnits"], 2)
        self.server.restart()
        self.assertEqual(self.scanned("sparse"), ["new"])

    def test_what_a_key_may_have(self):
        self.create("checked", index(["h1", "h2"], ["r1", "r2"]))
        before = "One or more parameter values were invalid: "
        for name in ("h1", "h2", "r1", "r2"):
            wrong = self.whole("x", **{name: {"N": "1"}})
            message = before + "Type mismatch for Index Key %s Expected: S Actual: N IndexName: gsi" % name
            self.invalid(message, self.client.put_item, TableName="checked", Item=wrong)
            self.invalid(message, self.client.batch_write_item, RequestItems={"checked": [{"PutRequest": {"Item": wrong}}]})
            self.invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                         "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: gsi, IndexKey: " + name,
                         self.client.put_item, TableName="checked", Item=self.whole("x", **{name: {"S": ""}}))
        # The whole of a key has at most the bytes of any key.
        self.put("checked", {**strings(id="most", h1="h" * 2000, h2="i" * 48, r1="\0" * 1000, r2="s" * 24)})
        found = self.query("checked", "h1 = :h AND h2 = :i AND r1 = :r AND begins_with(r2, :s)",
                           {":h": {"S": "h" * 2000}, ":i": {"S": "i" * 48}, ":r": {"S": "\0" * 1000}, ":s": {"S": "s" * 23}})
        self.assertEqual(self.ids(found), ["most"])
        self.invalid(before + "Size of hashkey has exceeded the maximum size limit of2048 bytes", self.client.put_item,
                     TableName="checked", Item=self.whole("x", h1={"S": "h" * 1025}, h2={"S": "i" * 1024}))
        self.invalid(before + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes", self.client.put_item,
                     TableName="checked", Item=self.whole("x", r1={"S": "h" * 1000}, r2={"S": "i" * 25}))
        self.assertEqual(self.ids(self.client.scan(TableName="checked")), ["most"])

    def test_indexes_come_and_go(self):
        self.create("changed")
        wrong = [self.whole("type", r1={"N": "1"}), self.whole("empty", h2={"S": ""}), self.whole("long", r1={"S": "r" * 1024}),
                 {n: v for n, v in self.whole("none").items() if n != "h1"}]
        self.put("changed", *wrong, *[self.whole(str(n), r2={"S": str(9 - n)}, more={"S": "more"}, extra={"N": str(n)}) for n in range(5)])
        made = index(["h1", "h2"], ["r1", "r2"], projection="INCLUDE", NonKeyAttributes=["extra"])
        self.client.update_table(TableName="changed", AttributeDefinitions=definitions(["h1", "h2", "r1", "r2"]),
                                 GlobalSecondaryIndexUpdates=[{"Create": made}])
        values = {":h": {"S": "h"}, ":i": {"S": "i"}}
        found = self.query("changed", "h1 = :h AND h2 = :i", values)["Items"]
        self.assertEqual(found, [self.whole(str(n), r2={"S": str(9 - n)}, extra={"N": str(n)}) for n in range(4, -1, -1)])
        self.client.delete_item(TableName="changed", Key={"id": {"S": "long"}})
        keys = self.query("changed", "h1 = :h AND h2 = :i", values, ProjectionExpression="r2, id", Limit=1)
        self.assertEqual(keys["Items"], [strings(id="4", r2="5")])
        self.invalid("One or more parameter values were invalid: Global secondary index gsi does not project [more]", self.query,
                     table="changed", condition="h1 = :h AND h2 = :i", values=values, ProjectionExpression="more")

        self.invalid("Attempting to create an index which already exists", self.client.update_table, TableName="changed",
                     AttributeDefinitions=definitions(["h1", "h2"]), GlobalSecondaryIndexUpdates=[{"Create": index(["h1", "h2"])}])
        self.invalid("One or more parameter values were invalid: AttributeDefinitions is not specified for index: second",
                     self.client.update_table, TableName="changed",
                     GlobalSecondaryIndexUpdates=[{"Create": index(["h1", "h2"], name="second")}])
        self.client.update_table(TableName="changed", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "gsi"}}])
        self.invalid("The table does not have the specified index: gsi", self.query, table="changed",
                     condition="h1 = :h AND h2 = :i", values=values)
        self.assertEqual(self.client.describe_table(TableName="changed")["Table"]["AttributeDefinitions"], definitions(["id"]))
        self.put("changed", self.whole("free", h1={"N": "1"}))

    def test_copies(self):
        keys = index(["h1", "h2"], ["r1", "r2"], projection="KEYS_ONLY")
        created = self.create("source", keys, types={"h2": "N"})
        items = [self.whole(str(n), h2={"N": "1"}, r2={"S": str(n)}, more={"S": "more"}) for n in range(3)]
        self.put("source", *items, {"id": {"S": "other"}})
        condition = "h1 = :h AND h2 = :i AND r1 = :r AND r2 > :s"
        values = {":h": {"S": "h"}, ":i": {"N": "1"}, ":r": {"S": "r"}, ":s": {"S": "0"}}
        expected = [{n: v for n, v in item.items() if n != "more"} for item in items[1:]]

        def check(table, client=None):
            found = (client or self.client).query(TableName=table, IndexName="gsi", KeyConditionExpression=condition,
                                                  ExpressionAttributeValues=values)
            self.assertEqual(found["Items"], expected, table)
            described = (client or self.client).describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
            self.assertEqual([one["KeySchema"] for one in described], [keys["KeySchema"]])

        check("source")
        backup = self.client.create_backup(TableName="source", BackupName="backup")["BackupDetails"]["BackupArn"]
        self.client.restore_table_from_backup(TargetTableName="restored", BackupArn=backup)
        check("restored")

        self.client.update_continuous_backups(TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.client.restore_table_to_point_in_time(SourceTableName="source", TargetTableName="recovered", UseLatestRestorableTime=True)
        check("recovered")

        self.s3.create_bucket(Bucket="exports")
        arn = self.client.describe_table(TableName="source")["Table"]["TableArn"]
        export = self.client.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports")["ExportDescription"]["ExportArn"]
        self.loaded("imported", created, "AWSDynamoDB/%s/data/" % export.rsplit("/", 1)[1], "DYNAMODB_JSON", InputCompressionType="GZIP")
        check("imported")
        csv = "id,h1,h2,r1,r2,more\n" + "".join("%d,h,1,r,%d,more\n" % (n, n) for n in range(3))
        self.s3.put_object(Bucket="exports", Key="csv/object", Body=csv)
        self.loaded("csv", created, "csv/", "CSV")
        check("csv")

        self.client.update_table(TableName="source", ReplicaUpdates=[{"Create": {"RegionName": "us-west-2"}}])
        west = self.server.client("dynamodb", region="us-west-2")
        check("source", west)
        west.update_item(TableName="source", Key={"id": {"S": "other"}}, UpdateExpression="SET h1 = :h, h2 = :i, r1 = :r, r2 = :t",
                         ExpressionAttributeValues={**{n: values[n] for n in (":h", ":i", ":r")}, ":t": {"S": "9"}})
        expected.append(self.whole("other", h2={"N": "1"}, r2={"S": "9"}))
        check("source")
        check("source", west)
        self.server.restart()
        check("source")

    def loaded(self, name, table, prefix, kind, **more):
        arn = self.client.import_table(S3BucketSource={"S3Bucket": "exports", "S3KeyPrefix": prefix}, InputFormat=kind,
                                       TableCreationParameters={"TableName": name, **table}, **more)["ImportTableDescription"]["ImportArn"]
        done = self.client.describe_import(ImportArn=arn)["ImportTableDescription"]
        self.assertEqual((done["ImportStatus"], done["ErrorCount"]), ("COMPLETED", 0), json.dumps(done, default=str))


if __name__ == "__main__":
    unittest.main()
