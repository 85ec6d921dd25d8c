"""What browsers meet: CORS preflights and headers, static websites."""

import json
import unittest
import urllib.error
import urllib.request

from service_case import ServiceCase


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browsers(ServiceCase):
    clients = {"s3": "s3"}

    def ask(self, method, path, host=None, **headers):
        """(status, headers, text)"""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if host:
            headers["Host"] = host
        request = urllib.request.Request(self.server.endpoint + path, method=method, headers=headers)
        try:
            with urllib.request.build_opener(NoRedirect).open(request) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def public(self, name):
        self.s3.create_bucket(Bucket=name)
        self.s3.delete_public_access_block(Bucket=name)
        allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/*" % name}
        listing = dict(allow, Action="s3:ListBucket", Resource="arn:aws:s3:::" + name)
        self.s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow, listing]}))

    def test_preflight(self):
        self.s3.create_bucket(Bucket="cors")
        origin = {"Origin": "https://app.example.com", "Access_Control_Request_Method": "PUT"}
        self.assertEqual(self.ask("OPTIONS", "/cors/key", Access_Control_Request_Method="PUT")[0], 400)
        self.assertEqual(self.ask("OPTIONS", "/cors/key", Origin="x")[0], 400)
        status, _, text = self.ask("OPTIONS", "/cors/key", **origin)
        self.assertEqual(status, 403)
        self.assertIn("CORS is not enabled for this bucket.", text)
        self.s3.put_bucket_cors(Bucket="cors", CORSConfiguration={"CORSRules": [
            {"AllowedMethods": ["PUT", "GET"], "AllowedOrigins": ["https://*.example.com"], "AllowedHeaders": ["x-amz-*"],
             "ExposeHeaders": ["ETag", "x-amz-request-id"], "MaxAgeSeconds": 300},
            {"AllowedMethods": ["HEAD"], "AllowedOrigins": ["*"]}]})
        status, headers, _ = self.ask("OPTIONS", "/cors/key", Access_Control_Request_Headers="X-Amz-Date, x-amz-acl", **origin)
        self.assertEqual(status, 200)
        self.assertEqual(headers["Access-Control-Allow-Origin"], "https://app.example.com")
        self.assertEqual(headers["Access-Control-Allow-Methods"], "PUT, GET")
        self.assertEqual(headers["Access-Control-Allow-Headers"], "x-amz-date, x-amz-acl")
        self.assertEqual(headers["Access-Control-Expose-Headers"], "ETag, x-amz-request-id")
        self.assertEqual(headers["Access-Control-Max-Age"], "300")
        self.assertEqual(headers["Access-Control-Allow-Credentials"], "true")
        self.assertEqual(self.ask("OPTIONS", "/", host="cors.s3.localhost", **origin)[0], 200)
        status, headers, _ = self.ask("OPTIONS", "/cors", Origin="http://any", Access_Control_Request_Method="HEAD")
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, "*"))
        self.assertNotIn("Access-Control-Allow-Credentials", headers)
        for wrong in (dict(origin, Origin="https://example.org"), dict(origin, Access_Control_Request_Method="DELETE"),
                      dict(origin, Access_Control_Request_Headers="content-type")):
            self.assertEqual(self.ask("OPTIONS", "/cors/key", **wrong)[0], 403)

    def test_headers_of_the_request_itself(self):
        self.public("open")
        self.s3.put_bucket_cors(Bucket="open", CORSConfiguration={"CORSRules": [
            {"AllowedMethods": ["GET"], "AllowedOrigins": ["http://a"]}]})
        self.s3.put_object(Bucket="open", Key="k", Body=b"x")
        status, headers, _ = self.ask("GET", "/open/k", Origin="http://a")
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, "http://a"))
        self.assertIn("Origin", headers["Vary"])
        self.assertNotIn("Access-Control-Allow-Origin", self.ask("GET", "/open/k", Origin="http://b")[1])
        self.assertNotIn("Access-Control-Allow-Origin", self.ask("GET", "/open/k")[1])
        status, headers, _ = self.ask("GET", "/open/missing", Origin="http://a")
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (404, "http://a"))

    def test_website(self):
        host = "site.s3-website-us-east-1.localhost"
        self.assertIn("NoSuchBucket", self.ask("GET", "/", host)[2])
        self.public("site")
        self.assertIn("NoSuchWebsiteConfiguration", self.ask("GET", "/", host)[2])
        self.s3.put_bucket_website(Bucket="site", WebsiteConfiguration={
            "IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "oops.html"},
            "RoutingRules": [
                {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}},
                {"Condition": {"KeyPrefixEquals": "lost/", "HttpErrorCodeReturnedEquals": "404"},
                 "Redirect": {"HostName": "example.com", "Protocol": "https", "ReplaceKeyWith": "found", "HttpRedirectCode": "307"}}]})
        for key in ("index.html", "docs/index.html", "page", "lost/there"):
            self.s3.put_object(Bucket="site", Key=key, Body=key.encode(), ContentType="text/html")
        self.s3.put_object(Bucket="site", Key="moved", WebsiteRedirectLocation="/page")
        for path, text in (("/", "index.html"), ("/docs/", "docs/index.html"), ("/page", "page"), ("/lost/there", "lost/there")):
            status, headers, got = self.ask("GET", path, host)
            self.assertEqual((status, got, headers["Content-Type"]), (200, text, "text/html"))
        self.assertEqual(self.ask("GET", "/", "site.s3-website.us-east-1.localhost")[2], "index.html")
        status, headers, text = self.ask("HEAD", "/page", host)
        self.assertEqual((status, headers["Content-Length"], text), (200, "4", ""))
        base = "http://" + host
        for path, status, location in (("/docs", 302, base + "/docs/"), ("/moved", 301, "/page"),
                                       ("/old/x", 301, base + "/new/x"), ("/lost/x", 307, "https://example.com/found")):
            got, headers, _ = self.ask("GET", path, host)
            self.assertEqual((got, headers["Location"]), (status, location))
        status, headers, text = self.ask("GET", "/nothing", host)
        self.assertEqual((status, headers["Content-Type"]), (404, "text/html; charset=utf-8"))
        self.assertIn("<li>Code: NoSuchKey</li>", text)
        self.s3.put_object(Bucket="site", Key="oops.html", Body=b"sorry")
        self.assertEqual(self.ask("GET", "/nothing", host)[::2], (404, "sorry"))
        self.assertEqual(self.ask("POST", "/page", host)[0], 405)
        self.s3.delete_bucket_policy(Bucket="site")
        self.assertEqual(self.ask("GET", "/page", host)[0], 403)
        self.s3.put_bucket_website(Bucket="site", WebsiteConfiguration={
            "RedirectAllRequestsTo": {"HostName": "example.org", "Protocol": "https"}})
        self.assertEqual(self.ask("GET", "/a/b", host)[1]["Location"], "https://example.org/a/b")


if __name__ == "__main__":
    unittest.main()
