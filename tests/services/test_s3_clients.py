"""Clients as they are: the AWS CLI's s3 commands, boto3's transfer manager, the JavaScript SDK. That one is taken where
node finds it (NODE_PATH), else npm installs it in a temporary folder; without npm or its registry its test is skipped."""

import filecmp
import io
import os
import random
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

from boto3.s3.transfer import TransferConfig
from service_case import ServiceCase

MIB = 1024 * 1024

JAVASCRIPT = """
const {S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand, ListObjectsV2Command, CreateMultipartUploadCommand,
       UploadPartCommand, CompleteMultipartUploadCommand, HeadObjectCommand} = require('@aws-sdk/client-s3');
const {Upload} = require('@aws-sdk/lib-storage');
const {Readable} = require('stream');
const s3 = new S3Client({endpoint: process.argv[2], region: 'us-east-1', forcePathStyle: true,
                         credentials: {accessKeyId: process.argv[3], secretAccessKey: process.argv[4]}});
const Bucket = 'javascript';
(async () => {
  await s3.send(new CreateBucketCommand({Bucket}));
  const put = await s3.send(new PutObjectCommand({Bucket, Key: 'text', Body: 'hello', Metadata: {a: 'b'}}));
  if (!put.ChecksumCRC32) throw new Error('no default checksum');
  const got = await s3.send(new GetObjectCommand({Bucket, Key: 'text', ChecksumMode: 'ENABLED'}));
  if (await got.Body.transformToString() !== 'hello' || got.Metadata.a !== 'b') throw new Error('the text differs');
  const bytes = Buffer.alloc(3000000, 'xyz');
  await s3.send(new PutObjectCommand({Bucket, Key: 'stream', Body: Readable.from([bytes.subarray(0, 100000), bytes.subarray(100000)]),
                                      ContentLength: bytes.length}));
  const stream = await s3.send(new GetObjectCommand({Bucket, Key: 'stream'}));
  if (!bytes.equals(Buffer.from(await stream.Body.transformToByteArray()))) throw new Error('the stream differs');
  const {UploadId} = await s3.send(new CreateMultipartUploadCommand({Bucket, Key: 'parts'}));
  const {ETag} = await s3.send(new UploadPartCommand({Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: bytes}));
  await s3.send(new CompleteMultipartUploadCommand({Bucket, Key: 'parts', UploadId, MultipartUpload: {Parts: [{PartNumber: 1, ETag}]}}));
  const large = Buffer.alloc(11 * 1024 * 1024, 'lib-storage');
  const upload = new Upload({client: s3, params: {Bucket, Key: 'upload', Body: Readable.from([large.subarray(0, 7000000), large.subarray(7000000)])}});
  await upload.done();
  const head = await s3.send(new HeadObjectCommand({Bucket, Key: 'upload', ChecksumMode: 'ENABLED'}));
  if (!head.ETag.endsWith('-3"') || !head.ChecksumCRC32) throw new Error('no upload in parts with checksums: ' + JSON.stringify(head));
  const whole = await s3.send(new GetObjectCommand({Bucket, Key: 'upload'}));
  if (!large.equals(Buffer.from(await whole.Body.transformToByteArray()))) throw new Error('the upload differs');
  const listing = await s3.send(new ListObjectsV2Command({Bucket}));
  console.log(listing.Contents.map(entry => entry.Key + ':' + entry.Size).join(' '));
})().catch(error => { console.error(error); process.exit(1); });
"""


PACKAGES = ("@aws-sdk/client-s3", "@aws-sdk/lib-storage")


def javascript(folder):
    """The environment in which node finds the SDK; None where there is none to be had."""
    if not shutil.which("node"):
        return None
    find = ["node", "-e", "".join("require.resolve('%s');" % name for name in PACKAGES)]
    if subprocess.run(find, capture_output=True).returncode == 0:
        return os.environ
    if not shutil.which("npm"):
        return None
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *PACKAGES]
    try:
        installed = subprocess.run(install, capture_output=True, timeout=180).returncode == 0
    except subprocess.TimeoutExpired:
        return None
    return dict(os.environ, NODE_PATH=os.path.join(folder, "node_modules")) if installed else None


