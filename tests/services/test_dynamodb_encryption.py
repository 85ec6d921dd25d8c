"""DynamoDB's encryption at rest: the keys that a table can have, its changes of key, and keys that fail."""

import unittest

from service_case import FreshServerCase, ServiceCase

ID = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
      "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
KMS = "com.amazonaws.services.kms.model."
INVALID = "One or more parameter values were invalid: "
SAME = (INVALID + "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to "
        "change Master Key")
INACCESSIBLE = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"


def with_key(key):
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}


def passed_on(code):
    """How DynamoDB ends what it passes on of KMS."""
    return r" \(Service: AWSKMS; Status Code: 400; Error Code: %s; Request ID: [0-9a-f-]{36}; Proxy: null\)$" % code


class Keys:
    clients = {"client": "dynamodb", "kms": "kms", "streams": "dynamodbstreams"}

    def key(self, **more):
        return self.kms.create_key(**more)["KeyMetadata"]["Arn"]

    def create(self, name, specification, **more):
        return self.client.create_table(TableName=name, SSESpecification=specification, **ID, **more)["TableDescription"]

    def update(self, name, **change):
        return self.client.update_table(TableName=name, **change)["TableDescription"]

    def described(self, name):
        return self.client.describe_table(TableName=name)["Table"]

    def get(self, name):
        return self.client.get_item(TableName=name, Key={"id": {"S": "a"}})


