"""Meta's Postman collection against our Threads: what the adapter sends is in it, what the simulator answers looks like it.

The collection (fbsamples/threads_api, 44df04d of 2026-01-02) is kept outside the repository; without it these tests are
skipped, and fail where CI=true. What it lacks is listed here with the page that documents it. There is no SDK of Meta's.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.domain.content import Act, Kind, Parent
from shared.platforms.contract import App, Armed
from shared.platforms.threads import MANIFEST, inbox, kinds_data, metrics, oauth, publish, resources, simulator, wire
from shared.platforms.threads.tests import world as stages
from shared.platforms.threads.tests.world import Stage
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import simulated

COLLECTION = Path(__file__).parents[4] / "shared/reference/vendors/specs/meta/threads-api.postman_collection.json"
_DOCS = "https://developers.facebook.com/documentation/threads"
# Parameters that the collection lacks, by (method, path), with the page that documents them (read 2026-11-22).
DOCUMENTED = {
    ("POST", "me/threads"): {
        "enable_reply_approvals": f"{_DOCS}/reply-management",
        "allowlisted_country_codes": f"{_DOCS}/reference/publishing",
    },
    ("GET", "*/conversation"): {"after": f"{_DOCS}/reference/reply-management"},
}
# The same for answers: the example has no metric «clicks».
ANSWERED = {
    ("GET", "me/threads_insights"): {"link_total_values": "https://developers.facebook.com/docs/threads/insights"}
}
AUTH = {"access_token"}  # the collection's authorization adds it to every request
TEXT_OPTIONS = {
    "reply_control": "everyone",
    "topic_tag": "Tea",
    "quote_post_id": stages.SOMEBODYS,
    "location_id": "378002895391234",
    "enable_reply_approvals": True,
    "allowlisted_country_codes": ["NO"],
    "text_entities": [{"entity_type": "SPOILER", "offset": 0, "length": 2}],
}
ATTACHED = (
    {"link_attachment": "https://example.org"},
    {"gif_attachment": {"gif_id": "3o85xEFRBYvAnamJnG", "provider": "GIPHY"}},
    {"text_attachment": {"plaintext": "A long text", "link_attachment_url": "https://example.org"}},
    {"is_ghost_post": True},
)
NAMES_OF = {
    "me": "fields_profile",
    "me/threads": "fields_threads",
    "me/replies": "fields_replies",
    "me/mentions": "fields_replies",  # the collection's request names fewer; the webhook's page names the rest
    "*/conversation": "fields_replies",
    "me/threads_publishing_limit": "fields_quota",
    "location_search": "fields_location",
}


@dataclass(frozen=True)
class Vendor:
    """The collection: parameters by (method, path), example bodies, and the variables that hold lists of fields."""

    parameters: dict[tuple[str, str], set[str]]
    examples: dict[tuple[str, str], list[Any]]
    variables: dict[str, str]

    def fields(self, name: str) -> set[str]:
        """The names in a list of fields, without what is asked within them."""
        return set(re.sub(r"\{[^}]*\}", "", self.variables[name]).split(","))


@pytest.fixture(scope="module")
def vendor() -> Vendor:
    if not COLLECTION.exists():
        reason = f"Meta's Postman collection is not at {COLLECTION}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    collection = json.loads(COLLECTION.read_text("utf-8"))
    parameters: dict[tuple[str, str], set[str]] = {}
    examples: dict[tuple[str, str], list[Any]] = {}
    for item in _requests(collection["item"]):
        url = item["request"]["url"]
        path = "/".join("*" if "{{" in part else part for part in url["path"] if part)
        key = (item["request"]["method"], path)
        parameters.setdefault(key, set()).update(query["key"] for query in url.get("query", []))
        examples.setdefault(key, []).extend(_bodies(item))
    return Vendor(parameters, examples, {one["key"]: one["value"] for one in collection["variable"]})


def _requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield from _requests(item["item"]) if "item" in item else [item]


def _bodies(item: dict[str, Any]) -> Iterator[Any]:
    for response in item.get("response", []):
        with suppress(ValueError):  # some of the collection's examples are empty, or no JSON («<string>»)
            yield json.loads(response["body"] or "")


@pytest.fixture(scope="module")
def exchanged() -> tuple[Stage, list[tuple[Request, Response]]]:
    """Everything that the adapter ever says to Threads, with the simulator's answers."""
    stage = stages.stage()
    stages.connect(stage.http, simulator.seed(stage.world, "rostrum")["code"])
    for piece in (*stages.pieces().values(), *_with_options()):
        state, at = stage.prepared(piece), stage.world.now
        published = publish.describe(stage.call, publish.commit(stage.call, piece, state))
        publish.find(stage.call, piece, Armed(1, at, state))
        metrics.post(stage.call, published)
    stage.world.pass_time(86_400)
    _moderate(stage)
    metrics.account(stage.call)
    inbox.mentions(stage.call, "")
    resources.read(stage.call, "locations", {"q": "park", "latitude": 37.4, "longitude": -122.1}, "")
    resources.read(stage.call, "publishing_limit", {}, "")
    stage.world.pass_time(3600)
    oauth.refresh(stage.call)
    return stage, list(zip(stage.http.sent, stage.http.answers, strict=True))


