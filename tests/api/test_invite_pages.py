"""Invites in a browser: the link, the form, the choice, and pages that say what went wrong."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from shared.operations import accounts
from shared.platforms import registry
from tests.api.client import Answer, Api


def invited(call: Api, platform: str) -> Any:
    brand = call("POST", "/v1/brands", {"name": "Hidden name"}).json["id"]
    body = {"brand_id": brand, "platform": platform, "expires_in_days": 7}
    made = call("POST", "/v1/invites", body)
    assert made.status == 201, made.json
    assert made.json["url"].endswith(f"/invite/{made.json['token']}")
    return made.json


def browsed(call: Api, path: str, **fields: str) -> Answer:
    """As a browser asks: without a key; with ``fields``, a form that was sent."""
    sent = {name.replace("__", "[", 1) + ("]" if "__" in name else ""): value for name, value in fields.items()}
    return call("POST" if fields else "GET", path, data=sent or None, key=None)


def test_a_link_leads_to_the_networks_consent_and_back(call: Api) -> None:
    """Through the sandbox's page; the account is in the brand, and the link is used up."""
    invite = invited(call, "twitter")
    path = f"/invite/{invite['token']}"
    begun = browsed(call, path)
    assert begun.status == 302
    url = re.search(r"url=([^&]+)", begun.headers["Location"])
    assert url
    consent = call("GET", f"/sandbox/authorize?url={url[1]}", key=None)
    back = urlsplit(consent.headers["Location"])
    done = browsed(call, f"{back.path}?{back.query}")
    assert done.status == 200
    assert b"connected" in done.data
    (account,) = call("GET", f"/v1/accounts?brand_id={invite['brand_id']}").json["data"]
    (listed,) = call("GET", f"/v1/invites?brand_id={invite['brand_id']}").json["data"]
    assert (listed["is_active"], listed["account_id"]) == (False, account["id"])
    assert "token" not in listed
    again = browsed(call, path)
    assert again.status == 404
    assert b"invite.invalid" in again.data


def test_credentials_are_asked_for_by_a_form(call: Api) -> None:
    """A wrong one shows it again; no page names the workspace's things, and none can be framed."""
    invite = invited(call, "bluesky")
    path = f"/invite/{invite['token']}"
    form = browsed(call, path)
    assert form.status == 200
    assert b'name="metadata[app_password]"' in form.data
    assert b'type="password"' in form.data
    assert b"Hidden name" not in form.data
    assert "frame-ancestors 'none'" in form.headers["Content-Security-Policy"]
    seeded = registry.simulator("bluesky").seed(call.rig.sandbox.world("bluesky"), "zoe")
    given = {"metadata__identifier": seeded["identifier"], "metadata__app_password": "<b>wrong</b>"}
    wrong = browsed(call, path, **given)
    assert wrong.status == 400
    assert b"<form" in wrong.data
    assert b"<b>wrong" not in wrong.data
    done = browsed(call, path, **{**given, "metadata__app_password": seeded["app_password"]})
    assert done.status == 200, done.data
    assert call("GET", f"/v1/accounts?brand_id={invite['brand_id']}").json["count"] == 1


def test_pages_are_chosen_on_a_page(call: Api) -> None:
    """Nothing chosen asks again; then the chosen ones are connected."""
    invite = invited(call, "facebook")
    url = re.search(r"url=([^&]+)", browsed(call, f"/invite/{invite['token']}").headers["Location"])
    assert url
    consent = call("GET", f"/sandbox/authorize?url={url[1]}&sandbox_user=many", key=None)
    back = urlsplit(consent.headers["Location"])
    chooser = urlsplit(browsed(call, f"{back.path}?{back.query}").headers["Location"]).path
    page = browsed(call, chooser)
    ids = re.findall(r'name="page_ids\[\]" value="(\d+)"', page.data.decode())
    assert len(ids) == 3
    assert browsed(call, chooser, nothing="").status == 400
    empty = call("POST", chooser, {"page_ids": []}, key=None)
    assert empty.status == 400
    assert b"Choose at least one" in empty.data
    done = call("POST", chooser, data={"page_ids[]": ids[0]}, key=None)
    assert done.status == 200, done.data
    (account,) = accounts.list_(call.rig.ports, call.caller)
    assert (account.platform_account_id, account.brand_id) == (ids[0], invite["brand_id"])
