"""Engines in containers against an Engine API that refuses, breaks off, and is set up as few machines are."""

import unittest

import waiting
from fake_engine_api import Cut, FakeEngine, query
from orrery_server import Server
from waiting import until

# An image whose user is a number tells it without a container to ask.
IMAGE = {"Id": "sha256:aa", "RepoTags": ["redis:7"], "Config": {"User": "10001:10001"}}
PROGRESS = (
    b'{"status":"Pulling from library/redis","id":"7"}\r\n'
    b'{"status":"Downloading","progressDetail":{"current":1,"total":9},"id":"a1b2"}\r\n'
    b'{"status":"Downloading","progressDetail":{"current":9,"total":9},"id":"a1b2"}\r\n'
    b'{"status":"Pull complete","progressDetail":{},"id":"a1b2"}\r\n'
    b'{"status":"Status: Downloaded newer image for redis:7"}\r\n'
)


class Base(unittest.TestCase):
    def serve(self, engine, *flags, engines="redis=docker,postgres=off,valkey=off"):
        server = Server("--engines", engines, *flags, env={"DOCKER_HOST": engine.url}, data_dir=True)
        self.addCleanup(server.__exit__)
        return server

    def engine(self, **info):
        engine = FakeEngine(**info)
        self.addCleanup(engine.__exit__)
        return engine.__enter__()

    def create(self, server):
        server.client("elasticache").create_cache_cluster(
            CacheClusterId="c", CacheNodeType="cache.t3.micro", Engine="redis", NumCacheNodes=1, EngineVersion="7.0"
        )

    def failure(self, server):
        """The detail of the one engine, which fails."""

        def failed():
            (engine,) = server.console("engines")["engines"] or [{}]
            return engine.get("detail") if engine.get("phase") == "failed" else None

        return until("the engine has failed", failed)

    def log(self, server):
        return "".join(server.output)

    def assert_logged(self, text, server):
        """With --engines auto the server looks for engines after it is ready."""
        waiting.eventually(lambda: self.assertIn(text, self.log(server)), 10)


class Pull(Base):
    def test_progress_is_told_once_a_change(self):
        engine = self.engine()
        engine.answer("GET", "/images/redis%3A7/json", 404, {"message": "No such image: redis:7"}, 200, IMAGE)
        engine.answer("POST", "/images/create", 200, PROGRESS)
        engine.answer("POST", "/containers/create", 500, {"message": "that is far enough"})
        server = self.serve(engine)
        self.create(server)
        self.assertIn("that is far enough", self.failure(server))
        (path,) = [path for method, path, _ in engine.calls if path.startswith("/images/create")]
        self.assertEqual(query(path), {"fromImage": "redis", "tag": "7"})
        log = self.log(server)
        self.assertIn("pulling redis:7 from docker.io", log)
        self.assertEqual(log.count("a1b2: Downloading"), 1)
        self.assertEqual(log.count("a1b2: Pull complete"), 1)
        self.assertIn("Status: Downloaded newer image", log)

    def test_one_pull_for_all(self):
        engine = self.engine()
        engine.answer("GET", "/images/redis%3A7/json", 404, {"message": "No such image"}, 200, IMAGE)
        engine.answer("POST", "/images/create", 200, PROGRESS)
        engine.answer("POST", "/containers/create", 500, {"message": "enough"})
        server = self.serve(engine)
        server.client("elasticache").create_cache_cluster(
            CacheClusterId="a", CacheNodeType="cache.t3.micro", Engine="redis", NumCacheNodes=1
        )
        server.client("elasticache").create_cache_cluster(
            CacheClusterId="b", CacheNodeType="cache.t3.micro", Engine="redis", NumCacheNodes=1
        )
        until("both tried", lambda: len(engine.asked("POST", "/containers/create")) >= 2)
        self.assertEqual(len(engine.asked("POST", "/images/create")), 1)

    def refused(self, status, body):
        engine = self.engine()
        engine.answer("GET", "/images/redis%3A7/json", 404, {"message": "No such image"})
        engine.answer("POST", "/images/create", status, body)
        server = self.serve(engine)
        self.create(server)
        detail = self.failure(server)
        self.assertEqual(engine.asked("POST", "/containers/create"), [])
        return detail

    def test_no_such_image(self):
        detail = self.refused(404, {"message": "pull access denied for redis, repository does not exist"})
        self.assertIn("cannot pull redis:7: pull access denied for redis", detail)

    def test_an_error_in_the_middle(self):
        detail = self.refused(
            200, PROGRESS[:90] + b'\r\n{"errorDetail":{"message":"toomanyrequests: You have reached your pull rate limit"}}\r\n'
        )
        self.assertIn("cannot pull redis:7: toomanyrequests", detail)

    def test_an_answer_that_breaks_off(self):
        self.assertIn("the answer ended early", self.refused(200, Cut(PROGRESS)))