class Encryption(Keys, ServiceCase):
    def test_specifications(self):
        for n, (given, kms) in enumerate([({}, False), ({"Enabled": False}, False), ({"SSEType": "KMS"}, True),
                                          ({"Enabled": True}, True), (with_key("alias/aws/dynamodb"), True),
                                          ({"SSEType": "KMS", "KMSMasterKeyId": "alias/aws/dynamodb"}, True)]):
            made = self.create("given-%d" % n, given)
            self.assertEqual("SSEDescription" in made, kms, given)
            if kms:  # settled from the start
                self.assertEqual(made["SSEDescription"], self.described("given-%d" % n)["SSEDescription"])
        for given, message in (({"KMSMasterKeyId": "alias/aws/dynamodb", "Enabled": True}, "SSEType KMS is required if KMSMasterKeyId is specified"),
                               ({"Enabled": False, "SSEType": "KMS"}, "SSEType can not be specified if Enabled is false"),
                               ({"Enabled": False, "SSEType": "AES256"}, "SSEType can not be specified if Enabled is false"),
                               ({"Enabled": False, "KMSMasterKeyId": "x"}, "KMSMasterKeyId can not be specified if Enabled is false"),
                               ({"Enabled": True, "SSEType": "AES256"}, "SSEType AES256 is not supported")):
            self.refused("ValidationException", self.client.create_table, message=INVALID + message, TableName="none",
                         SSESpecification=given, **ID)

    def test_keys_that_can_not_be_used(self):
        self.create("held", {})
        disabled, doomed, here = self.key(), self.key(), "arn:aws:kms:us-east-1:000000000000:"
        self.kms.disable_key(KeyId=disabled)
        self.kms.create_alias(AliasName="alias/off", TargetKeyId=disabled)
        self.kms.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=7)
        none = "key/00000000-0000-4000-8000-000000000000"
        rsa = self.key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        hmac = self.key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        symmetric_only = ("KMS internal error: %sAWSKMSException: EncryptionContext is supported only when creating a grant for "
                          r"a symmetric encryption KMS key\." % KMS + passed_on("ValidationException"))
        denied = "KMS key access denied error: %sAWSKMSException: User: arn:aws:iam::000000000000:root is not authorized to perform: kms:" % KMS
        not_found = "KMS validation error: %sNotFoundException: " % KMS
        off = "KMS key disabled error: %sDisabledException: %s is disabled." % (KMS, disabled) + passed_on("DisabledException")
        rows = [("ValidationException", disabled, off), ("ValidationException", "alias/off", off),
                ("ValidationException", doomed, "KMS validation error: %sKMSInvalidStateException: %s is pending deletion." % (KMS, doomed) +
                 passed_on("KMSInvalidStateException")),
                ("ValidationException", here + none, not_found + "Key '%s' does not exist" % (here + none) + passed_on("NotFoundException")),
                ("ValidationException", none[4:], not_found + "Key '%s' does not exist" % (here + none) + passed_on("NotFoundException")),
                ("ValidationException", "alias/none", not_found + "Alias %salias/none is not found." % here + passed_on("NotFoundException")),
                ("ValidationException", here.replace("us-east-1", "eu-west-1") + none, not_found + "Invalid arn eu-west-1" + passed_on("NotFoundException")),
                ("AccessDeniedException", here.replace("0" * 12, "1" * 12) + none, denied + "DescribeKey on this resource because the "
                 "resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy "
                 "explicitly denies access" + passed_on("AccessDeniedException")),
                ("AccessDeniedException", "alias/aws/s3", denied + "CreateGrant on resource: " + here + "key/[0-9a-f-]{36} because no "
                 "resource-based policy allows the kms:CreateGrant action" + passed_on("AccessDeniedException")),
                ("InternalServerError", rsa, symmetric_only), ("InternalServerError", hmac, symmetric_only)]
        for code, key, message in rows:
            status = 500 if code == "InternalServerError" else 400
            self.refused(code, self.client.create_table, status=status, matching="^" + message, TableName="none",
                         SSESpecification=with_key(key), **ID)
            self.refused(code, self.client.update_table, status=status, matching="^" + message, TableName="held",
                         SSESpecification=with_key(key))
        self.assertNotIn("none", self.client.list_tables()["TableNames"])
        self.assertNotIn("SSEDescription", self.described("held"))
        backup = self.client.create_backup(TableName="held", BackupName="backup")["BackupDetails"]["BackupArn"]
        self.refused("InternalServerError", self.client.restore_table_from_backup, status=500, matching="^" + symmetric_only,
                     TargetTableName="none", BackupArn=backup, SSESpecificationOverride=with_key(hmac))
        found = [one for one in self.server.console("findings")["findings"] if one["resource"].endswith("/held")]
        self.assertEqual(found, [])  # what is refused counts as no change

    def test_changes(self):
        first, second, name = self.key(), self.key(), "changes"
        self.kms.create_alias(AliasName="alias/moving", TargetKeyId=first)
        self.create(name, with_key("alias/moving"))
        change = lambda specification: self.update(name, SSESpecification=specification)
        shown = lambda key: {"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": key}
        held = lambda: self.described(name).get("SSEDescription", {}).get("KMSMasterKeyArn")
        refused = lambda message, specification: self.refused("ValidationException", self.client.update_table, message=message,
                                                              TableName=name, SSESpecification=specification)
        refused(SAME, with_key(first))
        answer = change(with_key(first.split("/")[1]))  # the same key by its id is encrypted with anew
        self.assertEqual((answer["TableStatus"], answer["SSEDescription"]), ("ACTIVE", shown(first)))
        self.kms.update_alias(AliasName="alias/moving", TargetKeyId=second)
        self.assertEqual(held(), first)
        self.assertEqual(change(with_key("alias/moving"))["SSEDescription"], shown(first))  # the key until then
        self.assertEqual(self.described(name)["SSEDescription"], {**shown(second), "Status": "ENABLED"})
        self.assertEqual(change({"Enabled": False})["SSEDescription"], shown(second))
        self.assertIsNone(held())
        refused(INVALID + "Table is already encrypted by default", {"Enabled": False})
        self.assertEqual(change({"Enabled": True})["SSEDescription"], {"Status": "UPDATING"})
        ours = lambda: [one["message"] for one in self.server.console("findings")["findings"] if one["resource"].endswith("/" + name)]
        self.assertEqual(ours(), [])
        change({"Enabled": True})
        self.assertRegex(ours()[0], r"^Subscriber limit exceeded: Encryption mode changes are limited in the 24h window ending at \S+Z\. "
                         r"After the first 4 change, each subsequent change in the same window can be performed at most once every "
                         r"21600 seconds\. Number of updates today: 4\. Last change at \S+Z\. Next changes can be made at \S+Z\.$")


