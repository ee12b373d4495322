"""Snapchat against what others wrote: it publishes neither a specification nor an SDK for these APIs.

The examples of its documentation (``fixtures/*.snapchat.json`` of its folder) answer the adapter, and the simulator answers alike.
For ads the judge is the manifest of Airbyte's connector (1.2.12, a third party's): its paths on the ads host, where in an answer it
looks for things, and the figures' names. Kept outside the repository; without it these tests are skipped, and fail where CI=true.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from shared.domain.content import Kind
from shared.platforms import registry
from shared.platforms.contract import Accepted
from shared.ports.http import Request, Response
from tests.contract.platforms import harness, report
from tests.contract.platforms.acting import Acts

SPECS = Path(__file__).resolve().parents[3].parent / "shared" / "reference" / "vendors" / "specs" / "snapchat"
SPEC = SPECS / "airbyte-source-snapchat-marketing-1.2.12.manifest.yaml"
NOT_THERE = re.compile(r"/v1/adaccounts/\{id\}|/v1/(campaigns|adsquads|creatives|ads|media)/\{id\}")  # it only lists
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Stream:
    """One thing that the connector reads: its path, how it finds the records, what it asks for."""

    def __init__(self, name: str, retriever: Mapping[str, Any], base: str) -> None:
        requester = retriever["requester"]
        self.name = name
        self.path = urlsplit(base).path + re.sub(r"\{\{.*?\}\}", "{id}", requester["path"])
        self.records: list[str] = retriever["record_selector"]["extractor"]["field_path"]
        parameters = requester.get("request_parameters") or {}
        self.granularity = str(parameters.get("granularity") or "")
        self.fields = frozenset(re.split(r"\s*,\s*", str(parameters.get("fields") or "").strip()))


class Connector:
    """The manifest as a judge."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        base = document["definitions"]["base_requester"]
        self.base, self.token_url = base["url_base"], base["authenticator"]["token_refresh_endpoint"]
        self.streams = [
            Stream(name, stream["retriever"], self.base) for name, stream in document["definitions"]["streams"].items()
        ]

    def reading(self, request: Request) -> Stream | None:
        """The stream that this request reads as, None where the connector has no such request."""
        url = urlsplit(request.url)
        shape, granularity = ID.sub("{id}", url.path), parse_qs(url.query).get("granularity", [""])[0]
        found = [one for one in self.streams if (one.path, one.granularity) == (shape, granularity)]
        return found[0] if found else None

    def records(self, stream: Stream, body: Mapping[str, Any]) -> Iterator[Any]:
        """What the connector would find in an answer."""
        yield from _walk(body, stream.records)


def _walk(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "*":
        for item in value:
            yield from _walk(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _walk(value[path[0]], path[1:])


@pytest.fixture(scope="module")
def connector() -> Connector:
    if not SPEC.exists():
        reason = f"the connector's manifest is not at {SPEC}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return Connector(yaml.safe_load(SPEC.read_text("utf-8")))


@pytest.fixture(scope="module")
def conversation() -> list[tuple[Request, Response]]:
    """All that adapter and simulator say to each other about ads: made, set running, listed, measured, settled."""
    network = harness.new_network("snapchat")
    acts = Acts(network)
    account = acts.place("@ad_account", "").id
    for verb in ("ad.create", "creative.create", "campaign.status", "ad_group.status", "ad.status"):
        act = acts.act(verb)
        state, at = acts.prepare(act), network.world.now
        acts.commit(act, state)
        acts.find(act, state, at)
    network.world.pass_time(86_400)
    network.renew()
    ads = registry.ads("snapchat")
    assert ads is not None
    today = network.world.now.date()
    for level in ("campaign", "ad_group", "creative", "ad"):
        ids = [one.id for one in ads.objects(network.call, level, account, "", "").items]
        assert ids
        if level != "creative":
            ads.stats(network.call, level, account, ids, today, today)
    ads.stats(network.call, "account", account, [], today, today)
    return list(zip(network.http.sent, network.http.answers, strict=True))


@pytest.mark.vendor_specs
def test_what_is_read_is_read_as_others_read_it(
    connector: Connector, conversation: list[tuple[Request, Response]]
) -> None:
    """Paths, figures' names, and where in the answers the things are: all of the connector's streams but those not built."""
    judged: dict[str, int] = {}
    for request, response in conversation:
        url = urlsplit(request.url)
        if request.method != "GET" or url.hostname != urlsplit(connector.base).hostname:
            continue
        stream = connector.reading(request)
        if stream is None:
            assert NOT_THERE.fullmatch(ID.sub("{id}", url.path)), request.url
            continue
        asked = {name for name in parse_qs(url.query).get("fields", [""])[0].split(",") if name}
        assert asked <= stream.fields, f"{stream.name}: {asked - stream.fields}"
        found = list(connector.records(stream, json.loads(response.body)))
        assert all(isinstance(one, dict) for one in found)
        if "stats" in stream.name:
            assert all(set(one["stats"]) <= stream.fields and {"start_time", "end_time"} <= set(one) for one in found)
        else:
            assert all("id" in one and "name" in one for one in found)
        judged[stream.name] = judged.get(stream.name, 0) + len(found)
    wanted = {"organizations", "adaccounts", "campaigns", "adsquads", "creatives", "ads"}
    wanted |= {f"{what}_stats_daily" for what in ("adaccounts", "campaigns", "adsquads", "ads")}
    assert set(judged) == wanted
    assert all(judged.values()), judged
    report.requests("snapchat", sum(judged.values()), "Airbyte's connector 1.2.12 (third party)")


@pytest.mark.vendor_specs
def test_tokens_are_refreshed_where_others_do_it(connector: Connector) -> None:
    """The same address and the same grant."""
    network = harness.new_network("snapchat")
    registry.connector("snapchat").refresh(network.call)
    request = network.http.sent[-1]
    assert request.url == connector.token_url
    assert parse_qs((request.body or b"").decode())["grant_type"] == ["refresh_token"]  # type: ignore[union-attr]


@pytest.mark.vendor_specs
@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://adsapi.snapchat.com/v1/me/organizations", True),
        ("https://adsapi.snapchat.com/v1/me/adaccounts", False),
        ("https://adsapi.snapchat.com/v1/ads/0f1e2d3c-0000-4000-a000-000000000000/stats?granularity=DAY", True),
        ("https://adsapi.snapchat.com/v1/ads/0f1e2d3c-0000-4000-a000-000000000000/stats?granularity=WEEK", False),
    ],
)
def test_the_judge_tells_right_from_wrong(connector: Connector, url: str, right: bool) -> None:
    """A path or a granularity that the connector does not know is none of its streams."""
    assert (connector.reading(Request("GET", url)) is not None) is right


