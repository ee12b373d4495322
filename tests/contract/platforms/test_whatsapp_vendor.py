"""Meta's own material against our WhatsApp: its OpenAPI document for both sides of the wire and for deliveries, its Business
SDK (v26) for the parameters that the document lacks, and as a client of the simulator.

The document (github.com/facebook/openapi, business-messaging-api, v23.0) is kept outside the repository; without it its tests
are skipped, and fail where CI=true. Two faults of it are mended below: ``additionalProperties: false`` inside ``allOf``, which
nothing can satisfy, and the messages of webhooks, whose references meet the outgoing messages of the same names.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from facebook_business.adobjects.whatsappbusinessaccount import WhatsAppBusinessAccount
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
from facebook_business.typechecker import TypeChecker
from openapi_schema_validator import OAS31Validator

from shared.domain.content import MediaFacts, MediaType
from shared.platforms.contract import Refused
from shared.platforms.whatsapp import capabilities, inbox, metrics, oauth, resources, settings, simulator, webhooks
from shared.platforms.whatsapp.tests.business import APP, CUSTOMER, Business
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import files, loopback
from tests.support.simulated import image, media_file, video

SPEC = Path(__file__).parents[4] / "shared/reference/vendors/specs/meta/business-messaging-api_v23.0.yaml"
MATERIAL = "Meta's business-messaging OpenAPI document v23.0"
NOT_IN_SPEC = {"/debug_token", "/oauth/access_token", "/dialog/oauth"}
NUMBER, ACCOUNT = "/{Version}/{Phone-Number-ID}", "/{Version}/{WABA-ID}"
# Of the documentation's pages and of the SDK, not of the document: our key on a message, and Graph's proof and pages.
BESIDE_BODY = {"biz_opaque_callback_data", "typing_indicator"}
BESIDE_QUERY = {"appsecret_proof", "limit", "after", "fields", "hsm_id"}
TEMPLATE: dict[str, Any] = {
    "name": "ready",
    "language": "en_US",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Your order is ready."}],
}
MESSAGES: tuple[dict[str, Any], ...] = (
    {},
    {"preview_url": True, "reply_to": "wamid.HBgL"},
    {"template": {"name": "hello_world", "language": "en_US"}},
    {
        "interactive": {
            "type": "button",
            "body": {"text": "Coming?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
        }
    },
    {"location": {"latitude": 1.5, "longitude": 2.5, "name": "Here", "address": "There"}},
    {
        "contacts": [
            {"name": {"formatted_name": "Iris Lake", "first_name": "Iris"}, "phones": [{"phone": "15551234567"}]}
        ]
    },
    {"reaction": {"message_id": "wamid.HBgL", "emoji": "👍"}},
)
# A button with a link (``cta_url``) is on Meta's pages, and not in the document.
CHOICES: tuple[dict[str, Any], ...] = (
    {"buttons": [{"type": "postback", "title": "Yes", "payload": "yes"}, {"type": "postback", "title": "No"}]},
    {"list_button": "Choose", "list_sections": [{"title": "Ferns", "rows": [{"id": "1", "title": "Small"}]}]},
)


NUMBER_CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("deregister", {}),
    ("request_code", {"method": "SMS", "language": "en_US"}),
    ("verify_code", {"code": "123456"}),
    ("register", {"pin": "204060"}),
)


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    if not SPEC.exists():
        reason = f"Meta's OpenAPI document is not at {SPEC}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    document: dict[str, Any] = yaml.safe_load(SPEC.read_text())
    _mend(document["components"]["schemas"])
    return document


def _mend(schema: Any) -> None:
    """``additionalProperties: false`` of one part forbids the other parts' fields: the whole shall be closed instead."""
    if isinstance(schema, dict):
        parts = schema.get("allOf") or ()
        if any(isinstance(part, dict) and part.get("additionalProperties") is False for part in parts):
            for part in parts:
                part.pop("additionalProperties", None)
            schema["unevaluatedProperties"] = False
        for value in schema.values():
            _mend(value)
    elif isinstance(schema, list):
        for value in schema:
            _mend(value)


class Spec:
    """The document, asked about one operation."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def check(self, schema: Mapping[str, Any], value: Any) -> None:
        """Raises ValidationError."""
        OAS31Validator({"allOf": [schema], "components": self.document["components"]}).validate(value)

    def named(self, name: str, value: Any) -> None:
        self.check({"$ref": f"#/components/schemas/{name}"}, value)

    def operation(self, path: str, method: str) -> dict[str, Any]:
        found: dict[str, Any] = self.document["paths"][path][method.lower()]
        return found

    def query(self, operation: Mapping[str, Any]) -> set[str]:
        listed = [self._resolved(one) for one in operation.get("parameters", ())]
        return {one["name"] for one in listed if one["in"] == "query"}

    def _resolved(self, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in parameter:
            return parameter
        found: Mapping[str, Any] = self.document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        return found


@pytest.fixture(scope="module")
def whatsapp(spec: dict[str, Any]) -> Spec:
    return Spec(spec)


def path_of(business: Business, request: Request) -> str:
    """The document's path for a request of ours."""
    node, _, edge = urlsplit(request.url).path.removeprefix("/v26.0/").partition("/")
    if f"/{node}/{edge}".rstrip("/") in NOT_IN_SPEC or f"/{node}" in NOT_IN_SPEC:
        return ""
    if not edge and business.world.get("wa.number", node) is None and node != business.waba:
        return "/{Version}/{TEMPLATE_ID}"
    base = NUMBER if business.world.get("wa.number", node) else ACCOUNT
    return f"{base}/{edge}" if edge else base


