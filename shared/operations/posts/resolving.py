"""Finding what a request points at: accounts, files of the library, files behind URLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.brands import brand_of
from shared.domain.callers import Caller
from shared.domain.content import MediaType
from shared.domain.errors import Invalid, Missing, Reconnect
from shared.domain.media import Media, media_path
from shared.domain.posts import MediaRef
from shared.operations import media as library
from shared.operations import networks
from shared.operations.fetching import Deadline
from shared.operations.posts.commands import CreatePost, MediaInput
from shared.operations.posts.content import Resolved
from shared.operations.posts.issues import Findings, Issue, from_error
from shared.operations.posts.views import plain_id
from shared.ports.world import Ports


def find_accounts(ports: Ports, caller: Caller, ids: Sequence[str]) -> list[Account]:
    """The accounts in the order of ``ids``, in one round trip.

    Raises Missing (unknown, disconnected, another workspace's or another brand's: they look the same), Reconnect.
    """
    for index, one in enumerate(ids):
        if not plain_id(one):
            raise no_account(one, f"targets[{index}].account_id")
    docs = ports.store.get_many([account_path(caller.space, one) for one in ids]) if ids else []
    accounts = [codec.of(Account, doc) if doc else None for doc in docs]
    seen = [one if one and caller.sees(brand_of(one)) else None for one in accounts]
    return [_usable(account, ids[index], f"targets[{index}].account_id") for index, account in enumerate(seen)]


def no_account(id: str, field: str) -> Missing:
    """There is no such account in the caller's workspace and mode."""
    message = f"{field}: no account {id[:64]!r} is connected here. GET /v1/accounts lists the ones that are."
    return Missing("account.not_found", message, field=field, resource="account", id=id[:128])


def _usable(account: Account | None, id: str, field: str) -> Account:
    if account is None or account.status == "disconnected":
        raise no_account(id, field)
    if account.status == "reconnect_required":
        who = f"{account.username} on {networks.title(account.platform)}"
        message = f"{field}: {who} must be connected again before it can publish."
        meta = {"field": field, "account_id": account.id, "reason": account.reconnect_reason}
        raise Reconnect("account.reconnection_required", message, **meta)
    return account


def resolve_media(
    ports: Ports, caller: Caller, command: CreatePost, found: Findings, known: Resolved
) -> dict[MediaInput, MediaRef]:
    """Every media item with its facts; what cannot be used is a finding at its field.

    Each distinct item is looked at once. ``known`` ones are taken as they are.
    """
    places = dict(_places(command))
    resolved = {item: ref for item, ref in known.items() if item in places}
    until = library.patience(ports)
    for item, field in places.items():
        if item not in resolved and item.source_type != "media_id":
            _add(resolved, item, field, found, _url_ref(ports, caller, item, field, until))
    wanted = [item for item in places if item.source_type == "media_id" and item not in resolved]
    for item, ref in zip(wanted, _library_refs(ports, caller, wanted, places), strict=True):
        _add(resolved, item, places[item], found, ref)
    return resolved


def _add(
    resolved: dict[MediaInput, MediaRef], item: MediaInput, field: str, found: Findings, ref: MediaRef | Issue
) -> None:
    if isinstance(ref, Issue):
        found.errors.append(ref)
    elif item.type and item.type != ref.facts.type:
        said = f"{field.removesuffix('source')}type"
        message = f"{said}: it says {item.type}, but the file is {_article(ref.facts.type)} ({ref.facts.content_type})."
        found.errors.append(Issue("validation.media_type_mismatch", said, message))
    else:
        facts = replace(ref.facts, alt_text=item.alt_text) if item.alt_text else ref.facts
        resolved[item] = replace(ref, facts=facts)


def _places(command: CreatePost) -> Iterator[tuple[MediaInput, str]]:
    """Each item with the field that names it. Later ones win, so the list runs backwards: the first place is told."""
    items: list[tuple[MediaInput, str]] = []
    items += [(item, f"media[{i}].source") for i, item in enumerate(command.media)]
    for s, segment in enumerate(command.segments):
        items += [(item, f"segments[{s}].media[{i}].source") for i, item in enumerate(segment.media)]
    for t, order in enumerate(command.targets):
        items += [(item, f"targets[{t}].media[{i}].source") for i, item in enumerate(order.media or ())]
    return reversed(items)


def _library_refs(
    ports: Ports, caller: Caller, items: Sequence[MediaInput], places: Mapping[MediaInput, str]
) -> list[MediaRef | Issue]:
    good = [media_path(caller.space, item.source) for item in items if plain_id(item.source)]
    docs = ports.store.get_many(good) if good else []
    by_id = {doc.id: codec.decode(Media, doc.data) for doc in docs if doc}
    return [_library_ref(by_id.get(item.source), item, places[item]) for item in items]


def _library_ref(media: Media | None, item: MediaInput, field: str) -> MediaRef | Issue:
    if media is None:
        raise Missing(
            "media.not_found",
            f"{field}: no file {item.source[:64]!r} is in the library. Upload it first (POST /v1/media/upload).",
            field=field,
            resource="media",
            id=item.source[:128],
        )
    if media.status != "ready" or media.facts is None:
        how = f"it was refused: {media.failure}" if media.status == "failed" else "POST /v1/media/{id}/verify it first"
        return Issue("media.not_ready", field, f"{field}: the file is {media.status}; {how}.", meta={"id": media.id})
    return MediaRef("media_id", media.id, media.facts, media.blob)


def _url_ref(ports: Ports, caller: Caller, item: MediaInput, field: str, until: Deadline) -> MediaRef | Issue:
    """What is behind the URL, looked at now and fetched when it is published."""
    if item.source_type != "url":
        message = f"{field}: no network here takes its own attachment ids. Use source_type url or media_id."
        return Issue("publishing.media.unsupported_source", field, message)
    try:
        facts = library.fetch_facts(ports, caller, item.source, field, until)
    except Invalid as error:
        return from_error(error, field)
    return MediaRef("url", item.source, facts)


def _article(kind: MediaType) -> str:
    return "an image" if kind is MediaType.IMAGE else f"a {kind}"