class Strict(Keys, FreshServerCase):
    flags = ("--strict",)

    def test_changes_in_a_day(self):
        self.create("table", {"Enabled": True})
        again = lambda key="alias/aws/dynamodb": self.update("table", SSESpecification=with_key(key))
        for _ in range(4):
            again()
        refused = lambda key: self.refused("LimitExceededException", self.client.update_table, containing="Number of updates today: ",
                                           TableName="table", SSESpecification=with_key(key))
        refused("alias/none")  # before the key is looked at
        self.server.advance(6 * 3600 * 1000)
        again()
        refused("alias/aws/dynamodb")
        self.server.advance(18 * 3600 * 1000)
        for _ in range(4):
            again()
        refused("alias/aws/dynamodb")

    def test_table_classes(self):
        rare = "STANDARD_INFREQUENT_ACCESS"
        self.create("table", {})
        answers = []
        for to in ("STANDARD", rare, rare, "STANDARD"):
            answer = self.update("table", TableClass=to)
            answers.append((answer["TableStatus"], answer.get("TableClassSummary", {}).get("TableClass")))
        # The class until then; and one that is no change, nor counts as one, is answered alike.
        self.assertEqual(answers, [("UPDATING", None), ("UPDATING", None), ("UPDATING", rare), ("UPDATING", rare)])
        self.assertEqual(self.described("table")["TableClassSummary"]["TableClass"], "STANDARD")
        for to in (rare, "STANDARD"):
            self.refused("LimitExceededException", self.client.update_table, TableName="table", TableClass=to,
                         message="Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).")
        self.server.advance(31 * 86400 * 1000)
        self.update("table", TableClass=rare)

    def test_changes_of_one_request(self):
        self.create("table", {})
        stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        changes = {"SSESpecification": {"Enabled": True}, "TableClass": "STANDARD_INFREQUENT_ACCESS",
                   "DeletionProtectionEnabled": True, "OnDemandThroughput": {"MaxReadRequestUnits": 5},
                   "WarmThroughput": {"ReadUnitsPerSecond": 13000}, "StreamSpecification": stream}
        alone = " must be the only operation in the request"
        said = {"SSESpecification": "Server-Side Encryption modification" + alone, "TableClass": "TableClass modification" + alone,
                "DeletionProtectionEnabled": "DeletionProtection modification" + alone,
                "OnDemandThroughput": "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
                "WarmThroughput": "WarmThroughput" + alone}
        names = list(changes)  # the first of two is named
        for n, one in enumerate(names):
            for other in names[n + 1:]:
                self.refused("ValidationException", self.client.update_table, message=INVALID + said[one], TableName="table",
                             **{one: changes[one], other: changes[other]})
        self.refused("ValidationException", self.client.update_table, TableName="table", BillingMode="PROVISIONED",
                     message=INVALID + "You cannot modify stream status while updating table IOPS", StreamSpecification=stream,
                     ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        self.update("table", BillingMode="PAY_PER_REQUEST", StreamSpecification=stream)


class FailingKeys(Keys, FreshServerCase):
    options = {"data_dir": True}

    def test_a_disabled_key(self):
        c, name = self.client, "table"
        key, other = self.key(), self.key()
        self.create(name, with_key(key))
        c.put_item(TableName=name, Item={"id": {"S": "a"}})
        self.kms.disable_key(KeyId=key)
        table = self.described(name)
        self.assertEqual((table["TableStatus"], table["SSEDescription"]["Status"]), (INACCESSIBLE, "ENABLED"))
        self.assertIn("InaccessibleEncryptionDateTime", table["SSEDescription"])
        disabled = "^KMS key disabled error: %sDisabledException: %s is disabled." % (KMS, key) + passed_on("DisabledException")
        refused = lambda call, **arguments: self.refused("ValidationException", call, matching=disabled, **arguments)
        item = {"TableName": name, "Key": {"id": {"S": "a"}}}
        refused(c.get_item, **item)
        refused(c.put_item, TableName=name, Item={"id": {"S": "b"}})
        refused(c.update_item, **item)
        refused(c.scan, TableName=name)
        refused(c.batch_get_item, RequestItems={name: {"Keys": [item["Key"]]}})
        refused(c.transact_write_items, TransactItems=[{"Delete": item}])
        refused(c.execute_statement, Statement='SELECT * FROM "table"')
        refused(c.update_time_to_live, TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
        refused(c.create_backup, TableName=name, BackupName="backup")
        refused(c.update_contributor_insights, TableName=name, ContributorInsightsAction="ENABLE")
        for change in (with_key(other), {"Enabled": True}, {"Enabled": False}):
            refused(c.update_table, TableName=name, SSESpecification=change)
        self.refused("ValidationException", c.update_table, message=SAME, TableName=name, SSESpecification=with_key(key))
        # All the rest goes on.
        self.assertEqual(self.update(name, DeletionProtectionEnabled=False)["TableStatus"], INACCESSIBLE)
        self.assertEqual(self.update(name, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})["TableStatus"], "UPDATING")
        self.update(name, BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        self.update(name, TableClass="STANDARD_INFREQUENT_ACCESS")
        c.tag_resource(ResourceArn=table["TableArn"], Tags=[{"Key": "a", "Value": "1"}])
        c.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.assertEqual(c.list_tables()["TableNames"], [name])
        self.server.restart()
        self.assertEqual(self.described(name)["TableStatus"], INACCESSIBLE)
        self.kms.enable_key(KeyId=key)
        table = self.described(name)
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertNotIn("InaccessibleEncryptionDateTime", table["SSEDescription"])
        self.assertIn("Item", self.get(name))

    def test_a_deleted_key(self):
        key = self.key()
        self.create("table", with_key(key))
        self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.refused("ValidationException", self.get, containing="%s is pending deletion." % key, name="table")
        self.kms.cancel_key_deletion(KeyId=key)  # which leaves it disabled
        self.refused("ValidationException", self.get, containing="%s is disabled." % key, name="table")
        self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.server.advance(8 * 86400 * 1000)
        self.refused("ValidationException", self.get, containing="Key '%s' does not exist" % key, name="table")
        self.assertEqual(self.described("table")["TableStatus"], INACCESSIBLE)
        gone = self.client.delete_table(TableName="table")["TableDescription"]
        self.assertEqual((gone["TableStatus"], gone["SSEDescription"]["KMSMasterKeyArn"]), ("DELETING", key))


class Realistic(Keys, FreshServerCase):
    """What goes on, as long as on AWS."""

    flags = ("--lifecycle", "realistic")

    def setUp(self):
        super().setUp()
        self.held = self.key()
        self.create("table", with_key(self.held))
        self.server.advance(20_000)

    def in_use(self, message, call, **arguments):
        self.refused("ResourceInUseException", call, TableName="table", **arguments,
                     message="Attempt to change a resource which is still in use: " + message)

    def sse(self):
        table = self.described("table")
        self.assertEqual(table["TableStatus"], "ACTIVE")
        sse = table.get("SSEDescription", {})
        return sse.get("Status"), sse.get("KMSMasterKeyArn")

    def test_another_key(self):
        other = self.key()
        self.update("table", SSESpecification=with_key(other))
        self.assertEqual(self.sse(), ("UPDATING", self.held))
        self.in_use("Table: table is in the process of being updated.", self.client.delete_table)
        self.in_use("Server-Side Encryption is still being updated", self.client.update_table, SSESpecification={"Enabled": False})
        self.update("table", SSESpecification=with_key(other.split("/")[1]))
        self.update("table", DeletionProtectionEnabled=False)
        self.server.advance(12_000)
        self.assertEqual(self.sse(), ("UPDATING", other))
        self.server.advance(12_000)
        self.assertEqual(self.sse(), ("ENABLED", other))
        self.update("table", SSESpecification={"Enabled": False})
        self.server.advance(12_000)
        self.assertEqual(self.sse(), ("UPDATING", None))
        self.server.advance(12_000)
        self.assertEqual(self.sse(), (None, None))
        self.client.delete_table(TableName="table")

    def test_a_key_that_fails(self):
        self.kms.disable_key(KeyId=self.held)
        self.get("table")  # with the data key that is still known
        self.server.advance(400_000)
        self.refused("ValidationException", self.get, containing="is disabled.", name="table")
        self.assertEqual(self.sse(), ("ENABLED", self.held))
        self.server.advance(1_800_000)
        self.assertEqual(self.described("table")["TableStatus"], INACCESSIBLE)
        self.kms.enable_key(KeyId=self.held)
        self.get("table")
        self.assertEqual(self.described("table")["TableStatus"], INACCESSIBLE)
        self.server.advance(1_900_000)
        self.assertEqual(self.sse(), ("ENABLED", self.held))

    def test_a_stream_is_enabled(self):
        stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        arn = self.update("table", StreamSpecification=stream)["LatestStreamArn"]
        status = lambda: self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"]
        self.assertEqual(status(), "ENABLING")
        update = self.client.update_table
        self.in_use("Cannot delete table while stream is being enabled/disabled.", self.client.delete_table)
        self.in_use("Can't update table class when stream status is being updated. Table: table", update, TableClass="STANDARD")
        self.in_use("OnDemandThroughput cannot be updated while stream status update is in progress", update,
                    OnDemandThroughput={"MaxReadRequestUnits": 5})
        self.in_use("Table is being updated: table", update, StreamSpecification=stream)
        self.assertEqual(self.update("table", SSESpecification={"Enabled": True})["TableStatus"], "ACTIVE")
        for change in ({"DeletionProtectionEnabled": False}, {"BillingMode": "PAY_PER_REQUEST"},
                       {"WarmThroughput": {"ReadUnitsPerSecond": 13000}}):
            self.update("table", **change)
        self.client.create_backup(TableName="table", BackupName="backup")
        self.server.advance(6_000)
        self.refused("ValidationException", update, message="Table already has an enabled stream: TableName: table",
                     TableName="table", StreamSpecification=stream)
        self.assertEqual(status(), "ENABLED")
        self.server.advance(600_000)  # the key is changed, and the table warm
        self.client.delete_table(TableName="table")
        self.assertEqual(status(), "DISABLING")
        self.server.advance(10_000)
        self.assertEqual(status(), "DISABLED")

    def test_another_class(self):
        rare, update = "STANDARD_INFREQUENT_ACCESS", self.client.update_table
        self.update("table", TableClass=rare)
        table = self.described("table")
        self.assertEqual((table["TableStatus"], table.get("TableClassSummary")), ("UPDATING", None))
        to = " TableClassUpdateInProgress: " + rare
        for again in (rare, "STANDARD"):
            self.in_use("Can't update table class when a table class update is in progress. Table: table" + to, update, TableClass=again)
        self.in_use("Can't change stream status when a table class update is in progress. Table: table" + to, update,
                    StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
        self.in_use("OnDemandThroughput cannot be updated while TableClass update is in progress." + to, update,
                    OnDemandThroughput={"MaxReadRequestUnits": 5})
        self.in_use("Table: table is in the process of being updated.", self.client.delete_table)
        self.assertEqual(self.update("table", DeletionProtectionEnabled=True)["TableStatus"], "UPDATING")
        self.server.advance(6_000)
        table = self.described("table")
        self.assertEqual((table["TableStatus"], table["TableClassSummary"]["TableClass"]), ("ACTIVE", rare))

    def test_another_billing_mode(self):
        units, update = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}, self.client.update_table
        self.update("table", BillingMode="PROVISIONED", ProvisionedThroughput=units)
        iops = "Table IOPS are currently being updated. Table: table"
        self.in_use(iops, update, ProvisionedThroughput={**units, "ReadCapacityUnits": 2})
        self.in_use("Can't enable or disable stream while table IOPS are being updated. Table: table", update,
                    StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
        self.in_use("OnDemandThroughput cannot be updated while BillingMode update is in progress", update,
                    OnDemandThroughput={"MaxReadRequestUnits": 5})
        self.in_use("Table: table is in the process of being updated.", self.client.delete_table)
        self.update("table", WarmThroughput={"ReadUnitsPerSecond": 13000})
        back = self.update("table", BillingMode="PAY_PER_REQUEST")  # which is accepted, and lost
        self.assertEqual((back["TableStatus"], back["BillingModeSummary"]["BillingMode"]), ("UPDATING", "PAY_PER_REQUEST"))
        self.server.advance(60_000)
        self.assertEqual(self.described("table")["TableStatus"], "UPDATING")
        self.server.advance(60_000)
        table = self.described("table")
        self.assertEqual((table["TableStatus"], table["BillingModeSummary"]["BillingMode"]), ("ACTIVE", "PROVISIONED"))
        self.update("table", ProvisionedThroughput={**units, "ReadCapacityUnits": 2})
        self.in_use(iops, update, ProvisionedThroughput={**units, "ReadCapacityUnits": 3})
        self.server.advance(600_000)
        self.client.delete_table(TableName="table")

    def test_a_table_that_is_warmed_is_not_deleted(self):
        self.update("table", WarmThroughput={"ReadUnitsPerSecond": 13000})
        self.assertEqual(self.described("table")["TableStatus"], "ACTIVE")
        self.in_use("Table: table is in the process of being updated.", self.client.delete_table)
        self.server.advance(600_000)
        self.client.delete_table(TableName="table")

    def test_protection_is_not_changed_twice_at_once(self):
        change = lambda to: self.update("table", DeletionProtectionEnabled=to)
        change(False)  # is no change
        self.assertTrue(change(True)["DeletionProtectionEnabled"])
        for to in (True, False):
            self.refused("ThrottlingException", self.client.update_table, status=400, TableName="table", DeletionProtectionEnabled=to,
                         matching=r"^Deletion protection setting for table table modified within the previous 15000 milliseconds\. "
                                  r"Please try again after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.server.advance(15_000)
        self.assertFalse(change(False)["DeletionProtectionEnabled"])
        self.client.delete_table(TableName="table")

    def test_nothing_changes_a_table_that_is_created(self):
        self.create("new", {})
        for change in ({"DeletionProtectionEnabled": True}, {"SSESpecification": {"Enabled": True}}):
            self.refused("ResourceInUseException", self.client.update_table, TableName="new", **change,
                         message="Attempt to change a resource which is still in use: Table is being created: new")


if __name__ == "__main__":
    unittest.main()