def _with_options() -> Iterator[Any]:
    yield simulated.piece(Kind.TEXT, "Hi", options=TEXT_OPTIONS)
    for options in ATTACHED:
        yield simulated.piece(Kind.TEXT, "Hi", options=options)
    for media in ((stages.photo("A lake"),), (stages.video(),), (stages.photo(), stages.video())):
        kind = publish.choose_kind("Hi", [file.facts for file in media], {"is_spoiler_media": True})
        yield simulated.piece(kind, "Hi", media, options={"is_spoiler_media": True})


def _moderate(stage: Stage) -> None:
    post = stage.published(stages.pieces()[Kind.TEXT])
    stage.world.pass_time(7200)
    page = inbox.comments(stage.call, post, "")
    inbox.comments(stage.call, post, page.next)
    theirs = next(one for one in page.items if "comment.hide" in one.can)
    for verb in ("comment.hide", "comment.unhide"):
        stage.done(Act(verb, theirs.id))
        inbox.find(stage.call, Act(verb, theirs.id), Armed(1, stage.world.now, {}))
    reply = simulated.piece(Kind.TEXT, "Thanks", parent=Parent(theirs.id, {}))
    state, at = stage.prepared(reply), stage.world.now
    made = publish.commit(stage.call, reply, state)
    publish.find(stage.call, reply, Armed(1, at, state))
    inbox.find(stage.call, Act("comment.delete", made.id), Armed(1, stage.world.now, {}))
    stage.done(Act("comment.delete", made.id))


def _key(stage: Stage, request: Request) -> tuple[str, str]:
    """Method and path as the collection writes them: without version, the account as ``me``, ids as ``*``."""
    parts = [part for part in urlsplit(request.url).path.split("/") if part and part != "v1.0"]
    me = stage.account.platform_account_id
    named = ["me" if part == me else "*" if part.isdigit() else part for part in parts]
    return request.method, "/".join(named)


def _parameters(request: Request) -> dict[str, str]:
    body = request.body if isinstance(request.body, bytes) else b""
    return dict(parse_qsl(urlsplit(request.url).query) + parse_qsl(body.decode()))


# ------------------------------------------------------------------------------------------------ what we send


def test_every_request_is_one_of_the_collection(vendor: Vendor, exchanged: Any) -> None:
    """Method, path and parameters; what the collection lacks has its page."""
    stage, log = exchanged
    for request, _answer in log:
        key = _key(stage, request)
        assert key in vendor.parameters, key
        known = vendor.parameters[key] | AUTH | set(DOCUMENTED.get(key, {}))
        assert set(_parameters(request)) <= known, (key, set(_parameters(request)) - known)
    report.requests("threads", len(log), "Meta's Postman collection 44df04d")


