"""Signing in over HTTP, and what the three ways to be somebody may do: with the attacks on each."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest

from shared.domain.roles import TOKEN_ROLES
from shared.operations import signing_in
from shared.ports.store import Query, Write
from tests.api.client import Answer, Api
from tests.support import people
from tests.support.memory_ports import PUBLIC_URL

HERE = {"Origin": PUBLIC_URL}
CALLBACK = "/v1/auth/google/callback"


def begun(call: Api, query: str = "") -> tuple[dict[str, str], str]:
    """What came back from Google, and the browser's cookie."""
    answer = call("GET", f"/v1/auth/google{query}", key=None)
    assert answer.status == 302, answer.json
    return people.consent(call.rig.google, answer.headers["Location"]), cookie_of(answer)


def cookie_of(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].partition(";")[0]


def back(call: Api, query: dict[str, str], cookie: str) -> Answer:
    return call("GET", f"{CALLBACK}?{urlencode(query)}", key=None, Cookie=cookie)


def signed_in(call: Api, query: str = "") -> str:
    """A session's cookie."""
    answer = back(call, *begun(call, query))
    assert answer.status == 302, answer.data
    return cookie_of(answer)


def bearer_of(call: Api, email: str = "ada@example.com") -> str:
    answer = call("POST", "/v1/auth/session", {"id_token": call.rig.google.id_token(email)}, key=None)
    assert answer.status == 201, answer.json
    return str(answer.json["session_token"])


def test_a_person_signs_in_and_comes_back_to_their_own_workspace(call: Api) -> None:
    first = back(call, *begun(call, "?return_to=/docs"))
    assert (first.status, first.headers["Location"]) == (302, "/docs")
    attributes = first.headers["Set-Cookie"].partition("; ")[2]
    assert attributes == "Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"
    assert cookie_of(first).startswith("__Host-rostrum_session=rst_session_")
    me = call("GET", "/v1/users/me", key=None, Cookie=cookie_of(first)).json
    assert (me["email"], me["role"], me["workspace_id"] != call.workspace) == ("ada@example.com", "", True)
    again = call("GET", "/v1/users/me", key=None, Cookie=signed_in(call)).json
    by_token = call("GET", "/v1/users/me", key=bearer_of(call)).json
    by_google = call("GET", "/v1/users/me", key=call.rig.google.id_token("ada@example.com")).json
    assert me == again == by_token == by_google
    keys = call("POST", "/v1/keys", {"name": "mine"}, key=bearer_of(call)).json
    assert call("GET", "/v1/users/me", key=keys["raw_key"]).json == me


def test_first_sign_ins_at_once_make_one_workspace(call: Api) -> None:
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(bearer_of, call, "new@example.com") for _ in range(6)]
        tokens = {one.result() for one in asked}
    assert len(tokens) == 6
    assert len(call.rig.store.query(Query("users"))) == 1
    assert len(call.rig.store.query(Query("workspaces"))) == 2


def test_only_a_hash_of_a_session_is_stored_and_nothing_secret_of_a_sign_in(call: Api) -> None:
    query, cookie = begun(call)
    kept = str([doc.data for doc in call.rig.store.query(Query("signins"))])
    assert cookie.partition("=")[2] not in kept
    assert query["state"] not in str([doc.path for doc in call.rig.store.query(Query("signins"))])
    token = cookie_of(back(call, query, cookie)).partition("=")[2]
    assert token.removeprefix("rst_session_") not in str(list(call.rig.store.everything()))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"cookie": ""}, 403),  # somebody else's browser was sent here: login CSRF
        ({"cookie": "__Host-rostrum_signin=" + "0" * 64}, 403),
        ({"state": "0" * 64}, 403),
        ({"state": ""}, 403),
        ({"code": "4/never"}, 400),
        ({"code": ""}, 400),
        ({"error": "access_denied"}, 400),
    ],
)
def test_a_sign_in_is_finished_by_its_own_browser_alone(call: Api, change: dict[str, str], status: int) -> None:
    query, cookie = begun(call)
    wrong = {**query, **{name: value for name, value in change.items() if name != "cookie"}}
    answer = back(call, wrong, change.get("cookie", cookie))
    assert (answer.status, "Set-Cookie" in answer.headers) == (status, False)
    assert answer.headers["Content-Type"].startswith("text/html")
    if status == 403:
        assert back(call, query, cookie).status == 302, "an attempt from elsewhere spends nothing"


def test_a_sign_in_is_good_once_and_for_ten_minutes(call: Api) -> None:
    query, cookie = begun(call)
    assert back(call, query, cookie).status == 302
    assert back(call, query, cookie).status == 403
    query, cookie = begun(call)
    call.rig.clock.advance(601)
    assert back(call, query, cookie).status == 403


