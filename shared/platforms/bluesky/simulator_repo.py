"""The simulated repositories: blobs, and records under keys. Posts, likes and
threadgates are known; other collections are kept unchecked.

Blobs are kept as what a record must say of them (type, size), never as bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import regex

from shared.platforms import _faults
from shared.platforms.bluesky import simulator_cid as cid
from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky import simulator_people, tid
from shared.platforms.bluesky import simulator_schema as schema
from shared.platforms.bluesky.simulator_core import Ask, Fail, answer
from shared.platforms.bluesky.wire import POSTS
from shared.ports.http import Response

BLOB_CAP = 52_428_800  # https://docs.bsky.app/docs/advanced-guides/rate-limits
UNTETHERED_LIFE = timedelta(hours=1)
LISTED = 300
_CREATE, _UPDATE, _DELETE = 3, 2, 1
_WRITE_LIMITS = ((5_000, 3_600), (35_000, 86_400))
_RECORD_KEY = regex.compile(r"(?!\.\.?$)[A-Za-z0-9._:~-]{1,512}")
_MAGIC = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyp", 4, "video/mp4"),
)


# ------------------------------------------------------------------------------------------------------ blobs


def upload_blob(ask: Ask) -> Response:
    """com.atproto.repo.uploadBlob"""
    account = core.authenticate(ask)
    declared = ask.headers.get("content-type", "")
    if not declared:
        raise Fail(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided")
    return answer({"blob": store_blob(ask, account["did"], declared)})


def store_blob(ask: Ask, did: str, declared: str) -> dict[str, Any]:
    """Keep what a record may refer to. The type is what the bytes say, else what the sender says."""
    chunks = ask.chunks()
    head = next(chunks, b"")
    link, size = cid.of_chunks(chain((head,), chunks))
    if size > BLOB_CAP and ask.host != core.VIDEO:
        raise Fail(413, "PayloadTooLarge", "request entity too large")
    sniffed = next((mime for magic, at, mime in _MAGIC if head[at : at + len(magic)] == magic), declared)
    known = ask.world.get("bluesky.blob", f"{did}.{link}")
    if not (known and known["tethered"]):
        kept = {"mime": sniffed, "size": size, "at": ask.now.isoformat(), "tethered": False}
        ask.world.put("bluesky.blob", f"{did}.{link}", kept)
    return {"$type": "blob", "ref": {"$link": link}, "mimeType": known["mime"] if known else sniffed, "size": size}


def blobs(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every blob reference in a record."""
    if isinstance(value, Mapping):
        if value.get("$type") == "blob":
            yield value
        else:
            for item in value.values():
                yield from blobs(item)
    elif isinstance(value, list):
        for item in value:
            yield from blobs(item)


def _tether(ask: Ask, did: str, record: Mapping[str, Any]) -> None:
    """Make the record's blobs permanent: all of them, or none."""
    held = {blob["ref"]["$link"]: _held(ask, did, blob) for blob in blobs(record)}
    for link, kept in held.items():
        ask.world.put("bluesky.blob", f"{did}.{link}", {**kept, "tethered": True})


def _held(ask: Ask, did: str, blob: Mapping[str, Any]) -> dict[str, Any]:
    link = blob["ref"]["$link"]
    held = ask.world.get("bluesky.blob", f"{did}.{link}")
    if held is None or (not held["tethered"] and datetime.fromisoformat(held["at"]) + UNTETHERED_LIFE <= ask.now):
        raise Fail(400, "BlobNotFound", f"Could not find blob: {link}")
    if blob["mimeType"] != held["mime"]:
        text = f"Referenced Mimetype does not match stored blob. Expected: {held['mime']}, Got: {blob['mimeType']}"
        raise Fail(400, "InvalidMimeType", text)
    if blob["size"] != held["size"]:
        text = f"Referenced Size does not match stored blob. Expected: {held['size']}, Got: {blob['size']}"
        raise Fail(400, "InvalidSize", text)
    return held


# ---------------------------------------------------------------------------------------------------- writing


