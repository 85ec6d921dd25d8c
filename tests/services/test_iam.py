"""IAM and STS through boto3: what a client sets it reads back, and what AWS refuses is refused in its words."""
import base64
import json
import time
import unittest

from orrery_server import Server
from service_case import ServiceCase

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::bucket/*"}]}


class Base(ServiceCase):
    clients = {"iam": "iam", "sts": "sts"}


class Roles(Base):
    def create(self, name, **more):
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **more)["Role"]

    def test_reads_back_what_was_set(self):
        made = self.create("Full", Path="/app/", Description="d", MaxSessionDuration=7200,
                           Tags=[{"Key": "k", "Value": "v"}],
                           PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
        self.assertRegex(made["RoleId"], r"^AROA[A-Z2-7]{17}$")
        role = self.iam.get_role(RoleName="Full")["Role"]
        self.assertEqual(role["Arn"], "arn:aws:iam::000000000000:role/app/Full")
        self.assertEqual(role["AssumeRolePolicyDocument"], TRUST)
        self.assertEqual((role["Path"], role["Description"], role["MaxSessionDuration"]), ("/app/", "d", 7200))
        self.assertEqual(role["Tags"], [{"Key": "k", "Value": "v"}])
        self.assertEqual(role["PermissionsBoundary"]["PermissionsBoundaryArn"],
                         "arn:aws:iam::aws:policy/PowerUserAccess")
        self.assertEqual(role["CreateDate"], made["CreateDate"])
        self.iam.update_role(RoleName="Full", Description="e", MaxSessionDuration=3600)
        self.iam.delete_role_permissions_boundary(RoleName="Full")
        self.iam.untag_role(RoleName="Full", TagKeys=["k"])
        role = self.iam.get_role(RoleName="Full")["Role"]
        self.assertEqual((role["Description"], role["MaxSessionDuration"]), ("e", 3600))
        self.assertNotIn("PermissionsBoundary", role)
        self.assertNotIn("Tags", role)
        self.refused("EntityAlreadyExists", self.create, containing="already exists", name="full")

    def test_missing_and_malformed(self):
        self.refused("NoSuchEntity", self.iam.get_role, message="The role with name none cannot be found.", RoleName="none")
        self.refused("MalformedPolicyDocument", self.iam.create_role, RoleName="bad", AssumeRolePolicyDocument="{}")

    def test_attachments_hold_a_role(self):
        self.create("Attached")
        worker = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
        self.iam.attach_role_policy(RoleName="Attached", PolicyArn=worker)
        nothing = "arn:aws:iam::aws:policy/AmazonEKSNothing"
        self.refused("NoSuchEntity", self.iam.attach_role_policy, RoleName="Attached", PolicyArn=nothing,
                     message="Policy %s does not exist or is not attachable." % nothing)
        attached = self.iam.list_attached_role_policies(RoleName="Attached")["AttachedPolicies"]
        self.assertEqual(attached, [{"PolicyName": "AmazonEKSWorkerNodePolicy", "PolicyArn": worker}])
        self.assertEqual(self.iam.get_policy(PolicyArn=worker)["Policy"]["AttachmentCount"], 1)
        users = self.iam.list_entities_for_policy(PolicyArn=worker)
        self.assertEqual(users["PolicyRoles"][0]["RoleName"], "Attached")
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="Attached",
                     message="Cannot delete entity, must detach all policies first.")
        self.iam.detach_role_policy(RoleName="Attached", PolicyArn=worker)
        self.iam.delete_role(RoleName="Attached")
        self.refused("NoSuchEntity", self.iam.get_role, RoleName="Attached")

    def test_inline_policies(self):
        self.create("Inline")
        self.iam.put_role_policy(RoleName="Inline", PolicyName="p", PolicyDocument=json.dumps(POLICY, indent=1))
        got = self.iam.get_role_policy(RoleName="Inline", PolicyName="p")
        self.assertEqual((got["RoleName"], got["PolicyName"], got["PolicyDocument"]), ("Inline", "p", POLICY))
        self.assertEqual(self.iam.list_role_policies(RoleName="Inline")["PolicyNames"], ["p"])
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="Inline")
        self.iam.delete_role_policy(RoleName="Inline", PolicyName="p")
        self.refused("NoSuchEntity", self.iam.get_role_policy, RoleName="Inline", PolicyName="p",
                     message="The role policy with name p cannot be found.")

    def test_instance_profiles(self):
        role = self.create("Worker")
        self.iam.create_instance_profile(InstanceProfileName="Worker", Tags=[{"Key": "a", "Value": "b"}])
        self.iam.add_role_to_instance_profile(InstanceProfileName="Worker", RoleName="Worker")
        self.refused("LimitExceeded", self.iam.add_role_to_instance_profile, InstanceProfileName="Worker",
                     RoleName="Worker")
        profile = self.iam.get_instance_profile(InstanceProfileName="Worker")["InstanceProfile"]
        self.assertEqual(profile["Roles"][0]["Arn"], role["Arn"])
        self.assertEqual(profile["Tags"], [{"Key": "a", "Value": "b"}])
        listed = self.iam.list_instance_profiles_for_role(RoleName="Worker")["InstanceProfiles"]
        self.assertEqual([p["InstanceProfileName"] for p in listed], ["Worker"])
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="Worker")
        self.refused("DeleteConflict", self.iam.delete_instance_profile, InstanceProfileName="Worker")
        self.iam.remove_role_from_instance_profile(InstanceProfileName="Worker", RoleName="Worker")
        self.iam.delete_instance_profile(InstanceProfileName="Worker")
        self.iam.delete_role(RoleName="Worker")

    def test_pages(self):
        for i in range(5):
            self.create(f"page-{i}", Path="/pages/")
        first = self.iam.list_roles(PathPrefix="/pages/", MaxItems=2)
        self.assertTrue(first["IsTruncated"])
        names = [role["RoleName"] for page in self.iam.get_paginator("list_roles").paginate(
            PathPrefix="/pages/", PaginationConfig={"PageSize": 2}) for role in page["Roles"]]
        self.assertEqual(names, [f"page-{i}" for i in range(5)])

    def test_service_linked_roles(self):
        role = self.iam.create_service_linked_role(AWSServiceName="elasticache.amazonaws.com")["Role"]
        self.assertEqual(role["RoleName"], "AWSServiceRoleForElastiCache")
        self.refused("InvalidInput", self.iam.create_service_linked_role, AWSServiceName="elasticache.amazonaws.com")
        self.refused("UnmodifiableEntity", self.iam.delete_role, RoleName=role["RoleName"])
        task = self.iam.delete_service_linked_role(RoleName=role["RoleName"])["DeletionTaskId"]
        status = self.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
        self.assertEqual(status["Status"], "SUCCEEDED")


class Policies(Base):
    def test_versions(self):
        arn = self.iam.create_policy(PolicyName="p", Path="/x/", Description="d", PolicyDocument=json.dumps(POLICY),
                                     Tags=[{"Key": "k", "Value": "v"}])["Policy"]["Arn"]
        self.assertEqual(arn, "arn:aws:iam::000000000000:policy/x/p")
        policy = self.iam.get_policy(PolicyArn=arn)["Policy"]
        self.assertEqual((policy["Description"], policy["DefaultVersionId"], policy["AttachmentCount"]), ("d", "v1", 0))
        self.assertEqual(policy["Tags"], [{"Key": "k", "Value": "v"}])
        other = json.loads(json.dumps(POLICY).replace("Get", "Put"))
        for _ in range(4):
            self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(other), SetAsDefault=True)
        self.refused("LimitExceeded", self.iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(other))
        versions = self.iam.list_policy_versions(PolicyArn=arn)["Versions"]
        self.assertEqual([v["VersionId"] for v in versions], ["v5", "v4", "v3", "v2", "v1"])
        self.assertEqual([v["IsDefaultVersion"] for v in versions], [True] + [False] * 4)
        self.assertEqual(self.iam.get_policy_version(PolicyArn=arn, VersionId="v5")["PolicyVersion"]["Document"], other)
        self.refused("DeleteConflict", self.iam.delete_policy, PolicyArn=arn)
        self.refused("DeleteConflict", self.iam.delete_policy_version, PolicyArn=arn, VersionId="v5")
        self.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        for version in ("v2", "v3", "v4", "v5"):
            self.iam.delete_policy_version(PolicyArn=arn, VersionId=version)
        self.iam.delete_policy(PolicyArn=arn)
        self.refused("NoSuchEntity", self.iam.get_policy, PolicyArn=arn)

    def test_list_knows_what_aws_manages(self):
        pages = self.iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 1000})
        names = {p["PolicyName"] for page in pages for p in page["Policies"]}
        self.assertGreater(len(names), 1000)
        self.assertLessEqual({"AdministratorAccess", "AmazonEKSClusterPolicy", "AmazonEKS_CNI_Policy"}, names)


class Users(Base):
    def test_a_key_signs_for_its_user(self):
        self.iam.create_user(UserName="ann", Path="/staff/", Tags=[{"Key": "k", "Value": "v"}])
        user = self.iam.get_user(UserName="ann")["User"]
        self.assertEqual(user["Tags"], [{"Key": "k", "Value": "v"}])
        key = self.iam.create_access_key(UserName="ann")["AccessKey"]

        def sts(secret):
            return self.server.client("sts", access_key=key["AccessKeyId"], secret_key=secret)
        who = sts(key["SecretAccessKey"]).get_caller_identity()
        self.assertEqual((who["Arn"], who["UserId"]), (user["Arn"], user["UserId"]))
        self.refused("SignatureDoesNotMatch", sts("wrong").get_caller_identity)
        self.assertEqual(self.sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"], "000000000000")
        self.iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        self.refused("InvalidClientTokenId", sts(key["SecretAccessKey"]).get_caller_identity)
        self.refused("DeleteConflict", self.iam.delete_user, UserName="ann")
        self.iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
        self.iam.delete_user(UserName="ann")

    def test_groups_and_renaming(self):
        self.iam.create_user(UserName="bob")
        self.iam.create_group(GroupName="admins")
        self.iam.add_user_to_group(GroupName="admins", UserName="bob")
        self.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(POLICY))
        self.iam.attach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        self.iam.update_user(UserName="bob", NewUserName="Robert", NewPath="/r/")
        self.assertEqual(self.iam.get_user(UserName="Robert")["User"]["Path"], "/r/")
        self.assertEqual(self.iam.list_user_policies(UserName="Robert")["PolicyNames"], ["p"])
        self.assertEqual(self.iam.get_group(GroupName="admins")["Users"][0]["UserName"], "Robert")
        self.iam.update_group(GroupName="admins", NewGroupName="owners")
        self.assertEqual(self.iam.list_groups_for_user(UserName="Robert")["Groups"][0]["GroupName"], "owners")
        self.refused("DeleteConflict", self.iam.delete_group, GroupName="owners")
        self.iam.remove_user_from_group(GroupName="owners", UserName="Robert")
        self.iam.detach_group_policy(GroupName="owners", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        self.iam.delete_group(GroupName="owners")
        self.iam.delete_user_policy(UserName="Robert", PolicyName="p")
        self.iam.delete_user(UserName="Robert")

    def test_login_profiles(self):
        self.iam.create_user(UserName="carl")
        self.iam.create_login_profile(UserName="carl", Password="S3cret-word", PasswordResetRequired=True)
        self.assertTrue(self.iam.get_login_profile(UserName="carl")["LoginProfile"]["PasswordResetRequired"])
        self.refused("DeleteConflict", self.iam.delete_user, UserName="carl")
        self.iam.delete_login_profile(UserName="carl")
        self.refused("NoSuchEntity", self.iam.get_login_profile, UserName="carl")


class ManagedByAws(Base):
    """Policies of AWS's own: the documents are those that AWS publishes (AWS Managed Policy Reference Guide)."""

    def document(self, arn):
        policy = self.iam.get_policy(PolicyArn=arn)["Policy"]
        version = self.iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        self.assertTrue(version["IsDefaultVersion"])
        return version["Document"]

    def test_documents(self):
        self.assertEqual(self.document("arn:aws:iam::aws:policy/AdministratorAccess"), {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
        self.assertEqual(self.document("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")["Statement"][0]["Action"], [
            "s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"])
        of_role = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        self.assertIn("logs:PutLogEvents", self.document(of_role)["Statement"][0]["Action"])

    def test_every_document_is_a_policy(self):
        pages = self.iam.get_paginator("list_policies").paginate(Scope="AWS")
        policies = [policy for page in pages for policy in page["Policies"]]
        self.assertGreater(len(policies), 1400)
        for policy in (policies[0], *policies[7::200], policies[-1]):
            document = self.document(policy["Arn"])
            self.assertEqual(document["Version"], "2012-10-17", policy["PolicyName"])
            self.iam.create_policy(PolicyName="copy", PolicyDocument=json.dumps(document))
            self.iam.delete_policy(PolicyArn="arn:aws:iam::000000000000:policy/copy")

    def test_older_versions_are_not_known(self):
        self.refused("NotImplemented", self.iam.get_policy_version, status=501,
                     PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess", VersionId="v1")


class Account(Base):
    def test_alias_password_policy_and_summary(self):
        self.iam.create_account_alias(AccountAlias="orrery-test")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], ["orrery-test"])
        self.iam.delete_account_alias(AccountAlias="orrery-test")
        self.refused("NoSuchEntity", self.iam.get_account_password_policy)
        self.iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, MaxPasswordAge=90)
        policy = self.iam.get_account_password_policy()["PasswordPolicy"]
        self.assertEqual((policy["MinimumPasswordLength"], policy["ExpirePasswords"]), (12, True))
        self.iam.delete_account_password_policy()
        self.assertEqual(self.iam.get_account_summary()["SummaryMap"]["Users"], 0)

    def test_oidc_providers(self):
        arn = self.iam.create_open_id_connect_provider(
            Url="https://oidc.example/id/1", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40],
            Tags=[{"Key": "k", "Value": "v"}])["OpenIDConnectProviderArn"]
        self.assertEqual(arn, "arn:aws:iam::000000000000:oidc-provider/oidc.example/id/1")
        got = self.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual((got["Url"], got["ClientIDList"], got["ThumbprintList"], got["Tags"]),
                         ("oidc.example/id/1", ["sts.amazonaws.com"], ["a" * 40], [{"Key": "k", "Value": "v"}]))
        self.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="other")
        self.iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["b" * 40])
        got = self.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual((got["ClientIDList"], got["ThumbprintList"]), (["sts.amazonaws.com", "other"], ["b" * 40]))
        self.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual(self.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"], [])


class Sessions(Base):
    def trust(self, name, statement):
        document = {"Version": "2012-10-17", "Statement": [dict(statement, Effect="Allow")]}
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]

    def test_the_trust_policy_decides(self):
        role = self.trust("trusted", {"Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole",
                                      "Condition": {"StringEquals": {"sts:ExternalId": "external"}}})
        self.refused("AccessDenied", self.sts.assume_role, RoleArn=role["Arn"], RoleSessionName="session")
        got = self.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="session", ExternalId="external")
        self.assertEqual(got["AssumedRoleUser"]["Arn"], "arn:aws:sts::000000000000:assumed-role/trusted/session")
        key = got["Credentials"]
        session = dict(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
        who = self.server.client("sts", session_token=key["SessionToken"], **session).get_caller_identity()
        self.assertEqual(who["Arn"], got["AssumedRoleUser"]["Arn"])
        self.assertEqual(who["UserId"], role["RoleId"] + ":session")
        stranger = self.server.client("sts", session_token="wrong", **session)
        self.refused("InvalidClientTokenId", stranger.get_caller_identity)
        self.refused("ValidationError", self.sts.assume_role, RoleArn=role["Arn"], RoleSessionName="session", ExternalId="external",
                     DurationSeconds=7200)
        service = self.trust("service", {"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
        self.refused("AccessDenied", self.sts.assume_role, RoleArn=service["Arn"], RoleSessionName="session")

    def test_web_identity(self):
        url = "oidc.example/id/2"
        arn = self.iam.create_open_id_connect_provider(
            Url="https://" + url, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
        role = self.trust("pod", {"Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity",
                                  "Condition": {"StringEquals": {url + ":sub": "system:serviceaccount:a:b"}}})

        def token(subject, life=600):
            claims = {"iss": "https://" + url, "sub": subject, "aud": ["sts.amazonaws.com"],
                      "exp": int(time.time()) + life}
            parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)] + [b"signature"]
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

        def assume(text):
            return self.sts.assume_role_with_web_identity(RoleArn=role["Arn"], RoleSessionName="session", WebIdentityToken=text)
        got = assume(token("system:serviceaccount:a:b"))
        self.assertEqual(got["SubjectFromWebIdentityToken"], "system:serviceaccount:a:b")
        self.assertTrue(got["Credentials"]["AccessKeyId"].startswith("ASIA"))
        self.refused("AccessDenied", assume, text=token("system:serviceaccount:a:c"))
        self.refused("ExpiredTokenException", assume, text=token("system:serviceaccount:a:b", -5))
        self.refused("InvalidIdentityToken", assume, text="not-a-token")

    def test_session_tokens(self):
        key = self.sts.get_session_token(DurationSeconds=900)["Credentials"]
        client = self.server.client("sts", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"],
                                    session_token=key["SessionToken"])
        self.assertEqual(client.get_caller_identity()["Arn"], "arn:aws:iam::000000000000:root")


class Restart(unittest.TestCase):
    def test_roles_survive(self):
        with Server(data_dir=True) as server:
            iam = server.client("iam")
            iam.create_role(RoleName="kept", Description="d", AssumeRolePolicyDocument=json.dumps(TRUST))
            before = iam.get_role(RoleName="kept")["Role"]
            server.restart()
            self.assertEqual(server.client("iam").get_role(RoleName="kept")["Role"], before)


if __name__ == "__main__":
    unittest.main()
