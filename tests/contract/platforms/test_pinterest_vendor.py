"""Pinterest's OpenAPI document against our Pinterest: every request of the adapter, every answer of the simulator.

The document is kept outside the repository (github.com/pinterest/api-description, 5.23.0); without it these tests are skipped, and
fail where CI=true. It knows neither the consent page nor the storage service.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from openapi_schema_validator import OAS30Validator

from shared.domain.content import Act, Kind
from shared.platforms import registry
from shared.platforms.contract import Armed, Published, Refused
from shared.platforms.pinterest import MANIFEST, ads, metrics, oauth, publish, resources, simulator_oauth
from shared.platforms.pinterest.tests.person import BOARD, KEY, Person
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import simulated

SPEC = Path(__file__).parents[4] / "shared/reference/vendors/specs/pinterest/v5/openapi.json"
API = "api.pinterest.com"
# What the document says of POST /oauth/token in prose only («set the continuous_refresh parameter to true»).
IN_PROSE = {"continuous_refresh"}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    if not SPEC.exists():
        reason = f"Pinterest's OpenAPI document is not at {SPEC}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    document: dict[str, Any] = json.loads(SPEC.read_text())
    return document


class Document:
    """The OpenAPI document as a judge of requests and answers."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        # The two lists of metrics share most of their words, so that «exactly one of» would allow hardly any: any of them.
        metrics_of_pins = spec["components"]["parameters"]["query_pin_analytics_metric_types"]["schema"]["items"]
        metrics_of_pins["anyOf"] = metrics_of_pins.pop("oneOf")

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """(template, operation) of a request; a template without parameters goes first."""
        for template in sorted(self.spec["paths"], key=lambda known: known.count("{")):
            pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch("/v5" + pattern, path) and method.lower() in self.spec["paths"][template]:
                return template, self.spec["paths"][template][method.lower()]
        raise AssertionError(f"{method} {path} is not documented")

    def check_request(self, request: Request) -> str:
        """The documented operation that this is."""
        url = urlsplit(request.url)
        template, operation = self.operation(request.method, url.path)
        self.check_security(operation, request)
        self.check_query(operation, url.query)
        self.check_body(operation, request)
        return f"{request.method} {template}"

    def check_security(self, operation: Mapping[str, Any], request: Request) -> None:
        schemes = {name for way in operation["security"] for name in way}
        kind, _, given = request.headers["Authorization"].partition(" ")
        assert kind == ("Basic" if "basic" in schemes else "Bearer")
        if kind == "Basic":
            assert b64decode(given).count(b":") == 1

    def check_query(self, operation: Mapping[str, Any], query: str) -> None:
        known = {p["name"]: p for p in map(self.resolve, operation.get("parameters", ())) if p["in"] == "query"}
        given = parse_qs(query, keep_blank_values=True)
        assert set(given) <= set(known), f"undocumented parameters {set(given) - set(known)}"
        for name, parameter in known.items():
            assert name in given or not parameter.get("required")
            if name in given:
                self.validate(self.typed(given[name], parameter), parameter["schema"])

    def typed(self, values: list[str], parameter: Mapping[str, Any]) -> Any:
        schema = self.resolve(parameter["schema"])
        if schema.get("type") == "array":
            return values if parameter.get("explode", True) else values[0].split(",")
        return int(values[0]) if schema.get("type") == "integer" else values[0]

    def check_body(self, operation: Mapping[str, Any], request: Request) -> None:
        content = (operation.get("requestBody") or {}).get("content")
        if content is None:
            assert not request.body
            return
        kind = request.headers["Content-Type"]
        assert isinstance(request.body, bytes)
        body: Any = json.loads(request.body) if "json" in kind else dict(parse_qsl(request.body.decode()))
        schema = self.narrowed(content[kind]["schema"], body)
        self.validate(body, schema)
        assert set(self.unknown(body, schema)) <= {f"$.{name}" for name in IN_PROSE}

    def narrowed(self, schema: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
        """A discriminated schema as the value chooses it."""
        found = self.resolve(schema)
        if "allOf" in found and len(found["allOf"]) == 1 and "properties" not in found:
            return self.narrowed(found["allOf"][0], value)
        if "discriminator" not in found or not isinstance(value, dict):
            return found
        chosen = found["discriminator"]["mapping"]
        return self.resolve({"$ref": chosen[value[found["discriminator"]["propertyName"]]]})

    def check_answer(self, request: Request, response: Response) -> None:
        _, operation = self.operation(request.method, urlsplit(request.url).path)
        documented = operation["responses"].get(str(response.status)) or operation["responses"]["default"]
        content = self.resolve(documented).get("content")
        if content is None:
            assert not response.body
            return
        kind = response.headers["content-type"].partition(";")[0]
        body = json.loads(response.body)
        schema = self.narrowed(content[kind]["schema"], body)
        self.validate(body, schema)
        assert list(self.unknown(body, schema)) == []

    def properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """All properties that a schema names, through what it is composed of."""
        found = self.resolve(schema)
        names = dict(found.get("properties") or {})
        for part in (*found.get("allOf", ()), *found.get("oneOf", ()), *found.get("anyOf", ())):
            for name, inner in self.properties(part).items():
                names.setdefault(name, inner)
        return names

    def unknown(self, value: Any, schema: Mapping[str, Any], path: str = "$") -> Iterator[str]:
        """The fields that we made up: the document allows more than it names, we may not."""
        found = self.narrowed(schema, value)
        if isinstance(value, list):
            parts = [found, *map(self.resolve, found.get("allOf", ()))]
            inner: Mapping[str, Any] = next((part["items"] for part in parts if "items" in part), {})
            for item in value:
                yield from self.unknown(item, inner, f"{path}[]")
        known = self.properties(found)
        if not isinstance(value, dict) or not known or found.get("additionalProperties"):
            return
        for name, item in value.items():
            if name not in known:
                yield f"{path}.{name}"
            else:
                yield from self.unknown(item, known[name], f"{path}.{name}")

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in schema:
            return schema
        found: Any = self.spec
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/")]
        return self.resolve(found)

    def validate(self, value: Any, schema: Mapping[str, Any]) -> None:
        OAS30Validator({"allOf": [schema], "components": self.spec["components"]}).validate(value)


@pytest.fixture(scope="module")
def document(spec: dict[str, Any]) -> Document:
    return Document(spec)


def _pins(person: Person) -> str:
    """Pins of every kind and option, refusals, deletion; the id of one that stays."""
    section = resources.read(person.call, "board_sections", {"board_id": BOARD}, "").items[0]["id"]
    full = {"board_id": BOARD, "board_section_id": section, "title": "A title", "link": "https://example.com/a?b=1"}
    full |= {"alt_text": "What is seen", "dominant_color": "#6E7874"}
    photo = simulated.image(b"jpeg")
    kept, _ = person.post(simulated.piece(Kind.IMAGE, "Hello", (photo,), options={"board_id": BOARD}))
    pieces = [
        simulated.piece(Kind.IMAGE, "All of it", (photo,), options=full),
        simulated.piece(Kind.CAROUSEL, "Three", (photo,) * 3, options={"board_id": BOARD}),
        simulated.piece(Kind.VIDEO, "Moving", (simulated.video(b"video"),), options={"board_id": BOARD}),
        simulated.piece(Kind.VIDEO, "Covered", (simulated.video(b"video"), photo), options={"board_id": BOARD}),
    ]
    for piece in pieces:
        made, armed = person.post(piece)
        person.find(piece, armed)
        publish.delete(person.call, made)
        publish.delete(person.call, made)
    for options, text in (({"board_id": "1"}, "Hi"), ({"board_id": BOARD}, "x" * 801)):
        with pytest.raises(Refused):
            person.post(simulated.piece(Kind.IMAGE, text, (photo,), options=options))
    return kept.id


def _ads(person: Person, pin_id: str) -> None:
    """A campaign, an ad group and an ad with every argument, found, switched on, listed and measured."""
    account = ads.accounts(person.call, "").items[0].id
    paid = {"ad_account_id": account}
    times = {"starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-20T08:00:00+01:00"}
    targeting = {
        "countries": ["US"],
        "age_min": 25,
        "age_max": 60,
        "genders": ["female"],
        "network": {"LOCALE": ["en"]},
    }
    budgets = {"daily_budget_micros": 9_000_000, "lifetime_budget_micros": 90_000_000}
    campaign = person.act(ads, "campaign.create", account, "Spring", **paid, **times, **budgets, objective="sales").id
    group = person.act(
        ads,
        "ad_group.create",
        campaign,
        "Gardeners",
        **paid,
        **times,
        lifetime_budget_micros=5_000_000,
        bid_micros=300_000,
        billing_event="clicks",
        placements=["search"],
        targeting=targeting,
    ).id
    ad = person.act(ads, "ad.create", group, "The Pin", **paid, creative_id=pin_id, link="https://example.com").id
    for verb, on in (("campaign.status", campaign), ("ad_group.status", group), ("ad.status", ad)):
        person.act(ads, verb, on, **paid, status="active")
        act = Act(verb, on, "", {**paid, "status": "active"}, key=KEY)
        ads.find(person.call, act, Armed(1, person.world.now, {}))
    for verb, on, name in (("campaign.create", account, "Spring"), ("ad.create", group, "The Pin")):
        ads.find(person.call, Act(verb, on, name, paid, key=KEY), Armed(1, person.world.now, {}))
    with pytest.raises(Refused):
        person.act(ads, "ad_group.create", "12345", "Nobody's", **paid)
    until = person.world.now.date()
    for level, parent, one in (("campaign", "", campaign), ("ad_group", campaign, group), ("ad", group, ad)):
        ads.objects(person.call, level, account, parent, "")  # type: ignore[arg-type]
        ads.stats(person.call, level, account, [one, "99"], until - timedelta(days=3), until)
    ads.objects(person.call, "creative", account, "", "")
    ads.stats(person.call, "account", account, [], until - timedelta(days=3), until)


def everything(person: Person) -> None:
    """All that the adapter does, once."""
    resources.read(person.call, "boards", {}, "")
    made = person.act(resources, "board.create", "", "Plans", description="What comes next", privacy="SECRET")
    act = Act("board.create", "", "Plans", key=KEY)
    assert resources.find(person.call, act, Armed(1, person.world.now, {})).id == made.id  # type: ignore[union-attr]
    pin_id = _pins(person)
    person.world.pass_time(7200)
    metrics.post(person.call, Published(pin_id))
    metrics.account(person.call)
    _ads(person, pin_id)
    person.refresh()
    person.world.pass_time(31 * 86_400)
    with pytest.raises(Refused):
        metrics.account(person.call)
    with suppress(Refused):
        oauth.exchange(simulated.call_for(person.http, None), "made-up", "https://rostrum.example", "")


@pytest.mark.vendor_specs
def test_every_request_and_every_answer_is_as_documented(document: Document) -> None:
    """What the adapter sends and what the simulator answers both pass Pinterest's own OpenAPI document."""
    person = Person()
    everything(person)
    judged: set[tuple[str, int]] = set()
    checked = 0
    for request, response in zip(person.http.sent, person.http.answers, strict=True):
        if urlsplit(request.url).hostname != API:
            continue
        operation = document.check_request(request) if response.status < 400 else ""
        document.check_answer(request, response)
        checked += 1
        judged.add((operation, response.status))
    report.requests("pinterest", checked, "OpenAPI 5.23.0")
    level = "/ad_accounts/{ad_account_id}/"
    assert {
        ("POST /oauth/token", 200),
        ("GET /user_account", 200),
        ("POST /pins", 201),
        ("DELETE /pins/{pin_id}", 204),
        ("GET /pins/{pin_id}/analytics", 200),
        ("GET /boards/{board_id}/pins", 200),
        ("GET /boards/{board_id}/sections/{section_id}/pins", 200),
        ("POST /boards", 201),
        ("POST /media", 201),
        ("GET /media/{media_id}", 200),
        *(
            (f"{method} {level}{what}", 200)
            for method in ("GET", "POST", "PATCH")
            for what in ("campaigns", "ad_groups", "ads")
        ),
        *((f"GET {level}{what}analytics", 200) for what in ("", "campaigns/", "ad_groups/", "ads/")),
    } <= judged


@pytest.mark.vendor_specs
def test_scopes_are_the_document_s(document: Document) -> None:
    """What we ask for exists, and is enough for what we call."""
    scheme = document.spec["components"]["securitySchemes"]["pinterest_oauth2"]["flows"]["authorizationCode"]
    assert set(MANIFEST.oauth.scopes) <= set(scheme["scopes"])
    assert set(scheme["scopes"]) >= simulator_oauth.SCOPES
    assert (scheme["authorizationUrl"], scheme["tokenUrl"]) == (oauth.AUTHORIZE, oauth.TOKEN)
    simulator: Any = registry.simulator("pinterest")
    for route in simulator.ROUTES:
        path = route.path.pattern.replace(r"(\d{1,25})", "1").replace("(campaigns|ad_groups|ads)", "campaigns")
        _, operation = document.operation(route.method, path)
        wanted = {scope for way in operation["security"] for scope in way.get("pinterest_oauth2", ())}
        assert route.scopes == wanted <= set(MANIFEST.oauth.scopes), path


@pytest.mark.vendor_specs
def test_limits_are_the_document_s(document: Document) -> None:
    """Lengths of texts, items of a carousel."""
    pin = document.properties({"$ref": "#/components/schemas/PinCreate"})
    assert pin["description"]["maxLength"] == MANIFEST.text.max_length
    carousel = document.spec["components"]["schemas"]["PinMediaSourceImagesURL"]["properties"]["items"]
    limit = MANIFEST.kind(Kind.CAROUSEL)
    assert limit is not None
    assert (carousel["minItems"], carousel["maxItems"]) == (limit.min_items, limit.max_items)
