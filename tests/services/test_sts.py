"""STS: who one is, roles by trust policy, sessions that end, and what AWS refuses."""

import base64
import json
import unittest
import urllib.parse

from service_case import FreshServerCase

MINUTE = 60_000
ISSUER = "https://tokens.example.org"


def trust(principal, action="sts:AssumeRole", **condition):
    statement = {"Effect": "Allow", "Action": action, "Principal": principal}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def token(claims):
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return ".".join((part({"alg": "RS256"}), part(claims), "c2lnbmF0dXJl"))


class StsTest(FreshServerCase):
    clients = {"iam": "iam", "sts": "sts"}

    def role(self, name, document, **arguments):
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **arguments)["Role"]["Arn"]

    def user(self, name="someone"):
        self.iam.create_user(UserName=name)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return dict(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])

    def session(self, credentials, service="sts", **options):
        return self.server.client(service, access_key=credentials["AccessKeyId"],
                                  secret_key=credentials["SecretAccessKey"],
                                  session_token=credentials["SessionToken"], **options)

    def refused(self, code, call, **arguments):
        response = super().refused(code, call, **arguments)
        self.assertEqual(response["Error"].get("Type"), "Sender")


class Identity(StsTest):
    def test_who_one_is(self):
        self.assertEqual(self.sts.get_caller_identity()["Arn"], "arn:aws:iam::000000000000:root")
        other = self.server.client("sts", access_key="111122223333").get_caller_identity()
        self.assertEqual((other["Account"], other["Arn"]), ("111122223333", "arn:aws:iam::111122223333:root"))
        keys = self.user()
        me = self.server.client("sts", **keys).get_caller_identity()
        self.assertEqual(me["Arn"], "arn:aws:iam::000000000000:user/someone")
        self.assertTrue(me["UserId"].startswith("AIDA"))
        self.assertEqual(self.sts.get_access_key_info(AccessKeyId=keys["access_key"])["Account"], "000000000000")
        self.refused("SignatureDoesNotMatch",
                     self.server.client("sts", **dict(keys, secret_key="wrong")).get_caller_identity,
                     matching="signature we calculated does not match")

    def test_a_presigned_call_holds_for_a_quarter_of_an_hour(self):
        """Whatever its X-Amz-Expires says: tokens of EKS are such calls, and Terraform signs them with 0."""
        signer = self.server.client("sts", **self.user())
        url = signer.generate_presigned_url("get_caller_identity", ExpiresIn=1, HttpMethod="GET")
        path = "/?" + urllib.parse.urlsplit(url).query
        host = {"Host": urllib.parse.urlsplit(url).netloc}
        self.server.advance(14 * MINUTE)
        status, _, body = self.server.request("GET", path, headers=host)
        self.assertEqual(status, 200, body)
        self.assertIn(b"user/someone", body)
        self.server.advance(2 * MINUTE)
        status, _, body = self.server.request("GET", path, headers=host)
        self.assertEqual(status, 403)
        self.assertIn(b"<Code>SignatureDoesNotMatch</Code><Message>Signature expired: ", body)

    def test_a_session_of_ones_own(self):
        client = self.server.client("sts", **self.user())
        credentials = client.get_session_token(DurationSeconds=900)["Credentials"]
        self.assertEqual(self.session(credentials).get_caller_identity()["Arn"],
                         "arn:aws:iam::000000000000:user/someone")
        self.server.advance(16 * MINUTE)
        self.refused("ExpiredToken", self.session(credentials).get_caller_identity,
                     matching="^The security token included in the request is expired$")


