"""What endpoints are told of an event: the documented ``data``, read from the thing itself while it is fanned out.

The bus carries ids and small facts; what a person wrote, names and figures are read here. A payload is a snapshot of that
moment: it is kept with the delivery and never made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.domain import codec, event_types
from shared.domain.accounts import Account, account_path
from shared.domain.brands import brand_of
from shared.domain.exports import Export, export_path
from shared.domain.instants import rfc3339
from shared.domain.posts import Target, target_path
from shared.domain.webhooks import MAX_BODY, Event, payload
from shared.operations import lookup, networks
from shared.operations.inbox import telling_data
from shared.ports.world import Ports

Message = Mapping[str, Any]
_ENVELOPE = frozenset({"id", "type", "at", "resource_id", "account_id", "platform"})
_ROWS = ("results", "targets")  # lists with a row per account
_CUTS = (4_000, 1_000, 200, 60)  # characters left of each text, until the payload fits
_ITEMS = 50  # of a list, in a payload that has to be cut


@dataclass(frozen=True, slots=True)
class Built:
    """An event's ``data``, and the accounts that it is about (none: it is about the workspace)."""

    data: Mapping[str, Any]
    accounts: tuple[str, ...] = ()
    raw: Mapping[str, Any] | None = None
    rows: tuple[str, ...] = field(default=_ROWS)


def build(ports: Ports, space: str, kind: str, message: Message) -> Built | None:
    """The documented payload of a message of the bus; None where the thing is gone and nothing can be told of it.

    Raises store.Unavailable.
    """
    subject = kind.partition(".")[0]
    builder = _BUILDERS.get(kind) or _BUILDERS.get(subject, _interaction)
    return builder(ports, space, kind, message)


def narrowed(built: Built, accounts: frozenset[str]) -> Mapping[str, Any]:
    """The data for who may know of these accounts only: without the rows of others."""
    rows = {name: built.data[name] for name in built.rows if isinstance(built.data.get(name), list)}
    left = {name: [one for one in found if one.get("account_id") in accounts] for name, found in rows.items()}
    return {**built.data, **left}


def fitted(event: Event, *, flat: bool) -> str:
    """The payload, at most ``MAX_BODY`` bytes: long texts are cut where it is larger, and ``data.truncated`` says so."""
    try:
        return payload(event, flat)
    except ValueError:
        pass
    for limit in _CUTS:
        cut = {**_cut(event.data, limit), "truncated": True}
        try:
            return payload(replace(event, data=cut, raw_payload=None), flat)
        except ValueError:
            continue
    documented = event_types.by_name()[event_types.every_name()[event.type]].example
    bare = {name: _bare(value) for name, value in event.data.items() if name in documented}
    return payload(replace(event, data={**bare, "truncated": True}, raw_payload=None), flat)