@pytest.fixture(scope="module")
def spoken() -> tuple[Business, list[tuple[Request, Response]]]:
    """Everything that the adapter ever says, with the simulator's answers."""
    business = Business("many").subscribed()
    for arguments in MESSAGES:
        text = "Hello" if set(arguments) <= {"preview_url", "reply_to"} else ""
        business.send(text, **arguments)
    clip = files.mp4()
    film = media_file(video(clip).facts, clip)
    slides = media_file(MediaFacts(MediaType.DOCUMENT, "application/pdf", 20 * 1024 * 1024), files.pdf())
    for media in (image(files.jpeg()), film, slides):
        business.do(business.act("message.send", text="Look", media=(media,)))
    business.do(business.act("message.read", simulator.visit(business.world, business.number, "Hi"), typing=True))
    inbox.find(business.call, business.act("message.send", text="x"), business.armed())
    for arguments in CHOICES:
        business.send("Which?", **arguments)
    made = business.do(business.act("template.create", "", **TEMPLATE))
    other = [{"type": "BODY", "text": "Your order waits for you."}]
    business.do(business.act("template.edit", made.id, components=other))
    business.do(business.act("template.delete", made.id))
    business.do(business.act("template.delete_all", "order_update"))
    for name, given in NUMBER_CHANGES:
        settings.change(business.call, name, given)
    business.do(business.act("profile.update", "", about="Open", vertical="RETAIL", websites=["https://example.com"]))
    for name in ("numbers", "profile", "templates"):
        resources.read(business.call, name, {}, "")
    metrics.account(business.call)
    oauth.refresh(business.call)
    _refusals(business)
    webhooks.unsubscribe(business.call)
    return business, list(zip(business.http.sent, business.http.answers, strict=True))


def _refusals(business: Business) -> None:
    """Some of what WhatsApp refuses."""
    for template in ({"name": "nothing", "language": "en_US"}, {"name": "order_update", "language": "en_US"}):
        with suppress(Refused):
            business.send("", template=template)
    with suppress(Refused):
        business.send("a" * 5000)
    with suppress(Refused):
        business.do(business.act("template.create", "", **TEMPLATE))
        business.do(business.act("template.create", "", **TEMPLATE))


def test_every_request_is_one_of_the_document(
    whatsapp: Spec, spoken: tuple[Business, list[tuple[Request, Response]]]
) -> None:
    """Path, method, query and body."""
    business, exchanges = spoken
    checked = 0
    for request, answer in exchanges:
        path = path_of(business, request)
        if not path or (answer.status != 200 and b"a" * 4097 in (request.body or b"")):  # type: ignore[operator]
            continue
        operation = whatsapp.operation(path, request.method)
        asked = {name for name, _ in parse_qsl(urlsplit(request.url).query)}
        assert asked <= whatsapp.query(operation) | BESIDE_QUERY, (path, asked)
        _check_body(whatsapp, operation, request)
        checked += 1
    assert checked > 25
    report.requests("whatsapp", checked, MATERIAL)


def _check_body(whatsapp: Spec, operation: Mapping[str, Any], request: Request) -> None:
    kind = request.headers.get("Content-Type", "")
    if "json" not in kind or not isinstance(request.body, bytes):
        return
    body = {name: value for name, value in json.loads(request.body).items() if name not in BESIDE_BODY}
    if "requestBody" not in operation:
        assert not body
    elif body.get("status"):
        whatsapp.named("MarkMessageRequestPayload", body)
    else:
        whatsapp.check(operation["requestBody"]["content"]["application/json"]["schema"], body)


def test_every_answer_is_one_of_the_document(
    whatsapp: Spec, spoken: tuple[Business, list[tuple[Request, Response]]]
) -> None:
    """A success by its operation, a refusal by Graph's form."""
    business, exchanges = spoken
    checked = 0
    for request, answer in exchanges:
        path = path_of(business, request)
        if not path:
            continue
        body = json.loads(answer.body)
        if answer.status != 200:
            whatsapp.named("GraphAPIError", body)
        elif "analytics" not in request.url:
            content = whatsapp.operation(path, request.method)["responses"]["200"].get("content") or {}
            whatsapp.check((content.get("application/json") or {}).get("schema") or {}, body)
        checked += 1
    assert checked > 25
    report.requests("whatsapp", checked, f"{MATERIAL} (answers)")


# ------------------------------------------------------------------------------------------------- deliveries