def put_record(ask: Ask) -> Response:
    """com.atproto.repo.putRecord: create or replace; the same record again is a no-op without a commit."""
    body = ask.json("repo", "collection", "rkey", "record")
    did = _own_repo(ask, body)
    headers = core.consume(ask, _WRITE_LIMITS, f"writes.{did}", _UPDATE)
    record, link = _checked(body)
    where = _where(did, body["collection"], body["rkey"])
    current = ask.world.get("bluesky.record", where)
    if current and current["cid"] == link:
        return answer(_written(did, body, link, None), 200, headers)
    if "swapRecord" in body and body["swapRecord"] != (current["cid"] if current else None):
        raise Fail(400, "InvalidSwap", f"Record was at {current['cid'] if current else 'null'}", headers)
    return _visible(ask, did, body, record, link, headers)


def create_record(ask: Ask) -> Response:
    """com.atproto.repo.createRecord: a taken key is the server's error (seen on a real PDS, 2026)."""
    body = ask.json("repo", "collection", "record")
    did = _own_repo(ask, body)
    headers = core.consume(ask, _WRITE_LIMITS, f"writes.{did}", _CREATE)
    body.setdefault("rkey", tid.encode(int(ask.now.timestamp() * 1_000_000), ask.world.serial("bluesky.tid") % 1024))
    record, link = _checked(body)
    if ask.world.get("bluesky.record", _where(did, body["collection"], body["rkey"])):
        raise Fail(500, "InternalServerError", "Internal Server Error", headers)
    return _visible(ask, did, body, record, link, headers)


def _visible(
    ask: Ask, did: str, body: Mapping[str, Any], record: dict[str, Any], link: str, headers: dict[str, str]
) -> Response:
    def effect() -> Response:
        try:
            return answer(_written(did, body, link, _write(ask, did, body, record, link)), 200, headers)
        except Fail as fail:
            return fail.response()

    seconds = _faults.LIMITED_SECONDS
    spent = core.limit_headers(5_000, 0, int(ask.now.timestamp()) + seconds, 3_600)
    refused = f"Invalid {body['collection']} record: rejected on demand at $.record.text"
    return _faults.visible(
        ask.world,
        text=str(record.get("text", "")),
        key=_where(did, body["collection"], body["rkey"]),
        effect=effect,
        limited=core.rate_limited(spent, seconds).response,
        expired=Fail(400, "ExpiredToken", "Token has expired").response,
        rejected=Fail(400, "InvalidRequest", refused).response,
        broken=Fail(500, "InternalServerError", "Internal Server Error").response,
    )


def _write(ask: Ask, did: str, body: Mapping[str, Any], record: dict[str, Any], link: str) -> dict[str, str]:
    _tether(ask, did, record)
    where = _where(did, body["collection"], body["rkey"])
    ask.world.put("bluesky.record", where, {"cid": link, "value": record, "at": ask.now.isoformat()})
    if "reply" in record and body["collection"] == POSTS:
        uri = f"at://{did}/{body['collection']}/{body['rkey']}"
        simulator_people.remember(ask.world, "bluesky.replies", record["reply"]["root"]["uri"], uri)
    return _commit(ask, did, add=where)


def delete_record(ask: Ask) -> Response:
    """com.atproto.repo.deleteRecord: also of what is not there."""
    body = ask.json("repo", "collection", "rkey")
    did = _own_repo(ask, body)
    headers = core.consume(ask, _WRITE_LIMITS, f"writes.{did}", _DELETE)
    where = _where(did, body["collection"], body["rkey"])
    current = ask.world.get("bluesky.record", where)
    if current is None:
        return answer({}, 200, headers)
    if body.get("swapRecord") and body["swapRecord"] != current["cid"]:
        raise Fail(400, "InvalidSwap", f"Record was at {current['cid']}", headers)
    ask.world.delete("bluesky.record", where)
    return answer({"commit": _commit(ask, did, remove=where)}, 200, headers)


def _commit(ask: Ask, did: str, *, add: str = "", remove: str = "") -> dict[str, str]:
    """Keep the listing (the last 300 records) and answer the new commit."""
    repo = ask.world.get("bluesky.repo", did) or {"listed": [], "count": 0, "commits": 0}
    listed = [where for where in repo["listed"] if where not in {add, remove}]
    fresh = add and add not in repo["listed"]
    repo = {
        "listed": [*listed, *([add] if add else [])][-LISTED:],
        "count": repo["count"] + (0 if f"|{POSTS}|" not in add + remove else 1 if fresh else -1 if remove else 0),
        "commits": repo["commits"] + 1,
    }
    ask.world.put("bluesky.repo", did, repo)
    rev = tid.encode(int(ask.now.timestamp() * 1_000_000), repo["commits"] % 1024)
    return {"cid": cid.of_record({"did": did, "rev": rev, "version": 3}), "rev": rev}


