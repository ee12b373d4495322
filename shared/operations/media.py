"""The media library, and every other file that a post uses: upload, verify, list, delete, fetch, hand to an adapter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.content import MediaFacts, MediaFile, MediaType
from shared.domain.errors import Broken, Clash, Invalid, Missing
from shared.domain.media import (
    CONTENT_TYPES,
    MAX_DIRECT_BYTES,
    MAX_FILENAME,
    MAX_UPLOAD_BYTES,
    UPLOAD_URL_AGE,
    Media,
    blob_key,
    copy_key,
    media_path,
    normal_type,
)
from shared.domain.plans import UNLIMITED
from shared.domain.posts import MediaRef
from shared.domain.states import TERMINAL, State, Status
from shared.operations import allowances, fetching, lookup, probe
from shared.ports.blobs import BlobInfo, BlobNotFound, BlobsUnavailable, BlobTooLarge
from shared.ports.store import Conflict, NotFound, Query, Transaction, Write
from shared.ports.world import Ports

FETCHABLE_FOR = timedelta(hours=48)  # a network may fetch late: at least 24 h after the piece was prepared
PREVIEW_FOR = timedelta(hours=1)
BUSY = [str(status) for status in (Status.DRAFT, Status.SCHEDULED, Status.PUBLISHING, Status.NEEDS_REVIEW)]
WAITING = sorted(
    str(state) for state in set(State) - (TERMINAL - {State.NEEDS_REVIEW})
)  # actions that need their files
MAX_PAGE = 100
WINDOW = 4_194_304  # bytes read from the blobs at once
_LOOKS = fetching.Turns()  # of this process


@dataclass(frozen=True, slots=True)
class Upload:
    """Where to PUT the bytes, with exactly these ``headers``, before ``expires_at``; then verify."""

    media: Media
    url: str
    expires_at: datetime
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Files, newest first; ``next_cursor`` None at the end."""

    items: tuple[Media, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the library holds. ``limit_bytes`` -1: no limit."""

    used_bytes: int
    count: int
    limit_bytes: int = -1


# ------------------------------------------------------------------------------------------- the library


def upload(
    ports: Ports,
    caller: Caller,
    *,
    filename: str,
    content_type: str,
    chunks: Iterable[bytes],
    alt_text: str = "",
    hints: Sequence[str] = (),
) -> Media:
    """Keep a file of at most 50 MB, once its bytes were looked at; nothing is kept of one that is refused.

    ``content_type``: what the sender says, empty if nothing. ``alt_text``: what posts say of it that say nothing else.
    ``hints``: public names of the networks that it is meant for. Raises Invalid (``media.too_large``,
    ``billing.storage_quota``, and what :func:`shared.operations.probe.probe` raises), Broken, store.Unavailable.
    """
    name = _cleaned(filename)
    media_id, field = ports.ids.new("med"), "file"
    key, said = blob_key(caller.space, media_id), normal_type(content_type)
    try:
        info = ports.blobs.put(key, chunks, said or "application/octet-stream", MAX_UPLOAD_BYTES)
    except BlobTooLarge as error:
        text = f"file: at most {MAX_UPLOAD_BYTES // 1_000_000} MB through the API; use GET /v1/media/upload-url."
        raise Invalid("media.too_large", text, field=field, limit=MAX_UPLOAD_BYTES) from error
    except BlobsUnavailable as error:
        raise _unavailable() from error
    try:
        _within_plan(ports, caller, info.size)
        facts = probe.probe(_reader(ports, info), info.size, claimed=said, filename=name, field=field)
    except Invalid:
        _drop(ports, key)
        raise
    facts = replace(facts, alt_text=alt_text)
    media = Media(media_id, caller.space, name, facts.content_type, "ready", key, ports.clock.now(), hints=tuple(hints))
    media = replace(media, size=info.size, md5=info.md5, facts=facts, created_by=caller.actor)
    ports.store.commit([Write("create", media_path(caller.space, media_id), codec.encode(media))])
    return media


def upload_url(ports: Ports, caller: Caller, *, filename: str, media_type: str) -> Upload:
    """An address that takes the file directly, for 15 minutes. Raises Invalid (naming ``media_type``, or
    ``billing.storage_quota``)."""
    said = normal_type(media_type)
    if said not in CONTENT_TYPES:
        text = f"media_type: {media_type[:60]!r} is not one of {', '.join(CONTENT_TYPES)}."
        raise Invalid("media.unsupported_type", text, field="media_type")
    _within_plan(ports, caller, 1)
    media_id, now = ports.ids.new("med"), ports.clock.now()
    key = blob_key(caller.space, media_id)
    limit = MAX_UPLOAD_BYTES if CONTENT_TYPES[said] is MediaType.IMAGE else MAX_DIRECT_BYTES
    media = Media(media_id, caller.space, _cleaned(filename), said, "pending", key, now, created_by=caller.actor)
    url = ports.blobs.upload_url(key, said, limit, UPLOAD_URL_AGE)
    ports.store.commit([Write("create", media_path(caller.space, media_id), codec.encode(media))])
    return Upload(media, url, now + UPLOAD_URL_AGE, ports.blobs.upload_headers(said, limit))


def verify(ports: Ports, caller: Caller, media_id: str) -> Media:
    """Look at what was PUT: the file is ready from now on, or it is removed and the upload has failed. Repeatable.

    Raises Missing, Clash (``media.not_uploaded``: nothing is there yet), Invalid (what the file is instead), Broken.
    """
    doc = lookup.document(ports, f"workspaces/{caller.space}/media", media_id, "media")
    media = codec.decode(Media, doc.data)
    if media.status == "ready":
        return media
    if media.status == "failed":
        text = f"{media.failure} This upload has failed for good: ask for a new upload URL, and PUT the file there."
        raise Invalid("media.failed", text, field="file", id=media_id)
    try:
        seen = _seen(ports, media)
        _within_plan(ports, caller, seen.size or 0)
    except Invalid as error:
        _settle(ports, replace(media, status="failed", failure=error.message), doc.version)
        _drop(ports, media.blob)
        raise
    return _settle(ports, seen, doc.version)


def get(ports: Ports, caller: Caller, media_id: str) -> Media:
    """One file of the library, whatever its status. Raises Missing (``media.not_found``)."""
    doc = lookup.document(ports, f"workspaces/{caller.space}/media", media_id, "media")
    return codec.decode(Media, doc.data)


def list_(ports: Ports, caller: Caller, limit: int = 50, cursor: str | None = None) -> Page:
    """The ready files, newest first. ``cursor``: the last page's ``next_cursor``. Raises Invalid."""
    if not 1 <= limit <= MAX_PAGE:
        raise Invalid("validation.field_invalid", f"limit: from 1 to {MAX_PAGE}.", field="limit")
    collection = f"workspaces/{caller.space}/media"
    try:
        after = lookup.document(ports, collection, cursor, "media") if cursor else None
    except Missing as error:
        text = "cursor: pass the next_cursor of the page before, or none to begin again."
        raise Invalid("validation.cursor_invalid", text, field="cursor") from error
    query = Query(collection, where=(("status", "==", "ready"),), order_by=(("created_at", "desc"),))
    query = replace(query, limit=limit + 1, start_after=after)
    found = [codec.decode(Media, doc.data) for doc in ports.store.query(query)]
    return Page(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def storage(ports: Ports, caller: Caller) -> Usage:
    """Bytes and files of the library. Reads every file's document."""
    ready = Query(f"workspaces/{caller.space}/media", where=(("status", "==", "ready"),))
    sizes = [int(doc.data.get("size", 0)) for doc in lookup.every(ports, ready)]
    return Usage(sum(sizes), len(sizes), allowances.storage_limit(ports, caller))


def delete(ports: Ports, caller: Caller, media_id: str) -> None:
    """Remove a file. Raises Missing, Clash (``media.in_use``: a post or an action that is not over yet needs it), Broken."""
    lookup.document(ports, f"workspaces/{caller.space}/media", media_id, "media")
    path = media_path(caller.space, media_id)
    using = _users(caller.space, media_id)

    def body(txn: Transaction) -> list[str]:
        doc, users = txn.get(path), [found.id for query in using for found in txn.query(query)]
        if doc is None:
            raise lookup.missing("media", media_id)
        if users:
            text = f"The file is used by {users[0]}, which is not over yet: delete or cancel that first."
            raise Clash("media.in_use", text, id=media_id, **_named(users[:10]))
        txn.write(Write("delete", path))
        return [str(doc.data["blob"]), *(doc.data.get("thumbnails") or {}).values()]

    for key in ports.store.transact(body):
        _drop(ports, key)


def preview_url(ports: Ports, media: Media) -> str:
    """A link to look at the file, good for an hour."""
    return ports.blobs.download_url(media.blob, PREVIEW_FOR)


def thumbnail_urls(ports: Ports, media: Media) -> dict[str, str]:
    """Links to look at its smaller copies, as far as they were made."""
    return {name: ports.blobs.download_url(key, PREVIEW_FOR) for name, key in (media.thumbnails or {}).items()}


# ------------------------------------------------------------------------------------- files of callers' URLs


def patience(ports: Ports) -> fetching.Deadline:
    """How long all files of one request may take to be looked at."""
    return fetching.Deadline.within(ports.clock, fetching.REQUEST_SECONDS)


def fetch_facts(
    ports: Ports, caller: Caller, url: str, field: str = "url", until: fetching.Deadline | None = None
) -> MediaFacts:
    """What is behind a caller's URL: type, size, dimensions, duration, from as few bytes as they take.

    Takes 10 seconds at most, and no longer than ``until`` (:func:`patience`). Raises Invalid, naming ``field``: not
    public, unfetchable, too slow, or not a file that networks publish; Limited (``media.busy``).
    """
    with _LOOKS.taken():
        ends = (until or patience(ports)).sooner(fetching.LOOK_SECONDS)
        remote = fetching.open_url(ports, url, sandbox=caller.sandbox, field=field, until=ends)
        return probe.probe(remote.read, remote.size, field=field, whole=False)


def copy_to_blobs(ports: Ports, space: str, url: str, facts: MediaFacts, *, sandbox: bool) -> str:
    """A copy of the file behind the URL, for networks that are handed bytes; answers its key. Once made, it is reused.

    The copy belongs to this URL, type and size: raises Invalid (``media.changed``) when the URL serves another file by
    now, ``media.too_large``, or what :func:`fetch_facts` raises; Broken.
    """
    key = copy_key(space, hashlib.sha256(f"{url}|{facts.size}|{facts.content_type}".encode()).hexdigest()[:40])
    try:
        if ports.blobs.info(key) is not None:
            return key
        remote = fetching.open_url(ports, url, sandbox=sandbox, field="media")
        _unchanged(remote, facts)
        ports.blobs.put(key, remote.pieces(), facts.content_type, MAX_DIRECT_BYTES)
    except BlobTooLarge as error:
        text = f"media: the file has over {MAX_DIRECT_BYTES // 1_000_000} MB."
        raise Invalid("media.too_large", text, field="media") from error
    except BlobsUnavailable as error:
        raise _unavailable() from error
    return key


def file_for(ports: Ports, ref: MediaRef, *, space: str, sandbox: bool) -> MediaFile:
    """A piece's media item as an adapter receives it; nothing is fetched before the adapter reads.

    ``url``: the caller's own, or a signed one that is good for 48 h. Reading raises Invalid, Missing, Broken.
    """
    key = ref.blob

    def read(start: int, length: int) -> bytes:
        nonlocal key
        if not key and ref.source_type == "url":
            key = copy_to_blobs(ports, space, ref.source, ref.facts, sandbox=sandbox)
        if not key:
            raise lookup.missing("media", ref.source)
        return _bytes(ports, key, start, length)

    url = ref.source if ref.source_type == "url" else ""
    if ref.source_type == "media_id" and key:
        url = ports.blobs.download_url(key, FETCHABLE_FOR)
    return MediaFile(ref.facts, url, read)


# ------------------------------------------------------------------------------------------------ details


def _within_plan(ports: Ports, caller: Caller, size: int) -> None:
    """Whether the plan's storage takes so many bytes more; reads nothing where it has no limit. Raises Invalid."""
    if allowances.storage_limit(ports, caller) != UNLIMITED:
        allowances.check_storage(ports, caller, storage(ports, caller).used_bytes, size)


def _users(space: str, media_id: str) -> tuple[Query, Query]:
    """The posts and the actions that still need a file."""
    has: tuple[str, Literal["array_contains"], str] = ("media_ids", "array_contains", media_id)
    return (
        Query(f"workspaces/{space}/posts", where=(has, ("status", "in", BUSY))),
        Query(f"workspaces/{space}/targets", where=(has, ("state", "in", WAITING))),
    )


def _named(users: Sequence[str]) -> dict[str, list[str]]:
    posts, actions = [one for one in users if one.startswith("post_")], [one for one in users if one.startswith("act_")]
    return {"post_ids": posts} | ({"action_ids": actions} if actions else {})


def _seen(ports: Ports, media: Media) -> Media:
    """The upload, looked at. Raises Clash, Invalid, Broken."""
    try:
        info = ports.blobs.info(media.blob)
    except BlobsUnavailable as error:
        raise _unavailable() from error
    if info is None:
        text = "Nothing was uploaded yet: PUT the file to its upload_url first, within 15 minutes."
        raise Clash("media.not_uploaded", text, id=media.id)
    read, said = _reader(ports, info), media.content_type
    facts = probe.probe(read, info.size, claimed=said, filename=media.filename)
    ready = replace(media, status="ready", content_type=facts.content_type, facts=facts)
    return replace(ready, size=info.size, md5=info.md5)


def _settle(ports: Ports, media: Media, version: str) -> Media:
    """Keep the outcome, unless another call settled it first."""
    path = media_path(media.space, media.id)
    try:
        ports.store.commit([Write("update", path, codec.encode(media), if_version=version)])
    except (Conflict, NotFound):
        doc = ports.store.get(path)
        if doc is None:
            raise lookup.missing("media", media.id) from None
        return codec.decode(Media, doc.data)
    return media


def _reader(ports: Ports, info: BlobInfo) -> probe.Read:
    """Ranged reads of a stored file, through one window."""
    held: dict[int, bytes] = {}

    def read(start: int, length: int) -> bytes:
        base = start - start % WINDOW
        if start + length > base + WINDOW:
            return _bytes(ports, info.key, start, length)
        if base not in held:
            held.clear()
            held[base] = _bytes(ports, info.key, base, min(WINDOW, max(0, info.size - base)))
        return held[base][start - base : start - base + length]

    return read


def _bytes(ports: Ports, key: str, start: int, length: int) -> bytes:
    if length <= 0:
        return b""
    try:
        return ports.blobs.read(key, start, length)
    except BlobNotFound as error:
        raise Missing("media.not_found", "The file is no longer held: upload it again.", resource="media") from error
    except BlobsUnavailable as error:
        raise _unavailable() from error


def _unchanged(remote: fetching.Remote, facts: MediaFacts) -> None:
    found = probe.sniff(remote.read(0, 64))
    if (facts.size is not None and remote.size != facts.size) or found != facts.content_type:
        text = "media: the URL serves another file than when the post was made: edit the post to use it."
        raise Invalid("media.changed", text, field="media")


def _cleaned(filename: str) -> str:
    """A name to show: without folders and control characters."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in last if mark.isprintable()).strip()[:MAX_FILENAME] or "file"


def _drop(ports: Ports, key: str) -> None:
    with suppress(BlobsUnavailable):  # a file without a document costs a little until it is aged out
        ports.blobs.delete(key)


def _unavailable() -> Broken:
    return Broken("system.blobs_unavailable", "The file storage did not answer: try again.")
