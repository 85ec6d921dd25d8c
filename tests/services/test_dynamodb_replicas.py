"""DynamoDB's ReplicaUpdates: what is refused, in the service's words; overrides; what replicas have in common."""

import unittest

from service_case import FreshServerCase

KEY = dict(KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
WARM = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}
ENTRY = {"ReplicaStatus": "ACTIVE", "WarmThroughput": WARM, "GlobalTableSettingsReplicationMode": "ENABLED_WITH_OVERRIDES"}
NO_ACTION = "There are no actions specified in the Replica Update Action of the request."
INVALID = "One or more parameter values were invalid: "
KEY_OF_EACH = INVALID + "KMSMasterKeyId must be specified for each replica."
IN_USE = "The resource which you are attempting to change is in use."
SOURCE = ("Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last "
          "24 hours.")


class ReplicaCase(FreshServerCase):
    clients = {"east": "dynamodb"}

    def setUp(self):
        super().setUp()
        self.west, self.europe = (self.server.client("dynamodb", region=r) for r in ("us-west-2", "eu-west-1"))
        self.create("world", BillingMode="PAY_PER_REQUEST")

    def create(self, name, **arguments):
        return self.east.create_table(TableName=name, **dict(KEY, **arguments))["TableDescription"]

    def change(self, action="Create", region="us-west-2", client=None, name="world", **more):
        return (client or self.east).update_table(TableName=name, ReplicaUpdates=[{action: {"RegionName": region, **more}}])["TableDescription"]

    def update(self, client=None, name="world", **arguments):
        return (client or self.east).update_table(TableName=name, **arguments)["TableDescription"]

    def table(self, client=None, name="world"):
        return (client or self.east).describe_table(TableName=name)["Table"]

    def replica(self, client=None, name="world"):
        replica, = self.table(client, name)["Replicas"]
        return replica

    def refuse(self, message, *updates, client=None, name="world", code="ValidationException"):
        self.refused(code, (client or self.east).update_table, message=message, TableName=name, ReplicaUpdates=list(updates))

    def refuse_change(self, message, action="Create", region="us-west-2", client=None, name="world", **more):
        self.refuse(message, {action: {"RegionName": region, **more}}, client=client, name=name)

    def found(self, rule):
        return [one["message"] for one in self.server.findings() if one["rule"] == rule]


