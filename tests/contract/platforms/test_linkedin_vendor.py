"""What others wrote of LinkedIn against our LinkedIn: its official (generic) Rest.li client drives the simulator; examples
of its public Postman collections, as a third party converted them, are held against what the adapter sends; and the same
party's transcript of the webhook pages against what both sides make of deliveries.

LinkedIn publishes no OpenAPI document and no types: the files are UNOFFICIAL and incomplete (no comments, no reactions).
They are kept outside the repository; without them those tests are skipped, and fail where CI=true.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
import yaml
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.auth.utils import oauth
from linkedin_api.clients.restli.client import RestliClient
from linkedin_api.common import constants

from shared.domain.content import Kind
from shared.platforms import registry
from shared.platforms.contract import App
from shared.platforms.linkedin import MANIFEST, metrics, publish, simulator, webhooks
from shared.platforms.linkedin.tests.person import PAGES, Person, document
from shared.ports.http import Request
from tests.contract.platforms import report
from tests.support import files, loopback
from tests.support.simulated import START, MemoryWorld, call_for, image, media_file, piece, video

SPECS = Path(__file__).parents[4] / "shared/reference/vendors/specs/linkedin"
UNOFFICIAL = "examples of LinkedIn's Postman collections (third-party OpenAPI, unofficial)"
REDIRECT = "https://rostrum.example/callback"
POLL = {"poll": {"question": "Tea or coffee?", "options": ["Tea", "Coffee"], "duration": "ONE_DAY"}}


def _loaded(path: Path) -> dict[str, Any]:
    if not path.exists():
        reason = f"the third-party files about LinkedIn are not at {SPECS}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """Every request of the collections: ``METHOD /path`` with its query names and the example of its body."""
    found: dict[str, Any] = {}
    for name in ("content", "community", "campaigns"):
        spec = _loaded(SPECS / f"api-evangelist-openapi/linkedin-marketing-{name}.yml")
        for path, operations in spec["paths"].items():
            for method, operation in operations.items():
                key = f"{method.upper()} {_plain(path)}"
                found.setdefault(key, []).append({"query": _query(operation), "body": _body(spec, operation)})
    return found


def _plain(path: str) -> str:
    """A path with every id as ``*``; the collections write the prefix sometimes."""
    bare = re.sub(r"\{[^}]*\}", "*", path.removeprefix("/rest"))
    return re.sub(r"urn:li:\w+:\*", "*", bare).rstrip("/")


def _query(operation: Mapping[str, Any]) -> set[str]:
    named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    return {name.partition(".")[0] for name in named}


def _body(spec: Mapping[str, Any], operation: Mapping[str, Any]) -> Any:
    content = (operation.get("requestBody") or {}).get("content") or {}
    schema = next((one.get("schema") or {} for one in content.values()), {})
    named = spec["components"]["schemas"].get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    example = named.get("example")
    if not isinstance(example, str):
        return example
    with suppress(ValueError):  # some of the collections' examples are no JSON
        return json.loads(re.sub(r"//[^\n\"]*(?=\n)", "", str(json.loads(example))))
    return None


# ------------------------------------------------------------------------------------------- what we send


@pytest.fixture(scope="module")
def sent() -> list[Request]:
    """What the adapter asks of LinkedIn for a page: every kind, its figures, its subscription, its end."""
    person = Person(PAGES, page=True)
    posted = person.publish("A text")
    person.publish("A photo", Kind.IMAGE, media=(image(files.jpeg()),))
    person.publish("A film", Kind.VIDEO, media=(_film(),))
    person.publish("A report", Kind.DOCUMENT, media=(document(),))
    person.publish("A question", Kind.POLL, options=POLL)
    metrics.post(person.call, posted)
    metrics.account(person.call)
    webhooks.subscribe(_with_number(person), "https://rostrum.example/hook", "sandbox-secret")
    made = piece(Kind.TEXT, "Never sent")
    publish.find(person.call, made, person.armed(person.prepare(made)))
    publish.delete(person.call, posted)
    return [request for request in person.http.sent if request.url.startswith("https://api.linkedin.com/rest/")]


def _film() -> Any:
    data = files.mp4(10.0, payload=bytes(100))
    return media_file(video(data).facts, data)


def _with_number(person: Person) -> Any:
    return call_for(person.http, person.account, App("client", "sandbox-secret", "4711"))


def _place(request: Request) -> str:
    path = unquote(urlsplit(request.url).path.removeprefix("/rest"))
    path = re.sub(r"urn:li:\w+:[\w-]+", "*", path)
    return f"{request.method} {re.sub(r'(?<=/)[0-9]+', '*', path)}"


# What the collections ask by another finder, or not at all; the pages of LinkedIn's documentation have them (see README).
NOT_IN_THE_COLLECTIONS = {
    "GET /videos/*",
    "GET /documents/*",
    "POST /documents",
    "PUT /eventSubscriptions/(developerApplication:*,user:*,entity:*,eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS)",
}
# The collections' paths for what we ask.
WRITTEN = {"GET /posts/*": "GET /posts/*", "DELETE /posts/*": "DELETE /posts/*"}
# Names that the examples of a path do not show because they show one of its finders.
FURTHER_QUERY = {
    "GET /posts": {"q", "author", "sortBy", "start", "count"},
    "GET /organizations": {"ids"},
    "GET /organizationAcls": {"q", "state", "start", "count"},
    "GET /organizationalEntityShareStatistics": {"shares", "ugcPosts"},
}


def test_every_path_that_we_ask_is_in_the_collections(examples: dict[str, Any], sent: list[Request]) -> None:
    """With the same method; query names as there, or as the documentation's own pages have them."""
    checked = 0
    for request in sent:
        place = _place(request)
        if place in NOT_IN_THE_COLLECTIONS:
            continue
        known = examples.get(WRITTEN.get(place, place))
        assert known, f"{place} is in no collection"
        allowed = set().union(*(one["query"] for one in known)) | FURTHER_QUERY.get(place, set())
        assert set(parse_qs(urlsplit(request.url).query)) <= allowed | {"edgeType"}, place
        checked += 1
    assert checked > 15
    report.requests("linkedin", checked, UNOFFICIAL)