def test_the_code_of_another_sign_in_is_of_no_use(call: Api) -> None:
    victim, _ = begun(call)
    query, cookie = begun(call)
    answer = back(call, {**query, "code": victim["code"]}, cookie)
    assert (answer.status, "Set-Cookie" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "/a\nb",
        PUBLIC_URL + ".evil.test/",
        "docs",
    ],
)
def test_nobody_is_sent_elsewhere_after_a_sign_in(call: Api, where: str) -> None:
    answer = call("GET", f"/v1/auth/google?{urlencode({'return_to': where})}", key=None)
    assert (answer.status, answer.meta["field"]) == (400, "return_to")


def test_a_session_that_a_browser_brings_along_is_never_the_one_it_gets(call: Api) -> None:
    planted = f"__Host-rostrum_session=rst_session_{'A' * 43}"
    query, cookie = begun(call)
    answer = back(call, query, f"{cookie}; {planted}")
    assert cookie_of(answer) != planted
    assert call("GET", "/v1/auth/session", key=None, Cookie=planted).status == 401
    first, second = signed_in(call), signed_in(call)
    assert first != second


def test_cookies_change_things_from_our_own_pages_only(call: Api) -> None:
    cookie = signed_in(call)
    for headers in (
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": f"{PUBLIC_URL}.evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": PUBLIC_URL},
    ):
        answer = call("POST", "/v1/keys", {"name": "x"}, key=None, Cookie=cookie, **headers)
        assert (answer.status, answer.error["code"]) == (403, "auth.origin_mismatch"), headers
        assert call("GET", "/v1/keys", key=None, Cookie=cookie, **headers).status == 200
    for headers in (HERE, {"Sec-Fetch-Site": "same-origin"}):
        assert call("POST", "/v1/keys", {"name": "x"}, key=None, Cookie=cookie, **headers).status == 201
    assert call("POST", "/v1/keys", {"name": "x"}, Cookie=cookie).status == 201, "a key's header needs no origin"
    assert len(call("GET", "/v1/keys", key=None, Cookie=cookie).json["data"]) == 2


def test_a_session_ends_when_it_is_ended(call: Api) -> None:
    cookie, other = signed_in(call), bearer_of(call)
    ended = call("DELETE", "/v1/auth/session", key=None, Cookie=cookie, **HERE)
    assert (ended.status, "Max-Age=0" in ended.headers["Set-Cookie"]) == (204, True)
    assert call("GET", "/v1/auth/session", key=None, Cookie=cookie).error["code"] == "auth.invalid_token"
    assert call("GET", "/v1/auth/session", key=other).status == 200
    refused = call("DELETE", "/v1/auth/session")
    assert (refused.status, refused.error["code"]) == (403, "auth.requires_dashboard_auth")


def test_a_session_ends_by_itself(call: Api) -> None:
    used, unused = bearer_of(call), bearer_of(call)
    for _ in range(5):
        call.rig.clock.advance(6 * 86_400 - 1)
        status = call("GET", "/v1/auth/session", key=used).status
        assert status == 200, "used within seven days"
    assert call("GET", "/v1/auth/session", key=unused).status == 401
    call.rig.clock.advance(10)
    assert call("GET", "/v1/auth/session", key=used).status == 401, "thirty days in all"


def test_a_deleted_persons_sessions_are_nobodys_even_when_they_sign_up_again(call: Api) -> None:
    old, user = bearer_of(call), call.rig.store.query(Query("users"))[0]
    call.rig.store.commit([Write("delete", user.path)])
    assert call("GET", "/v1/auth/session", key=old).error["code"] == "auth.user_not_found"
    call.rig.clock.advance(1)
    bearer_of(call)
    assert call("GET", "/v1/auth/session", key=old).error["code"] == "auth.user_not_found"


def test_what_is_no_session_is_refused_without_a_look(call: Api) -> None:
    for token in (
        "rst_session_",
        "rst_session_short",
        "rst_session_" + "é" * 43,
        "rst_session_../../users/x" + "a" * 30,
    ):
        call.rig.faults.calls.clear()
        assert call("GET", "/v1/auth/session", key=token).error["code"] == "auth.invalid_token"
        assert call.rig.faults.calls == []


def test_a_person_works_in_the_mode_that_they_name(call: Api) -> None:
    token = bearer_of(call)
    assert call("GET", "/v1/auth/session", key=token).json["mode"] == "live"
    assert call("GET", "/v1/auth/session", key=token, Rostrum_Mode="test").json["mode"] == "test"
    wrong = call("GET", "/v1/auth/session", key=token, Rostrum_Mode="both")
    assert (wrong.status, wrong.meta["field"]) == (400, "Rostrum-Mode")
    assert call("GET", "/v1/auth/session", Rostrum_Mode="live").status == 400, "a key has its own"


