"""DynamoDB's exports to and imports from S3, as a client sees them."""

import base64
import datetime
import gzip
import hashlib
import json
import shutil
import subprocess
import unittest

from service_case import FreshServerCase

MINUTE = 60 * 1000
KEYS = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
        "BillingMode": "PAY_PER_REQUEST"}
WHOLE = {"id": {"S": "a"}, "n": {"N": "1"}, "bytes": {"B": b"\x00\xff"}, "blobs": {"BS": [b"x"]}, "words": {"SS": ["one", "two"]},
         "numbers": {"NS": ["600", "-1.5"]}, "none": {"NULL": True}, "yes": {"BOOL": True}, "two words": {"S": 'a "quote"\n\\ é'},
         "map": {"M": {"list": {"L": [{"N": "103"}, {"S": ""}, {"M": {}}]}, "tiny": {"N": "0.00000000015"}, "true": {"N": "0"}}}}
ION = ("$ion_1_0 {Item:{blobs:$dynamodb_BS::[{{eA==}}],bytes:{{AP8=}},id:\"a\",map:{list:[103.,\"\",{}],tiny:15d-11,"
       "'true':0.},n:1.,none:null,numbers:$dynamodb_NS::[6d2,-1.5],'two words':\"a \\\"quote\\\"\\n\\\\ é\","
       "words:$dynamodb_SS::[\"one\",\"two\"],yes:true}}\n")


def item(n, **more):
    return {"id": {"S": "a"}, "n": {"N": str(n)}, **more}


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


class Jobs(FreshServerCase):
    options = {"data_dir": True}
    clients = {"client": "dynamodb", "s3": "s3"}

    def setUp(self):
        super().setUp()
        self.s3.create_bucket(Bucket="exports")

    def refused(self, code, words, call, **arguments):
        super().refused(code, call, containing=words, **arguments)

    def table(self, name="source", recovery=True, **more):
        arn = self.client.create_table(TableName=name, **{**KEYS, **more})["TableDescription"]["TableArn"]
        if recovery:
            self.client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        return arn

    def put(self, *items, table="source"):
        for one in items:
            self.client.put_item(TableName=table, Item=one)

    def content(self, key):
        return self.s3.get_object(Bucket="exports", Key=key)["Body"].read()

    def keys(self, prefix=""):
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket="exports", Prefix=prefix).get("Contents", [])]

    def items(self, table):
        return self.client.scan(TableName=table)["Items"]

    def export_done(self, arn):
        while (done := self.client.describe_export(ExportArn=arn)["ExportDescription"])["ExportStatus"] == "IN_PROGRESS":
            pass
        return done

    def import_done(self, arn):
        while (done := self.client.describe_import(ImportArn=arn)["ImportTableDescription"])["ImportStatus"] == "IN_PROGRESS":
            pass
        return done

    def now(self):
        return self.client.describe_continuous_backups(TableName="source")["ContinuousBackupsDescription"][
            "PointInTimeRecoveryDescription"]["LatestRestorableDateTime"]


