"""DynamoDB: tables and their settings, as a client (and Terraform) sees them."""

import unittest

from service_case import FreshServerCase, ServiceCase

ID = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
      "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}


class Refusals:
    clients = {"client": "dynamodb"}

    def refused(self, code, message, call, **arguments):
        return super().refused(code, call, message=message, **arguments)


class Tables(Refusals, ServiceCase):
    def test_on_demand(self):
        made = self.client.create_table(TableName="on-demand", BillingMode="PAY_PER_REQUEST", **ID)["TableDescription"]
        table = self.client.describe_table(TableName="on-demand")["Table"]
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertEqual(table["TableArn"], "arn:aws:dynamodb:us-east-1:000000000000:table/on-demand")
        self.assertEqual(table["TableId"], made["TableId"])
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        self.assertEqual(table["ProvisionedThroughput"],
                         {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0})
        self.assertEqual(table["WarmThroughput"],
                         {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"})
        self.assertIs(table["DeletionProtectionEnabled"], False)
        for absent in ("SSEDescription", "StreamSpecification", "TableClassSummary", "GlobalSecondaryIndexes"):
            self.assertNotIn(absent, table)
        self.assertEqual(self.client.describe_table(TableName=table["TableArn"])["Table"], table)

    def test_life_with_every_setting(self):
        c, name = self.client, "settings"
        c.create_table(TableName=name, BillingMode="PROVISIONED",
                       ProvisionedThroughput={"ReadCapacityUnits": 2, "WriteCapacityUnits": 1},
                       StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
                       SSESpecification={"Enabled": True}, TableClass="STANDARD_INFREQUENT_ACCESS",
                       DeletionProtectionEnabled=True, Tags=[{"Key": "a", "Value": "1"}], **ID)
        table = c.describe_table(TableName=name)["Table"]
        self.assertEqual(table["ProvisionedThroughput"]["ReadCapacityUnits"], 2)
        self.assertNotIn("BillingModeSummary", table)
        self.assertTrue(table["LatestStreamArn"].startswith(table["TableArn"] + "/stream/20"))
        self.assertEqual(table["SSEDescription"]["Status"], "ENABLED")
        self.assertEqual(table["SSEDescription"]["SSEType"], "KMS")
        self.assertIn(":key/", table["SSEDescription"]["KMSMasterKeyArn"])
        self.assertEqual(table["TableClassSummary"], {"TableClass": "STANDARD_INFREQUENT_ACCESS"})
        self.refused("ValidationException",
                     "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                     "protection first.", c.delete_table, TableName=name)
        c.update_table(TableName=name, DeletionProtectionEnabled=False)
        c.update_table(TableName=name, SSESpecification={"Enabled": False})
        c.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
        c.update_table(TableName=name, TableClass="STANDARD")
        c.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
        table = c.describe_table(TableName=name)["Table"]
        self.assertNotIn("SSEDescription", table)
        self.assertNotIn("StreamSpecification", table)
        self.assertEqual(table["TableClassSummary"]["TableClass"], "STANDARD")
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        c.update_table(TableName=name, BillingMode="PROVISIONED",
                       ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
        self.assertEqual(c.describe_table(TableName=name)["Table"]["BillingModeSummary"]["BillingMode"], "PROVISIONED")
        self.assertEqual(c.delete_table(TableName=name)["TableDescription"]["TableStatus"], "DELETING")
        self.refused("ResourceNotFoundException", "Requested resource not found: Table: settings not found",
                     c.describe_table, TableName=name)

    def test_time_to_live_and_backups(self):
        c, name = self.client, "settings-2"
        c.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **ID)
        self.assertEqual(c.describe_time_to_live(TableName=name)["TimeToLiveDescription"], {"TimeToLiveStatus": "DISABLED"})
        on = {"Enabled": True, "AttributeName": "ttl"}
        self.assertEqual(c.update_time_to_live(TableName=name, TimeToLiveSpecification=on)["TimeToLiveSpecification"], on)
        self.refused("ValidationException", "TimeToLive is already enabled", c.update_time_to_live, TableName=name,
                     TimeToLiveSpecification=on)
        for enabled in (True, False):
            self.refused("ValidationException", "TimeToLive is active on a different AttributeName: current AttributeName is ttl",
                         c.update_time_to_live, TableName=name, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": "other"})
        ours = lambda: [one["message"] for one in self.server.console("findings")["findings"] if one["resource"].endswith("/" + name)]
        self.assertEqual(ours(), [])
        c.update_time_to_live(TableName=name, TimeToLiveSpecification={**on, "Enabled": False})
        self.assertEqual(ours(), ["Time to live has been modified multiple times within a fixed interval"])
        described = lambda: c.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        self.assertEqual(described(), {"ContinuousBackupsStatus": "ENABLED",
                                       "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}})
        c.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7})
        recovery = described()["PointInTimeRecoveryDescription"]
        self.assertEqual((recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]), ("ENABLED", 7))

    def test_quotas(self):
        c, name = self.client, "quotas"
        units = lambda reads, writes=1: {"ReadCapacityUnits": reads, "WriteCapacityUnits": writes}
        index = {"IndexName": "by-id", "KeySchema": ID["KeySchema"], "Projection": {"ProjectionType": "ALL"}}
        self.refused("LimitExceededException", "The requested ReadCapacityUnits, 40001, is above the per table maximum for the account "
                     "in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how "
                     "to request higher limits.", c.create_table, TableName=name, ProvisionedThroughput=units(40001), **ID)
        on_demand = {"MaxReadRequestUnits": 10}
        self.refused("ValidationException", "One or more parameter values were invalid: MaxReadRequestUnits for OnDemandThroughput cannot "
                     "be specified when table BillingMode is PROVISIONED.", c.create_table, TableName=name,
                     ProvisionedThroughput=units(1), OnDemandThroughput=on_demand, **ID)
        c.create_table(TableName=name, ProvisionedThroughput=units(10), GlobalSecondaryIndexes=[dict(index, ProvisionedThroughput=units(1))], **ID)
        self.refused("ResourceNotFoundException", "Requested resource not found: Index none for table quotas", c.update_table, TableName=name,
                     GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "none"}}])
        self.refused("ValidationException", "One or more parameter values were invalid: Requested ReadUnitsPerSecond for WarmThroughput for "
                     "table is lower than current WarmThroughput, decreasing WarmThroughput is not supported", c.update_table,
                     TableName=name, WarmThroughput={"ReadUnitsPerSecond": 5})
        for n, reads in enumerate((9, 8, 7, 6, 12, 5), 1):
            c.update_table(TableName=name, ProvisionedThroughput=units(reads))
        held = c.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
        self.assertEqual((held["ReadCapacityUnits"], held["NumberOfDecreasesToday"]), (5, 5))
        c.update_table(TableName=name, TableClass="STANDARD_INFREQUENT_ACCESS", DeletionProtectionEnabled=False)
        found = {one["rule"]: one for one in self.server.console("findings")["findings"] if one["resource"].endswith("/quotas")}
        self.assertEqual(set(found), {"dynamodb-throughput-decreases", "dynamodb-update-combination"})
        self.assertIn("Number of decreases today: 4.", found["dynamodb-throughput-decreases"]["message"])
        self.assertIn("TableClass modification must be the only operation", found["dynamodb-update-combination"]["message"])

    def test_tags(self):
        c = self.client
        arn = c.create_table(TableName="tagged", BillingMode="PAY_PER_REQUEST",
                             Tags=[{"Key": "k%02d" % i, "Value": "v"} for i in range(12)], **ID)["TableDescription"]["TableArn"]
        c.tag_resource(ResourceArn=arn, Tags=[{"Key": "k00", "Value": "new"}])
        c.untag_resource(ResourceArn=arn, TagKeys=["k01"])
        tags, token = {}, {}
        while True:
            page = c.list_tags_of_resource(ResourceArn=arn, **token)
            tags.update({tag["Key"]: tag["Value"] for tag in page["Tags"]})
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        self.assertEqual(len(tags), 11)
        self.assertEqual(tags["k00"], "new")
        self.assertEqual(len(c.list_tags_of_resource(ResourceArn=arn, NextToken="of nobody")["Tags"]), 11)  # taken for none
        self.refused("ResourceNotFoundException", "Requested resource not found: ResourceArn: %s-no not found" % arn,
                     c.list_tags_of_resource, ResourceArn=arn + "-no")
        self.refused("ValidationException", None, c.tag_resource, ResourceArn=arn, Tags=[{"Key": "a!", "Value": "b"}])
        self.refused("ValidationException", None, c.tag_resource, ResourceArn=arn,
                     Tags=[{"Key": "more-%d" % i, "Value": "b"} for i in range(50)])

    def test_resource_policy(self):
        c = self.client
        policy = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},'
                  '"Action":"dynamodb:GetItem","Resource":"*"}]}')
        arn = c.create_table(TableName="policed", BillingMode="PAY_PER_REQUEST", ResourcePolicy=policy,
                             **ID)["TableDescription"]["TableArn"]
        got = c.get_resource_policy(ResourceArn=arn)
        self.assertEqual(got["Policy"], policy)
        self.refused("PolicyNotFoundException", None, c.put_resource_policy, ResourceArn=arn, Policy=policy,
                     ExpectedRevisionId="NO_POLICY")
        c.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=got["RevisionId"])
        self.refused("PolicyNotFoundException", None, c.get_resource_policy, ResourceArn=arn)

    def test_refusals_in_the_words_of_the_service(self):
        c, name, arn = self.client, "words", "arn:aws:dynamodb:us-east-1:000000000000:table/words"
        invalid = "One or more parameter values were invalid: "
        element = lambda attribute, kind="HASH": {"AttributeName": attribute, "KeyType": kind}
        defined = lambda *names: [{"AttributeName": one, "AttributeType": "S"} for one in names]
        index = lambda *keys, **more: {"IndexName": "index", "KeySchema": list(keys), "Projection": {"ProjectionType": "ALL"}, **more}
        units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}

        def create(message, keys, names, **more):
            self.refused("ValidationException", message, c.create_table, TableName="none", KeySchema=keys, AttributeDefinitions=defined(*names),
                         **{"BillingMode": "PAY_PER_REQUEST", **more})
        create("Invalid KeySchema: Some index key attribute have no definition", [element("a"), element("b", "RANGE")], ["a"])
        create(invalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]",
               [element("a")], ["b"])
        create("Both the Hash Key and the Range Key element in the KeySchema have the same name",
               [element("a"), element("a", "RANGE")], ["a", "b"])
        create("Invalid KeySchema: The first KeySchemaElement is not a HASH key type", [element("a", "RANGE")], ["a"])
        create("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type", [element("a"), element("b")], ["a", "b"])
        create(invalid + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
               [element("a")], ["a", "b"])
        create(invalid + "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], keys used: [a, b]", [element("a")],
               ["a", "b", "c"], GlobalSecondaryIndexes=[index(element("b"))])
        create(invalid + "ProvisionedThroughput should not be specified for index: index when BillingMode is PAY_PER_REQUEST",
               [element("a")], ["a"], GlobalSecondaryIndexes=[index(element("a"), ProvisionedThroughput=units)])
        create(invalid + "Table is being created with a stream enabled, UpdateViewType is required", [element("a")], ["a"],
               StreamSpecification={"StreamEnabled": True})
        create(invalid + "SSEType KMS is required if KMSMasterKeyId is specified", [element("a")], ["a"],
               SSESpecification={"Enabled": True, "KMSMasterKeyId": "alias/aws/dynamodb"})

        create(invalid + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: "
               "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
               [element("a")], ["a"], WarmThroughput={"ReadUnitsPerSecond": 12001, "WriteUnitsPerSecond": 1})

        c.create_table(TableName=name, KeySchema=[element("a"), element("b", "RANGE")], AttributeDefinitions=defined("a", "b", "c"),
                       ProvisionedThroughput=units, GlobalSecondaryIndexes=[index(element("c"), ProvisionedThroughput=units)],
                       LocalSecondaryIndexes=[{**index(element("a"), element("c", "RANGE")), "IndexName": "local"}])

        def update(message, code="ValidationException", **change):
            self.refused(code, message, c.update_table, TableName=name, **change)
        indexes = lambda *updates: {"GlobalSecondaryIndexUpdates": list(updates)}
        update("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, "
               "ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
               "OnDemandThroughput, WarmThroughput or TableClass is required")
        update(invalid + "Only one global secondary index update per index is allowed simultaneously. Index: index",
               **indexes({"Delete": {"IndexName": "index"}}, {"Delete": {"IndexName": "index"}}))
        update("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table", "LimitExceededException",
               **indexes({"Delete": {"IndexName": "none"}}, {"Delete": {"IndexName": "neither"}}))
        update("Cannot delete an index that is not a GlobalSecondaryIndex: local", **indexes({"Delete": {"IndexName": "local"}}))
        update("The provisioned throughput for the index index will not change. The requested value equals the current value. Current "
               "ReadCapacityUnits provisioned for the index index: 1. Requested ReadCapacityUnits: 1. Current WriteCapacityUnits "
               "provisioned for the index index: 1. Requested WriteCapacityUnits: 1. Refer to the Amazon DynamoDB Developer Guide for "
               "current limits and how to request higher limits.",
               **indexes({"Update": {"IndexName": "index", "ProvisionedThroughput": units}}))
        update("Table has no stream to disable: TableName: words", StreamSpecification={"StreamEnabled": False})
        update(invalid + "Table is already encrypted by default", SSESpecification={"Enabled": False})
        c.update_table(TableName=name, SSESpecification={"Enabled": True})
        key = c.describe_table(TableName=name)["Table"]["SSEDescription"]["KMSMasterKeyArn"]
        update(invalid + "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change Master Key",
               SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key})

        tags = lambda message, *given: self.refused("ValidationException", message, c.tag_resource, ResourceArn=arn, Tags=list(given))
        tags("Atleast one Tag needs to be provided as Input.")
        tags("Tag Key cannot be prefixed with aws:, Key: aws:x", {"Key": "aws:x", "Value": "1"})
        tags("Duplicate Tag Keys provided as input: Duplicate Tag Key found x", {"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"})
        for given, wrong in (({}, "Key provided is invalid, Key: null"), ({"Key": "x"}, "Value provided is invalid, Value: null"),
                             ({"Key": "", "Value": ""}, "Key provided is invalid, Key: "),
                             ({"Key": "x" * 129, "Value": ""}, "Key provided is invalid, Key: " + "x" * 129),
                             ({"Key": "x", "Value": "v" * 257}, "Value provided is invalid, Value: " + "v" * 257)):
            tags("The Tag " + wrong, given)
            self.refused("ValidationException", "The Tag " + wrong, c.create_table, TableName="none", Tags=[given],
                         BillingMode="PAY_PER_REQUEST", **ID)
        self.refused("ValidationException", "The Tag Key provided is invalid, Key: ", c.untag_resource, ResourceArn=arn, TagKeys=[""])
        self.refused("ResourceNotFoundException", None, c.describe_table, TableName="none")
        tags("Number of Tags exceed the current limit for the provided ResourceArn", *({"Key": str(n), "Value": ""} for n in range(51)))
        self.refused("ValidationException", "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.",
                     c.update_continuous_backups, TableName=name, PointInTimeRecoverySpecification={
                         "PointInTimeRecoveryEnabled": False, "RecoveryPeriodInDays": 7})
        self.refused("ValidationException", invalid + "Invalid policy document: This policy contains invalid Json",
                     c.put_resource_policy, ResourceArn=arn, Policy="{")

    def test_refusals(self):
        c = self.client
        c.create_table(TableName="taken", BillingMode="PAY_PER_REQUEST", **ID)
        self.refused("ResourceInUseException", "Table already exists: taken", c.create_table, TableName="taken",
                     BillingMode="PAY_PER_REQUEST", **ID)
        self.refused("ValidationException",
                     "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match "
                     "number of attributes defined in AttributeDefinitions", c.create_table, TableName="unused",
                     BillingMode="PAY_PER_REQUEST", KeySchema=ID["KeySchema"],
                     AttributeDefinitions=ID["AttributeDefinitions"] + [{"AttributeName": "x", "AttributeType": "S"}])
        self.refused("ValidationException", None, c.create_table, TableName="no", BillingMode="PAY_PER_REQUEST", **ID)
        self.refused("ValidationException",
                     "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be "
                     "specified when BillingMode is PROVISIONED", c.create_table, TableName="poor", **ID)

    def test_listing_pages_and_regions(self):
        c = self.server.client("dynamodb", region="eu-west-1")
        for i in range(5):
            c.create_table(TableName="list-%d" % i, BillingMode="PAY_PER_REQUEST", **ID)
        page = c.list_tables(Limit=3)
        self.assertEqual(page["TableNames"], ["list-0", "list-1", "list-2"])
        self.assertEqual(c.list_tables(ExclusiveStartTableName=page["LastEvaluatedTableName"])["TableNames"], ["list-3", "list-4"])
        self.assertEqual(c.describe_limits()["TableMaxReadCapacityUnits"], 40000)


