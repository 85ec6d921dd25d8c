"""DynamoDB: billing modes, throughput and indexes as UpdateTable changes them, in AWS's order and words."""

import re
import unittest

from service_case import FreshServerCase, ServiceCase

INVALID = "One or more parameter values were invalid: "
PROJECTION = {"ProjectionType": "ALL"}


def units(reads, writes=None):
    return {"ReadCapacityUnits": reads, "WriteCapacityUnits": reads if writes is None else writes}


def warm(reads, writes):
    return {"ReadUnitsPerSecond": reads, "WriteUnitsPerSecond": writes}


def keys(*names):
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"))]


def defined(*names):
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def index(name, key, **more):
    return {"IndexName": name, "KeySchema": keys(*key), "Projection": PROJECTION, **more}


class Case:
    clients = {"client": "dynamodb"}

    def create(self, name, attributes="p", key="p", **more):
        if "ProvisionedThroughput" not in more:
            more.setdefault("BillingMode", "PAY_PER_REQUEST")
        return self.client.create_table(TableName=name, KeySchema=keys(*key), AttributeDefinitions=defined(*attributes),
                                        **more)["TableDescription"]

    def update(self, name, **change):
        return self.client.update_table(TableName=name, **change)["TableDescription"]

    def indexes(self, name, *updates, **more):
        return self.update(name, GlobalSecondaryIndexUpdates=list(updates), **more)

    def table(self, name):
        return self.client.describe_table(TableName=name)["Table"]

    def invalid(self, message, call, *arguments, **more):
        self.refused("ValidationException", lambda: call(*arguments, **more), message=INVALID + message)