class Clients(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        iam = cls.server.client("iam")
        iam.create_user(UserName="client")
        key = iam.create_access_key(UserName="client")["AccessKey"]
        cls.key = key["AccessKeyId"], key["SecretAccessKey"]
        cls.s3 = cls.server.client("s3", access_key=cls.key[0], secret_key=cls.key[1])

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="orrery-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, size):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(random.randbytes(size))
        return path

    def aws(self, *arguments):
        environment = dict(os.environ, AWS_ENDPOINT_URL=self.server.endpoint, AWS_ACCESS_KEY_ID=self.key[0],
                           AWS_SECRET_ACCESS_KEY=self.key[1], AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE=os.devnull)
        run = subprocess.run(["aws", "s3", *arguments], env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def keys(self, bucket):
        return sorted(entry["Key"] for entry in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []))

    @unittest.skipUnless(shutil.which("aws"), "the AWS CLI is not installed")
    def test_command_line(self):
        self.aws("mb", "s3://shell")
        large = self.file("large", 20 * MIB + 1)
        self.aws("cp", large, "s3://shell/large")  # in parts
        self.assertIn("-", self.s3.head_object(Bucket="shell", Key="large")["ETag"])
        self.aws("cp", "s3://shell/large", os.path.join(self.folder, "back"))
        self.assertTrue(filecmp.cmp(large, os.path.join(self.folder, "back"), shallow=False))
        self.aws("cp", "s3://shell/large", "s3://shell/copied")
        self.assertEqual(self.s3.head_object(Bucket="shell", Key="copied")["ContentLength"], 20 * MIB + 1)
        for name in ("tree/a", "tree/b/c d", "tree/b/\u00e9"):
            self.file(name, 1000)
        tree = os.path.join(self.folder, "tree")
        self.aws("sync", tree, "s3://shell/tree")
        self.assertEqual(self.keys("shell"), ["copied", "large", "tree/a", "tree/b/c d", "tree/b/\u00e9"])
        self.assertEqual(self.aws("sync", tree, "s3://shell/tree"), "")
        os.remove(os.path.join(tree, "a"))
        self.aws("sync", tree, "s3://shell/tree", "--delete")
        self.aws("sync", "s3://shell/tree", os.path.join(self.folder, "mirror"))
        self.assertEqual(sorted(os.listdir(os.path.join(self.folder, "mirror", "b"))), ["c d", "\u00e9"])
        self.aws("mv", "s3://shell/copied", "s3://shell/moved")
        self.assertIn("moved", self.aws("ls", "s3://shell/"))
        url = self.aws("presign", "s3://shell/tree/b/c d").strip()
        with urllib.request.urlopen(url) as answer:
            self.assertEqual(len(answer.read()), 1000)
        self.aws("website", "s3://shell/", "--index-document", "index.html", "--error-document", "error.html")
        self.assertEqual(self.s3.get_bucket_website(Bucket="shell")["ErrorDocument"], {"Key": "error.html"})
        self.aws("rm", "s3://shell/", "--recursive")
        self.assertEqual(self.keys("shell"), [])
        self.aws("rb", "s3://shell")

    def test_transfer_manager(self):
        self.s3.create_bucket(Bucket="transfer")
        config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
        large = self.file("large", 17 * MIB)
        self.s3.upload_file(large, "transfer", "large", Config=config, ExtraArgs={"Metadata": {"from": "a file"}})
        self.s3.copy({"Bucket": "transfer", "Key": "large"}, "transfer", "copy", Config=config)
        back = os.path.join(self.folder, "back")
        self.s3.download_file("transfer", "copy", back, Config=config)
        self.assertTrue(filecmp.cmp(large, back, shallow=False))
        self.assertEqual(self.s3.head_object(Bucket="transfer", Key="large")["Metadata"], {"from": "a file"})
        self.s3.upload_fileobj(io.BytesIO(b"x" * 100), "transfer", "object")
        out = io.BytesIO()
        self.s3.download_fileobj("transfer", "object", out)
        self.assertEqual(out.getvalue(), b"x" * 100)

    def test_javascript(self):
        environment = javascript(self.folder)
        if environment is None:
            self.skipTest("neither node with @aws-sdk/client-s3 and @aws-sdk/lib-storage nor an npm that installs them")
        run = subprocess.run(["node", "-e", JAVASCRIPT, "x", self.server.endpoint, *self.key], env=environment,
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout.split(), ["parts:3000000", "stream:3000000", "text:5", "upload:%d" % (11 * MIB)])


if __name__ == "__main__":
    unittest.main()