def test_nothing_is_listed_in_vain(vendor: Vendor, exchanged: Any) -> None:
    """What stands in DOCUMENTED is sent, is missing in the collection, and has a page."""
    stage, log = exchanged
    sent: dict[tuple[str, str], set[str]] = {}
    for request, _answer in log:
        sent.setdefault(_key(stage, request), set()).update(_parameters(request))
    for key, parameters in DOCUMENTED.items():
        assert set(parameters) <= sent[key] - vendor.parameters[key]
        assert all(page.startswith("https://") for page in parameters.values())


def test_every_part_of_the_collection_that_we_offer_was_sent(vendor: Vendor, exchanged: Any) -> None:
    """What is left out is what the README says is not built."""
    stage, log = exchanged
    seen = {_key(stage, request) for request, _answer in log}
    not_built = {
        ("GET", "oauth/access_token"),  # an app token, for oembed
        ("GET", "profile_lookup"),
        ("GET", "profile_posts"),
        ("GET", "keyword_search"),
        ("GET", "oembed"),
        ("GET", "*/replies"),  # the top-level ones: /conversation has all
    }
    assert set(vendor.parameters) - seen == not_built & set(vendor.parameters)


def test_every_field_that_we_ask_for_is_in_the_collections_lists(vendor: Vendor, exchanged: Any) -> None:
    """By the node or edge that is asked."""
    stage, log = exchanged
    nodes = vendor.fields("fields_threads") | vendor.fields("fields_replies") | vendor.fields("fields_container")
    for request, _answer in log:
        _, path = _key(stage, request)
        asked = set(filter(None, _parameters(request).get("fields", "").split(",")))
        known = vendor.fields(NAMES_OF[path]) if path in NAMES_OF else nodes
        assert asked <= known, (path, asked - known)


def test_every_metric_and_value_is_one_of_the_collections(vendor: Vendor) -> None:
    """Insights, the audiences of replies, the permissions."""
    assert set(wire.POST_METRICS) == vendor.fields("metrics_post")
    assert {*wire.ACCOUNT_METRICS, "followers_count"} <= vendor.fields("metrics_account")
    control = next(option for option in kinds_data.OPTIONS if option.name == "reply_control")
    assert set(control.enum) == vendor.fields("reply_control")
    assert set(MANIFEST.oauth.scopes) <= vendor.fields("scope")
    url = oauth.authorize_url(App("1", "s"), "https://example.test/", "state", "", MANIFEST.oauth.scopes)
    assert url.startswith(f"{vendor.variables['authorization_host']}/oauth/authorize?")


# ------------------------------------------------------------------------------------- what the simulator answers


def test_every_answer_has_the_collections_fields(vendor: Vendor, exchanged: Any) -> None:
    """Those of the examples, or of the documented lists of fields."""
    stage, log = exchanged
    checked = 0
    for request, answer in log:
        key = _key(stage, request)
        if answer.status != 200 or not vendor.examples[key]:
            continue
        body, asked = json.loads(answer.body), set(_parameters(request).get("fields", "").split(",")) - {""}
        known = {name for example in vendor.examples[key] for name in _names(example)} | asked | {"id"}
        known |= set(ANSWERED.get(key, {}))
        assert set(_names(body)) <= known, (key, set(_names(body)) - known)
        checked += 1
    assert checked > 50
    report.requests("threads", checked, "answers: the collection's examples")


def _names(body: Any) -> set[str]:
    """The names of a body, and of its rows where it is a list."""
    if not isinstance(body, dict):
        return set()
    rows = body.get("data")
    inner = {name for row in rows if isinstance(row, dict) for name in row} if isinstance(rows, list) else set()
    return set(body) | inner


def test_the_examples_have_the_shapes_that_we_read(vendor: Vendor) -> None:
    """The collection's own examples through our mapping."""
    listed = vendor.examples["GET", "me/threads"][0]["data"][0]
    assert wire.listed(listed) is not None
    assert wire.next_page(vendor.examples["GET", "me/threads"][0]) == "string"
    values = wire.insights(vendor.examples["GET", "me/threads_insights"][0])
    assert set(values) >= {"views", "likes", "replies", "reposts", "quotes", "followers_count"}
    post = wire.metrics(wire.insights(vendor.examples["GET", "*/insights"][0]))
    assert (post.views, post.likes, post.comments) == (0, 0, 0)