# ------------------------------------------------------------------------------------- the documentation's examples

FIXTURES = Path(registry.__file__).parent / "snapchat" / "fixtures"
DOCUMENTED = ("media_created", "part_added", "part_added", "spotlight_posted")


def _example(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{name}.snapchat.json").read_text("utf-8"))
    return loaded


def test_the_adapter_follows_the_documented_answers() -> None:
    """Media, part, end, post: each request goes where the example before it says, and the Spotlight's id is the example's."""
    network = harness.new_network("snapchat")
    piece = network.piece()
    listing = {"request_status": "SUCCESS", "spotlights": [], "paging": {}}
    answers = [*map(_example, DOCUMENTED[:3]), listing, _example(DOCUMENTED[3])]
    network.http.intercept = lambda _: Response(200, {}, json.dumps(answers.pop(0)).encode())
    network.http.sent.clear()
    outcome = registry.publisher("snapchat").commit(network.call, piece, network.prepare(piece))
    media, profile = _example("media_created"), network.account.platform_account_id
    upload = f"https://businessapi.snapchat.com{media['add_path']}"
    mine = f"https://businessapi.snapchat.com/v1/public_profiles/{profile}"
    assert [request.url.partition("?")[0] for request in network.http.sent] == [
        f"{mine}/media",
        upload,
        upload,
        f"{mine}/spotlights",
        f"{mine}/spotlights",
    ]
    posted = json.loads(network.http.sent[-1].body or b"")  # type: ignore[arg-type]
    assert posted == {"media_id": media["media_id"], "description": piece.text, "locale": "en_US"}
    assert isinstance(outcome, Accepted)
    assert outcome.state["id"] == _example("spotlight_posted")["spotlight_id"]
    report.requests("snapchat", len(network.http.sent), "the documentation's examples")


@pytest.mark.parametrize(("kind", "example"), [(Kind.SPOTLIGHT, "spotlight_posted"), (Kind.STORY, "story_posted")])
def test_the_simulator_answers_as_the_examples_do(kind: Kind, example: str) -> None:
    """Field by field, and paths in their form."""
    network = harness.new_network("snapchat")
    piece = network.piece(kind)
    network.http.sent.clear()
    network.http.answers.clear()
    registry.publisher("snapchat").commit(network.call, piece, network.prepare(piece))
    said = zip(network.http.sent, network.http.answers, strict=True)
    answers = {_step(request): json.loads(answer.body) for request, answer in said}
    created = _example("media_created")
    assert {name: ID.sub("{id}", str(value)) for name, value in answers["media"].items()} == {
        name: ID.sub("{id}", str(value)) for name, value in created.items()
    }
    assert set(answers["multipart-upload"]) == set(_example("part_added"))
    posted = _example(example)
    assert set(answers["post"]) == set(posted)
    if kind is Kind.SPOTLIGHT:
        assert len(answers["post"]["spotlight_id"]) == len(posted["spotlight_id"])
        assert re.fullmatch(r"[A-Za-z0-9_-]+", answers["post"]["spotlight_id"])


def _step(request: Request) -> str:
    last = urlsplit(request.url).path.rpartition("/")[2]
    return "post" if request.method == "POST" and last in {"spotlights", "stories"} else last
