"""Publishing: blobs first, then one putRecord under a key that was ours before the first attempt.

``putRecord`` with ``swapRecord: null`` creates or changes nothing: repeating it answers the same uri and cid, and a
different record under the same key is refused (InvalidSwap). ``getRecord`` of that key is the settling read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlsplit

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType, Piece
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.bluesky import MANIFEST, errors, facets, wire
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.ports.http import AnswerLost, Stream

# An upload that no record refers to is collected after a while (uploadBlob's lexicon says «eg, minutes»).
BLOB_LIFE = timedelta(minutes=30)
VIDEO_TOKEN_LIFE = timedelta(minutes=30)
VIDEO_POLL_SECONDS = 3.0
VIDEO_RETRY_SECONDS = 30.0
VIDEO_UPLOADS = 3  # processing fails now and then, and works when sent again
_CHUNK = 1 << 20

State = dict[str, Any]
Step = Callable[[Call, Piece, State], float | None]


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Text, up to four images, or one video. Raises Invalid."""
    wire.check_options(options)
    types = [item.type for item in media]
    if not types:
        if not text.strip() and not options.get("quote"):
            raise Invalid("validation.field_required", "text: write a text, or attach media", field="text")
        return Kind.TEXT
    if types == [MediaType.VIDEO]:
        return Kind.VIDEO
    if MediaType.VIDEO in types:
        raise Invalid(
            "publishing.media.mixing_unsupported",
            "media: a video stands alone on Bluesky; send it by itself",
            field="media",
        )
    return Kind.IMAGE


# ---------------------------------------------------------------------------------------------------- prepare


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Resolve one mention or reference, or upload one file, or ask once after a video: one step a call."""
    kept = _fresh(state, call.now)
    for step in (_resolve_mention, _resolve_quote, _resolve_parent, _upload_image, _advance_video):
        seconds = step(call, piece, kept)
        if seconds is not None:
            return Wait(kept, seconds)
    return Ready(kept)


def _fresh(state: Mapping[str, Any], now: datetime) -> State:
    """A copy with its instant, without blobs that may have been collected by now: all, for their order is the images'."""
    # Bluesky sorts a post by its createdAt, so it is the moment of publishing, not of scheduling; once prepared it stays.
    kept = {"created_at": now.isoformat(), **state}
    blobs = kept.get("blobs", [])
    if any(now - datetime.fromisoformat(blob["at"]) > BLOB_LIFE for blob in blobs):
        blobs = []
    kept["blobs"] = list(blobs)
    kept["mentions"] = dict(kept.get("mentions", {}))
    kept["parents"] = dict(kept.get("parents", {}))
    return kept


def _resolve_mention(call: Call, piece: Piece, state: State) -> float | None:
    unknown = next((handle for handle in facets.handles(piece.text) if handle not in state["mentions"]), None)
    if unknown is None:
        return None
    request = _wire.get(wire.method(_pds(call), "com.atproto.identity.resolveHandle"), {"handle": unknown})
    try:
        state["mentions"][unknown] = _wire.ask(call, request, errors.refusal).json.get("did")
    except Refused as refused:
        if refused.status != 400:
            raise
        state["mentions"][unknown] = None  # nobody of that name: it stays text
    return 0.0


def _resolve_quote(call: Call, piece: Piece, state: State) -> float | None:
    wanted = piece.options.get("quote")
    if not wanted or "quote" in state:
        return None
    state["quote"] = _reference(call, wire.APPVIEW, str(wanted))
    return 0.0


def _resolve_parent(call: Call, piece: Piece, state: State) -> float | None:
    for parent in wire.parents(piece).values():
        if wire.strong_ref(parent.handles) is None and parent.id not in state["parents"]:
            state["parents"][parent.id] = _reference(call, _pds(call), parent.id)
            return 0.0
    return None


def _reference(call: Call, service: str, post: str) -> dict[str, str]:
    request = _wire.get(wire.method(service, "com.atproto.repo.getRecord"), wire.address(post))
    found = wire.strong_ref(_wire.ask(call, request, errors.refusal).json)
    if found is None:
        raise AnswerLost("a record without its cid")
    return found


def _upload_image(call: Call, piece: Piece, state: State) -> float | None:
    if piece.kind is not Kind.IMAGE or len(state["blobs"]) == len(piece.media):
        return None
    file = piece.media[len(state["blobs"])]
    url = wire.method(_pds(call), "com.atproto.repo.uploadBlob")
    request = _wire.post_bytes(url, file.bytes(), file.facts.content_type, Authorization=_bearer(call.tokens.access))
    _keep_blob(call, state, _wire.ask(call, request, errors.refusal).json)
    return 0.0


def _keep_blob(call: Call, state: State, answer: Mapping[str, Any]) -> None:
    state["blobs"].append({"blob": answer["blob"], "at": call.now.isoformat()})


# ------------------------------------------------------------------------------------------------------ video


def _advance_video(call: Call, piece: Piece, state: State) -> float | None:
    if piece.kind is not Kind.VIDEO or state["blobs"]:
        return None
    status = _poll_video(call, state["job"]) if state.get("job") else _upload_video(call, piece.media[0])
    # A finished job may come with an error and still have its blob: «already_exists».
    # https://docs.bsky.app/docs/tutorials/video (2026-04-21)
    if isinstance(status.get("blob"), Mapping):
        _keep_blob(call, state, status)
        return 0.0
    if status.get("state") == "JOB_STATE_FAILED":
        return _failed_video(status, state)
    state["job"] = str(status.get("jobId") or state.get("job", ""))
    return VIDEO_POLL_SECONDS


