"""The simulated TikTok posts: creator_info, inits, chunks, photos, and what becomes of them with time.

A post is processed for PROCESSING seconds after its last byte (or its photos' request), and a public one is reviewed for
REVIEW more before TikTok tells its id and others see it. https://developers.tiktok.com/doc/content-posting-api-get-started
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _faults, _pushes
from shared.platforms.contract import World
from shared.platforms.tiktok import limits
from shared.platforms.tiktok import simulator_push as push
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_state import Ask, Document, Problem, Session, epoch, invalid
from shared.ports.http import Response

PROCESSING: Final = 2.0
REVIEW: Final = 2.0
POSTS_A_DAY: Final = 15
DRAFTS: Final = 5
ADDRESS_SECONDS: Final = 3600
PUBLIC: Final = "PUBLIC_TO_EVERYONE"
LONGEST: Final = 600
UPLOADS: Final = "open-upload.tiktokapis.com"
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_VIDEO_INFO: Final[Mapping[str, type]] = {
    "title": str,
    "privacy_level": str,
    "disable_comment": bool,
    "disable_duet": bool,
    "disable_stitch": bool,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
    "is_aigc": bool,
    "video_cover_timestamp_ms": int,
}
_PHOTO_INFO: Final[Mapping[str, type]] = {
    "title": str,
    "description": str,
    "privacy_level": str,
    "disable_comment": bool,
    "auto_add_music": bool,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
}


def creator_info(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/post/publish/creator_info/query/: refuses with status 200 where the day is full, as documented."""
    del ask
    who.need("video.publish")
    state.use(world, who, "creator_info", 20)
    account = who.account
    if len(_sent_today(account, world)) >= POSTS_A_DAY:
        text = "The daily post cap from the API is reached for the current user."
        return state.enveloped(world, {}, 200, "spam_risk_too_many_posts", text)
    data = {
        "creator_avatar_url": f"https://p16-sign.tiktokcdn.com/{account['open_id']}.jpeg",
        "creator_username": account["username"],
        "creator_nickname": account["display_name"],
        "privacy_level_options": _levels(account),
        "comment_disabled": False,
        "duet_disabled": account["private"],
        "stitch_disabled": account["private"],
        "max_video_post_duration_sec": LONGEST,
    }
    return state.enveloped(world, data)


