"""Photos and videos of the simulated Facebook: fetched or handed over, looked at, processed in the world's time.

https://developers.facebook.com/docs/graph-api/reference/page/photos, …/docs/video-api/guides/reels-publishing and
https://developers.facebook.com/documentation/video-api/reference/error-codes
"""

from __future__ import annotations

from typing import Any

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer, now
from shared.platforms.contract import World
from shared.platforms.facebook import simulator_state as state
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

PHOTO_BYTES = 10_000_000
VIDEO_BYTES = 2_000_000_000
PART = 1024 * 1024  # what a transfer asks for at most
FETCH_SECONDS, PROCESS_SECONDS = 1.0, 4.0
SESSION_SECONDS = simulated.DAY
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
FLOWS = {"videos": "video", "video_reels": "reel", "video_stories": "story"}


def photo(ask: Ask, who: Session, world: World) -> Response:
    """POST /{page}/photos with ``published=false``."""
    who.need("pages_manage_posts")
    ask.allow("url", "published", "alt_text_custom", "caption", "message", "temporary")
    ask.need("url")
    if ask.text("published").lower() not in {"false", "0"}:
        raise Problem(100, "(#100) The sandbox takes photos unpublished: send published=false, then a post")
    _fetch_photo(world, ask.text("url"))
    id_ = state.number(world, "photo")
    values: Document = {"id": id_, "page": who.page["id"], "made": now(world), "url": ask.text("url"), "used": ""}
    values |= {"alt_text": ask.text("alt_text_custom"), "name": ask.text("caption") or ask.text("message")}
    world.put("photo", id_, values)
    return answer({"id": id_})


def begin(ask: Ask, who: Session, world: World, flow: str) -> Response:
    """upload_phase=start of any of the three edges."""
    id_ = state.number(world, "video")
    values: Document = {"id": id_, "page": who.page["id"], "flow": flow, "made": now(world), "size": 0, "received": 0}
    values |= {"session": "", "handed_at": None, "finished_at": None, "error": "", "description": "", "title": ""}
    values |= {"post": "", "head": "", "url": ""}
    if flow == "videos":
        return _session(ask, values, world)
    ask.allow("upload_phase")
    world.put("video", id_, values)
    url = f"https://rupload.facebook.com/video-upload/{simulated.VERSION}/{id_}"
    return answer({"video_id": id_, "upload_url": url})


def transfer(ask: Ask, who: Session, world: World) -> Response:
    """upload_phase=transfer: the part from where the last one ended."""
    ask.allow("upload_phase", "upload_session_id", "start_offset")
    video = by_session(ask, who, world)
    part = ask.files.get("video_file_chunk")
    if part is None:
        raise Problem(100, "(#100) The parameter video_file_chunk is required")
    if ask.text("start_offset") != str(video["received"]):
        problem = Problem(6000, "There was a problem uploading your video. Please try uploading it again.", 1363037)
        problem.error["error_data"] = _offsets(video)
        raise problem
    received = min(video["received"] + len(part), video["size"])
    head = video["head"] or part[:16].hex()
    video |= {"received": received, "head": head, "handed_at": now(world) if received == video["size"] else None}
    world.put("video", video["id"], video)
    return answer(_offsets(video))


def hand_over(ask: Ask, world: World) -> Response:
    """POST rupload.facebook.com/video-upload/…/{video}: the address of a file, which is fetched."""
    who = state.session(world, ask)
    video = world.get("video", ask.path[-1])
    if video is None or video["page"] != who.page.get("id") or video["flow"] == "videos":
        raise simulated.missing(ask.path[-1], "post")
    url = ask.headers.get("file_url", "")
    data = _fetched(world, url)
    if data is None:
        raise Problem(389, "Unable to fetch video file from URL.")
    video |= {"url": url, "size": len(data), "received": len(data), "head": data[:16].hex(), "handed_at": now(world)}
    world.put("video", video["id"], video)
    return answer({"success": True})


def by_session(ask: Ask, who: Session, world: World) -> Document:
    """The video of an upload session that has not run out. Raises Problem."""
    ask.need("upload_session_id")
    known = world.get("session", ask.text("upload_session_id"))
    video = world.get("video", known["video"]) if known else None
    if video is None or video["page"] != who.page["id"] or now(world) - video["made"] > SESSION_SECONDS:
        raise Problem(6000, "Video Upload Timeout: your video upload timed out before it could be completed.", 1363030)
    return video


def uploaded(video: Document, at: float) -> bool:
    """Whether Facebook has the whole file by then."""
    wait = 0.0 if video["flow"] == "videos" else FETCH_SECONDS
    return video["handed_at"] is not None and at >= video["handed_at"] + wait


def live_at(video: Document) -> float | None:
    """When the finished video is (or will be) out, None when it never will."""
    if video["finished_at"] is None or video["error"]:
        return None
    return float(video["finished_at"]) + PROCESS_SECONDS


def broken(video: Document) -> bool:
    """Whether the file is none that Facebook can process: no MP4 by its beginning."""
    return bytes.fromhex(video["head"])[4:8] != b"ftyp"


def status(video: Document, at: float) -> Document:
    """A video's ``status`` field, as of then."""
    begun = video["finished_at"] is not None
    done = begun and at >= video["finished_at"] + PROCESS_SECONDS
    failed = done and bool(video["error"])
    uploading = "complete" if uploaded(video, at) else "in_progress" if video["received"] else "not_started"
    processing = "error" if failed else "complete" if done else "in_progress" if begun else "not_started"
    publishing: Document = {"status": "complete" if done and not failed else "not_started"}
    if done and not failed:
        publishing |= {"publish_status": "published", "publish_time": int(video["finished_at"] + PROCESS_SECONDS)}
    return {
        "video_status": "error" if failed else "ready" if done else "processing" if begun else "uploading",
        "uploading_phase": {"status": uploading, "bytes_transferred": video["received"]},
        "processing_phase": {"status": processing},
        "publishing_phase": publishing,
    }


def _session(ask: Ask, video: Document, world: World) -> Response:
    ask.allow("upload_phase", "file_size")
    size = int(ask.text("file_size") or 0)
    if size > VIDEO_BYTES:
        raise Problem(6000, "The video you tried to upload is too large.", 1363023)
    if size < 1024:
        raise Problem(
            6000, "The video you tried to upload is too small. The minimum size for a video is 1 KB.", 1363022
        )
    session = state.number(world, "session")
    video |= {"size": size, "session": session}
    world.put("video", video["id"], video)
    world.put("session", session, {"video": video["id"]})
    return answer({"upload_session_id": session, "video_id": video["id"], **_offsets(video)})


def _offsets(video: Document) -> dict[str, str]:
    start = video["received"]
    return {"start_offset": str(start), "end_offset": str(min(start + PART, video["size"]))}


def _fetch_photo(world: World, url: str) -> None:
    data = _fetched(world, url)
    if data is None or not data.startswith(_IMAGES):
        raise Problem(324, "(#324) Missing or invalid image file", user_message="Missing or invalid image file")
    if len(data) > PHOTO_BYTES:
        message = "Photos should be less than 10 MB and saved as JPG, PNG, GIF, TIFF, HEIF or WebP files."
        raise Problem(1, message, 1366046, user_message=message)


def _fetched(world: World, url: str) -> Any:
    response = world.fetch(url) if url.startswith(("https://", "http://")) else None
    return response.body if response is not None and response.status == 200 else None
