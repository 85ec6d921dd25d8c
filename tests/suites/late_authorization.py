"""A pytest plugin for s3-tests' test_headers.py: what a test does to Authorization happens after botocore has signed.

The tests change headers in before-call, and botocore signs after that: the Authorization that a test set or took away is
made anew, and a good request is sent ("once we have learned how to manipulate the authorization header", says the suite).
"""

import botocore.hooks

_register = botocore.hooks.EventAliaser.register
NAME = "Authorization"


def register(self, event_name, handler, *arguments, **more):
    _register(self, event_name, handler, *arguments, **more)
    if not event_name.startswith("before-call.s3.") or not getattr(handler, "__module__", "").endswith("test_headers"):
        return

    def once_more(request, **_):
        headers = {NAME: request.headers[NAME]} if NAME in request.headers else {}
        handler(params={"headers": headers})
        if NAME in headers:
            request.headers[NAME] = headers[NAME]
        elif NAME in request.headers:
            del request.headers[NAME]

    _register(self, event_name.replace("before-call", "before-send"), once_more)


botocore.hooks.EventAliaser.register = register