def test_the_bodies_have_the_examples_form(examples: dict[str, Any], sent: list[Request]) -> None:
    """No field that the example of that request does not show, and of the same type; contents by their own pages."""
    checked = 0
    for request in sent:
        known = [one["body"] for one in examples.get(_place(request), ()) if one["body"]]
        wanted = json.loads(request.body) if isinstance(request.body, bytes) and request.body else None
        if not known or not isinstance(wanted, dict) or "finalizeUploadRequest" in wanted:
            continue
        differences = [list(_differences(wanted, example)) for example in known]
        assert min(differences, key=len) == [], (_place(request), differences)
        checked += 1
    assert checked >= 6
    report.requests("linkedin", checked, UNOFFICIAL)


def _differences(ours: Any, theirs: Any, at: str = "") -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key == "content":  # the example shows a document's; each of the others has a page of its own
                continue
            if key not in theirs:
                yield f"{at}/{key} is not there"
            else:
                yield from _differences(value, theirs[key], f"{at}/{key}")
    elif type(ours) is not type(theirs):
        yield f"{at} is {type(ours).__name__}, there {type(theirs).__name__}"


def test_a_document_s_content_is_the_example_s(examples: dict[str, Any], sent: list[Request]) -> None:
    """Title and id, nothing else."""
    bodies = [json.loads(one.body) for one in sent if _place(one) == "POST /posts" and isinstance(one.body, bytes)]
    ours = next(body for body in bodies if "document" in json.dumps(body.get("content", {})))
    theirs = examples["POST /posts"][0]["body"]
    assert set(ours["content"]["media"]) == set(theirs["content"]["media"])
    assert set(theirs) <= set(ours)


# -------------------------------------------------------------------------------------------------- webhooks


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    """The transcript of LinkedIn's webhook pages."""
    return _loaded(SPECS / "linkedin-webhooks.asyncapi.yml")