def test_one_persons_session_knows_nothing_of_another_workspace(call: Api) -> None:
    theirs = call.post(publish_now=True)["id"]
    ada, bob = bearer_of(call), bearer_of(call, "bob@example.com")
    key = call("POST", "/v1/keys", {"name": "ada's"}, key=ada).json["id"]
    for token in (ada, bob):
        assert call("GET", f"/v1/posts/{theirs}", key=token, Rostrum_Mode="test").status == 404
    assert call("DELETE", f"/v1/keys/{key}", key=bob).status == 404
    assert call("GET", "/v1/keys", key=bob).json["data"] == []


@pytest.mark.parametrize(
    ("admitted", "email", "claims", "allowed"),
    [
        ((), "ada@example.com", {}, False),
        (("*",), "ada@example.com", {}, True),
        (("ada@example.com",), "Ada@Example.com", {}, True),
        (("ada@example.com",), "bob@example.com", {}, False),
        (("@example.com",), "bob@example.com", {}, True),
        (("@example.com",), "bob@evil-example.com", {}, False),
        (("@example.com",), "left@example.com", {"hd": None}, False),
        (("@gmail.com",), "ada@gmail.com", {}, True),
        (("*",), "ada@example.com", {"email_verified": False}, False),
        (("*",), "ada@example.com", {"email_verified": "true"}, False),
    ],
)
def test_who_may_sign_up_is_a_setting(
    call: Api, admitted: tuple[str, ...], email: str, claims: dict[str, Any], allowed: bool
) -> None:
    who = people.identity_of(call.rig.outside, call.rig.clock, call.rig.google, admitted)
    call.serve_on = replace(call.rig.ports, identity=who)
    token = call.rig.google.id_token(email, **claims)
    answer = call("POST", "/v1/auth/session", {"id_token": token}, key=None)
    assert answer.status == (201 if allowed else 401)
    assert allowed or answer.error["code"] == "auth.not_provisioned"
    assert len(call.rig.store.query(Query("users"))) == int(allowed)


def test_who_was_admitted_once_is_not_locked_out(call: Api) -> None:
    first = bearer_of(call)
    nobody = people.identity_of(call.rig.outside, call.rig.clock, call.rig.google, ())
    call.serve_on = replace(call.rig.ports, identity=nobody)
    assert call("GET", "/v1/users/me", key=first).json == call("GET", "/v1/users/me", key=bearer_of(call)).json


def test_without_a_client_nobody_signs_in_and_keys_work(call: Api) -> None:
    call.serve_on = replace(call.rig.ports, identity=None)
    assert call("GET", "/v1/auth/session").status == 200
    assert call("GET", "/v1/auth/google", key=None).error["code"] == "resource.not_supported"
    assert call("POST", "/v1/auth/session", {"id_token": "a.b.c"}, key=None).status == 501
    assert call("GET", "/v1/posts", key=call.rig.issuer.token()).error["code"] == "auth.invalid_token"


def test_a_google_token_of_a_stranger_opens_nothing(call: Api) -> None:
    token = call.rig.google.id_token("stranger@example.com")
    assert call("GET", "/v1/posts", key=token).error["code"] == "auth.not_provisioned"
    assert call.rig.store.query(Query("users")) == []


def test_a_token_of_the_issuer_is_no_google_token(call: Api) -> None:
    answer = call("POST", "/v1/auth/session", {"id_token": call.rig.issuer.token()}, key=None)
    assert (answer.status, answer.meta["field"]) == (400, "id_token")


@pytest.mark.parametrize("role", TOKEN_ROLES)
def test_roles_give_scopes_within_the_tokens_tenant(call: Api, role: str) -> None:
    token = call.rig.issuer.token(roles=["other", role], tenant_id=call.workspace)
    said = call("GET", "/v1/auth/session", key=token, Rostrum_Mode="test").json
    assert (said["kind"], said["roles"], said["workspace_id"]) == ("token", [role], call.workspace)
    assert said["full_access"] == (role in ("tenant_admin", "platform_admin", "system_admin", "super_admin"))
    assert call("GET", "/v1/posts", key=token, Rostrum_Mode="test").status == 200
    assert call("GET", "/v1/keys", key=token).status == (200 if said["full_access"] else 403)
    assert "tokens:read" not in said["scopes"]