def init_video(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/post/publish/video/init/ with FILE_UPLOAD."""
    who.need("video.publish")
    state.use(world, who, "init", 6)
    body = ask.json()
    state.only(body, "body", post_info=dict, source_info=dict)
    info = _post_info(body, _VIDEO_INFO, world, who)
    _check_length("title", info.get("title", ""), 2200)
    return _upload(world, who, body, info, draft=False)


def init_draft(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/post/publish/inbox/video/init/: no post_info."""
    who.need("video.upload")
    state.use(world, who, "init", 6)
    body = ask.json()
    state.only(body, "body", source_info=dict)
    _check_drafts(who.account, world)
    return _upload(world, who, body, {}, draft=True)


def init_photos(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/post/publish/content/init/: this request posts."""
    body = ask.json()
    state.only(body, "body", media_type=str, post_mode=str, post_info=dict, source_info=dict)
    draft = body.get("post_mode") == "MEDIA_UPLOAD"
    who.need("video.upload" if draft else "video.publish")
    state.use(world, who, "init", 6)
    if body.get("media_type") != "PHOTO" or body.get("post_mode") not in {"DIRECT_POST", "MEDIA_UPLOAD"}:
        raise invalid("media_type or post_mode is invalid.")
    info = _photo_info(body, world, who, draft=draft)
    photos = _photos(body)
    made = _document(world, who, info, "PHOTO", draft=draft, prefix="p_inbox_url~v2" if draft else "p_pub_url~v2")
    made |= {
        "media": len(photos),
        "fail": _pull(world, photos),
        "text": info.get("description") or info.get("title", ""),
    }
    key = state.digest(who.account["open_id"]) + state.digest(ask.body.decode("utf-8", "replace"))
    done = state.enveloped(world, {"publish_id": made["id"]})
    return visible(world, made, key, done)


def chunk(ask: Ask, world: World) -> Response:
    """PUT to an upload address: no token; bare statuses. The last one posts."""
    upload = world.get("upload", ask.query.get("upload_id", "") or "-")
    if not upload or upload["token"] != ask.query.get("upload_token"):
        return _bare(404)
    made = world.get("publish", upload["publish"]) or {}
    found = _RANGE.fullmatch(ask.headers.get("content-range", ""))
    if not found or ask.headers.get("content-type") not in {"video/mp4", "video/quicktime", "video/webm"}:
        return _bare(400)
    first, last, size = (int(part) for part in found.groups())
    if size != made["size"] or last - first + 1 != len(ask.body) or last >= size:
        return _bare(400)
    if made["got"] == size and last == size - 1:
        return _bare(201, size, size)  # chosen: the last chunk again is answered as before
    if epoch(world.now) > made["made_at"] + ADDRESS_SECONDS:
        return _bare(403)
    if first != made["got"] or not _is_chunk(made, first, last):
        return _bare(416, made["got"], size)
    return _taken(world, made, last, size)


def status(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/post/publish/status/fetch/."""
    who.need("video.publish", "video.upload")
    state.use(world, who, "status", 30)
    body = ask.json()
    state.only(body, "body", publish_id=str)
    made = world.get("publish", body.get("publish_id") or "-")
    if made is None:
        raise Problem(400, "invalid_publish_id", "The publish_id does not exist.")
    if made["account"] != who.account["open_id"]:
        text = "The access_token is not authorized for this publish_id."
        raise Problem(400, "token_not_authorized_for_specified_publish_id", text)
    return state.enveloped(world, _status(made, epoch(world.now)))


def visible(world: World, made: Document, key: str, done: Response) -> Response:
    """The request that posts, and what its text asks to go wrong. Raises Lost, Delayed."""

    def effect() -> Response:
        _post(world, made)
        return done

    def rejected() -> Response:  # TikTok looks at texts after it has taken them: the status says it
        _post(world, {**made, "fail": made["fail"] or "spam_risk_text"})
        return done

    return _faults.visible(
        world,
        text=made["text"],
        key=key,
        effect=effect,
        rejected=rejected,
        limited=lambda: state.limited().response(world),
        expired=lambda: state.expired().response(world),
        broken=lambda: state.broken().response(world),
    )


# ------------------------------------------------------------------------------------------------------- inits


def _post_info(body: Document, types: Mapping[str, type], world: World, who: Session) -> Document:
    info = body.get("post_info")
    if not isinstance(info, dict):
        raise invalid("post_info is required.")
    state.only(info, "post_info", **types)
    if info.get("privacy_level") not in _levels(who.account):
        text = "privacy_level is not specified or not among the options of creator_info."
        raise Problem(403, "privacy_level_option_mismatch", text)
    if info.get("brand_content_toggle") and info["privacy_level"] == "SELF_ONLY":
        raise invalid("Branded content visibility cannot be set to private.")
    if who.account["unaudited"] and info["privacy_level"] != "SELF_ONLY":
        text = "Unaudited clients can only post to a private account."
        raise Problem(403, "unaudited_client_can_only_post_to_private_accounts", text)
    if len(_sent_today(who.account, world)) >= POSTS_A_DAY:
        text = "The daily post cap from the API is reached for the current user."
        raise Problem(403, "spam_risk_too_many_posts", text)
    return info


def _photo_info(body: Document, world: World, who: Session, *, draft: bool) -> Document:
    if draft:
        info: Document = body.get("post_info") or {}
        state.only(info, "post_info", title=str, description=str)
        _check_drafts(who.account, world)
    else:
        info = _post_info(body, _PHOTO_INFO, world, who)
    _check_length("title", info.get("title", ""), 90)
    _check_length("description", info.get("description", ""), 4000)
    return info


def _upload(world: World, who: Session, body: Document, info: Document, *, draft: bool) -> Response:
    source = body.get("source_info")
    if not isinstance(source, dict) or source.get("source") != "FILE_UPLOAD":
        raise invalid("source_info.source must be FILE_UPLOAD here.")
    state.only(source, "source_info", source=str, video_size=int, chunk_size=int, total_chunk_count=int)
    size, chunk_size, count = (source.get(name, 0) for name in ("video_size", "chunk_size", "total_chunk_count"))
    _check_chunks(size, chunk_size, count)
    made = _document(
        world, who, info, "VIDEO", draft=draft, prefix="v_inbox_file~v2" if draft else "v_pub_file~v2-1"
    ) | {"size": size, "chunk": chunk_size, "count": count, "got": 0, "media": 1}
    world.put("publish", made["id"], made)
    upload_id, token = str(world.serial("upload") + 7_000_000), state.secret(world, "upload")
    world.put("upload", upload_id, {"publish": made["id"], "token": token})
    url = f"https://{UPLOADS}/video/?upload_id={upload_id}&upload_token={token}"
    return state.enveloped(world, {"publish_id": made["id"], "upload_url": url})


def _check_chunks(size: int, chunk_size: int, count: int) -> None:
    """«Rounded down»; 5 to 64 MB a chunk, or the whole file up to 64 MB."""
    if not 0 < size <= 4 * 1024**3:
        raise invalid("video_size is invalid.")
    whole = chunk_size == size <= 64 * 1024**2
    if not whole and (size < 5_000_000 or not 5_000_000 <= chunk_size <= 64 * 1024**2):
        raise invalid("The chunk size is invalid.")
    if count != size // chunk_size or not 1 <= count <= 1000:
        raise invalid("The total chunk count is invalid.")


def _check_length(name: str, text: str, most: int) -> None:
    if limits.count(text) > most:
        raise invalid(f"The {name} exceeds the maximum length of {most} UTF-16 runes.")


def _check_drafts(account: Document, world: World) -> None:
    waiting = [at for at in account["drafts"] if at > epoch(world.now) - state.DAY]
    if len(waiting) >= DRAFTS:
        text = "The user has too many pending shares within the last 24 hours."
        raise Problem(403, "spam_risk_too_many_pending_share", text)


def _photos(body: Document) -> list[str]:
    source = body.get("source_info")
    if not isinstance(source, dict) or source.get("source") != "PULL_FROM_URL":
        raise invalid("source_info.source must be PULL_FROM_URL for photos.")
    state.only(source, "source_info", source=str, photo_images=list, photo_cover_index=int)
    photos = source.get("photo_images") or []
    if not 1 <= len(photos) <= 35 or not all(isinstance(url, str) for url in photos):
        raise invalid("photo_images must have 1 to 35 URLs.")
    if not 0 <= source.get("photo_cover_index", 0) < len(photos):
        raise invalid("photo_cover_index is invalid.")
    if any(not url.startswith("https://") or url.startswith("https://unverified.") for url in photos):
        raise Problem(403, "url_ownership_unverified", "Please verify the ownership of the URL prefix or domain.")
    return photos


def _pull(world: World, photos: list[str]) -> str:
    """What TikTok's own fetching would end in: a fail reason, or nothing."""
    for url in photos:
        got = world.fetch(url)
        if got is None or got.status != 200:
            return "photo_pull_failed"
        if got.headers.get("content-type", "").partition(";")[0] not in {"image/jpeg", "image/webp"}:
            return "file_format_check_failed"
        if len(got.body) > 20_000_000:
            return "picture_size_check_failed"
    return ""


# ------------------------------------------------------------------------------------------------ what becomes


def _document(world: World, who: Session, info: Document, media_type: str, *, draft: bool, prefix: str) -> Document:
    return {
        "id": f"{prefix}.{7_000_000_000_000_000_000 + world.serial('publish')}",
        "account": who.account["open_id"],
        "client": who.grant["client"],
        "media_type": media_type,
        "draft": draft,
        "privacy": info.get("privacy_level", ""),
        "title": info.get("title", ""),
        "text": info.get("title", ""),
        "made_at": epoch(world.now),
        "fail": "",
    }


def _is_chunk(made: Document, first: int, last: int) -> bool:
    if last == made["size"] - 1:
        return bool(first == (made["count"] - 1) * made["chunk"])
    return bool(last - first + 1 == made["chunk"] and first % made["chunk"] == 0)


def _taken(world: World, made: Document, last: int, size: int) -> Response:
    if last < size - 1:
        world.put("publish", made["id"], {**made, "got": last + 1})
        return _bare(206, last + 1, size)
    return visible(world, {**made, "got": size}, made["id"], _bare(201, size, size))


def _post(world: World, made: Document) -> None:
    """It is TikTok's now: processed, reviewed and shown as time passes."""
    now = epoch(world.now)
    account = world.get("account", made["account"]) or {}
    post_id = str((int(now) << 32) + world.serial("post"))
    shown = now + PROCESSING + (REVIEW if made["privacy"] == PUBLIC else 0)
    done = {**made, "post_id": post_id, "posted_at": now + PROCESSING, "shown_at": shown}
    world.put("publish", made["id"], done)
    if made["draft"]:
        account["drafts"] = [*account["drafts"], now][-state.KEPT :]
    else:
        account["sent"] = [*account["sent"], now][-state.KEPT :]
        if not made["fail"]:
            account["posts"] = [*account["posts"], made["id"]][-state.KEPT :]
            world.put("post", post_id, {"publish": made["id"]})
    world.put("account", made["account"], account)
    _announce(world, done)


def _announce(world: World, made: Document) -> None:
    kind = {"publish_id": made["id"], "publish_type": "INBOX_SHARE" if made["draft"] else "DIRECT_PUBLISH"}

    def send(name: str, more: Mapping[str, Any], at: float) -> None:
        _pushes.append(world, push.event(world, name, made["account"], {**kind, **more}, at, made["client"]))

    if made["fail"]:
        send("post.publish.failed", {"reason": made["fail"]}, made["posted_at"])
    elif made["draft"]:
        send("post.publish.inbox_delivered", {}, made["posted_at"])
    else:
        send("post.publish.complete", {}, made["posted_at"])
        if made["privacy"] == PUBLIC:
            send("post.publish.publicly_available", {"post_id": made["post_id"]}, made["shown_at"])


def _status(made: Document, now: float) -> dict[str, Any]:
    photos = made["media_type"] == "PHOTO"
    progress = {"downloaded_bytes": 0} if photos else {"uploaded_bytes": made["got"]}
    if "posted_at" not in made or now < made["posted_at"]:
        return {"status": "PROCESSING_DOWNLOAD" if photos else "PROCESSING_UPLOAD", **progress}
    if made["fail"]:
        return {"status": "FAILED", "fail_reason": made["fail"], "publicaly_available_post_id": [], **progress}
    if made["draft"]:
        return {"status": "SEND_TO_USER_INBOX", **progress}
    ids = [int(made["post_id"])] if made["privacy"] == PUBLIC and now >= made["shown_at"] else []
    return {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ids, **progress}


def _levels(account: Document) -> list[str]:
    return ["FOLLOWER_OF_CREATOR" if account["private"] else PUBLIC, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]


def _sent_today(account: Document, world: World) -> list[float]:
    return [at for at in account["sent"] if at > epoch(world.now) - state.DAY]


def _bare(status_: int, got: int = 0, size: int = 0) -> Response:
    headers = {"content-range": f"bytes 0-{got - 1}/{size}"} if got else {}
    return Response(status_, headers, b"")
