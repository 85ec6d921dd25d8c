"""Who may log in to a database with a token: IAM's policies, as a strict server enforces them, entered by psql."""

import json

import rds_databases
from rds_databases import Databases


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def connect(effect, *resources, **more):
    return dict({"Effect": effect, "Action": "rds-db:connect", "Resource": list(resources)}, **more)


class Strict(Databases):
    flags = ("--strict",)

    def setUp(self):
        self.iam = self.server.client("iam")

    def token(self, user, key):
        client = self.server.client(
            "rds",
            access_key=key["AccessKeyId"],
            secret_key=key["SecretAccessKey"],
            session_token=key.get("SessionToken"),
        )
        return client.generate_db_auth_token(self.endpoint["Address"], self.endpoint["Port"], user)

    def enters(self, key, user="worker"):
        self.assertEqual(self.ask("guarded", "SELECT current_user", user=user, password=self.token(user, key)), user)

    def stays_out(self, key, user="worker"):
        self.refuses("guarded", "SELECT 1", "authentication failed", user=user, password=self.token(user, key))

    def test_policies(self):
        made = self.create("guarded", EnableIAMDatabaseAuthentication=True, BackupRetentionPeriod=0)
        self.endpoint = made["Endpoint"]
        self.ask("guarded", "CREATE ROLE worker LOGIN; CREATE ROLE other LOGIN; GRANT rds_iam TO worker, other")
        prefix = "arn:aws:rds-db:us-east-1:000000000000:dbuser:%s/" % made["DbiResourceId"]
        iam = self.iam
        iam.create_user(UserName="worker")
        key = iam.create_access_key(UserName="worker")["AccessKey"]

        def set_policy(*statements):
            iam.put_user_policy(UserName="worker", PolicyName="p", PolicyDocument=document(*statements))

        self.stays_out(key)
        set_policy(connect("Allow", prefix + "worker"))
        self.enters(key)
        self.stays_out(key, "other")
        set_policy(connect("Allow", "arn:aws:rds-db:us-east-1:000000000000:dbuser:db-ANOTHER/worker"))
        self.stays_out(key)
        set_policy(connect("Allow", prefix + "worker", Action="rds:*"))
        self.stays_out(key)
        set_policy(connect("Allow", "arn:aws:rds-db:*:*:dbuser:*/${aws:username}"))
        self.enters(key)
        self.stays_out(key, "other")
        set_policy(connect("Allow", "*"), connect("Deny", prefix + "worker"))
        self.stays_out(key)
        self.enters(key, "other")
        iam.delete_user_policy(UserName="worker", PolicyName="p")

        # By a group, and within a boundary.
        iam.create_group(GroupName="readers")
        iam.add_user_to_group(GroupName="readers", UserName="worker")
        iam.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        self.enters(key)
        narrow = iam.create_policy(PolicyName="narrow", PolicyDocument=document(connect("Allow", prefix + "other")))
        iam.put_user_permissions_boundary(UserName="worker", PermissionsBoundary=narrow["Policy"]["Arn"])
        self.stays_out(key)
        self.enters(key, "other")

        # As a role, with a session's token.
        trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName="app", AssumeRolePolicyDocument=document(trust))["Role"]
        session = self.server.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")["Credentials"]
        self.stays_out(session)
        iam.attach_role_policy(RoleName="app", PolicyArn=narrow["Policy"]["Arn"])
        self.enters(session, "other")
        self.stays_out(session)

        # The root of the account needs none.
        self.enters({"AccessKeyId": "000000000000", "SecretAccessKey": "any"})


if __name__ == "__main__":
    rds_databases.main()