def test_deliveries_are_as_the_pages_say(pages: dict[str, Any]) -> None:
    """Envelope, fields, actions, header and signature of what the simulator sends; and our side takes it."""
    person = Person(PAGES, page=True)
    webhooks.subscribe(_with_number(person), "https://rostrum.example/hook", "sandbox-secret")
    post = person.publish("A post of the page")
    for what in ("comment", "like", "mention"):
        simulator.visit(person.world, person.urn, what, on=post.id, text="Hello")
    family = pages["event_families"][0]
    known = {field["name"] for field in family["notification_schema"]["fields"]}
    for push in simulator.pushes(person.world):
        payload = json.loads(push.body)
        assert payload["type"] == family["event_type"]
        assert set(payload) == {field["name"] for field in family["payload_envelope"]["fields"]}
        for notification in payload["notifications"]:
            assert set(notification) <= known
            assert notification["action"] in family["actions"]
        assert list(push.headers) == [pages["signature"]["header"]]
        expected = hmac.new(b"sandbox-secret", b"hmacsha256=" + push.body, hashlib.sha256).hexdigest()
        assert push.headers[pages["signature"]["header"]] == expected
        headers = {name.lower(): value for name, value in push.headers.items()}
        assert webhooks.verify(headers, push.body, "sandbox-secret", START)
        assert [event.id for event in webhooks.parse(headers, push.body)] == [push.id]
        report.requests("linkedin", 1, "LinkedIn's webhook pages (third-party transcript, unofficial)")


def test_the_handshake_is_as_the_pages_say(pages: dict[str, Any]) -> None:
    """Fields, status and content type."""
    reply = webhooks.challenge({"challengeCode": "890e4665-4dfe-4ab1-b689-ed553bceeed0"}, "secret", "")
    assert reply
    rules = pages["validation"]
    assert (reply.status, reply.content_type) == (
        rules["expected_response_status"],
        rules["expected_response_content_type"],
    )
    assert list(json.loads(reply.body)) == rules["response_body_fields"]


# ----------------------------------------------------------------------------------------- the official client


def test_linkedin_s_own_client_drives_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """It signs in, looks up, announces a file, posts, lists, reads, deletes and refreshes."""
    world = MemoryWorld()
    handler = loopback.simulator("linkedin", world)
    with loopback.serve(handler, "www.linkedin.com") as www, loopback.serve(handler, "api.linkedin.com") as api:
        for module in (constants, oauth):
            monkeypatch.setattr(module, "OAUTH_BASE_URL", f"{www}/oauth/v2")
        monkeypatch.setattr(constants, "VERSIONED_BASE_URL", f"{api}/rest")
        monkeypatch.setattr(constants, "NON_VERSIONED_BASE_URL", f"{api}/v2")
        _drive(AuthClient("client", "secret", REDIRECT), RestliClient())
    report.sdk("linkedin", f"linkedin-api-client {version('linkedin-api-client')} (official, without types)")


def _drive(auth: Any, client: Any) -> None:
    scopes = list(registry.manifest("linkedin").oauth.scopes)
    consent = auth.generate_member_auth_url(scopes, state="s") + "&sandbox_user=many"
    location = requests.get(consent, allow_redirects=False, timeout=5).headers["location"]
    tokens = auth.exchange_auth_code_for_access_token(parse_qs(urlsplit(location).query)["code"][0])
    member = client.get(resource_path="/userinfo", access_token=tokens.access_token)
    assert member.entity["sub"]
    named = {"access_token": tokens.access_token, "version_string": MANIFEST.api.name}
    acls = client.finder(resource_path="/organizationAcls", finder_name="roleAssignee", **named)
    page = acls.elements[0]["organization"]
    number = page.rpartition(":")[2]
    assert client.batch_get(resource_path="/organizations", ids=[number], **named).results[number]["localizedName"]
    upload = client.action(
        resource_path="/images",
        action_name="initializeUpload",
        action_params={"initializeUploadRequest": {"owner": page}},
        **named,
    )
    assert upload.value["image"].startswith("urn:li:image:")
    _post(client, named, page)
    fresh = auth.exchange_refresh_token_for_access_token(tokens.refresh_token)
    assert fresh.access_token != tokens.access_token


def _post(client: Any, named: Mapping[str, str], page: str) -> None:
    entity = {
        "author": page,
        "commentary": "Sent by the client that LinkedIn publishes",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
    }
    made = client.create(resource_path="/posts", entity=entity, **named)
    assert made.status_code == 201
    keys = {"id": made.entity_id}
    found = client.finder(resource_path="/posts", finder_name="author", query_params={"author": page}, **named)
    assert [one["id"] for one in found.elements] == [made.entity_id]
    assert client.get(resource_path="/posts/{id}", path_keys=keys, **named).entity["commentary"] == entity["commentary"]
    assert client.delete(resource_path="/posts/{id}", path_keys=keys, **named).status_code == 204
    assert client.get(resource_path="/posts/{id}", path_keys=keys, **named).status_code == 404