class Containers(Base):
    def at_hand(self, **info):
        engine = self.engine(**info)
        engine.answer("GET", "/images/json", 200, [IMAGE])
        engine.answer("GET", "/images/redis%3A7/json", 200, IMAGE)
        engine.answer("POST", "/containers/create", 201, {"Id": "c1", "Warnings": []})
        return engine

    def test_what_is_created(self):
        engine = self.at_hand()
        engine.answer("POST", "/containers/c1/start", 500, {"message": "OCI runtime create failed"})
        server = self.serve(engine)
        self.assert_logged("redis: docker (redis:7, Docker 27.3.1 at unix://", server)
        self.create(server)
        self.assertIn("OCI runtime create failed", self.failure(server))
        body = engine.asked("POST", "/containers/create")[0]
        host = body["HostConfig"]
        self.assertEqual(body["Image"], "sha256:aa")
        self.assertEqual(host["NetworkMode"], "host")
        self.assertNotIn("PortBindings", host)
        self.assertEqual(host["Mounts"][0]["Target"], "/orrery")
        self.assertTrue(host["Mounts"][0]["Source"].startswith(server.data_dir + "/engines/elasticache/"))
        self.assertEqual(body["Labels"]["orrery.data-dir"], server.data_dir)
        self.assertTrue(body["Labels"]["orrery.engine"].startswith("elasticache/000000000000/us-east-1/c."))
        self.assertNotIn(body["User"].split(":")[0], ("", "0"))
        # One that could not be started is not left.
        self.assertIn("/containers/c1?force=1&v=1", [path for verb, path, _ in engine.calls if verb == "DELETE"])
        self.assertEqual(server.client("elasticache").describe_cache_clusters()["CacheClusters"][0]["CacheClusterId"], "c")

    def test_a_name_in_use(self):
        engine = self.at_hand()
        engine.answer("POST", "/containers/create", 409, {"message": 'Conflict. The container name "/x" is already in use'})
        server = self.serve(engine)
        self.create(server)
        self.assertIn("is already in use", self.failure(server))

    def test_an_engine_in_a_virtual_machine_publishes_ports(self):
        engine = self.at_hand(OperatingSystem="Docker Desktop")
        engine.answer("POST", "/containers/c1/start", 500, {"message": "enough"})
        server = self.serve(engine)
        self.create(server)
        self.failure(server)
        body = engine.asked("POST", "/containers/create")[0]
        node = server.client("elasticache").describe_cache_clusters(ShowCacheNodeInfo=True)["CacheClusters"][0]
        endpoint = node["CacheNodes"][0]["Endpoint"]
        self.assertEqual(body["HostConfig"]["NetworkMode"], "default")
        self.assertEqual(
            body["HostConfig"]["PortBindings"],
            {"%d/tcp" % endpoint["Port"]: [{"HostIp": endpoint["Address"], "HostPort": str(endpoint["Port"])}]},
        )

    def test_leftovers_of_this_data_directory_only(self):
        engine = self.at_hand()
        server = self.serve(engine)
        server.stop()
        row = {"State": "running", "Names": ["/left"], "Labels": {"orrery.engine": "x", "orrery.data-dir": server.data_dir}}
        other = {"State": "running", "Names": ["/other"], "Labels": {"orrery.engine": "x", "orrery.data-dir": "/elsewhere"}}
        engine.answer("GET", "/containers/json", 200, [dict(row, Id="mine"), dict(other, Id="other")], 200, [])
        engine.answer("POST", "/containers/mine/stop", 204, b"")
        server.start()
        until("it is removed", lambda: any(c[:2] == ("DELETE", "/containers/mine?force=1&v=1") for c in engine.calls))
        self.assertEqual(len(engine.asked("POST", "/containers/mine/stop")), 1)
        self.assertFalse([path for _, path, _ in engine.calls if "/containers/other" in path])
        self.assert_logged("removing container left", server)


class Choice(Base):
    def refusal(self, env):
        server = Server("--engines", "redis=docker", env=env, start=False)
        with self.assertRaises(RuntimeError) as raised:
            server.start()
        return str(raised.exception)

    def test_rootless_docker_is_refused_with_its_reason(self):
        engine = self.engine(SecurityOptions=["name=seccomp,profile=builtin", "name=rootless"])
        self.assertIn("a rootless Docker cannot run containers as the user that owns it", self.refusal({"DOCKER_HOST": engine.url}))

    def test_nobody_answers(self):
        text = self.refusal({"DOCKER_HOST": "unix:///nowhere/docker.sock"})
        self.assertIn("/nowhere/docker.sock: No such file or directory", text)
        self.assertIn("expected unix:///path or tcp://host:port", self.refusal({"DOCKER_HOST": "ssh://there"}))

    def test_auto_downloads_nothing(self):
        engine = self.engine()
        server = self.serve(engine, engines="auto")
        self.assert_logged("no image of redis at hand in Docker 27.3.1", server)
        self.assertNotIn("redis: docker", self.log(server))
        self.assertEqual(engine.asked("POST", "/images/create"), [])

    def test_auto_takes_an_image_that_is_at_hand(self):
        engine = self.engine()
        engine.answer("GET", "/images/json", 200, [{"Id": "sha256:aa", "RepoTags": ["docker.io/library/redis:6"]}])
        self.assert_logged("redis: docker (redis:6", self.serve(engine, engines="auto"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
