"""The simulated video service: takes a file, works on it for some seconds, stores the result on the account's PDS.

https://docs.bsky.app/docs/tutorials/video (2026-04-21). uploadVideo answers its status bare, not wrapped as the lexicon
has it (https://github.com/bluesky-social/atproto/issues/3097, 2024-11-25), and so does this one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky import simulator_repo as repo
from shared.platforms.bluesky.simulator_core import Ask, Fail, answer
from shared.ports.http import Response

DAILY_VIDEOS = 25
DAILY_BYTES = 10_000_000_000
MAX_BYTES = 300_000_000
_STAGES = (
    (1.0, "JOB_STATE_CREATED", 0),
    (3.0, "JOB_STATE_ENCODING", 40),
    (4.0, "JOB_STATE_SCANNING", 80),
    (5.0, "JOB_STATE_UPLOADING", 95),
)


def upload(ask: Ask) -> Response:
    """app.bsky.video.uploadVideo"""
    account = _uploader(ask)
    if account.get("email_unconfirmed"):
        return answer({"jobStatus": {"jobId": "", "did": "", "state": "", "error": "unconfirmed_email"}}, 401)
    if not ask.headers.get("content-type", "").startswith("video/mp4"):
        raise Fail(400, "InvalidRequest", "Unsupported content type")
    blob = repo.store_blob(ask, account["did"], "video/mp4")
    known = ask.world.get("bluesky.video", f"{account['did']}.{blob['ref']['$link']}")
    if known:
        status = {"jobId": known["job"], "did": account["did"], "state": "JOB_STATE_COMPLETED"}
        return answer({**status, "error": "already_exists", "message": "Video already processed"}, 409)
    _take_quota(ask, account["did"], blob["size"])
    return answer(_new_job(ask, account["did"], blob))


def job_status(ask: Ask) -> Response:
    """app.bsky.video.getJobStatus: needs no token."""
    job = ask.world.get("bluesky.job", ask.param("jobId"))
    if job is None:
        raise Fail(400, "InvalidRequest", "job not found")
    return answer({"jobStatus": _status(ask, ask.param("jobId"), job)})


def _uploader(ask: Ask) -> dict[str, Any]:
    """The account whose PDS made the request's service token, for storing a blob there."""
    typ, claims = core.read_jwt(core.bearer(ask)) or ("", {})
    if typ != "JWT":
        raise Fail(401, "BadJwt", "poorly formatted jwt")
    if claims["exp"] <= ask.now.timestamp():
        raise Fail(401, "JwtExpired", "jwt expired")
    if claims.get("lxm") != "com.atproto.repo.uploadBlob":
        raise Fail(
            401, "BadJwtLexiconMethod", 'bad jwt lexicon method ("lxm"). must match: com.atproto.repo.uploadBlob'
        )
    account = ask.world.get("bluesky.account", claims["iss"])
    if account is None or claims["iss"] != ask.param("did"):
        raise Fail(401, "BadJwtIss", "jwt iss is not the did that uploads")
    if claims["aud"] != f"did:web:{account['pds']}":
        raise Fail(401, "BadJwtAudience", "jwt audience does not match service did")
    ask.param("name")
    return account


def _take_quota(ask: Ask, did: str, size: int) -> None:
    today = ask.now.date().isoformat()
    used = ask.world.get("bluesky.video-quota", did) or {}
    videos, taken = used.get(today, [0, 0])
    if videos + 1 > DAILY_VIDEOS:
        raise Fail(400, "User has exceeded daily upload videos limit", "")
    if taken + size > DAILY_BYTES:
        raise Fail(400, "User has exceeded daily upload bytes limit", "")
    ask.world.put("bluesky.video-quota", did, {today: [videos + 1, taken + size]})


def _new_job(ask: Ask, did: str, blob: dict[str, Any]) -> dict[str, Any]:
    job_id = f"d{ask.world.serial('bluesky.job'):019x}"
    usable = blob["mimeType"] == "video/mp4" and blob["size"] <= MAX_BYTES
    job = {"did": did, "blob": blob, "at": ask.now.isoformat(), "usable": usable}
    ask.world.put("bluesky.job", job_id, job)
    if usable:
        ask.world.put("bluesky.video", f"{did}.{blob['ref']['$link']}", {"job": job_id})
    return {"jobId": job_id, "did": did, "state": "JOB_STATE_CREATED"}


def _status(ask: Ask, job_id: str, job: dict[str, Any]) -> dict[str, Any]:
    status = {"jobId": job_id, "did": job["did"]}
    age = (ask.now - datetime.fromisoformat(job["at"])).total_seconds()
    for until, state, progress in _STAGES:
        if age < until:
            return {**status, "state": state, "progress": progress}
    if not job["usable"]:
        failure = {"state": "JOB_STATE_FAILED", "failureCode": "validation_failure"}
        return {
            **status,
            **failure,
            "error": f"video processing error for job: {job_id}",
            "message": "Failed to process video",
        }
    return {**status, "state": "JOB_STATE_COMPLETED", "progress": 100, "blob": job["blob"]}
