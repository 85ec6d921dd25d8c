"""DynamoDB's contributor insights, of tables and of their global indexes."""

import unittest

from service_case import FreshServerCase

BOTH, THROTTLED = "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"
STRINGS = [{"AttributeName": one, "AttributeType": "S"} for one in ("id", "n", "g", "l")]
KEYS = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]
ALL = {"ProjectionType": "ALL"}
GLOBAL = {"IndexName": "global", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": ALL}


class Insights(FreshServerCase):
    clients = {"client": "dynamodb"}

    def create(self, name, keys=2, **more):
        self.client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=KEYS[:keys],
                                 AttributeDefinitions=STRINGS[:keys] if not more else STRINGS, **more)

    def with_indexes(self, name):
        self.create(name, GlobalSecondaryIndexes=[GLOBAL], LocalSecondaryIndexes=[
            {"IndexName": "local", "KeySchema": [KEYS[0], {"AttributeName": "l", "KeyType": "RANGE"}], "Projection": ALL}])

    def change(self, name, action="ENABLE", **more):
        answer = self.client.update_contributor_insights(TableName=name, ContributorInsightsAction=action, **more)
        return answer["ContributorInsightsStatus"], answer.get("ContributorInsightsMode")

    def seen(self, name, **more):
        answer = self.client.describe_contributor_insights(TableName=name, **more)
        del answer["ResponseMetadata"]
        return answer

    def status(self, name, **more):
        return self.seen(name, **more)["ContributorInsightsStatus"]

    def listed(self, **more):
        return [(one["TableName"], one.get("IndexName"), one["ContributorInsightsStatus"])
                for one in self.client.list_contributor_insights(**more)["ContributorInsightsSummaries"]]

    def pages(self, **more):
        token = {}
        while True:
            page = self.client.list_contributor_insights(**more, **token)
            yield [(one["TableName"], one.get("IndexName")) for one in page["ContributorInsightsSummaries"]]
            if "NextToken" not in page:
                return
            token = {"NextToken": page["NextToken"]}

    def test_enabled_and_disabled(self):
        self.create("table")
        never = {"TableName": "table", "ContributorInsightsStatus": "DISABLED"}
        self.assertEqual(self.seen("table"), never)
        self.assertEqual(self.change("table", "DISABLE"), ("DISABLED", None))
        self.assertEqual(self.seen("table"), never)
        self.assertEqual(self.listed(TableName="table"), [])

        self.assertEqual(self.change("table"), ("ENABLING", BOTH))
        first = self.seen("table")
        self.assertEqual(first["ContributorInsightsStatus"], "ENABLED")
        self.assertEqual([rule.split("-")[1] for rule in first["ContributorInsightsRuleList"]], ["PKC", "PKT", "SKC", "SKT"])
        self.server.advance(5000)
        self.assertEqual(self.change("table"), ("ENABLED", BOTH))
        self.assertEqual(self.seen("table"), first)
        self.assertEqual(self.change("table", ContributorInsightsMode=THROTTLED), ("ENABLING", THROTTLED))
        self.assertEqual(self.seen("table")["ContributorInsightsRuleList"],
                         [rule for rule in first["ContributorInsightsRuleList"] if rule.split("-")[1].endswith("T")])
        self.assertEqual(self.change("table"), ("ENABLING", BOTH))  # no mode is the default, not the one before

        self.assertEqual(self.change("table", "DISABLE"), ("DISABLING", BOTH))
        after = self.seen("table")
        self.assertEqual((after["ContributorInsightsStatus"], after["ContributorInsightsMode"]), ("DISABLED", BOTH))
        self.assertIn("LastUpdateDateTime", after)
        self.assertEqual((self.listed(TableName="table"), self.listed()), ([], []))
        self.change("table")
        self.assertFalse(set(self.seen("table")["ContributorInsightsRuleList"]) & set(first["ContributorInsightsRuleList"]))

    def test_of_indexes(self):
        self.with_indexes("table")
        self.assertEqual(self.change("table", IndexName="global"), ("ENABLING", BOTH))
        self.assertEqual(self.status("table"), "DISABLED")
        self.change("table")
        self.assertEqual(list(self.pages(TableName="table", MaxResults=1)), [[("table", None)], [("table", "global")]])
        for index in ("local", "ghost"):
            for call, more in ((self.client.describe_contributor_insights, {}),
                               (self.client.update_contributor_insights, {"ContributorInsightsAction": "ENABLE"})):
                self.refused("ResourceNotFoundException", call, TableName="table", IndexName=index, **more,
                             message="Requested resource not found: Index: %s not found for table: table" % index)
        self.refused("ResourceNotFoundException", self.client.list_contributor_insights, TableName="nowhere",
                     message="Requested resource not found: Table: nowhere not found")
        self.change("table", "DISABLE")
        self.assertEqual(self.listed(TableName="table"), [("table", "global", "ENABLED")])

        self.client.update_table(TableName="table", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "global"}}])
        self.assertEqual(self.listed(TableName="table"), [])
        self.client.update_table(TableName="table", AttributeDefinitions=STRINGS, GlobalSecondaryIndexUpdates=[{"Create": GLOBAL}])
        self.assertEqual(self.status("table", IndexName="global"), "DISABLED")

    def test_pages_of_all_tables_may_be_empty(self):
        for name in ("aaa", "bbb", "ccc"):
            self.create(name)
        self.with_indexes("ddd")
        self.change("bbb")
        self.change("ddd", IndexName="global")
        self.assertEqual(list(self.pages(MaxResults=1)), [[], [("bbb", None)], [], [], [("ddd", "global")]])
        self.assertEqual(self.listed(), [("bbb", None, "ENABLED"), ("ddd", "global", "ENABLED")])

    def test_the_quota_of_rules(self):
        names = ["table-%02d" % n for n in range(26)]
        for name in names:
            self.create(name)
        self.create("hash-only", keys=1)
        for name in names[:24]:
            self.change(name)
        self.change("hash-only")  # 98 rules
        self.assertEqual(self.change(names[24]), ("ENABLING", BOTH))
        failed = self.seen(names[24])
        self.assertEqual((failed["ContributorInsightsStatus"], failed["FailureException"]), ("FAILED", {
            "ExceptionName": "LimitExceededException", "ExceptionDescription":
                "Amazon CloudWatch Contributor Insights rule limit reached. Please disable Contributor Insights for other tables/indexes "
                "OR disable other CloudWatch Contributor Insights rules before retrying."}))
        self.assertNotIn("ContributorInsightsRuleList", failed)
        self.assertEqual(self.listed(TableName=names[24]), [(names[24], None, "FAILED")])
        self.change(names[25], ContributorInsightsMode=THROTTLED)  # 100
        self.assertEqual(self.status(names[25]), "ENABLED")
        self.change("hash-only", "DISABLE")
        self.change(names[0], ContributorInsightsMode=THROTTLED)
        self.assertEqual(self.status(names[24]), "FAILED")
        self.assertEqual(self.change(names[24]), ("ENABLING", BOTH))
        self.assertEqual(self.status(names[24]), "ENABLED")
        self.assertNotIn("FailureException", self.seen(names[24]))
        self.change("hash-only")
        self.assertEqual(self.status("hash-only"), "FAILED")
        self.assertEqual(self.change("hash-only", "DISABLE"), ("DISABLING", BOTH))
        self.assertNotIn("FailureException", self.seen("hash-only"))
        self.client.delete_table(TableName=names[1])
        self.change("hash-only")
        self.assertEqual(self.status("hash-only"), "ENABLED")


