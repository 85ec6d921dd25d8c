"""Black-box tests of services: the server that they share, what it refuses, and that it reads all it is sent."""

import unittest

from orrery_server import Server
from botocore.exceptions import ClientError

# Of the errors that are common to all services, which stand in no service's model.
STATUSES = {"AccessDenied": 403, "ExpiredToken": 403, "InvalidClientTokenId": 403, "SignatureDoesNotMatch": 403}


def serve(case, add_cleanup):
    case.server = Server(*case.flags, **case.options)
    add_cleanup(case.server.__exit__)
    for name, service in case.clients.items():
        setattr(case, name, case.server.client(service))


def subnets(ec2, network, zones):
    """A VPC and a subnet in each of these zones of us-east-1: (its id, theirs). `network` is like "10.0"."""
    vpc = ec2.create_vpc(CidrBlock=network + ".0.0/16")["Vpc"]["VpcId"]
    return vpc, [
        ec2.create_subnet(VpcId=vpc, CidrBlock="%s.%d.0/24" % (network, i), AvailabilityZone="us-east-1" + zone)
        ["Subnet"]["SubnetId"] for i, zone in enumerate(zones)
    ]


class ServiceCase(unittest.TestCase):
    """One server for all tests of a class; `flags` and `options` are those of Server, and `clients` are the attributes
    that hold a client, with the service of each. Fails when a handler left a member unread that was sent to it."""

    flags, options, clients = (), {}, {}

    @classmethod
    def setUpClass(cls):
        serve(cls, cls.addClassCleanup)

    @classmethod
    def tearDownClass(cls):
        unread = cls.server.unread()
        assert not unread, unread

    def refused(self, code, call, *, status=None, message=None, containing=None, matching=None, **arguments):
        """The answer to call(**arguments): an error with that code, with the status that the service's model has for it
        unless `status` is given, and with the whole `message`, a part of it, or one that matches a pattern."""
        with self.assertRaises(ClientError, msg=arguments) as caught:
            call(**arguments)
        response = caught.exception.response
        error = response["Error"]
        self.assertEqual((error["Code"], response["ResponseMetadata"]["HTTPStatusCode"]),
                         (code, status or self.status_of(code)), (error, arguments))
        said = error.get("Message") or ""
        if message is not None:
            self.assertEqual(said, message)
        if containing is not None:
            self.assertIn(containing, said)
        if matching is not None:
            self.assertRegex(said, matching)
        return response

    def status_of(self, code):
        for name in self.clients:
            for shape in getattr(self, name).meta.service_model.error_shapes:
                error = shape.metadata.get("error", {})
                if error.get("code", shape.name) == code:
                    return error.get("httpStatusCode", 400)
        return STATUSES.get(code, 400)


class FreshServerCase(ServiceCase):
    """The same with a server for each test, which may have killed it."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        serve(self, self.addCleanup)

    def tearDown(self):
        if self.server.process and self.server.process.poll() is None:
            self.assertEqual(self.server.unread(), [])