def _own_repo(ask: Ask, body: Mapping[str, Any]) -> str:
    account = core.authenticate(ask)
    owner = core.find_account(ask.world, str(body["repo"]))
    if owner is None:
        raise Fail(403, "AccountNotFound", "Account not found")
    if owner["did"] != account["did"]:
        raise Fail(401, "AuthenticationRequired", "Authentication Required")
    return str(account["did"])


def _checked(body: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The record with its type, and its CID."""
    collection, rkey, record = body["collection"], body["rkey"], body["record"]
    if not isinstance(record, dict):
        raise Fail(400, "InvalidRequest", "Expected object value type at $.record")
    if record.setdefault("$type", collection) != collection:
        raise Fail(400, "InvalidRequest", f"Invalid $type: expected {collection}, got {record['$type']}")
    if not isinstance(rkey, str) or not _RECORD_KEY.fullmatch(rkey):
        raise Fail(400, "InvalidRequest", f"Invalid record key: {rkey}")
    check = schema.SCHEMAS.get(collection)
    if check:
        if not schema.matches(rkey, "tid"):
            raise Fail(400, "InvalidRequest", f'Invalid record key for {collection}: Invalid TID string (got "{rkey}")')
        try:
            check(record, "$.record")
        except schema.InvalidValue as error:
            raise Fail(400, "InvalidRequest", f"Invalid {collection} record: {error}") from None
    try:
        return record, cid.of_record(record)
    except ValueError:
        raise Fail(400, "InvalidRequest", "Invalid record: not in the data model") from None


def _written(did: str, body: Mapping[str, Any], link: str, commit: dict[str, str] | None) -> dict[str, Any]:
    uri = f"at://{did}/{body['collection']}/{body['rkey']}"
    known = "valid" if body["collection"] in schema.SCHEMAS else "unknown"
    return {"uri": uri, "cid": link, **({"commit": commit} if commit else {}), "validationStatus": known}


# ---------------------------------------------------------------------------------------------------- reading


def get_record(ask: Ask) -> Response:
    """com.atproto.repo.getRecord: needs no token; the public AppView has it too."""
    repo, collection, rkey = ask.param("repo"), ask.param("collection"), ask.param("rkey")
    account = core.find_account(ask.world, repo)
    if account is None:
        raise Fail(400, "InvalidRequest", f"Could not find repo: {repo}")
    uri = f"at://{account['did']}/{collection}/{rkey}"
    found = ask.world.get("bluesky.record", _where(account["did"], collection, rkey))
    if found is None:
        raise Fail(400, "RecordNotFound", f"Could not locate record: {uri}")
    return answer({"uri": uri, "cid": found["cid"], "value": found["value"]})


def list_records(ask: Ask) -> Response:
    """com.atproto.repo.listRecords: newest first; the cursor is the last key of a page that was full."""
    account = core.find_account(ask.world, ask.param("repo"))
    if account is None:
        raise Fail(400, "InvalidRequest", f"Could not find repo: {ask.param('repo')}")
    collection = ask.param("collection")
    limit = min(int((ask.query.get("limit") or ["50"])[0]), 100)
    before = (ask.query.get("cursor") or [""])[0]
    newest = reversed(listing(ask, account["did"], collection))
    older = (one for one in newest if not before or one["uri"].rpartition("/")[2] < before)
    page = list(islice(older, limit))
    more = {"cursor": page[-1]["uri"].rpartition("/")[2]} if len(page) == limit else {}
    return answer({"records": page, **more})


def listing(ask: Ask, did: str, collection: str) -> list[dict[str, Any]]:
    """The listed records of a collection, by key."""
    found = []
    for where in sorted((ask.world.get("bluesky.repo", did) or {"listed": []})["listed"]):
        record = ask.world.get("bluesky.record", where)
        if record and record["value"]["$type"] == collection:
            rkey = where.rpartition("|")[2]
            found.append({"uri": f"at://{did}/{collection}/{rkey}", "cid": record["cid"], "value": record["value"]})
    return found


def _where(did: str, collection: str, rkey: str) -> str:
    return f"{did}|{collection}|{rkey}"