class Requests(ReplicaCase):
    def test_actions(self):
        one, other = {"RegionName": "us-west-2"}, {"RegionName": "eu-west-1"}
        many = "Update table operation with more than one create or delete replica actions not allowed"
        kinds = "Update table operation with more than one type of replica actions not allowed."
        for message, updates in ((NO_ACTION, [{}]), (NO_ACTION, [{"Update": one}]), (many, [{"Create": one}, {"Create": other}]),
                                 (many, [{"Delete": one}, {"Delete": other}]), (kinds, [{"Create": one, "Delete": other}]),
                                 (kinds, [{"Create": one}, {"Delete": other}])):
            self.refuse(message, *updates)
        self.update(ReplicaUpdates=[{"Create": one}, {"Create": one}])
        self.assertEqual(self.replica()["RegionName"], "us-west-2")
        self.refuse(NO_ACTION, {"Update": dict(one, GlobalSecondaryIndexes=[{"IndexName": "any"}])})

    def test_regions(self):
        self.change()
        for client, region in ((self.east, "us-east-1"), (self.west, "us-west-2")):
            for action in ("Create", "Delete"):
                self.refuse_change("Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or "
                                   "UpdateTable as required.", action, region, client)
        for region in ("us-fake-1", "EU-WEST-1"):
            self.refused("ValidationException", self.change, region=region, containing="Region " + region + " is not supported. The "
                         "latest version of global tables are only supported in the following regions: [ap-south-2, ap-south-1, "
                         "eu-south-1, eu-south-2, me-ce")
        self.refused("AccessDeniedException", self.change, region="",
                     containing=" is not authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb::000000000000:table/world")
        exists = ("Failed to create a the new replica of table with name: ‘world’ because one or more replicas already existed as "
                  "tables.")
        self.refuse_change(exists)
        self.europe.create_table(TableName="world", BillingMode="PAY_PER_REQUEST", **KEY)
        self.refuse_change(exists, region="eu-west-1")
        self.refuse_change(exists, region="eu-west-1", client=self.west)
        for action, more in (("Delete", {}), ("Update", {"TableClassOverride": "STANDARD"})):
            self.refuse_change("Update global table operation failed because one or more replicas were not part of the global table. "
                               "Please retry the request without these replicas: [ca-central-1].", action, "ca-central-1", **more)
        self.assertNotIn("GlobalTableVersion", self.table(self.europe))

    def test_answers_tell_what_was(self):
        made = self.change()
        self.assertEqual((made["TableStatus"], made["GlobalTableVersion"], made["Replicas"]), ("UPDATING", "2019.11.21", []))
        self.assertEqual(made["StreamSpecification"], {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        west = dict(ENTRY, RegionName="us-west-2")
        for changed in (self.change("Update", TableClassOverride="STANDARD_INFREQUENT_ACCESS"), self.change(region="eu-west-1"),):
            self.assertEqual([one["RegionName"] for one in changed["Replicas"]], ["us-west-2"])
            self.assertEqual({k: changed["Replicas"][0][k] for k in west}, west)
        self.change("Delete", region="eu-west-1")
        gone = self.change("Delete")
        self.assertEqual((gone["GlobalTableVersion"], gone["Replicas"][0]["ReplicaStatus"]), ("2019.11.21", "ACTIVE"))
        self.assertFalse({"GlobalTableVersion", "Replicas", "GlobalTableSettingsReplicationMode"} & set(self.table()))
        self.assertIn("StreamSpecification", self.table())

    def test_descriptions(self):
        self.assertNotIn("GlobalTableSettingsReplicationMode", self.table())
        self.change()
        for client, region in ((self.east, "us-west-2"), (self.west, "us-east-1")):
            self.assertEqual(self.replica(client), dict(ENTRY, RegionName=region))
            self.assertEqual(self.table(client)["GlobalTableSettingsReplicationMode"], "ENABLED_WITH_OVERRIDES")
            self.assertEqual(self.table(client)["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        self.update(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
        for client in (self.east, self.west):
            self.assertNotIn("BillingModeSummary", self.table(client))
        self.change(region="eu-west-1", client=self.west)
        self.assertEqual([[one["RegionName"] for one in self.table(client)["Replicas"]] for client in (self.east, self.west, self.europe)],
                         [["us-west-2", "eu-west-1"], ["us-east-1", "eu-west-1"], ["us-east-1", "us-west-2"]])

    def test_replication_mode_of_a_regional_table(self):
        for mode in ("ENABLED", "ENABLED", "DISABLED"):
            self.update(GlobalTableSettingsReplicationMode=mode)
            self.assertEqual(self.table()["GlobalTableSettingsReplicationMode"], mode)
        self.refused("ValidationException", self.update, GlobalTableSettingsReplicationMode="ENABLED_WITH_OVERRIDES",
                     containing="Value 'ENABLED_WITH_OVERRIDES' at 'GlobalTableSettingsReplicationMode' failed to satisfy constraint: "
                     "Only ENABLED and DISABLED settings replication ")
        self.change()
        self.assertEqual(self.table()["GlobalTableSettingsReplicationMode"], "ENABLED_WITH_OVERRIDES")

    def test_streams_are_as_they_were(self):
        for view in ("KEYS_ONLY", "OLD_IMAGE"):
            self.create(view, BillingMode="PAY_PER_REQUEST", StreamSpecification={"StreamEnabled": True, "StreamViewType": view})
            self.change(name=view)
            for client in (self.east, self.west):
                self.assertEqual(self.table(client, view)["StreamSpecification"]["StreamViewType"], view)
        for client in (self.east, self.west):
            self.refused("ValidationException", self.update, client=client, name=view, StreamSpecification={"StreamEnabled": False},
                         message=INVALID + "Disabling Stream is not allowed for a Global Table replica.")


class Settings(ReplicaCase):
    def indexed(self):
        self.create("indexed", ProvisionedThroughput=UNITS, GlobalSecondaryIndexes=[
            {"IndexName": name, "Projection": {"ProjectionType": "ALL"}, "ProvisionedThroughput": UNITS,
             "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]} for name in ("aaa", "bbb")])
        self.change(name="indexed", GlobalSecondaryIndexes=[{"IndexName": "none", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 7}}])

    def override(self, units=None, **indexes):
        more = {"GlobalSecondaryIndexes": [{"IndexName": name, "ProvisionedThroughputOverride": {"ReadCapacityUnits": n}}
                                           for name, n in indexes.items()]} if indexes else {}
        if units:
            more["ProvisionedThroughputOverride"] = {"ReadCapacityUnits": units}
        return self.change("Update", name="indexed", **more)

    def overrides(self, client=None):
        """Of the table and of each index, as `client` describes its replica."""
        units = lambda one: one.get("ProvisionedThroughputOverride", {}).get("ReadCapacityUnits")
        replica = self.replica(client, "indexed")
        return units(replica), [units(index) for index in replica["GlobalSecondaryIndexes"]]

    def reads(self, client):
        table = self.table(client, "indexed")
        return [one["ProvisionedThroughput"]["ReadCapacityUnits"] for one in [table] + table["GlobalSecondaryIndexes"]]

    def test_reads_of_its_own(self):
        self.indexed()
        self.assertEqual(self.overrides(), (None, [None, None]))
        self.assertEqual(self.replica(name="indexed")["GlobalSecondaryIndexes"][0],
                         {"IndexName": "aaa", "WarmThroughput": {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5, "Status": "ACTIVE"}})
        self.assertNotIn("ProvisionedThroughputOverride", self.override(10)["Replicas"][0])
        self.override(10)
        self.override(aaa=6, bbb=7)
        self.override(aaa=8)
        self.assertEqual(self.overrides(), (10, [8, 7]))
        self.assertEqual((self.reads(self.west), self.reads(self.east)), ([10, 8, 7], [5, 5, 5]))
        self.assertEqual(self.overrides(self.west), (5, [5, 5]))  # each sees the other's
        # The table's own change, and writes, go on to the replica, which keeps what is its own.
        self.update(name="indexed", ProvisionedThroughput={"ReadCapacityUnits": 10, "WriteCapacityUnits": 6}, GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "bbb", "ProvisionedThroughput": {"ReadCapacityUnits": 4, "WriteCapacityUnits": 9}}}])
        self.assertEqual((self.reads(self.west), self.overrides()), ([10, 8, 7], (None, [8, 7])))
        west = self.table(self.west, "indexed")
        self.assertEqual((west["ProvisionedThroughput"]["WriteCapacityUnits"],
                          west["GlobalSecondaryIndexes"][1]["ProvisionedThroughput"]["WriteCapacityUnits"]), (6, 9))
        self.override(10, aaa=5, bbb=4)
        self.assertEqual(self.overrides(), (None, [None, None]))
        self.update(client=self.west, name="indexed", ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 6})
        self.assertEqual((self.reads(self.east)[0], self.overrides()[0]), (9, None))
        self.refused("LimitExceededException", self.override, units=40001, containing="The requested ReadCapacityUnits, 40001, is above "
                     "the per table maximum for the account in us-west-2.")
        self.refuse_change(INVALID + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is "
                           "PROVISIONED", "Update", name="indexed", OnDemandThroughputOverride={"MaxReadRequestUnits": 100})

    def test_reads_on_demand(self):
        self.change(ProvisionedThroughputOverride={"ReadCapacityUnits": 7})  # goes for nothing
        self.assertEqual(self.replica(), dict(ENTRY, RegionName="us-west-2"))
        self.refuse_change("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST", "Update",
                           ProvisionedThroughputOverride={"ReadCapacityUnits": 7})
        self.update(OnDemandThroughput={"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50})
        self.assertEqual(self.table(self.west)["OnDemandThroughput"], {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50})
        self.assertNotIn("OnDemandThroughputOverride", self.replica())
        self.change("Update", OnDemandThroughputOverride={"MaxReadRequestUnits": 30})
        self.assertEqual(self.replica()["OnDemandThroughputOverride"], {"MaxReadRequestUnits": 30})
        self.assertEqual(self.replica(self.west)["OnDemandThroughputOverride"], {"MaxReadRequestUnits": 100})
        self.update(OnDemandThroughput={"MaxReadRequestUnits": 200, "MaxWriteRequestUnits": 60})
        self.assertEqual(self.table(self.west)["OnDemandThroughput"], {"MaxReadRequestUnits": 30, "MaxWriteRequestUnits": 60})
        self.change("Update", OnDemandThroughputOverride={"MaxReadRequestUnits": 200})
        self.assertNotIn("OnDemandThroughputOverride", self.replica())

    def test_table_classes(self):
        self.change()
        infrequent = "STANDARD_INFREQUENT_ACCESS"
        self.change("Update", TableClassOverride="STANDARD")
        self.assertEqual(self.replica()["ReplicaTableClassSummary"]["TableClass"], "STANDARD")
        self.change("Update", TableClassOverride=infrequent)
        self.assertEqual(self.replica()["ReplicaTableClassSummary"]["TableClass"], infrequent)
        self.assertIn("LastUpdateDateTime", self.replica()["ReplicaTableClassSummary"])
        self.assertEqual(self.table(self.west)["TableClassSummary"]["TableClass"], infrequent)
        self.assertNotIn("TableClassSummary", self.table())
        self.assertNotIn("ReplicaTableClassSummary", self.replica(self.west))
        self.update(client=self.west, TableClass="STANDARD")
        self.assertEqual(self.replica()["ReplicaTableClassSummary"]["TableClass"], "STANDARD")
        self.assertEqual(self.found("dynamodb-table-class-changes"), [])
        self.update(TableClass=infrequent)  # of all replicas
        self.assertEqual(self.table(self.west)["TableClassSummary"]["TableClass"], infrequent)
        self.assertEqual(self.found("dynamodb-table-class-changes"),
                         ["Limit exceeded for replica in us-west-2. Updates to TableClass are limited to 2 times in 30 day(s)."])

    def test_a_new_replica_has_its_sources_class(self):
        self.create("rare", BillingMode="PAY_PER_REQUEST", TableClass="STANDARD_INFREQUENT_ACCESS")
        self.change(name="rare")
        self.assertEqual(self.table(self.west, "rare")["TableClassSummary"]["TableClass"], "STANDARD_INFREQUENT_ACCESS")
        self.assertNotIn("ReplicaTableClassSummary", self.replica(name="rare"))

    def test_settings_of_each_region(self):
        arn = self.table()["TableArn"]
        self.east.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
        self.update(DeletionProtectionEnabled=True)
        self.change()
        west = self.table(self.west)
        self.assertEqual(self.west.list_tags_of_resource(ResourceArn=west["TableArn"])["Tags"], [])
        self.assertFalse(west["DeletionProtectionEnabled"])
        self.assertEqual(self.update(client=self.west, DeletionProtectionEnabled=True)["TableStatus"], "UPDATING")
        self.update(DeletionProtectionEnabled=False)
        self.assertTrue(self.table(self.west)["DeletionProtectionEnabled"])


class Keys(ReplicaCase):
    def key(self, region):
        kms = self.server.client("kms", region=region)
        return kms, kms.create_key()["KeyMetadata"]

    def managed(self, region):
        return self.server.client("kms", region=region).describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]["Arn"]

    def refuse_keys(self, message, **more):
        self.refuse_change(message, name="secret", **more)

    def secret(self, **sse):
        self.create("secret", BillingMode="PAY_PER_REQUEST", SSESpecification=dict({"Enabled": True, "SSEType": "KMS"}, **sse))

    def test_the_customers(self):
        _, here = self.key("us-east-1")
        kms, there = self.key("us-west-2")
        _, europe = self.key("eu-west-1")
        self.secret(KMSMasterKeyId=here["KeyId"])
        not_found = "KMS validation error for region us-west-2: com.amazonaws.services.kms.model.NotFoundException: "
        self.refuse_keys(KEY_OF_EACH)
        self.refuse_keys(INVALID + "All replica keys must either be Customer Managed CMK or AWS Managed CMK.", KMSMasterKeyId="alias/aws/dynamodb")
        self.refuse_keys(not_found + "Invalid arn us-east-1", KMSMasterKeyId=here["Arn"])
        self.refuse_keys(not_found + "Key 'arn:aws:kms:us-west-2:000000000000:key/%s' does not exist" % here["KeyId"], KMSMasterKeyId=here["KeyId"])
        kms.disable_key(KeyId=there["KeyId"])
        updating = ("Operation cannot be performed while replica server-side encryption status is in UPDATING state. Please retry the "
                    "request after the status is updated to ENABLED.")
        self.refuse_keys(updating, KMSMasterKeyId=there["Arn"])
        kms.enable_key(KeyId=there["KeyId"])
        self.change(name="secret", KMSMasterKeyId=there["KeyId"])
        self.assertEqual((self.replica(name="secret")["KMSMasterKeyId"], self.replica(self.west, "secret")["KMSMasterKeyId"],
                          self.table(self.west, "secret")["SSEDescription"]["KMSMasterKeyArn"]), (there["Arn"], here["Arn"], there["Arn"]))
        for key in (there["Arn"], there["KeyId"], "alias/aws/dynamodb"):
            self.refuse_change(KEY_OF_EACH, "Update", name="secret", KMSMasterKeyId=key)
        kms.disable_key(KeyId=there["KeyId"])
        self.refuse_keys(updating, region="eu-west-1", KMSMasterKeyId=europe["Arn"])
        self.update(name="secret", SSESpecification={"Enabled": True, "SSEType": "KMS"})  # of all
        self.assertEqual((self.replica(name="secret")["KMSMasterKeyId"], self.replica(self.west, "secret")["KMSMasterKeyId"]),
                         (self.managed("us-west-2"), self.managed("us-east-1")))

    def test_of_all_at_once(self):
        """As Terraform changes them: with the table's own region among the Updates."""
        names = {region: self.key(region)[1] for region in ("us-east-1", "us-west-2", "eu-west-1")}
        updates = [{"Update": {"RegionName": region, "KMSMasterKeyId": key["Arn"]}} for region, key in names.items()]
        self.change()
        self.refuse(KEY_OF_EACH, updates[0])
        self.refuse(KEY_OF_EACH, updates[1])
        self.refuse(INVALID + "All replica keys must either be Customer Managed CMK or AWS Managed CMK.", updates[0],
                    {"Update": {"RegionName": "us-west-2", "KMSMasterKeyId": "alias/aws/dynamodb"}})
        self.refused("ValidationException", self.update, ReplicaUpdates=updates, containing="without these replicas: [eu-west-1]")
        self.assertNotIn("SSEDescription", self.table())
        self.update(ReplicaUpdates=updates[:2])
        for client, own, other in ((self.east, "us-east-1", "us-west-2"), (self.west, "us-west-2", "us-east-1")):
            self.assertEqual((self.table(client)["SSEDescription"]["KMSMasterKeyArn"], self.replica(client)["KMSMasterKeyId"]),
                             (names[own]["Arn"], names[other]["Arn"]))

    def test_amazons(self):
        self.refuse_change(KEY_OF_EACH, KMSMasterKeyId="alias/aws/dynamodb")  # the key is DynamoDB's own
        self.change()
        self.refuse_change(KEY_OF_EACH, "Update", KMSMasterKeyId="alias/aws/dynamodb")
        self.update(SSESpecification={"Enabled": True, "SSEType": "KMS"})
        self.assertEqual((self.replica()["KMSMasterKeyId"], self.replica(self.west)["KMSMasterKeyId"]),
                         (self.managed("us-west-2"), self.managed("us-east-1")))
        self.change(region="eu-west-1")
        self.assertEqual(self.table(self.europe)["SSEDescription"]["KMSMasterKeyArn"], self.managed("eu-west-1"))
        self.update(SSESpecification={"Enabled": False})
        for client in (self.east, self.west, self.europe):
            self.assertNotIn("SSEDescription", self.table(client))


class Deletions(ReplicaCase):
    def test_protected(self):
        self.change()
        self.update(client=self.west, DeletionProtectionEnabled=True)
        message = ("Cannot delete table world in region us-west-2 because it has deletion protection enabled. Disable deletion "
                   "protection first.")
        self.refuse_change(message, "Delete")
        self.refused("ValidationException", self.west.delete_table, TableName="world", message=message)
        self.update(client=self.west, DeletionProtectionEnabled=False)
        gone = self.west.delete_table(TableName="world")["TableDescription"]
        self.assertEqual((gone["TableStatus"], [one["RegionName"] for one in gone["Replicas"]]), ("DELETING", ["us-east-1"]))
        self.assertNotIn("Replicas", self.table())

    def test_sources(self):
        self.change()
        self.change(region="eu-west-1", client=self.west)
        self.change("Delete", "eu-west-1")
        self.change("Delete")  # what was made of it is gone
        self.change()
        self.assertEqual(self.found("dynamodb-replica-source"), [])
        self.server.advance(86_400_000)
        self.east.delete_table(TableName="world")
        self.assertEqual(self.found("dynamodb-replica-source"), [])
        self.change(region="eu-west-1", client=self.west)
        self.west.delete_table(TableName="world")
        self.assertEqual(self.found("dynamodb-replica-source"), [SOURCE])


class Strict(ReplicaCase):
    flags = ("--strict",)

    def test_leaves_first(self):
        self.change()
        self.change(region="eu-west-1", client=self.west)
        self.refuse_change(SOURCE, "Delete")
        self.refused("ValidationException", self.east.delete_table, TableName="world", message=SOURCE)
        self.change("Delete", "eu-west-1")
        self.change("Delete")
        self.east.delete_table(TableName="world")

    def test_replicas_alone(self):
        self.refused("ValidationException", self.update, DeletionProtectionEnabled=True,
                     ReplicaUpdates=[{"Create": {"RegionName": r}} for r in ("us-west-2", "eu-west-1")],
                     message=INVALID + "Replica modification must be the only operation in the request")


class Realistic(ReplicaCase):
    flags = ("--lifecycle", "realistic")

    def statuses(self):
        return self.table()["TableStatus"], self.replica()["ReplicaStatus"], self.table(self.west)["TableStatus"]

    def test_life(self):
        self.server.advance(20_000)
        self.east.put_item(TableName="world", Item={"id": {"S": "a"}})
        self.change()
        self.assertEqual(self.statuses(), ("UPDATING", "CREATING", "CREATING"))
        self.refuse(IN_USE, {"Create": {"RegionName": "eu-west-1"}}, code="ResourceInUseException")
        self.refused("ResourceInUseException", self.update, DeletionProtectionEnabled=True, message=IN_USE)
        self.refused("ValidationException", self.update, containing="more than one type",
                     ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}, "Delete": {"RegionName": "us-west-2"}}])
        self.refused("ResourceNotFoundException", self.west.scan, TableName="world")
        self.server.advance(10_000)
        self.assertEqual(self.statuses(), ("ACTIVE", "CREATING", "CREATING"))
        self.refuse(IN_USE, {"Create": {"RegionName": "eu-west-1"}}, code="ResourceInUseException")
        self.east.put_item(TableName="world", Item={"id": {"S": "b"}})
        self.server.advance(20_000)
        self.assertEqual(self.statuses(), ("ACTIVE", "ACTIVE", "ACTIVE"))
        self.assertEqual(self.west.scan(TableName="world")["Count"], 2)
        self.update(client=self.west, DeletionProtectionEnabled=True)
        self.assertEqual(self.statuses(), ("UPDATING", "UPDATING", "UPDATING"))
        self.server.advance(20_000)
        self.update(AttributeDefinitions=KEY["AttributeDefinitions"], GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "index", "KeySchema": KEY["KeySchema"], "Projection": {"ProjectionType": "ALL"}}}])
        self.server.advance(70_000)
        self.assertEqual(self.statuses(), ("ACTIVE", "ACTIVE", "ACTIVE"))
        self.refuse(IN_USE, {"Update": {"RegionName": "us-west-2", "TableClassOverride": "STANDARD"}}, code="ResourceInUseException")


if __name__ == "__main__":
    unittest.main()