def test_deliveries_are_as_the_document_has_them(
    whatsapp: Spec, spoken: tuple[Business, list[tuple[Request, Response]]]
) -> None:
    """Envelope, values, messages (by the schema that was meant) and states."""
    business, _ = spoken
    checked = 0
    for push in simulator.pushes(business.world):
        payload = json.loads(push.body)
        for entry in payload["entry"]:
            for change in entry["changes"]:
                if change["field"] != "messages":
                    continue
                _check_value(whatsapp, change["value"])
                checked += 1
    assert checked > 10
    report.requests("whatsapp", checked, f"{MATERIAL} (deliveries)")


def _check_value(whatsapp: Spec, value: Mapping[str, Any]) -> None:
    whatsapp.named("Metadata", value["metadata"])
    for contact in value.get("contacts", ()):
        whatsapp.named("ContactProfile", contact)
    for message in value.get("messages", ()):
        whatsapp.named("BaseMessageProperties_1", message)
        text = whatsapp.document["components"]["schemas"]["TextMessage_2"]["allOf"][1]
        whatsapp.check(text, message)
    if "statuses" in value:
        whatsapp.named("StatusMessageValue", value)


def test_every_example_of_a_delivery_is_read(whatsapp: Spec) -> None:
    """The document's own, of each type of message and of groups."""
    examples = whatsapp.operation("/whatsapp/webhooks", "POST")["requestBody"]["content"]["application/json"][
        "examples"
    ]
    assert len(examples) > 10
    for name, example in examples.items():
        events = webhooks.parse({}, json.dumps(example["value"]).encode())
        assert events, name
        for event in events:
            assert event.id, name
            received = "Group" not in name and name != "System Message"
            assert (event.kind == "message.received") is received, name
            assert not received or (event.data["author_id"] and event.data["type"]), name
    report.requests("whatsapp", len(examples), f"{MATERIAL} (its examples of deliveries)")


# --------------------------------------------------------------------------------------------------------- the SDK


def _arguments(method: str) -> TypeChecker:
    """The parameters that the SDK lets a method have."""
    held: list[TypeChecker] = []

    class Kept(TypeChecker):  # type: ignore[misc]
        def __init__(self, types: Any, enums: Any) -> None:
            super().__init__(types, enums)
            held.append(self)

    from facebook_business.adobjects import whatsappbusinessaccount as module

    original = module.TypeChecker
    module.TypeChecker = Kept
    try:
        getattr(WhatsAppBusinessAccount("1", api=_offline()), method)(pending=True)
    finally:
        module.TypeChecker = original
    return held[0]


def _offline() -> FacebookAdsApi:
    return FacebookAdsApi(FacebookSession("client", "secret", "token"))


def test_templates_and_figures_have_the_sdk_s_parameters() -> None:
    """Of v26: a new template, its deletion, the figures of prices."""
    create = _arguments("create_message_template")
    for name, value in TEMPLATE.items():
        assert create.is_valid_pair(name, value), name
    categories = next(o for o in _options("template.create") if o.name == "category").enum
    assert all(create.is_valid_pair("category", one) for one in categories)
    delete = _arguments("delete_message_templates")
    assert {delete.get_type("name"), delete.get_type("hsm_id")} == {"string"}
    business = Business()
    metrics.account(business.call)
    fields = dict(parse_qsl(urlsplit(business.http.sent[-1].url).query))["fields"]
    known = {value for name, value in vars(WhatsAppBusinessAccount.Field).items() if not name.startswith("_")}
    assert {"id", "currency", "analytics"} <= known
    prices = _arguments("get_pricing_analytics")
    for name, text in re.findall(r"\.(\w+)\(([^()]*)\)", fields.partition("pricing_analytics")[2]):
        value = json.loads(text) if text[0] in "[0123456789" else text
        assert prices.is_valid_pair(name, value), (name, value)


def _options(verb: str) -> Iterator[Any]:
    return iter(next(action for action in capabilities.ACTIONS if action.verb == verb).options)


def test_meta_s_sdk_drives_the_simulator() -> None:
    """It lists numbers and templates, makes and deletes one, and subscribes."""
    business = Business("many")
    handler = loopback.simulator("whatsapp", business.world)
    with loopback.serve(handler, host="graph.facebook.com") as base_url:
        session = FacebookSession(APP.client_id, APP.client_secret, business.account.tokens.access)
        session.GRAPH = base_url
        account = WhatsAppBusinessAccount(business.waba, api=FacebookAdsApi(session))
        assert len(list(account.get_phone_numbers())) == 3
        account.create_subscribed_app()
        made = account.create_message_template(params=TEMPLATE)
        assert {one["name"] for one in account.get_message_templates()} == {"hello_world", "order_update", "ready"}
        account.delete_message_templates(params={"name": "ready", "hsm_id": made["id"]})
        assert len(list(account.get_message_templates())) == 2
        session.requests.close()
    assert business.send("Still here", CUSTOMER).id
    report.sdk("whatsapp", f"facebook-business {version('facebook-business')}")