def _poll_video(call: Call, job: str) -> Mapping[str, Any]:
    request = _wire.get(wire.method(wire.VIDEO_SERVICE, "app.bsky.video.getJobStatus"), {"jobId": job})
    return wire.job_status(_wire.ask(call, request, errors.refusal).json)


def _upload_video(call: Call, file: MediaFile) -> Mapping[str, Any]:
    """Ask the PDS for a token that lets the video service store the result there, and hand it the file."""
    service_url = wire.method(_pds(call), "com.atproto.server.getServiceAuth")
    asked = {
        "aud": f"did:web:{urlsplit(_pds(call)).netloc.replace(':', '%3A')}",
        "lxm": "com.atproto.repo.uploadBlob",
        "exp": int((call.now + VIDEO_TOKEN_LIFE).timestamp()),
    }
    token = _wire.ask(
        call, _wire.get(service_url, asked, Authorization=_bearer(call.tokens.access)), errors.refusal
    ).json["token"]
    did = quote_plus(call.who.platform_account_id)
    url = f"{wire.method(wire.VIDEO_SERVICE, 'app.bsky.video.uploadVideo')}?did={did}&name=video.mp4"
    request = _wire.post_bytes(url, _stream(file), "video/mp4", read_timeout=300.0, Authorization=_bearer(token))
    try:
        return wire.job_status(_wire.ask(call, request, errors.refusal).json)
    except Refused as refused:
        status = wire.job_status(refused.raw)
        if refused.platform_code == "already_exists" and status.get("jobId"):
            return {"jobId": status["jobId"], "state": "JOB_STATE_CREATED"}
        raise


def _failed_video(status: Mapping[str, Any], state: State) -> float:
    code = str(status.get("failureCode") or "")
    row = errors.VIDEO_FAILURES.get(code)
    uploads = state.get("uploads", 1)
    if row is None and uploads < VIDEO_UPLOADS:
        state["uploads"] = uploads + 1
        state["job"] = ""
        return VIDEO_RETRY_SECONDS
    raise Refused(
        row or errors.VIDEO_FAILED,
        platform=errors.NAME,
        status=200,
        platform_code=code or str(status.get("error") or ""),
        platform_message=str(status.get("message") or ""),
        raw=status,
    )


def _stream(file: MediaFile) -> Stream:
    size = file.facts.size or 0

    def chunks() -> Iterator[bytes]:
        for start in range(0, size, _CHUNK):
            yield file.read(start, min(_CHUNK, size - start))

    return Stream(size, chunks)


# --------------------------------------------------------------------------------------------- the visible effect


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """Write the record: it is live when the PDS answers."""
    request = _wire.post_json(
        wire.method(_pds(call), "com.atproto.repo.putRecord"),
        wire.put(call.who.platform_account_id, piece, state),
        read_timeout=MANIFEST.timing.send_deadline,
        Authorization=_bearer(call.tokens.access),
    )
    return wire.published(_wire.ask(call, request, errors.refusal).json, call.who.username)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Read the record back. Bluesky never answers «accepted»: commit is final."""
    found = _read(call, piece)
    return Wait(state, 2.0) if found is None else wire.published(found, call.who.username)


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Ask the PDS, which is the record's home and not a copy, for the piece's own key."""
    found = _read(call, piece)
    if found is None:
        return Absent(f"{_pds(call)} has no record {wire.rkey(piece)} in {call.who.platform_account_id}")
    if not wire.is_ours(found, piece):
        return Unsure(f"{found.get('uri')} is another record under this piece's key")
    return wire.published(found, call.who.username)


def _read(call: Call, piece: Piece) -> dict[str, Any] | None:
    asked = {"repo": call.who.platform_account_id, "collection": wire.POSTS, "rkey": wire.rkey(piece)}
    try:
        return _wire.ask(
            call, _wire.get(wire.method(_pds(call), "com.atproto.repo.getRecord"), asked), errors.refusal
        ).json
    except Refused as refused:
        if refused.platform_code == "RecordNotFound":
            return None
        raise


def describe(call: Call, published: Published) -> Published:
    """Nothing to ask: a post's page follows from its key."""
    if published.permalink or not published.id:
        return published
    link = wire.permalink(call.who.username, published.id)
    return Published(published.id, link, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Delete the record; the PDS answers 200 also when it was gone. Raises Invalid for what is no post of the account's own:
    the same request would delete its likes, its follows and its profile."""
    where, own = wire.address(published.id), (call.who.platform_account_id, call.who.username)
    if where is None or where["collection"] != wire.POSTS or where["repo"] not in own:
        text = f"post_id: {published.id[:200]!r} is no post of this account."
        raise Invalid("validation.field_invalid", text, field="post_id")
    url = wire.method(_pds(call), "com.atproto.repo.deleteRecord")
    body = {"repo": call.who.platform_account_id, "collection": where["collection"], "rkey": where["rkey"]}
    _wire.ask(call, _wire.post_json(url, body, Authorization=_bearer(call.tokens.access)), errors.refusal)


def _pds(call: Call) -> str:
    return str(call.who.metadata.get("service") or wire.ENTRYWAY)


def _bearer(token: str) -> str:
    return f"Bearer {token}"