class Realistic(Insights):
    flags = ("--lifecycle", "realistic")
    test_enabled_and_disabled = test_of_indexes = test_pages_of_all_tables_may_be_empty = test_the_quota_of_rules = None

    def test_while_statuses_change(self):
        self.create("table", GlobalSecondaryIndexes=[GLOBAL], LocalSecondaryIndexes=[
            {"IndexName": "local", "KeySchema": [KEYS[0], {"AttributeName": "l", "KeyType": "RANGE"}], "Projection": ALL}])
        unknown = "Requested resource not found: Table: table not found"
        enable = lambda **more: self.client.update_contributor_insights(TableName="table", ContributorInsightsAction="ENABLE", **more)
        inactive = "Table or Index is not in a valid state to update Key Access Insights: %s must be ACTIVE to enable ContributorInsights."
        for more in ({}, {"IndexName": "global"}):
            self.refused("ResourceNotFoundException", enable, message=unknown, **more)
            self.refused("ResourceNotFoundException", self.client.describe_contributor_insights, TableName="table", message=unknown, **more)
        self.refused("ResourceNotFoundException", self.client.list_contributor_insights, TableName="table", message=unknown)
        self.server.advance(5_000)
        self.refused("ValidationException", enable, message=inactive % "TableStatus")
        self.assertEqual((self.status("table"), self.listed(TableName="table")), ("DISABLED", []))
        self.server.advance(20_000)
        enable()
        self.assertEqual((self.status("table"), self.listed()), ("ENABLING", [("table", None, "ENABLING")]))
        self.server.advance(5_000)
        self.assertEqual(self.status("table"), "ENABLED")
        self.change("table", "DISABLE")
        self.assertEqual((self.status("table"), self.listed()), ("DISABLING", [("table", None, "DISABLING")]))
        self.server.advance(5_000)
        self.assertEqual((self.status("table"), self.listed()), ("DISABLED", []))

        self.client.update_table(TableName="table", AttributeDefinitions=STRINGS,
                                 GlobalSecondaryIndexUpdates=[{"Create": {**GLOBAL, "IndexName": "second"}}])
        self.refused("ResourceNotFoundException", enable, IndexName="second",
                     message="Requested resource not found: Index: second not found for table: table")
        self.server.advance(25_000)
        self.assertEqual(self.status("table", IndexName="second"), "DISABLED")
        self.refused("ValidationException", enable, IndexName="second", message=inactive % "IndexStatus")
        self.server.advance(700_000)
        enable(IndexName="second")


if __name__ == "__main__":
    unittest.main()
