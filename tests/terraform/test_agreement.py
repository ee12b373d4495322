"""What the code reads and says, against what terraform gives it and listens for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from scripts import generate_terraform
from scripts.terraform.planned import Plan, code
from shared.backends.gcp.vault import SecretManagerVault, secret_id
from shared.domain.events import Entry
from shared.domain.inbox import Item
from shared.domain.posts import Post, Target
from shared.domain.raw_events import RawEvent
from shared.domain.states import Status
from shared.domain.webhooks import Delivery
from shared.platforms import registry
from shared.ports.vault import Place
from shared.runtime import settings

pytestmark = pytest.mark.xdist_group("terraform")
ROOT = Path(__file__).parents[2]
KEPT = {
    "posts": Post,
    "targets": Target,
    "inbox": Item,
    "events": Entry,
    "deliveries": Delivery,
    "webhook_events": RawEvent,
}
OF_ONE_MACHINE = {"INTERNAL_TOKEN", "ROSTRUM_API_KEY", "ROSTRUM_LIVE_KEY"}
_METAS = {f"{name}_APP_SECRET" for name in ("FACEBOOK", "INSTAGRAM", "THREADS", "WHATSAPP")}
OTHER_NAMES = {*_METAS, "X_CLIENT_SECRET", "TIKTOK_CLIENT_KEY"}  # of secrets that have one already
_SECRET = re.compile(r"`([A-Z][A-Z_]*(?:SECRET|TOKEN|KEY))`")
_LOGGED = re.compile(r'\blog\.(?:info|warning|error|exception)\(\s*"([^"]+)"')


def environments(plans: Mapping[str, Plan]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each function's, with a value for each secret that it is given."""
    for run, plan in plans.items():
        for name, service in plan.functions.items():
            given = {one["key"]: "a value" for one in service["secret_environment_variables"]}
            yield f"{run}: {name}", service["environment_variables"] | given


def test_every_function_starts_with_what_it_is_given(plans: Mapping[str, Plan]) -> None:
    """The real settings read the planned environment: nothing is missing, and nothing lacks what belongs beside it."""
    for name, environment in environments(plans):
        chosen = settings.load(environment)
        settings.required(chosen)
        assert chosen.backend == "gcp", name
        assert chosen.function == name.split(": ")[1]


def test_networks_are_told_the_address_of_the_function_that_takes_what_they_deliver(plans: Mapping[str, Plan]) -> None:
    """Without a load balancer it has one of its own; the path after it is the same."""
    for name, environment in environments(plans):
        chosen = settings.load(environment)
        without = "small" in name
        assert chosen.webhooks_url == (f"{chosen.functions_url}/ingest" if without else chosen.public_url), name
        assert chosen.public_url == (f"{chosen.functions_url}/api" if without else chosen.public_url), name


def test_who_speaks_to_networks_has_the_app_and_nobody_else(plans: Mapping[str, Plan]) -> None:
    known = code()
    for name, environment in environments({"production": plans["production"]}):
        app = settings.load(environment).apps.get("facebook", {})
        function = name.split(": ")[1]
        assert (app.get("client_secret") == "a value") == (function in known.using("apps")), name
        assert ("verify_token" in app) == (function in known.told("FACEBOOK_VERIFY_TOKEN")), name


def test_traces_are_sent_where_they_are_switched_on(plans: Mapping[str, Plan]) -> None:
    for name, environment in environments(plans):
        wanted = "https://telemetry.googleapis.com" if "production" in name else ""
        assert settings.load(environment).traces_endpoint == wanted, name


def test_every_plan_is_the_same_for_all_functions(plans: Mapping[str, Plan]) -> None:
    """Only the API knows whether plans are sold: what a workspace has must not depend on who asks."""
    assert {settings.load(given).selling.default_plan for _, given in environments(plans)} == {"self_hosted"}


@pytest.mark.parametrize("name", sorted(generate_terraform.secrets()))
def test_every_secret_is_one_that_the_settings_read(name: str) -> None:
    together = {"GOOGLE_SIGNIN_CLIENT_ID": "i"} if name.startswith("GOOGLE_SIGNIN") else {}
    together |= (
        {"STRIPE_SECRET_KEY": "k", "STRIPE_WEBHOOK_SECRET": "w", "STRIPE_PRICES": "pro_monthly=p"}
        if "STRIPE" in name
        else {}
    )
    chosen = settings.load({**together, name: "the word"})
    apps = [value for platform in registry.all_names() for value in chosen.apps.get(platform, {}).values()]
    known = [*apps, chosen.people.client_secret, chosen.selling.secret_key, chosen.selling.webhook_secret]
    assert (
        "the word" in known or name in generate_terraform.COLLECTOR
    )  # its SDK's own: tests/unit/runtime/test_tracing.py


def test_every_secret_that_is_documented_is_one_of_terraform() -> None:
    """In docs/settings.md, whatever is called a secret, a token or a key."""
    documented = set(_SECRET.findall((ROOT / "docs" / "settings.md").read_text()))
    assert documented - OF_ONE_MACHINE - OTHER_NAMES - set(generate_terraform.secrets()) == set()


def test_nothing_is_told_that_no_setting_reads(plans: Mapping[str, Plan]) -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    for name in plans["small"].functions["api"]["environment_variables"]:
        assert f"`{name}`" in documented