def test_a_token_without_a_role_or_a_tenant_of_ours_is_refused(call: Api) -> None:
    for claims, status, code in (
        ({"roles": ["viewer"], "tenant_id": call.workspace}, 403, "auth.insufficient_scope"),
        ({"roles": None, "tenant_id": call.workspace}, 403, "auth.insufficient_scope"),
        ({"roles": {"creator": True}, "tenant_id": call.workspace}, 403, "auth.insufficient_scope"),
        ({"tenant_id": "ws_none"}, 401, "auth.not_provisioned"),
        ({"tenant_id": f"{call.workspace}/x"}, 401, "auth.not_provisioned"),
        ({}, 401, "auth.not_provisioned"),
    ):
        answer = call("GET", "/v1/posts", key=call.rig.issuer.token(**claims))
        assert (answer.status, answer.error["code"]) == (status, code), claims


def test_a_bad_token_is_a_401_and_an_issuer_that_is_down_a_503(call: Api) -> None:
    good = call.rig.issuer.token(tenant_id=call.workspace)
    for token in (good[:-4] + "AAAA", call.rig.issuer.token(exp=1), call.rig.issuer.token(aud="x")):
        answer = call("GET", "/v1/posts", key=token)
        assert (answer.status, answer.error["code"]) == (401, "auth.invalid_token")
        assert re.search("signature|expired|audience", answer.error["message"])
    call.rig.issuer.down = True
    call.rig.issuer.asked = 0
    call.rig.clock.advance(90_000)
    answer = call("GET", "/v1/posts", key=call.rig.issuer.token(tenant_id=call.workspace))
    assert (answer.status, answer.error["code"]) == (503, "system.unavailable")
    assert "Retry-After" in answer.headers


def test_a_developer_has_every_scope_and_is_no_admin(call: Api) -> None:
    token = bearer_of(call)
    path = call.rig.store.query(Query("users"))[0].path
    call.rig.store.commit([Write("update", path, {"role": "developer"})])
    assert call("GET", "/v1/posts", key=token).status == 200
    assert call("GET", "/v1/keys", key=token).status == 403


def test_the_simulated_pages_address_is_no_part_of_the_api(call: Api) -> None:
    assert call("GET", "/sandbox/google", key=None).status == 404
    location = call("GET", "/v1/auth/google", key=None).headers["Location"]
    asked = dict(parse_qsl(urlsplit(location).query))
    assert (asked["code_challenge_method"], len(asked["code_challenge"]), len(asked["nonce"])) == ("S256", 43, 43)


def test_a_persons_address_changes_with_googles_word_alone(call: Api) -> None:
    """The same subject is the same person; an address that nobody verified, or none at all, replaces nothing."""
    bearer_of(call)
    token = call.rig.google.id_token("ada@example.com")
    subject = jwt.decode(token, options={"verify_signature": False})["sub"]

    def signed_in_as(email: str, **claims: Any) -> Any:
        sent = {"id_token": call.rig.google.id_token(email, sub=subject, **claims)}
        key = call("POST", "/v1/auth/session", sent, key=None).json["session_token"]
        return call("GET", "/v1/users/me", key=key).json["email"]

    assert signed_in_as("mallory@example.com", email_verified=False) == "ada@example.com"
    assert signed_in_as("", email_verified=True) == "ada@example.com"
    assert signed_in_as("ada@new.example.com") == "ada@new.example.com"


@pytest.mark.parametrize("claims", [{"exp": None}, {"exp": "4000000000"}, {"iat": [1]}])
def test_a_google_token_without_readable_times_is_refused(call: Api, claims: dict[str, Any]) -> None:
    sent = {"id_token": call.rig.google.id_token("ada@example.com", **claims)}
    assert call("POST", "/v1/auth/session", sent, key=None).error["code"] == "auth.invalid_token"


def test_sign_ins_that_nobody_finishes_do_not_pile_up(call: Api) -> None:
    for _ in range(250):
        begun_at = call("GET", "/v1/auth/google", key=None)
        assert begun_at.status == 302
    call.rig.clock.advance(601)
    assert signing_in.forget_expired(call.rig.ports) == 250
    assert call.rig.store.query(Query("signins")) == []


def test_cookies_that_are_no_text_are_none(call: Api) -> None:
    """Bytes arrive as Latin-1: other programs on the same host set what they like."""
    odd = "rostrum_session=\xff\xfe; other=\x80"
    assert call("GET", "/v1/auth/session", key=None, Cookie=odd).error["code"] == "auth.missing_header"
    assert call("GET", "/v1/auth/session", Cookie=odd).status == 200
    assert call("GET", f"{CALLBACK}?state=x&code=y", key=None, Cookie=odd).status == 403