def _cut(value: Any, limit: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= limit else f"{value[: limit - 1]}…"
    if isinstance(value, Mapping):
        return {name: _cut(inner, limit) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(inner, limit) for inner in value[:_ITEMS]]
    return value


def _bare(value: Any) -> Any:
    """What is left where nothing else fits: the field itself, with nothing in it that has many parts."""
    if isinstance(value, Mapping | list | tuple):
        return {} if isinstance(value, Mapping) else []
    return _cut(value, MAX_BODY // 100)


def _facts(message: Message) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in _ENVELOPE and value is not None}


def _post(ports: Ports, space: str, kind: str, message: Message) -> Built:
    """What callers did to a post, from the facts that the log has; and how a post ended, target by target."""
    facts = _facts(message)
    targets = list(facts.pop("targets", ()))
    post_id = str(facts.pop("post_id", "") or message.get("resource_id", ""))
    accounts = tuple(dict.fromkeys(str(one["account_id"]) for one in targets))
    data: dict[str, Any] = {"post_id": post_id, **facts}
    if kind == "post.scheduled":
        data["targets"] = [{"account_id": one["account_id"], "platform": one["platform"]} for one in targets]
    elif targets and "target_id" in targets[0]:
        data["results"] = _results(ports, space, targets)
    if kind == "post.unpublished":
        data["account_id"] = message.get("account_id") or None
        accounts = (data["account_id"],) if data["account_id"] else accounts  # the others' copies are as they were
    return Built(data, accounts)


def _results(ports: Ports, space: str, noted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row per target, as it was when the post came to its end, with what is known of it by now."""
    docs = ports.store.get_many([target_path(space, str(one["target_id"])) for one in noted])
    found = {doc.id: codec.of(Target, doc) for doc in docs if doc}
    return [_result(one, found.get(str(one["target_id"]))) for one in noted]


def _result(noted: Mapping[str, Any], target: Target | None) -> dict[str, Any]:
    row = {name: noted[name] for name in ("account_id", "platform", "status")}
    if target is None or str(target.status) != row["status"]:
        return row  # it was taken up again since: what the target says now is not what happened then
    if target.first:
        row |= {"platform_post_id": target.first.id, "url": target.first.permalink}
    if target.published_at and target.first:
        row["published_at"] = target.published_at
    if target.error:
        row["error"] = {"code": target.error.code, "message": target.error.message}
    return {name: value for name, value in row.items() if value}


def _account(ports: Ports, space: str, kind: str, message: Message) -> Built:
    """``account.…`` and ``page.removed``: the facts, and what the account is called while it is there."""
    account_id = str(message.get("account_id") or message.get("resource_id") or "")
    data = {"account_id": account_id, "platform": message.get("platform", ""), **_facts(message)}
    if kind == "account.expiring" and (account := _find(ports, space, account_id)):
        data |= {"brand_id": brand_of(account), "username": account.username}
    return Built(data, (account_id,))


def _connected(ports: Ports, space: str, kind: str, message: Message) -> Built | None:
    account = _find(ports, space, str(message.get("account_id") or message.get("resource_id") or ""))
    if account is None or account.status == "disconnected":
        return None
    data = {
        "account_id": account.id,
        "brand_id": brand_of(account),
        "platform": account.platform,
        "platform_user_id": account.platform_account_id,
        "username": account.username,
        "display_name": account.name,
        "connected_at": rfc3339(datetime.fromisoformat(message["at"])),
    }
    more = {
        "profile_picture_url": account.picture_url,
        "bio": networks.told(account.platform, account.metadata, "bio"),
    }
    return Built(data | {name: value for name, value in more.items() if value}, (account.id,))


def _export(ports: Ports, space: str, kind: str, message: Message) -> Built | None:
    export_id = str(message.get("resource_id", ""))
    doc = ports.store.get(export_path(space, export_id)) if lookup.plain(export_id) else None
    if doc is None:
        return None
    export = codec.of(Export, doc)
    data: dict[str, Any] = {"export_id": export.id, "account_id": export.account_id, "platform": export.platform}
    data["status"] = kind.partition(".")[2]
    if data["status"] == "completed":
        data |= {"rows": export.rows, "completed_at": export.completed_at, "expires_at": export.expires_at}
    else:
        data["error"] = export.error
    return Built({name: value for name, value in data.items() if value is not None}, (export.account_id,))


def _spike(ports: Ports, space: str, kind: str, message: Message) -> Built:
    facts = {"post_id": message.get("resource_id"), **_facts(message)}
    account_id = str(message.get("account_id") or "")
    data = {**facts, "account_id": account_id or None, "platform": message.get("platform")}
    known = {name: value for name, value in data.items() if value not in (None, "")}
    return Built(known, (account_id,) if account_id else ())


def _webhook(ports: Ports, space: str, kind: str, message: Message) -> Built:
    return Built({"webhook_id": message.get("resource_id"), **_facts(message)})


def _interaction(ports: Ports, space: str, kind: str, message: Message) -> Built | None:
    told = telling_data.interaction(ports, space, str(message.get("resource_id", "")), kind)
    if told is None:
        return None
    data, raw = told
    return Built(data, (str(message.get("account_id") or data.get("account_id") or ""),), raw, rows=())


def _find(ports: Ports, space: str, account_id: str) -> Account | None:
    doc = ports.store.get(account_path(space, account_id)) if lookup.plain(account_id) else None
    return codec.of(Account, doc) if doc else None


_BUILDERS: Mapping[str, Callable[[Ports, str, str, Message], Built | None]] = {
    "post": _post,
    "account.connected": _connected,
    "account": _account,
    "page": _account,
    "export": _export,
    "engagement": _spike,
    "webhook": _webhook,
}