class Throughput(Case, ServiceCase):
    def test_what_is_sent_again(self):
        same = ("The provisioned throughput for the table will not change. The requested value equals the current value. Current "
                "ReadCapacityUnits provisioned for the table: 1. Requested ReadCapacityUnits: 1. Current WriteCapacityUnits provisioned "
                "for the table: 1. Requested WriteCapacityUnits: 1. Refer to the Amazon DynamoDB Developer Guide for current limits and "
                "how to request higher limits.")
        self.create("again", ProvisionedThroughput=units(1))
        self.invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED", self.update, "again",
                     BillingMode="PROVISIONED")
        for mode in ({}, {"BillingMode": "PROVISIONED"}):
            self.refused("ValidationException", lambda: self.update("again", ProvisionedThroughput=units(1), **mode), message=same)
        answer = self.update("again", ProvisionedThroughput=units(2, 1), BillingMode="PROVISIONED")
        self.assertEqual((answer["TableStatus"], answer["ProvisionedThroughput"]["ReadCapacityUnits"]), ("UPDATING", 1))
        self.create("on-demand-again")
        self.assertEqual(self.update("on-demand-again", BillingMode="PAY_PER_REQUEST")["TableStatus"], "UPDATING")
        self.assertEqual(self.table("on-demand-again")["TableStatus"], "ACTIVE")

    def test_answers_have_what_was_before(self):
        self.create("before", "pg", ProvisionedThroughput=units(5),
                    GlobalSecondaryIndexes=[index("gsi", "g", ProvisionedThroughput=units(5))])
        answer = self.update("before", ProvisionedThroughput=units(4))["ProvisionedThroughput"]
        self.assertEqual((answer["ReadCapacityUnits"], answer["NumberOfDecreasesToday"]), (5, 0))
        self.assertIn("LastDecreaseDateTime", answer)
        answer = self.indexes("before", {"Update": {"IndexName": "gsi", "ProvisionedThroughput": units(6)}})
        self.assertEqual(answer["TableStatus"], "ACTIVE")
        gsi = answer["GlobalSecondaryIndexes"][0]
        self.assertEqual((gsi["IndexStatus"], gsi["ProvisionedThroughput"]["ReadCapacityUnits"]), ("UPDATING", 5))
        gsi = self.table("before")["GlobalSecondaryIndexes"][0]
        self.assertEqual((gsi["IndexStatus"], gsi["ProvisionedThroughput"]["ReadCapacityUnits"], gsi["WarmThroughput"]),
                         ("ACTIVE", 6, {**warm(6, 6), "Status": "ACTIVE"}))
        answer = self.update("before", WarmThroughput={"ReadUnitsPerSecond": 50})
        self.assertEqual((answer["TableStatus"], answer["WarmThroughput"]), ("ACTIVE", {**warm(5, 5), "Status": "UPDATING"}))
        self.update("before", WarmThroughput={"WriteUnitsPerSecond": 40})  # the other one stays
        self.assertEqual(self.table("before")["WarmThroughput"], {**warm(50, 40), "Status": "ACTIVE"})

    def test_creation_answers_less(self):
        made = self.create("less", "pg", GlobalSecondaryIndexes=[index("gsi", "g", WarmThroughput=warm(13000, 5000))])
        self.assertNotIn("WarmThroughput", made)
        self.assertNotIn("WarmThroughput", made["GlobalSecondaryIndexes"][0])
        self.assertEqual(made["BillingModeSummary"], {"BillingMode": "PAY_PER_REQUEST"})
        table = self.table("less")
        self.assertIn("LastUpdateToPayPerRequestDateTime", table["BillingModeSummary"])
        self.assertEqual(table["GlobalSecondaryIndexes"][0]["WarmThroughput"], {**warm(13000, 5000), "Status": "ACTIVE"})
        made = self.create("warm", WarmThroughput={"ReadUnitsPerSecond": 12001})
        self.assertEqual(made["WarmThroughput"], {**warm(12001, 4000), "Status": "UPDATING"})

    def test_on_demand_maxima(self):
        self.create("maxima", OnDemandThroughput={"MaxReadRequestUnits": 100})
        held = lambda: self.table("maxima").get("OnDemandThroughput")
        self.assertEqual(held(), {"MaxReadRequestUnits": 100})
        change = lambda **maxima: self.update("maxima", OnDemandThroughput={"Max%sRequestUnits" % k: v for k, v in maxima.items()})
        answer = change(Write=500)
        self.assertEqual((answer["TableStatus"], answer["OnDemandThroughput"]),
                         ("ACTIVE", {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 500}))
        self.assertEqual(change(Read=-1)["OnDemandThroughput"], {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 500})
        self.assertEqual(held(), {"MaxWriteRequestUnits": 500})
        self.assertEqual(change(Write=-1)["OnDemandThroughput"], {"MaxWriteRequestUnits": -1})
        self.assertIsNone(held())
        self.invalid("Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range", change, Write=0)
        self.invalid("Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range", self.create, "minus",
                     OnDemandThroughput={"MaxReadRequestUnits": -1})
        self.invalid("Requested MaxReadRequestUnits for OnDemandThroughput for index : gsi is outside of valid range", self.create,
                     "minus", "pg", GlobalSecondaryIndexes=[index("gsi", "g", OnDemandThroughput={"MaxReadRequestUnits": -1})])
        self.invalid("MaxReadRequestUnits for OnDemandThroughput for index: gsi cannot be specified when table BillingMode is "
                     "PROVISIONED.", self.create, "minus", "pg", ProvisionedThroughput=units(1), GlobalSecondaryIndexes=[
                         index("gsi", "g", ProvisionedThroughput=units(1), OnDemandThroughput={"MaxReadRequestUnits": 10})])

    def test_an_index_s_on_demand_maxima(self):
        self.create("index-maxima", "pg", GlobalSecondaryIndexes=[index("gsi", "g", OnDemandThroughput={"MaxReadRequestUnits": 50,
                                                                                                    "MaxWriteRequestUnits": 50})])
        change = lambda **more: self.indexes("index-maxima", {"Update": {"IndexName": "gsi", **more}})["GlobalSecondaryIndexes"][0]
        answer = change(OnDemandThroughput={"MaxReadRequestUnits": 6000})
        self.assertEqual((answer["IndexStatus"], answer["OnDemandThroughput"]),
                         ("UPDATING", {"MaxReadRequestUnits": 6000, "MaxWriteRequestUnits": 50}))
        self.assertNotIn("OnDemandThroughput", self.table("index-maxima"))
        answer = change(WarmThroughput={"ReadUnitsPerSecond": 12001})
        self.assertEqual((answer["IndexStatus"], answer["WarmThroughput"]), ("ACTIVE", {**warm(12000, 4000), "Status": "UPDATING"}))
        only = ("The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, "
                "WarmThroughput")
        for more in ({}, {"OnDemandThroughput": {}}, {"ProvisionedThroughput": units(1)}):
            self.invalid(only, change, **more)
        self.refused("LimitExceededException", lambda: change(WarmThroughput={"ReadUnitsPerSecond": 40001}),
                     message="Subscriber limit exceeded: Requested ReadUnitsPerSecond for WarmThroughput for index gsi exceeds "
                     "TableMaxReadCapacityUnits of the account in region us-east-1")
        self.refused("LimitExceededException", self.create, name="over", attributes="pg", ProvisionedThroughput=units(1),
                     GlobalSecondaryIndexes=[index("gsi", "g", ProvisionedThroughput=units(40001))],
                     message="The requested ReadCapacityUnits for index gsi, 40001, is above the per index maximum for the account in "
                     "us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
                     "request higher limits.")

    def test_empty_throughput(self):
        self.create("empty", "pg", GlobalSecondaryIndexes=[index("gsi", "g")], WarmThroughput={}, OnDemandThroughput={})
        self.assertNotIn("OnDemandThroughput", self.table("empty"))
        once = self.server.client("dynamodb", retries={"max_attempts": 0})
        for member in ("WarmThroughput", "OnDemandThroughput"):
            self.refused("InternalFailure", once.update_table, TableName="empty", **{member: {}}, status=500)
            self.client.update_table(TableName="empty", DeletionProtectionEnabled=False, **{member: {}})
        self.assertEqual(self.server.console("findings")["findings"], [])
        for name in ("empty", "missing"):
            self.invalid("WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: gsi",
                         self.indexes, name, {"Update": {"IndexName": "gsi", "WarmThroughput": {}}})

    def test_billing_modes(self):
        self.create("modes", "pg", GlobalSecondaryIndexes=[index("gsi", "g", OnDemandThroughput={"MaxReadRequestUnits": 10})],
                    OnDemandThroughput={"MaxReadRequestUnits": 10})
        self.invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
                     self.update, "modes", ProvisionedThroughput=units(1))
        provision = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(50)}
        self.invalid("ProvisionedThroughput must be specified for index: gsi", self.update, "modes", **provision)
        answer = self.indexes("modes", {"Update": {"IndexName": "gsi", "ProvisionedThroughput": units(50)}}, **provision)
        self.assertEqual([one["ProvisionedThroughput"]["ReadCapacityUnits"] for one in (answer, answer["GlobalSecondaryIndexes"][0])],
                         [50, 50])
        table = self.table("modes")
        gsi = table["GlobalSecondaryIndexes"][0]
        for one in (table, gsi):
            self.assertEqual(one["ProvisionedThroughput"], {"NumberOfDecreasesToday": 0, **units(50)})
            self.assertNotIn("OnDemandThroughput", one)
            self.assertEqual(one["WarmThroughput"], {**warm(12000, 4000), "Status": "ACTIVE"})
        self.assertIn("LastUpdateToPayPerRequestDateTime", table["BillingModeSummary"])
        self.invalid("MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
                     self.update, "modes", OnDemandThroughput={"MaxReadRequestUnits": 1})
        self.invalid("MaxReadRequestUnits for OnDemandThroughput for index : gsi cannot be specified when the table BillingMode is "
                     "PROVISIONED", self.indexes, "modes", {"Update": {"IndexName": "gsi", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}})
        self.invalid("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: bare", self.indexes, "modes",
                     {"Create": index("bare", "g")}, AttributeDefinitions=defined("g"))
        self.update("modes", ProvisionedThroughput=units(60))
        self.invalid("ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST", self.update, "modes",
                     BillingMode="PAY_PER_REQUEST", ProvisionedThroughput=units(1))
        answer = self.update("modes", BillingMode="PAY_PER_REQUEST", OnDemandThroughput={"MaxReadRequestUnits": 100})
        self.assertIn("LastDecreaseDateTime", answer["ProvisionedThroughput"])
        table = self.table("modes")
        self.assertEqual(set(table["ProvisionedThroughput"]), {"LastIncreaseDateTime", "NumberOfDecreasesToday", *units(0)})
        self.assertEqual(table["ProvisionedThroughput"]["NumberOfDecreasesToday"], 0)
        self.assertEqual(table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["NumberOfDecreasesToday"], 1)
        self.assertEqual(table["OnDemandThroughput"], {"MaxReadRequestUnits": 100})

    def test_a_table_made_provisioned_tells_when_it_became_on_demand(self):
        self.create("became", ProvisionedThroughput=units(2))
        answer = self.update("became", BillingMode="PAY_PER_REQUEST")
        self.assertEqual((answer["BillingModeSummary"], answer["ProvisionedThroughput"]["ReadCapacityUnits"], answer["WarmThroughput"]),
                         ({"BillingMode": "PAY_PER_REQUEST"}, 0, {**warm(2, 2), "Status": "ACTIVE"}))
        table = self.table("became")
        self.assertIn("LastUpdateToPayPerRequestDateTime", table["BillingModeSummary"])
        self.assertEqual(table["WarmThroughput"], {**warm(12000, 4000), "Status": "ACTIVE"})