class Roles(StsTest):
    def test_assume_role(self):
        arn = self.role("reader", trust({"AWS": "000000000000"}), MaxSessionDuration=7200)
        answer = self.sts.assume_role(RoleArn=arn, RoleSessionName="here", DurationSeconds=7200)
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::000000000000:assumed-role/reader/here")
        self.assertTrue(answer["Credentials"]["AccessKeyId"].startswith("ASIA"))
        session = self.session(answer["Credentials"])
        self.assertEqual(session.get_caller_identity()["Arn"], answer["AssumedRoleUser"]["Arn"])
        self.assertEqual(session.get_caller_identity()["UserId"], answer["AssumedRoleUser"]["AssumedRoleId"])
        wrong = dict(answer["Credentials"], SessionToken="no such token")
        self.refused("InvalidClientTokenId", self.session(wrong).get_caller_identity,
                     matching="^The security token included in the request is invalid")

    def test_what_assume_role_refuses(self):
        arn = self.role("guarded", trust({"AWS": "000000000000"}, StringEquals={"sts:ExternalId": "secret"}))
        denied = r"^User: arn:aws:iam::000000000000:root is not authorized to perform: sts:AssumeRole on resource: "
        call = lambda **arguments: self.sts.assume_role(**dict(dict(RoleArn=arn, RoleSessionName="ok"), **arguments))
        self.assertTrue(call(ExternalId="secret"))
        self.refused("AccessDenied", call, matching=denied + arn + "$", ExternalId="guess")
        self.refused("AccessDenied", call, matching=denied + arn + "$")
        self.refused("AccessDenied", call, matching=denied, RoleArn="arn:aws:iam::000000000000:role/none")
        service = self.role("service", trust({"Service": "ec2.amazonaws.com"}))
        self.refused("AccessDenied", call, matching=denied, RoleArn=service)
        self.refused("ValidationError", call,
                     matching="^The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
                     ExternalId="secret", DurationSeconds=7200)
        self.refused("ValidationError", call,
                     matching="'roleArn' failed to satisfy constraint: Member must have length greater "
                     "than or equal to 20", RoleArn="short")
        self.refused("ValidationError", call, matching="^arn:aws:s3:::not-a-role-at-all-here is invalid$",
                     RoleArn="arn:aws:s3:::not-a-role-at-all-here")
        self.refused("ValidationError", call,
                     matching="Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member "
                     "must satisfy regular expression pattern", RoleSessionName="a b")
        self.refused("ValidationError", call, matching="Value '899' at 'durationSeconds'", DurationSeconds=899)
        self.refused("MalformedPolicyDocument", call, matching=".", ExternalId="secret", Policy="{nonsense")

    def test_web_identities(self):
        provider = self.iam.create_open_id_connect_provider(
            Url=ISSUER, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
        arn = self.role("pod", trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity",
                                     StringEquals={"tokens.example.org:sub": "system:serviceaccount:default:app"}))
        now = self.server.console("clock")["now_ms"] // 1000
        good = {"iss": ISSUER, "sub": "system:serviceaccount:default:app", "aud": ["sts.amazonaws.com"], "exp": now + 600}
        call = lambda claims: self.sts.assume_role_with_web_identity(
            RoleArn=arn, RoleSessionName="pod", WebIdentityToken=claims if isinstance(claims, str) else token(claims))
        answer = call(good)
        self.assertEqual((answer["Provider"], answer["Audience"]), (provider, "sts.amazonaws.com"))
        self.assertEqual(self.session(answer["Credentials"]).get_caller_identity()["Arn"],
                         "arn:aws:sts::000000000000:assumed-role/pod/pod")
        no_jwt = "^The ID Token provided is not a valid JWT"
        for claims in ("no.token.atall", "x" * 20, {"iss": 5, "sub": "x"}, {"iss": ISSUER}, [good],
                       dict(good, exp="soon")):
            self.refused("InvalidIdentityToken", call, matching=no_jwt, claims=claims)
        self.refused("InvalidIdentityToken", call,
                     matching="^Incorrect token audience$", claims=dict(good, aud="other"))
        self.refused("InvalidIdentityToken", call, matching="^Incorrect token audience$", claims=dict(good, aud=[5]))
        self.refused("InvalidIdentityToken", call,
                     matching="^No OpenIDConnect provider found in your account for https://else",
                     claims=dict(good, iss="https://else.example.org"))
        self.refused("ExpiredTokenException", call, matching="^Token expired", claims=dict(good, exp=now - 10))
        self.refused("AccessDenied", call, matching="^Not authorized to perform sts:AssumeRoleWithWebIdentity$",
                     claims=dict(good, sub="system:serviceaccount:default:other"))


if __name__ == "__main__":
    unittest.main()
