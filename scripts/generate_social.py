"""docs/social.md: the verbs of every platform, from the folders' ``verbs.py``, with what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from shared.api.social import errors, rows
from shared.api.social.dialect import PLATFORMS, PREFIX
from shared.platforms import names, registry
from shared.platforms.verbs import Column, Field, Verb

PATH = "docs/social.md"
_INTRODUCTION = """# Verbs per platform

*Made by `make generate` from each platform's `verbs.py`: do not edit.*

One way to speak to Rostrum: a path per platform and verb, flat bodies, and ids as the network gives them.

```sh
curl -X POST http://127.0.0.1:8080/v1/social/instagram/publish-reel \\
  -H "Authorization: Bearer rst_test_…" -H "Content-Type: application/json" \\
  -d '{"account_id": "17841400000000000", "video_url": "https://sandbox.rostrum.test/media/video.mp4", "caption": "Hello"}'
```

* **Accounts** are connected as everywhere (`POST /v1/accounts/connect`), and named here by the network's own id, as the first verb
  of each platform lists it, or by ours (`acc_…`).
* **Publishing and acting** never happen inside a request. The request is accepted, then waited for, eight seconds at most: 200
  with the id that the network gave, or `202 {"success": true, "status": "publishing", "post": "post_…", "poll": "/v1/posts/post_…"}`
  (`action` and `/v1/actions/…` for what is no post). Nothing is lost by not polling.
* **Files** are public addresses, or ids of the media library (`med_…`).
* **Idempotency-Key** works on every POST: the same key and body get the same answer for seven days. A refusal of the network is kept
  under its key, too, because the post that was refused is there (`POST /v1/posts/{id}/retry` tries it again). Who asks with the
  same key while the first request still waits hears 202.
* **Listings** are read from the network at that moment, newest first, a page at a time (`next_cursor`, `cursor`).
* **Money** of ads is in the smallest unit of the ad account's currency (1500 is 15.00); figures of spend are decimals. Everything is
  created paused.
* **Errors** are `{"success": false, "error_code": "INSTAGRAM/INVALID_IMAGE", "message": "…", "request_id": "…", "meta": {…}}`, with the
  statuses of the other dialects. Where a documented sentence stands for several cases, `meta.reason` says which it is.
"""
_WHAT = {
    "ACCOUNT_NOT_FOUND": "No such account is connected in this workspace.",
    "ACCOUNT_NOT_CONNECTED": "No account of this platform is connected.",
    "NO_ACCOUNTS_FOUND": "No ad account can be used.",
    "AD_ACCOUNT_NOT_FOUND": "No connected account may use this ad account.",
    "NOT_FOUND": "The network knows no such thing, or does not show it.",
    "MEDIA_ACCESS_DENIED": "The connection lacks the permission to read media.",
    "PERMISSION_DENIED": "The connection lacks a permission.",
    "DM_RESTRICTED": "The account may not write messages through the API.",
    "DELETE_FORBIDDEN": "It was not made through this installation.",
    "INVALID_TOKEN": "The account must be connected again (area `SOCIAL_CONNECT/{PLATFORM}`).",
    "INVALID_MEDIA": "A file cannot be fetched, or is none that the network takes.",
    "INVALID_IMAGE": "The same, where an image is wanted.",
    "INVALID_VIDEO": "The same, where a video is wanted.",
    "REEL_UPLOAD_FAILED": "The same, of a reel.",
    "TARGETING_INVALID": "The ad set would not be shown on this platform.",
    "NOT_SUPPORTED": "The network does not offer this through its API; `meta.reason` and `meta.source` say why.",
    "RATE_LIMITED": "The network's limit is reached; `Retry-After` says when to come back.",
    "REFUSED": "The network refused; `meta` has its own words.",
}


def render() -> str:
    """The page."""
    return "\n".join([_INTRODUCTION, *_errors(), *_platforms()]) + "\n"


def _errors() -> Iterator[str]:
    yield "## Errors\n"
    yield "`AREA/REASON`: the area is the platform (`INSTAGRAM`), for ads `INSTAGRAM_ADS`. What is wrong before any platform is looked"
    yield "at has the area of its own code: `AUTH/INVALID_KEY`, `VALIDATION/FIELD_UNKNOWN`, `IDEMPOTENCY/KEY_REUSED`. A refusal that a"
    yield "network's adapter understood has its own reason (`FACEBOOK/TEXT_TOO_LONG`), as `platform.facebook.text_too_long` elsewhere.\n"
    yield "| reason | status | when |\n| --- | --- | --- |"
    for reason, status in errors.STATUSES.items():
        yield f"| `{reason}` | {status} | {_WHAT[reason]} |"
    yield ""


def _platforms() -> Iterator[str]:
    for prefix in PLATFORMS:
        verbs = rows.verbs(prefix)
        if not verbs or prefix in names.ALIASES.values():
            continue
        title = registry.manifest(prefix).title
        also = f" (also `{PREFIX}/{names.ALIASES[prefix]}`)" if prefix in names.ALIASES else ""
        yield f"## {title}\n\n`{PREFIX}/{prefix}`{also}\n"
        yield "| request | what it does | fields | answer | scope |\n| --- | --- | --- | --- | --- |"
        yield from (_row(verb) for verb in verbs)
        yield ""


def _row(verb: Verb) -> str:
    fields = ", ".join(_field(one) for one in verb.fields if one.name not in rows.inside(verb))
    cells = (f"`{verb.method} {verb.path}`", verb.summary, fields, _answer(verb), f"`{rows.scope(verb)}`")
    return f"| {' | '.join(cells)} |"


def _field(one: Field) -> str:
    return f"`{one.name}`" if one.required else f"`{one.name}`?"


def _answer(verb: Verb) -> str:
    if verb.says:
        return "`message`"
    inner = ", ".join(_column(one) for one in verb.columns)
    return f"`{verb.key}`: {inner}" if inner else f"`{verb.key}`"


def _column(one: Column) -> str:
    return f"`{one.name}`" + (f" (scope `{one.scope}`)" if one.scope else "")