class Decreases(Case, FreshServerCase):
    flags = ("--strict",)

    def test_a_day_has_four_and_then_one_an_hour(self):
        long_time = r"\w+day, \w+ \d{1,2}, 20\d\d at \d{1,2}:\d\d:\d\d [AP]M Coordinated Universal Time"
        self.create("less", "pg", ProvisionedThroughput=units(50),
                    GlobalSecondaryIndexes=[index("gsi", "g", ProvisionedThroughput=units(50))])
        day = 86400_000
        now = int(self.update("less", ProvisionedThroughput=units(49))["ProvisionedThroughput"]["LastDecreaseDateTime"].timestamp() * 1000)
        self.server.advance(day - now % day + 1000)  # a second into a new day
        held = lambda: self.table("less")["ProvisionedThroughput"]
        self.assertEqual(held()["NumberOfDecreasesToday"], 0)
        self.assertIn("LastDecreaseDateTime", held())
        for count in (48, 47, 46, 45):
            self.update("less", ProvisionedThroughput=units(count))
        gsi = lambda count: {"Update": {"IndexName": "gsi", "ProvisionedThroughput": units(count)}}
        both = lambda: self.indexes("less", gsi(40), ProvisionedThroughput=units(5))
        self.refused("LimitExceededException", lambda: both(), matching=(
            r"^Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day\. After the first 4 "
            r"decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds\. Number of "
            r"decreases today: 4\. Last decrease at %s\. Next decrease can be made at %s$" % (long_time, long_time)))
        self.assertEqual(self.table("less")["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"], {"NumberOfDecreasesToday": 0, **units(50)})
        self.indexes("less", gsi(40))  # has a count of its own
        self.server.advance(3600_000)
        self.update("less", ProvisionedThroughput=units(44))
        self.assertEqual(held()["NumberOfDecreasesToday"], 5)
        self.server.advance(day - 3600_000 - 60_000)  # a minute before the next
        for count in (43, 42):
            try:
                self.update("less", ProvisionedThroughput=units(count))
            except self.client.exceptions.LimitExceededException as error:
                self.assertTrue(re.search("Next decrease can be made at .* at 12:00:00 AM Coordinated", str(error)), error)
                return
        self.fail("two decreases within an hour")