class Exports(Jobs):
    def export(self, arn, **more):
        started = self.client.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports", **more)["ExportDescription"]
        self.assertEqual(started["ExportStatus"], "IN_PROGRESS")
        self.assertNotIn("EndTime", started)
        return self.export_done(started["ExportArn"])

    def lines(self, export):
        """The data of an export, checked against its manifests."""
        summary_text = self.content(export["ExportManifest"])
        summary = json.loads(summary_text)
        self.assertEqual(summary["exportArn"], export["ExportArn"])
        self.assertEqual(summary["itemCount"], export["ItemCount"])
        self.assertEqual(self.content(export["ExportManifest"].replace(".json", ".md5")).decode(), md5(summary_text))
        files_text = self.content(summary["manifestFilesS3Key"])
        self.assertEqual(self.content(summary["manifestFilesS3Key"].replace(".json", ".md5")).decode(), md5(files_text))
        out = ""
        for line in files_text.decode().splitlines():
            file = json.loads(line)
            data = self.content(file["dataFileS3Key"])
            self.assertEqual(file["md5Checksum"], md5(data))
            self.assertEqual('"%s"' % file["etag"], self.s3.head_object(Bucket="exports", Key=file["dataFileS3Key"])["ETag"])
            text = gzip.decompress(data).decode()
            self.assertEqual(len(text.splitlines()), file["itemCount"])
            out += text
        return summary, out

    def test_full(self):
        arn = self.table()
        self.put(WHOLE, item(2))
        done = self.export(arn)
        self.assertEqual((done["ExportStatus"], done["ItemCount"], done["ExportFormat"], done["S3SseAlgorithm"]),
                         ("COMPLETED", 2, "DYNAMODB_JSON", "AES256"))
        self.assertNotIn("ExportType", done)
        self.assertGreater(done["EndTime"], done["StartTime"])
        folder = "AWSDynamoDB/%s/" % done["ExportArn"].rsplit("/", 1)[1]
        self.assertEqual(done["ExportManifest"], folder + "manifest-summary.json")
        names = [key.removeprefix(folder) for key in self.keys()]
        self.assertRegex(names[1], "^data/[a-z2-7]{26}[.]json[.]gz$")
        self.assertEqual(names[:1] + names[2:], ["_started", "manifest-files.json", "manifest-files.md5",
                                                 "manifest-summary.json", "manifest-summary.md5"])
        summary, text = self.lines(done)
        self.assertEqual(list(summary), ["version", "exportArn", "startTime", "endTime", "tableArn", "tableId", "exportTime",
                                         "s3Bucket", "s3Prefix", "s3SseAlgorithm", "s3SseKmsKeyId", "manifestFilesS3Key",
                                         "billedSizeBytes", "itemCount", "outputFormat"])
        self.assertEqual((summary["version"], summary["s3Prefix"]), ("2020-06-30", None))
        first = json.loads(text.splitlines()[0])["Item"]
        self.assertEqual((first["bytes"], first["blobs"], first["map"]), ({"B": "AP8="}, {"BS": ["eA=="]}, WHOLE["map"]))

        ion = self.export(arn, ExportFormat="ION", S3Prefix="some/where", ExportType="FULL_EXPORT")
        self.assertEqual(ion["ExportType"], "FULL_EXPORT")
        self.assertTrue(ion["ExportManifest"].startswith("some/where/AWSDynamoDB/"))
        self.assertEqual(self.lines(ion)[1].splitlines(True)[0], ION)
        self.server.restart()
        again = self.server.client("dynamodb").describe_export(ExportArn=ion["ExportArn"])["ExportDescription"]
        self.assertEqual(again, ion)

    def test_of_the_past(self):
        arn = self.table()
        self.put(item(1, v={"S": "old"}), item(2))
        then = self.now()
        self.server.advance(2000)
        self.put(item(1, v={"S": "new"}), item(3))
        done = self.export(arn, ExportTime=then + datetime.timedelta(seconds=1))
        text = self.lines(done)[1]
        self.assertEqual([json.loads(line)["Item"] for line in text.splitlines()], [item(1, v={"S": "old"}), item(2)])
        self.assertEqual(len(self.items("source")), 3)

    def test_incremental(self):
        arn = self.table()
        self.put(item(1, v={"S": "before"}), item(2), item(3))
        start = self.now() + datetime.timedelta(seconds=2)
        start = start.replace(microsecond=0)
        self.server.advance(5000)
        self.put(item(1, v={"S": "between"}), item(1, v={"S": "after"}), item(4), item(5))
        for n in (2, 5):
            self.client.delete_item(TableName="source", Key=item(n))
        self.server.advance(20 * MINUTE)
        self.put(item(6))
        specification = {"ExportFromTime": start, "ExportToTime": start + datetime.timedelta(minutes=16)}
        done = self.export(arn, ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=specification)
        self.assertEqual((done["ExportStatus"], done["ItemCount"], done["BilledSizeBytes"]), ("COMPLETED", 3, 10000000))
        self.assertEqual(done["IncrementalExportSpecification"], {**specification, "ExportViewType": "NEW_AND_OLD_IMAGES"})
        self.assertNotIn("ExportTime", done)
        summary, text = self.lines(done)
        self.assertEqual((summary["version"], summary["outputView"], summary["exportType"]),
                         ("2023-08-01", "NEW_AND_OLD_IMAGES", "INCREMENTAL_EXPORT"))
        lines = [json.loads(line) for line in text.splitlines()]
        self.assertGreater(int(lines[0].pop("Metadata")["WriteTimestampMicros"]["N"]), start.timestamp() * 1e6)
        self.assertEqual(lines[0], {"Keys": item(1), "OldImage": item(1, v={"S": "before"}), "NewImage": item(1, v={"S": "after"})})
        self.assertEqual([(line["Keys"]["n"]["N"], "OldImage" in line, "NewImage" in line) for line in lines],
                         [("1", True, True), ("2", True, False), ("4", False, True)])
        self.assertTrue(any(key.startswith("AWSDynamoDB/data/") for key in self.keys()))
        new = self.export(arn, ExportType="INCREMENTAL_EXPORT", ExportFormat="ION",
                          IncrementalExportSpecification={**specification, "ExportViewType": "NEW_IMAGE"})
        text = self.lines(new)[1]
        self.assertRegex(text.splitlines()[0], '^[$]ion_1_0 {Metadata:{WriteTimestampMicros:[0-9]+d[3-9]},Keys:{id:"a",n:1.},'
                                               'NewImage:{id:"a",n:1.,v:"after"}}$')
        self.assertNotIn("OldImage", text)

        def refused(words, to=None, start=start, code="InvalidExportTimeException"):
            specification = {"ExportFromTime": start, **({"ExportToTime": to} if to else {})}
            self.refused(code, words, self.client.export_table_to_point_in_time, TableArn=arn, S3Bucket="exports",
                         ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=specification)
        refused("less than 15 minutes", start + datetime.timedelta(minutes=10))
        refused("cannot be greater than the current time", start + datetime.timedelta(hours=2))
        refused("cannot be less than the table creation time", start=start - datetime.timedelta(hours=1))

    def test_refused(self):
        arn = self.table(recovery=False)
        export = self.client.export_table_to_point_in_time
        self.refused("PointInTimeRecoveryUnavailableException", "not enabled for table 'source'", export, TableArn=arn, S3Bucket="none")
        self.client.update_continuous_backups(TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.refused("TableNotFoundException", "Table not found: " + arn + "s", export, TableArn=arn + "s", S3Bucket="exports")
        self.refused("ValidationException", "tableArn is not a valid ARN", export, TableArn="source", S3Bucket="exports")
        self.refused("ValidationException", "Table ARN is invalid", export, TableArn=arn + "/index/x", S3Bucket="exports")
        self.refused("AccessDeniedException", "", export, TableArn=arn.replace("000000000000", "111111111111"), S3Bucket="exports")
        self.refused("InvalidExportTimeException", "Export Time is invalid", export, TableArn=arn, S3Bucket="exports",
                     ExportTime=self.now() + datetime.timedelta(hours=1))
        self.refused("ValidationException", "KMS Key Id is not supported", export, TableArn=arn, S3Bucket="exports", S3SseKmsKeyId="k")
        self.refused("ValidationException", "Invalid Request: 1 validation error detected: Value 'not a key' at 's3SseKmsKeyId' failed to "
                     "satisfy constraint: Member must satisfy regular expression pattern", export, TableArn=arn, S3Bucket="exports",
                     S3SseAlgorithm="KMS", S3SseKmsKeyId="not a key")
        self.refused("ValidationException", "Invalid TableArn: Invalid Table ARN", export, TableArn="", S3Bucket="exports")
        self.refused("ValidationException", "ExportFromTime must be provided", export, TableArn=arn, S3Bucket="exports",
                     ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification={"ExportViewType": "NEW_IMAGE"})
        self.refused("ValidationException", "Export Type expected to be Incremental", export, TableArn=arn, S3Bucket="exports",
                     IncrementalExportSpecification={"ExportViewType": "NEW_IMAGE"})
        describe = self.client.describe_export
        self.refused("ValidationException", "Invalid Export ARN", describe, ExportArn=arn + "/something/else")
        self.refused("ExportNotFoundException", "", describe, ExportArn=arn + "/export/01768385930622-efd1a093")
        self.refused("ImportNotFoundException", "", self.client.describe_import, ImportArn=arn + "/import/01768385930622-efd1a093")
        self.assertEqual(self.keys(), [])

    def test_failures(self):
        arn = self.table()
        failed = self.export(arn, S3BucketOwner="111111111111")
        self.assertEqual((failed["ExportStatus"], failed["FailureCode"]), ("FAILED", "S3AccessDenied"))
        self.assertNotIn("ItemCount", failed)
        started = self.client.export_table_to_point_in_time(TableArn=arn, S3Bucket="no-such-bucket")["ExportDescription"]
        failed = self.export_done(started["ExportArn"])
        self.assertEqual((failed["ExportStatus"], failed["FailureCode"]), ("FAILED", "S3NoSuchBucket"))
        self.assertRegex(failed["FailureMessage"],
                         "^The specified bucket does not exist [(]Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; Request ID: "
                         "[^;]+; S3 Extended Request ID: [A-Za-z0-9+/]+=*; Proxy: null[)]$")
        # A member that boto3's model does not have.
        status, _, body = self.server.request(
            "POST", "/", json.dumps({"ExportArn": failed["ExportArn"]}).encode(),
            {"X-Amz-Target": "DynamoDB_20120810.DescribeExport", "Content-Type": "application/x-amz-json-1.0"})
        self.assertEqual((status, json.loads(body)["ExportDescription"]["DestinationType"]), (200, "S3"))
        self.s3.put_bucket_policy(Bucket="exports", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::exports/*"}]}))
        self.assertEqual(self.export(arn)["ExportStatus"], "COMPLETED")  # the owner may, and a finding says so
        self.assertIn("s3-policy-denies-owner", [one["rule"] for one in self.server.console("findings")["findings"]])

    def test_encrypted(self):
        arn = self.table()
        key = self.server.client("kms").create_key()["KeyMetadata"]["Arn"]
        done = self.export(arn, S3SseAlgorithm="KMS", S3SseKmsKeyId=key)
        self.assertEqual((done["ExportStatus"], done["S3SseAlgorithm"], done["S3SseKmsKeyId"]), ("COMPLETED", "KMS", key))
        head = self.s3.head_object(Bucket="exports", Key=done["ExportManifest"])
        self.assertEqual((head["ServerSideEncryption"], head["SSEKMSKeyId"]), ("aws:kms", key))
        self.lines(done)
        unknown = self.export(arn, S3SseAlgorithm="KMS", S3SseKmsKeyId=key[:-12] + "0" * 12)
        self.assertEqual(unknown["FailureCode"], "KmsNotFoundException")

    def test_tokens_and_lists(self):
        arn, other = self.table(), self.table("other")
        first = self.export(arn, ClientToken="token")
        self.assertEqual(self.client.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports", ClientToken="token")[
            "ExportDescription"]["ExportArn"], first["ExportArn"])
        self.refused("ExportConflictException", "Duplicate request detected with conflicting parameters",
                     self.client.export_table_to_point_in_time, TableArn=arn, S3Bucket="exports", ClientToken="token", S3Prefix="x")
        arns = [first["ExportArn"]] + [self.export(arn)["ExportArn"] for _ in range(2)]
        of_other = self.export(other)["ExportArn"]
        listed = self.client.list_exports(TableArn=arn)["ExportSummaries"]
        self.assertEqual([one["ExportArn"] for one in listed], arns[::-1])
        self.assertEqual(listed[0], {"ExportArn": arns[2], "ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT"})
        page, seen = {}, []
        while page is not None:
            answer = self.client.list_exports(MaxResults=3, **page)
            seen += [one["ExportArn"] for one in answer["ExportSummaries"]]
            page = {"NextToken": answer["NextToken"]} if "NextToken" in answer else None
        self.assertEqual(seen, [of_other] + arns[::-1])
        token = self.client.list_exports(MaxResults=1)["NextToken"]
        self.refused("ValidationException", "Provided nextToken is invalid", self.client.list_imports, NextToken=token)
        self.client.delete_table(TableName="source")
        self.assertEqual(self.client.list_exports(TableArn=arn)["ExportSummaries"], [])
        self.assertEqual(self.client.describe_export(ExportArn=first["ExportArn"])["ExportDescription"], first)


class Imports(Jobs):
    def load(self, name, body, kind="DYNAMODB_JSON", compression=None, prefix="in/", table=KEYS, **more):
        if body is not None:
            self.s3.put_object(Bucket="exports", Key=prefix + "object", Body=body)
        if compression:
            more["InputCompressionType"] = compression
        started = self.client.import_table(S3BucketSource={"S3Bucket": "exports", "S3KeyPrefix": prefix}, InputFormat=kind,
                                           TableCreationParameters={"TableName": name, **table}, **more)["ImportTableDescription"]
        self.assertEqual(started["ImportStatus"], "IN_PROGRESS")
        return self.import_done(started["ImportArn"])

    def counts(self, done):
        return tuple(done[name] for name in ("ProcessedItemCount", "ImportedItemCount", "ErrorCount"))

    def test_what_was_exported(self):
        arn = self.table()
        self.put(WHOLE, item(2))
        for kind in ("DYNAMODB_JSON", "ION"):
            export = self.client.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports", ExportFormat=kind)
            folder = "AWSDynamoDB/%s/data/" % export["ExportDescription"]["ExportArn"].rsplit("/", 1)[1]
            done = self.load(kind, None, kind, "GZIP", folder)
            self.assertEqual((done["ImportStatus"], self.counts(done)), ("COMPLETED", (2, 2, 0)))
            self.assertGreater(done["ProcessedSizeBytes"], 0)
            loaded = {one["n"]["N"]: one for one in self.items(kind)}
            for name in ("words", "numbers"):
                loaded["1"][name] = {tag: sorted(values, reverse=tag == "NS") for tag, values in loaded["1"][name].items()}
            self.assertEqual(loaded, {"1": WHOLE, "2": item(2)})
        wrong = self.load("wrong", None, "ION", "NONE", folder)
        self.assertEqual((wrong["ImportStatus"], wrong["FailureCode"], self.counts(wrong)), ("FAILED", "ItemValidationError", (1, 0, 1)))
        self.assertEqual(self.items("wrong"), [])

    def test_json(self):
        lines = [json.dumps({"Item": item(n, g={"S": "x"})}) for n in range(10)]
        table = {**KEYS, "AttributeDefinitions": KEYS["AttributeDefinitions"] + [{"AttributeName": "g", "AttributeType": "S"}],
                 "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                             "Projection": {"ProjectionType": "ALL"}}]}
        done = self.load("good", "\n".join(lines[:5]) + "".join(lines[5:]), table=table, ClientToken="token")
        self.assertEqual((done["ImportStatus"], self.counts(done)), ("COMPLETED", (10, 10, 0)))
        self.assertEqual(done["TableCreationParameters"], {"TableName": "good", **table})
        self.assertEqual(done["S3BucketSource"], {"S3Bucket": "exports", "S3KeyPrefix": "in/", "S3BucketOwner": "000000000000"})
        self.assertEqual((done["InputCompressionType"], done["ClientToken"]), ("NONE", "token"))
        by_g = self.client.query(TableName="good", IndexName="by-g", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"S": "x"}})
        self.assertEqual(by_g["Count"], 10)
        self.assertEqual(self.client.describe_table(TableName="good")["Table"]["ItemCount"], 10)
        missing = self.load("missing", "\n".join(lines[:5] + ['{"Item": {"id": {"S": "a"}}}'] + lines[6:]))
        self.assertEqual((missing["ImportStatus"], self.counts(missing)), ("FAILED", (10, 9, 1)))
        self.assertEqual(len(self.items("missing")), 9)
        garbage = self.load("garbage", "\n".join(lines[:5] + ["what?"] + lines[6:]))
        self.assertEqual((garbage["FailureCode"], self.counts(garbage)), ("ItemValidationError", (6, 5, 1)))
        twice = self.load("twice", lines[0] + lines[1] + lines[0])
        self.assertEqual((self.counts(twice), len(self.items("twice"))), ((3, 3, 0), 2))
        empty = self.load("empty", None, prefix="nothing/")
        self.assertEqual((empty["ImportStatus"], self.counts(empty), self.items("empty")), ("COMPLETED", (0, 0, 0), []))

    def test_csv(self):
        done = self.load("plain", 'id,n,"the, value"\r\na,1,"say ""yes"""\r\nb,2,\n', "CSV")
        self.assertEqual((done["ImportStatus"], self.counts(done)), ("COMPLETED", (2, 2, 0)))
        self.assertNotIn("InputFormatOptions", done)
        self.assertCountEqual(self.items("plain"), [
            {"id": {"S": "a"}, "n": {"N": "1"}, "the, value": {"S": 'say "yes"'}},
            {"id": {"S": "b"}, "n": {"N": "2"}, "the, value": {"S": ""}}])
        options = {"Csv": {"Delimiter": ";", "HeaderList": ["id", "n", "v"]}}
        done = self.load("headers", gzip.compress(b"a;1;x,y") + gzip.compress(b"\nb;zwei;z\nc;3\nd;4;4"), "CSV", "GZIP", InputFormatOptions=options)
        self.assertEqual((self.counts(done), done["InputFormatOptions"]), ((4, 2, 2), options))
        self.assertCountEqual(self.items("headers"), [{"id": {"S": "a"}, "n": {"N": "1"}, "v": {"S": "x,y"}},
                                                      {"id": {"S": "d"}, "n": {"N": "4"}, "v": {"S": "4"}}])
        self.refused("ValidationException", "Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON.",
                     self.load, name="new", body="", InputFormatOptions=options)

    @unittest.skipUnless(shutil.which("zstd"), "no zstd")
    def test_zstandard(self):
        def compressed(text, *options):
            return subprocess.run(["zstd", "-c", "-q", *options], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout

        def lines(numbers):
            return "".join(json.dumps({"Item": item(n, text={"S": "%d " % n * 300})}) + "\n" for n in numbers)

        many = lines(range(5000))
        done = self.load("many", compressed(many), compression="ZSTD")
        self.assertEqual((done["ImportStatus"], done["InputCompressionType"], self.counts(done)), ("COMPLETED", "ZSTD", (5000, 5000, 0)))
        self.assertLess(done["ProcessedSizeBytes"], len(many) / 10)
        last = self.client.get_item(TableName="many", Key=item(4999))["Item"]
        self.assertEqual(last["text"]["S"], "4999 " * 300)

        # Frames that begin within a record, one of them without a length of its content, a skippable one among them.
        first, rest = many[:1234567], many[1234567:]
        skippable = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"extra"
        frames = compressed(first, "-19") + skippable + compressed("") + compressed(rest, "--no-check", "--ultra", "-22")
        self.assertEqual(self.counts(self.load("frames", frames, compression="ZSTD")), (5000, 5000, 0))
        csv = self.load("csv", compressed("id,n\na,1\n"), "CSV", "ZSTD")
        self.assertEqual((self.counts(csv), self.items("csv")), ((1, 1, 0), [item(1)]))
        self.assertEqual(self.load("nothing", b"", compression="ZSTD")["ImportStatus"], "COMPLETED")

        # What the setting says counts, not the name of the object or its content.
        self.s3.put_object(Bucket="exports", Key="named/data.json.gz", Body=compressed(lines([1])))
        self.assertEqual(self.counts(self.load("named", None, compression="ZSTD", prefix="named/")), (1, 1, 0))

        whole = compressed(lines([1, 2]), "--check")
        wide = b"\x28\xb5\x2f\xfd\x00" + bytes([(30 - 10) << 3]) + b"\x01\x00\x00"  # an empty frame with a window of 1 GiB
        for name, body in {"cut": whole[:-6], "checksum": whole[:-1] + bytes([whole[-1] ^ 1]), "after": whole + b"more", "wide": wide,
                           "gzip": gzip.compress(lines([1]).encode()), "plain": lines([1]).encode()}.items():
            with self.subTest(name):
                failed = self.load(name, body, compression="ZSTD")
                self.assertEqual((failed["ImportStatus"], failed["FailureCode"], failed["ErrorCount"]), ("FAILED", "ItemValidationError", 1))
                self.assertEqual(failed["ImportedItemCount"], len(self.items(name)))
        self.assertEqual(len(self.items("after")), 2)
        unpacked = self.load("unpacked", whole, compression="GZIP")
        self.assertEqual((unpacked["FailureCode"], self.counts(unpacked)), ("ItemValidationError", (1, 0, 1)))

    def test_failures(self):
        source, parameters = {"S3Bucket": "no-such-bucket"}, {"TableName": "new", **KEYS}
        started = self.client.import_table(S3BucketSource=source, InputFormat="CSV", TableCreationParameters=parameters)
        arn = started["ImportTableDescription"]["ImportArn"]
        failed = self.import_done(arn)
        self.assertEqual((failed["ImportStatus"], failed["FailureCode"], self.counts(failed)), ("FAILED", "S3NoSuchBucket", (0, 0, 0)))
        self.assertTrue(failed["TableArn"].endswith(":table/new"))
        self.assertEqual(self.client.list_tables()["TableNames"], [])
        self.table("taken", recovery=False)
        self.refused("ResourceInUseException", "Table already exists: taken", self.load, name="taken", body="")
        self.refused("ValidationException", "ReadCapacityUnits and WriteCapacityUnits must both be specified", self.load, name="new", body="",
                     table={name: value for name, value in KEYS.items() if name != "BillingMode"})
        for member in ("MaxWriteRequestUnits", "MaxReadRequestUnits"):
            self.refused("ValidationException", "One or more parameter values were invalid: %s for OnDemandThroughput cannot be specified when "
                         "table BillingMode is PROVISIONED." % member, self.load, name="new", body="",
                         table={**KEYS, "BillingMode": "PROVISIONED", "OnDemandThroughput": {member: 1},
                                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}})
        first = self.load("first", b"", ClientToken="token")
        self.refused("ImportConflictException", "Duplicate request", self.load, name="second", body=b"", ClientToken="token")
        self.assertEqual(self.client.list_tables()["TableNames"], ["first", "taken"])
        listed = self.client.list_imports()["ImportSummaryList"]
        self.assertEqual([one["ImportArn"] for one in listed], [first["ImportArn"], arn])
        # A token is not looked at while the table is there, and makes no other when it is gone.
        self.refused("ResourceInUseException", "Table already exists: first", self.load, name="first", body=b"", ClientToken="token")
        self.client.delete_table(TableName="first")
        again = self.client.import_table(S3BucketSource={"S3Bucket": "exports", "S3KeyPrefix": "other/"}, InputFormat="DYNAMODB_JSON",
                                         TableCreationParameters={"TableName": "first", **KEYS}, ClientToken="token")
        self.assertEqual(again["ImportTableDescription"], first)
        self.assertEqual(self.client.list_tables()["TableNames"], ["taken"])
        self.assertEqual(len(self.client.list_imports(TableArn=first["TableArn"])["ImportSummaryList"]), 1)


class Realistic(Jobs):
    flags = ("--lifecycle", "realistic")

    def test_an_import_takes_its_time(self):
        self.s3.put_object(Bucket="exports", Key="in/object", Body=json.dumps({"Item": item(1)}))

        def start(name, bucket="exports", prefix="in/"):
            return self.client.import_table(S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": prefix}, InputFormat="DYNAMODB_JSON", ClientToken=name,
                                            TableCreationParameters={"TableName": name, **KEYS})["ImportTableDescription"]["ImportArn"]

        def status(arn):
            return self.client.describe_import(ImportArn=arn)["ImportTableDescription"]["ImportStatus"]

        good, bad = start("good"), start("bad", "no-such-bucket")
        self.server.advance(10_000)
        self.assertEqual((status(good), status(bad)), ("IN_PROGRESS", "FAILED"))
        self.server.advance(90_000)
        self.assertEqual(self.client.describe_table(TableName="good")["Table"]["TableStatus"], "CREATING")
        self.refused("ResourceInUseException", "Table is being created: good", self.client.delete_table, TableName="good")
        self.refused("ResourceNotFoundException", "Requested resource not found", self.client.scan, TableName="good")
        self.assertEqual((start("good"), start("good", prefix="other/")), (good, good))
        self.server.advance(15_000)
        self.assertEqual((status(good), self.client.describe_table(TableName="good")["Table"]["TableStatus"]), ("COMPLETED", "ACTIVE"))
        self.assertEqual(self.items("good"), [item(1)])
        self.refused("ResourceInUseException", "Table already exists: good", start, name="good")

    def test_recovery_is_behind(self):
        arn = self.table(recovery=False)
        self.server.advance(30_000)
        self.client.update_continuous_backups(TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        enabled = self.client.describe_continuous_backups(TableName="source")["ContinuousBackupsDescription"][
            "PointInTimeRecoveryDescription"]["EarliestRestorableDateTime"]
        self.server.advance(60_000)

        def export(seconds=None):
            time = {} if seconds is None else {"ExportTime": enabled + datetime.timedelta(seconds=seconds)}
            return self.client.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports", **time)["ExportDescription"]

        self.refused("InvalidExportTimeException", "Export Time is invalid", export, seconds=-3600)
        self.refused("InvalidExportTimeException", "Point in Time Recovery is not available for specified export time", export, seconds=59)
        self.refused("InvalidExportTimeException", "Export Time is invalid", export, seconds=3600)
        started = export()["ExportArn"]
        self.server.advance(300_000)
        export(59)
        self.assertEqual(self.client.describe_export(ExportArn=started)["ExportDescription"]["ExportStatus"], "COMPLETED")


del Jobs

if __name__ == "__main__":
    unittest.main()
