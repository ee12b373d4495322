"""Brands over HTTP: shapes, statuses, and what is refused by whom."""

from __future__ import annotations

from tests.api.client import Api


def test_brands_are_made_listed_changed_and_deleted(call: Api) -> None:
    """The default one is first, and stays."""
    made = call("POST", "/v1/brands", {"name": "Acme", "timezone": "Europe/Berlin"}, Idempotency_Key="k1")
    assert (made.status, made.json["accounts_count"]) == (201, 0)
    assert (
        call("POST", "/v1/brands", {"name": "Acme", "timezone": "Europe/Berlin"}, Idempotency_Key="k1").data
        == made.data
    )
    path = made.headers["Location"]
    assert path == f"/v1/brands/{made.json['id']}"
    account = call.connect("bluesky")
    assert call("GET", f"/v1/accounts/{account}").json["brand_id"] == "default"
    call("PATCH", f"/v1/accounts/{account}", {"brand_id": made.json["id"]})
    listed = call("GET", "/v1/brands").json
    assert [(one["id"], one["accounts_count"]) for one in listed["data"]] == [("default", 0), (made.json["id"], 1)]
    assert listed["count"] == 2
    changed = call("PATCH", path, {"name": "Acme Coffee"}).json
    assert (changed["name"], changed["timezone"], changed["accounts_count"]) == ("Acme Coffee", "Europe/Berlin", 1)
    assert call("DELETE", path).status == 204
    assert call("DELETE", path).error["code"] == "brand.not_found"
    assert call("GET", f"/v1/accounts/{account}").status == 404
    kept = call("DELETE", "/v1/brands/default")
    assert (kept.status, kept.error["code"]) == (409, "resource.conflict")
    assert call("GET", f"/v1/invites?brand_id={made.json['id']}").error["code"] == "brand.not_found"


def test_bad_brands_are_named(call: Api) -> None:
    """The field, before anything is stored."""
    for body, field in (
        ({"name": " "}, "name"),
        ({}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "A", "timezone": "Europe/Berlim"}, "timezone"),
    ):
        refused = call("POST", "/v1/brands", body)
        assert (refused.status, refused.meta["field"]) == (400, field)
    assert call("PATCH", "/v1/brands/default", {}).meta["field"] == "name"
    assert call("GET", "/v1/brands").json["count"] == 1


def test_a_reader_lists_brands_and_changes_none(call: Api) -> None:
    """Reading takes accounts:read, the rest full access."""
    key = call("POST", "/v1/keys", {"name": "Reader", "scopes": ["accounts:read"]}).json["raw_key"]
    assert call("GET", "/v1/brands", key=key).status == 200
    for method, path, body in (
        ("POST", "/v1/brands", {"name": "A"}),
        ("PATCH", "/v1/brands/default", {"name": "A"}),
        ("DELETE", "/v1/brands/default", None),
        ("GET", "/v1/invites?brand_id=default", None),
        ("GET", "/v1/platforms/twitter/credentials", None),
    ):
        refused = call(method, path, body, key=key)
        assert (refused.status, refused.error["code"]) == (403, "auth.insufficient_scope")


def test_own_apps_have_the_documented_shapes(call: Api) -> None:
    """For all brands and for one; the secret is in no answer; a pair is tested without being stored."""
    path, pair = "/v1/platforms/twitter/credentials", {"client_id": "aBcDeF123", "client_secret": "hush-hush"}
    assert call("PUT", path, pair).status == 204
    assert call("PUT", f"{path}/brand/default", pair).status == 204
    listed = call("GET", path)
    assert listed.json["count"] == 2
    assert [one.get("brand_id") for one in listed.json["data"]] == [None, "default"]
    assert listed.json["data"][0]["client_id_hint"] == "aBcDeF"
    assert b"hush" not in listed.data
    assert call("DELETE", f"{path}/brand/default").status == call("DELETE", path).status == 204
    assert call("POST", f"{path}/test", pair).json == {"valid": True}
    assert call("GET", path).json == {"data": [], "count": 0}
    live = call("POST", "/v1/accounts/connect", {"platform": "twitter"}, key=call.live_key)
    assert (live.status, live.error["code"]) == (412, "byok.credentials_missing")