class Indexes(Case, ServiceCase):
    def test_attribute_definitions_count_for_new_indexes_alone(self):
        self.create("definitions", "pga", GlobalSecondaryIndexes=[index("gsi", "g"), index("asi", "a")])
        listed = lambda: [one["AttributeName"] for one in self.table("definitions")["AttributeDefinitions"]]
        self.assertEqual(listed(), ["a", "g", "p"])
        other = [{"AttributeName": "p", "AttributeType": "N"}, *defined("new")]
        self.update("definitions", AttributeDefinitions=other, DeletionProtectionEnabled=True)
        self.indexes("definitions", {"Update": {"IndexName": "gsi", "WarmThroughput": warm(12000, 4000)}}, AttributeDefinitions=other)
        self.assertEqual(self.table("definitions")["AttributeDefinitions"], defined("a", "g", "p"))
        self.indexes("definitions", {"Delete": {"IndexName": "gsi"}}, AttributeDefinitions=other)
        self.assertEqual(listed(), ["a", "p"])
        self.indexes("definitions", {"Create": index("more", "ba")}, AttributeDefinitions=defined("z", "b"))
        self.assertEqual(listed(), ["a", "b", "p"])

    def test_names_are_answered_in_order_and_indexes_as_sent(self):
        include = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["zz", "aa", "mm"]}
        made = self.create("order", "zap", GlobalSecondaryIndexes=[{**index("g-z", "z"), "Projection": include}, index("g-a", "a")])
        for table in (made, self.table("order")):
            self.assertEqual([one["AttributeName"] for one in table["AttributeDefinitions"]], ["a", "p", "z"])
            self.assertEqual([one["IndexName"] for one in table["GlobalSecondaryIndexes"]], ["g-z", "g-a"])
            self.assertEqual(table["GlobalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"], ["aa", "mm", "zz"])

    def test_a_definition_without_use_hides_the_rest(self):
        names = ["pk", "sk", "a", "b", "c"]
        for wrong in ({"Projection": {}}, {"ProvisionedThroughput": units(1)}):
            self.invalid("Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]",
                         self.create, "unused", names, ["pk", "sk"], GlobalSecondaryIndexes=[{**index("gsi", "a"), **wrong}])
        self.invalid("Some AttributeDefinitions are not used. AttributeDefinitions: [my-string, my-int, my-hash], keys used: "
                     "[my-hash, my-string]", self.create, "unused", ["my-hash", "my-string", "my-int"], ["my-hash"],
                     GlobalSecondaryIndexes=[index("gsi", ["my-string"])])
        self.invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: [sk, pk]",
                     self.create, "unused", ["pk", "sk"], ["pk", "sk"], GlobalSecondaryIndexes=[index("gsi", "q")])

    def test_an_empty_list_of_updates(self):
        self.create("list")
        self.refused("ValidationException", lambda: self.indexes("list"), containing="At least one of ProvisionedThroughput, BillingMode")
        self.refused("ValidationException", lambda: self.indexes("list", AttributeDefinitions=defined("p")),
                     containing="At least one of ProvisionedThroughput, BillingMode")
        self.invalid("List of GlobalSecondaryIndexUpdates is empty", self.indexes, "list", DeletionProtectionEnabled=True)
        self.assertIs(self.table("list")["DeletionProtectionEnabled"], False)


