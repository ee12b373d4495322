"""From a folder's verbs to the engine's routes: a row, a body or query model, an answer model and a handler per verb.

What is made has a name (``shared.api.social.made:FacebookPublishRequest``), as every other model and handler has: routes
name things and load them when they are needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module

from shared.api.engine.routes import Method, Route
from shared.api.social import errors, examples
from shared.api.social.dialect import PREFIX
from shared.operations import networks
from shared.operations.allowances import INTERACTIONS
from shared.operations.engaging import scopes
from shared.platforms import names
from shared.platforms.verbs import Verb

MADE = "shared.api.social.made:"
_COMMON = "shared.api.social.models_common:"
_SCOPES: Mapping[str, str] = {
    "accounts": "accounts:read",
    "publish": "posts:write",
    "delete_post": "posts:write",
    "post_stats": "posts:read",
    "account_stats": "accounts:read",
    "resource": "accounts:read",
    "comments": "inbox:read",
    "mentions": "inbox:read",
    "conversations": "dms:read",
    "messages": "dms:read",
    "ad_accounts": "ads:read",
    "ad_objects": "ads:read",
    "ad_stats": "ads:read",
}
_READ = ("ACCOUNT_NOT_FOUND", "PERMISSION_DENIED", "RATE_LIMITED", "NOT_SUPPORTED", "NOT_FOUND", "REFUSED")
_WRITE = ("ACCOUNT_NOT_FOUND", "PERMISSION_DENIED", "RATE_LIMITED", "NOT_SUPPORTED", "REFUSED")
_CONNECTION = ("platform.unreachable", "platform.no_answer", "platform.app_missing")
_POST = ("validation.text_too_long", "validation.post_limit_exhausted", "media.not_found")
WRITES = frozenset({"publish", "act", "ad_create", "ad_status", "ad_delete"})


def verbs(prefix: str) -> tuple[Verb, ...]:
    """The verbs of the platform that this prefix names; none where its folder has none. Imports that folder only."""
    folder = names.NAMES[names.ALIASES.get(prefix, prefix)]
    try:
        found: tuple[Verb, ...] = import_module(f"shared.platforms.{folder}.verbs").VERBS
    except ModuleNotFoundError as error:
        if error.name != f"shared.platforms.{folder}.verbs":
            raise
        return ()
    return found


def routes(prefix: str) -> tuple[Route, ...]:
    """The rows of ``/v1/social/{prefix}``."""
    return tuple(_row(prefix, verb) for verb in verbs(prefix))


def stem(prefix: str, verb: Verb) -> str:
    """What the models and the handler of a verb are called by: ``FacebookPublishCarousel``. A method but POST is part of it."""
    words = re.split(r"[^a-z0-9]+", f"{prefix}/{verb.path}".lower())
    method = "" if verb.method == "POST" else verb.method.title()
    return "".join(word.title() for word in words if word) + method


def area(prefix: str, verb: Verb) -> errors.Area:
    """Whose the errors of a verb are, and how they name its fields."""
    platform = prefix.upper()
    file = verb.field_to("media")
    name = f"{platform}_ADS" if verb.path.startswith("ads/") else platform
    speaks = verb.through or names.ALIASES.get(prefix, prefix)
    return errors.Area(
        name=name,
        platform=platform,
        refusals=verb.refusals,
        media=file.media if file else "",
        fields=_called(verb),
        connection=speaks.upper() if verb.through else platform,
        title=networks.title(speaks),
    )


def scope(verb: Verb) -> str:
    """What a key needs to have for it."""
    if verb.verb:
        return scopes.needed(verb.verb)
    return "ads:write" if verb.does in ("ad_status", "ad_delete") else _SCOPES[verb.does]


def inside(verb: Verb) -> set[str]:
    """The names in its path."""
    return set(re.findall(r"\{(\w+)\}", verb.path))


def _row(prefix: str, verb: Verb) -> Route:
    made = f"{MADE}{stem(prefix, verb)}"
    asks = [one for one in verb.fields if one.name not in inside(verb)]
    reads = verb.method == "GET"
    return Route(
        method=_method(verb),
        path=f"{PREFIX}/{prefix}/{verb.path}",
        handler=f"{made}Handler",
        summary=verb.summary,
        answers=_answers(verb, made),
        scope=scope(verb),
        query=f"{made}Query" if reads and asks else None,
        body=f"{made}Request" if not reads and asks else None,
        body_optional=not reads and not any(one.required for one in asks),
        errors=_errors(prefix, verb),
        idempotency="commit" if verb.method == "POST" else "none",
        description=verb.description,
        example={one.name: one.example for one in asks if one.example is not None} if not reads else {},
        answer_example=examples.answer(verb),
    )


def _method(verb: Verb) -> Method:
    found: Method = verb.method
    return found


def _answers(verb: Verb, made: str) -> dict[int, str | None]:
    done = f"{_COMMON}DoneResponse" if verb.says else f"{made}Response"
    return {200: done, **({202: f"{_COMMON}AcceptedResponse"} if verb.does in WRITES else {})}


def _errors(prefix: str, verb: Verb) -> tuple[str, ...]:
    of = area(prefix, verb)
    listed = [f"{of.name}/{says.reason}" for says in verb.refusals.values()]
    listed += [f"{of.name}/{verb.empty.reason}"] if verb.empty else []
    listed += [f"{of.name}/{says.reason}" for _, _, says in verb.demands]
    if verb.does != "accounts":
        reasons = _READ if verb.method == "GET" or verb.does == "delete_post" else _WRITE
        listed += [f"{of.name}/{reason}" for reason in reasons]
        listed += [f"SOCIAL_CONNECT/{of.connection}/INVALID_TOKEN", *_CONNECTION]
    if verb.does == "publish":
        listed += _POST
    if verb.verb in INTERACTIONS:
        listed.append("validation.interaction_limit_exhausted")
    if of.media or verb.field_to("media"):
        listed += [f"{of.name}/{f'INVALID_{of.media.upper()}' if of.media else 'INVALID_MEDIA'}"]
    return tuple(dict.fromkeys(listed))


def _called(verb: Verb) -> dict[str, str]:
    """Our fields by the names that they have in this verb's request."""
    found: dict[str, str] = {}
    for one in verb.fields:
        kind, _, named = one.to.partition(".")
        option = named.partition(".")[0]
        ours: Mapping[str, tuple[str, ...]] = {
            "account": ("targets[0].account_id", "account_id"),
            "text": ("text", "targets[0].text"),
            "title": ("title", "targets[0].title"),
            "on": ("on", "post_id", "conversation_id"),
            "first_comment": ("first_comment", "targets[0].first_comment"),
            "media": ("media", "media[0]", "media[0].source", "media[0].type", "targets[0].media"),
            "option": (f"arguments.{option}", option, f"targets[0].platform_data.{option}"),
            "parent": ("on", "parent_id"),
            "ad_account": ("ad_account_id", "arguments.ad_account_id"),
        }
        found |= dict.fromkeys(ours.get(kind, ()), one.name)
    return found