def test_every_line_that_is_counted_is_one_that_is_logged() -> None:
    """A metric of words that nobody says any more would stay at nothing for ever."""
    logged = {text for path in (ROOT / "shared").rglob("*.py") for text in _LOGGED.findall(path.read_text())}
    declared = (ROOT / "terraform" / "modules" / "watch" / "messages.tf").read_text()
    listed = declared[declared.index("messages = {") : declared.index("\n  }\n")]
    counted = set(re.findall(r'"([^"]+)"', listed)) | set(re.findall(r'text = "([^"]+)"', declared))
    assert len(counted) >= 10
    assert "targets wait past their time" in counted
    assert counted - logged == set()


def test_an_alert_on_a_measured_line_asks_for_a_bound_of_its_buckets(plans: Mapping[str, Plan]) -> None:
    """A percentile lies between two bounds: any other limit would be passed, or not, by the width of a bucket."""
    (metric,) = [one for one in plans["small"].of("logging_metric") if one["value_extractor"]]
    assert metric["value_extractor"] == "EXTRACT(jsonPayload.seconds)"
    bounds = metric["bucket_options"][0]["explicit_buckets"][0]["bounds"]
    for policy in plans["small"].of("monitoring_alert_policy"):
        threshold = policy["conditions"][0]["condition_threshold"][0]
        if f"user/{metric['name']}" in threshold["filter"]:
            assert threshold["threshold_value"] in bounds
            return
    pytest.fail("nobody is told")


def test_every_alert_is_about_a_metric_that_exists(plans: Mapping[str, Plan]) -> None:
    """Ours are made beside it; Google's have the prefix of their service."""
    ours = {f"logging.googleapis.com/user/{name}" for name in plans["small"].names("logging_metric")}
    used = set()
    for policy in plans["small"].of("monitoring_alert_policy"):
        threshold: Mapping[str, Any] = policy["conditions"][0]["condition_threshold"][0]
        metric = re.match(r'metric\.type="([^"]+)"', threshold["filter"])
        assert metric, threshold["filter"]
        assert metric[1] in ours or metric[1].split(".")[0] in ("run", "cloudtasks", "pubsub"), metric[1]
        assert policy["documentation"][0]["content"]
        used.add(metric[1])
    assert ours <= used


def test_every_alert_is_explained_with_the_words_that_it_counts(plans: Mapping[str, Plan]) -> None:
    """A row for each in docs/observability.md, and none for what there is not; a quoted line is one that is logged."""
    page = (ROOT / "docs" / "observability.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+)$", page[page.index("## Alerts") :], re.MULTILINE))
    names = {one["display_name"] for one in plans["small"].of("monitoring_alert_policy")}
    assert {f"Rostrum: {name.replace('_', ' ')}" for name in rows} == names
    declared = (ROOT / "terraform" / "modules" / "watch" / "messages.tf").read_text()
    quoted = [text for row in rows.values() for text in re.findall(r"«([^»…]+)»", row)]
    assert len(quoted) >= 8
    assert [text for text in quoted if f'"{text}"' not in declared] == []


def test_fields_without_an_index_are_fields_of_their_documents() -> None:
    """Of those documents that are one dataclass each."""
    rows = json.loads((ROOT / "shared" / "backends" / "unindexed.json").read_text())
    assert KEPT.keys() <= {row["group"] for row in rows}
    for row in rows:
        if kind := KEPT.get(row["group"]):
            assert row["field"] in {one.name for one in fields(kind)}, row


def test_the_dashboard_is_json_with_a_filter_in_each_chart(plans: Mapping[str, Plan]) -> None:
    (board,) = plans["production"].of("monitoring_dashboard")
    widgets = json.loads(board["dashboard_json"])["gridLayout"]["widgets"]
    assert len(widgets) >= 8
    for widget in widgets:
        assert "metric.type=" in widget["xyChart"]["dataSets"][0]["timeSeriesQuery"]["timeSeriesFilter"]["filter"]


def test_tokens_of_accounts_are_within_the_condition_and_the_sealing_keys_are_not(plans: Mapping[str, Plan]) -> None:
    """The vault's own names, against the words of the condition."""
    (expression,) = {
        one["condition"][0]["expression"] for one in plans["production"].of("project_iam_member") if one["condition"]
    }
    begins = re.findall(r"(!?)resource\.name\.startsWith\('projects/\d+/secrets/([^']+)'\)", expression)
    allowed = [prefix for no, prefix in begins if not no]
    refused = [prefix for no, prefix in begins if no]
    prefix = signature(SecretManagerVault).parameters["prefix"].default
    token = secret_id(prefix, Place("ws_1", "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5", "tokens"))
    keyring = plans["production"].functions["api"]["environment_variables"]["ROSTRUM_KEYRING"]
    assert all(token.startswith(one) for one in allowed)
    assert allowed
    assert not any(token.startswith(one) for one in refused)
    assert any(keyring.startswith(one) for one in refused)


def test_what_needs_a_look_is_kept_under_the_names_that_the_bus_carries(plans: Mapping[str, Plan]) -> None:
    """A filter of other words would keep nothing, and its alert never fire."""
    (kept,) = [one for one in plans["small"].of("pubsub_subscription") if one["filter"]]
    status = Status.NEEDS_REVIEW
    assert re.findall(r'attributes\.type = "([^"]+)"', kept["filter"]) == [f"target.{status}", f"action.{status}"]
    alerts = plans["small"].of("monitoring_alert_policy")
    filters = [one["conditions"][0]["condition_threshold"][0]["filter"] for one in alerts]
    assert any(f'subscription_id="{kept["name"]}"' in text for text in filters)