class Meanwhile(Case, FreshServerCase):
    """What is refused, and shown, while a throughput or an index changes."""

    flags, options = ("--lifecycle", "realistic"), {"data_dir": True}
    IN_USE = "Attempt to change a resource which is still in use: "

    def in_use(self, message, call, *arguments, **more):
        self.refused("ResourceInUseException", lambda: call(*arguments, **more), message=self.IN_USE + message)

    def made(self, **more):
        self.create("table", "pg", **more)
        self.server.advance(20_000)

    def provisioned(self):
        self.made(ProvisionedThroughput=units(1), GlobalSecondaryIndexes=[index("gsi", "g", ProvisionedThroughput=units(1))])

    def gsi(self, name="gsi"):
        return next((one for one in self.table("table").get("GlobalSecondaryIndexes", []) if one["IndexName"] == name), None)

    def test_an_index_is_created(self):
        self.provisioned()
        self.indexes("table", {"Create": index("new", "g", ProvisionedThroughput=units(1))}, AttributeDefinitions=defined("g"))
        pt = {"ProvisionedThroughput": units(2)}
        self.in_use("Can't change table IOPS when an index is being created. Table: table Indexes: [new]", self.update, "table", **pt)
        self.in_use("Can't change table IOPS when an index is being created. Table: table Indexes: [new]", self.update, "table",
                    BillingMode="PAY_PER_REQUEST")
        self.in_use("Index is being created but is not backfilling yet. Table: table Index: new", self.indexes, "table",
                    {"Update": {"IndexName": "new", **pt}})
        self.indexes("table", {"Update": {"IndexName": "gsi", **pt}})
        once = self.server.client("dynamodb", retries={"max_attempts": 0})
        self.refused("InternalServerError", once.update_table, TableName="table", WarmThroughput=warm(100, 100), status=500,
                     message="Table is under system maintenance, please try again later")
        self.server.advance(60_000)
        self.assertEqual((self.table("table")["TableStatus"], self.gsi("new")["Backfilling"]), ("ACTIVE", True))
        self.update("table", **pt)

    def test_an_index_is_deleted(self):
        self.made(GlobalSecondaryIndexes=[index("gsi", "g")])
        gone = {"Delete": {"IndexName": "gsi"}}
        provision = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(1)}
        self.indexes("table", gone)
        self.in_use("Can't change table IOPS when an index is being deleted. Table: table Indexes: [gsi]", self.update, "table", **provision)
        self.in_use("OnDemandThroughput cannot be updated while index deletion is in progress for indexes: [gsi]", self.update, "table",
                    OnDemandThroughput={"MaxReadRequestUnits": 1})
        update = {"Update": {"IndexName": "gsi", "ProvisionedThroughput": units(1)}}
        for change in (gone, update, {"Create": index("gsi", "g")}):
            self.in_use("Index is being deleted. Table: table Index: gsi", self.indexes, "table", change, AttributeDefinitions=defined("g"))
        self.in_use("Cannot delete table while indexes are being created, updated, or deleted.", self.client.delete_table, TableName="table")
        self.update("table", DeletionProtectionEnabled=False)
        self.server.advance(20_000)
        self.assertIsNone(self.gsi())
        self.refused("ResourceNotFoundException", lambda: self.indexes("table", update),
                     message="Requested resource not found: Index gsi for table table")
        self.update("table", **provision)

    def test_an_index_is_updated(self):
        self.provisioned()
        change = lambda count: self.indexes("table", {"Update": {"IndexName": "gsi", "ProvisionedThroughput": units(count)}})
        change(2)
        self.assertEqual((self.table("table")["TableStatus"], self.gsi()["IndexStatus"]), ("ACTIVE", "UPDATING"))
        self.in_use("Index is being updated. Table: table Index: gsi", change, 3)
        self.in_use("Cannot delete table while indexes are being created, updated, or deleted.", self.client.delete_table, TableName="table")
        self.server.restart()
        self.client = self.server.client("dynamodb")
        self.server.advance(30_000)  # of the time before the restart, too
        self.assertEqual(self.gsi()["IndexStatus"], "ACTIVE")
        change(3)
        self.server.advance(10_000)
        self.client.delete_table(TableName="table")

    def test_warm_throughput_takes_minutes(self):
        self.made(GlobalSecondaryIndexes=[index("gsi", "g")])
        of_index = lambda wanted: self.indexes("table", {"Update": {"IndexName": "gsi", "WarmThroughput": wanted}})
        of_table = lambda wanted: self.update("table", WarmThroughput=wanted)
        shown = lambda: [one["WarmThroughput"] for one in (self.table("table"), self.gsi())]
        before = {**warm(12000, 4000), "Status": "UPDATING"}
        for change in (of_table, of_index):
            change(warm(13000, 5000))
            change(warm(12000, 4000))  # is what it still has
            answer = change(warm(14000, 6000))
        self.assertEqual((answer["TableStatus"], answer["WarmThroughput"], answer["GlobalSecondaryIndexes"][0]["WarmThroughput"]),
                         ("ACTIVE", before, before))
        self.assertEqual((shown(), self.gsi()["IndexStatus"]), ([before] * 2, "ACTIVE"))
        self.server.advance(600_000)
        self.assertEqual(shown(), [{**warm(14000, 6000), "Status": "ACTIVE"}] * 2)
        for of, change in (("table", of_table), ("index gsi", of_index)):
            self.invalid("Requested WriteUnitsPerSecond for WarmThroughput for %s is lower than current WarmThroughput, decreasing "
                         "WarmThroughput is not supported" % of, change, {"WriteUnitsPerSecond": 4001})
            change({"WriteUnitsPerSecond": 6001})
        self.assertEqual(shown(), [{**warm(14000, 6000), "Status": "UPDATING"}] * 2)
        self.server.advance(20_000)  # another time it does not take long
        self.assertEqual(shown(), [{**warm(14000, 6001), "Status": "ACTIVE"}] * 2)


if __name__ == "__main__":
    unittest.main()