class Realistic(Refusals, FreshServerCase):
    """What goes on, as long as on AWS."""

    flags, options = ("--lifecycle", "realistic"), {"data_dir": True}

    def setUp(self):
        super().setUp()
        made = self.client.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", **ID)["TableDescription"]
        self.assertEqual(made["TableStatus"], "CREATING")

    def change(self, action, name, **more):
        return self.client.update_table(TableName="table", GlobalSecondaryIndexUpdates=[{action: {"IndexName": name, **more}}],
                                        AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}])["TableDescription"]

    def create(self, name):
        return self.change("Create", name, KeySchema=[{"AttributeName": "g", "KeyType": "HASH"}], Projection={"ProjectionType": "ALL"})

    def status(self):
        table = self.client.describe_table(TableName="table")["Table"]
        return table["TableStatus"], {index["IndexName"]: (index["IndexStatus"], index.get("Backfilling"))
                                      for index in table.get("GlobalSecondaryIndexes", [])}

    def test_a_table_is_created(self):
        c = self.client
        put = lambda: c.put_item(TableName="table", Item={"id": {"S": "a"}})
        self.assertEqual(self.status(), ("CREATING", {}))
        self.refused("ResourceNotFoundException", "Requested resource not found", lambda: put())
        self.refused("ResourceInUseException", "Attempt to change a resource which is still in use: Table is being created: table",
                     c.delete_table, TableName="table")
        self.server.advance(20_000)
        self.assertEqual(self.status(), ("ACTIVE", {}))
        put()

    def test_a_table_is_deleted(self):
        c, before = self.client, self.client.describe_table(TableName="table")["Table"]
        self.server.advance(20_000)
        deleted = c.delete_table(TableName="table")["TableDescription"]
        self.assertEqual(deleted["TableStatus"], "DELETING")
        in_use = "Attempt to change a resource which is still in use: Table is being deleted: table"
        tag = lambda: c.tag_resource(ResourceArn=before["TableArn"], Tags=[{"Key": "a", "Value": "1"}])
        self.refused("ResourceInUseException", in_use, c.delete_table, TableName="table")
        self.refused("ResourceInUseException", in_use, c.update_table, TableName="table", DeletionProtectionEnabled=True)
        self.refused("ResourceInUseException", "Table already exists: table", c.create_table, TableName="table",
                     BillingMode="PAY_PER_REQUEST", **ID)
        self.refused("ResourceInUseException", in_use, tag)
        self.refused("ResourceNotFoundException", "Requested resource not found", c.put_item, TableName="table", Item={"id": {"S": "a"}})
        self.refused("ValidationException", "Cannot describe time to live while table is in DELETING state: Current table state is "
                     "DELETING", c.describe_time_to_live, TableName="table")
        self.server.advance(2_000)
        missing = "Requested resource not found: Table: table not found"
        self.assertEqual(c.describe_table(TableName="table")["Table"]["TableStatus"], "DELETING")
        self.assertEqual(c.list_tables()["TableNames"], ["table"])
        self.refused("ResourceNotFoundException", None, tag)
        self.refused("ResourceNotFoundException", missing, c.describe_time_to_live, TableName="table")
        self.refused("TableNotFoundException", "Table not found: table", c.describe_continuous_backups, TableName="table")
        self.server.restart()
        self.client = c = self.server.client("dynamodb")
        self.server.advance(40_000)  # the clock has begun anew
        self.refused("ResourceNotFoundException", missing, c.describe_table, TableName="table")
        self.refused("ResourceNotFoundException", missing, c.delete_table, TableName="table")
        made = c.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", **ID)["TableDescription"]
        self.assertEqual(made["TableArn"], before["TableArn"])
        self.assertNotEqual(made["TableId"], before["TableId"])

    def test_tags_are_written_by_and_by(self):
        c, arn = self.client, self.client.describe_table(TableName="table")["Table"]["TableArn"]
        pairs = lambda **tags: [{"Key": key, "Value": value} for key, value in tags.items()]
        tag = lambda **tags: c.tag_resource(ResourceArn=arn, Tags=pairs(**tags))
        missing = "Requested resource not found: ResourceArn: %s not found" % arn
        busy = "Subscriber limit exceeded: Table tags are being updated: table"
        self.refused("ResourceNotFoundException", missing, c.list_tags_of_resource, ResourceArn=arn)
        self.refused("ResourceNotFoundException", missing, lambda: tag(a="1"))
        self.server.advance(20_000)
        listed = lambda: c.list_tags_of_resource(ResourceArn=arn)["Tags"]
        tag(a="1")
        tag(a="1")
        self.assertEqual(listed(), [])
        self.refused("LimitExceededException", busy, lambda: tag(b="1"))
        self.refused("LimitExceededException", busy, c.untag_resource, ResourceArn=arn, TagKeys=["none"])
        self.refused("ResourceInUseException", "Attempt to change a resource which is still in use: Table tags are being updated: table",
                     c.delete_table, TableName="table")
        tag(a="1", b="2")
        c.update_table(TableName="table", DeletionProtectionEnabled=False)
        self.server.advance(2_000)
        self.assertEqual(listed(), pairs(a="1", b="2"))
        tag(a="1")  # changes nothing, and holds up nobody
        c.untag_resource(ResourceArn=arn, TagKeys=["none"])
        c.untag_resource(ResourceArn=arn, TagKeys=["a"])
        self.refused("LimitExceededException", busy, c.untag_resource, ResourceArn=arn, TagKeys=["none"])
        self.assertEqual(listed(), pairs(a="1", b="2"))
        self.server.advance(2_000)
        self.assertEqual(listed(), pairs(b="2"))
        c.delete_table(TableName="table")

    def test_an_index_is_created_and_deleted(self):
        c = self.client
        self.server.advance(20_000)
        c.put_item(TableName="table", Item={"id": {"S": "a"}, "g": {"S": "g"}})
        self.assertEqual(self.create("one")["GlobalSecondaryIndexes"][0]["Backfilling"], False)
        self.assertEqual(self.status(), ("UPDATING", {"one": ("CREATING", False)}))
        in_use = "Attempt to change a resource which is still in use: "
        self.refused("ResourceInUseException", in_use + "Can't change stream status when an index is being created", c.update_table, TableName="table",
                     StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
        self.refused("ResourceInUseException", in_use + "Index creation is in resource allocation phase. Retry deletion during "
                     "backfilling phase or when the index is active. Table: table Index: one", lambda: self.change("Delete", "one"))
        c.update_table(TableName="table", DeletionProtectionEnabled=False)
        c.put_item(TableName="table", Item={"id": {"S": "b"}, "g": {"S": "g"}})
        self.server.advance(70_000)
        self.assertEqual(self.status(), ("ACTIVE", {"one": ("CREATING", True)}))
        self.refused("ValidationException", "Cannot read from backfilling global secondary index: one", c.scan, TableName="table",
                     IndexName="one")
        self.refused("LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                     "simultaneously per table", lambda: self.create("two"))
        self.refused("ResourceInUseException", in_use + "Cannot delete table while indexes are being created, updated, or deleted.",
                     c.delete_table, TableName="table")
        self.server.restart()
        self.client = c = self.server.client("dynamodb")
        self.server.advance(800_000)
        self.assertEqual(self.status(), ("ACTIVE", {"one": ("ACTIVE", None)}))
        self.assertEqual(c.scan(TableName="table", IndexName="one")["Count"], 2)
        self.create("two")
        self.server.advance(70_000)
        self.change("Delete", "two")  # while it is backfilled
        self.assertEqual(self.status(), ("UPDATING", {"one": ("ACTIVE", None), "two": ("DELETING", None)}))
        self.server.advance(200_000)
        self.assertEqual(self.status(), ("ACTIVE", {"one": ("ACTIVE", None)}))
        c.delete_table(TableName="table")


if __name__ == "__main__":
    unittest.main()
