"""The creator dialect beyond its document's examples: bad input, roles, statuses, files, replays."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from shared.api.creator.dialect import CREATOR
from shared.domain.posts import target_path
from shared.domain.roles import TOKEN_ROLES
from shared.ports.store import Write
from tests.api.client import PHOTO, Answer, Api, api
from tests.conformance.stage_creator import token
from tests.support import files
from tests.support.trusting import Trusting

BASE = "/api/v1/creator/social"
DRAFT: dict[str, Any] = {"title": "Menu", "content": {"text": "Our menu is here."}, "platforms": ["bluesky"]}
LATER = "2026-12-24T20:00:00Z"


def made(call: Api, **fields: Any) -> str:
    """A post's id."""
    call.connect("bluesky")
    answer = call("POST", f"{BASE}/posts", DRAFT | fields)
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


def uploaded(call: Api, data: bytes, name: str = "a.jpg", kind: str = "image/jpeg", **fields: str) -> Answer:
    """A file sent to the library."""
    return call("POST", f"{BASE}/media/upload", data={"file": (BytesIO(data), name, kind), **fields})


def sent(call: Api, platform: str = "bluesky") -> list[str]:
    """What followers see of the connected account, oldest first."""
    from shared.platforms import registry

    account = next(one for one in call.stored("accounts") if one.data["platform"] == platform)
    world = call.rig.sandbox.world(platform)
    return [one.text for one in registry.simulator(platform).seen(world, account.data["platform_account_id"])]


# ---------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("posts", {**DRAFT, "platforms": ["myspace"]}, "platforms[0].platform"),
        ("posts", {**DRAFT, "platforms": [""]}, "platforms[0].platform"),
        ("posts", {**DRAFT, "platforms": ["linkedin"]}, "platforms[0]"),
        ("posts", {**DRAFT, "status": "scheduled"}, "scheduled_at"),
        ("posts", {**DRAFT, "scheduled_at": LATER}, "scheduled_at"),
        ("posts", {**DRAFT, "content": {"txt": "x"}}, "content.txt"),
        ("posts", {**DRAFT, "content": {"hashtags": ["menu", "#big news"]}}, "content.hashtags[1]"),
        ("posts", {**DRAFT, "content": {"mentions": ["@"]}}, "content.mentions[0]"),
        ("posts", {**DRAFT, "content": {"link": {"url": "javascript:x"}}}, "content.link.url"),
        ("posts", {**DRAFT, "media": [{"type": "image"}]}, "media[0]"),
        ("posts", {**DRAFT, "media": [{"url": PHOTO, "media_id": "med_1"}]}, "media[0]"),
        ("posts", {**DRAFT, "media": [{"url": "ftp://x/y"}]}, "media[0].url"),
        (
            "posts",
            {**DRAFT, "status": "scheduled", "scheduled_at": LATER, "content": {"text": "x" * 301}},
            "content.text",
        ),
        ("publish", {"content": {"text": "x"}, "platforms": []}, "platforms"),
        (
            "publish",
            {"content": {"text": "x"}, "platforms": [{"platform": "bluesky"}], "publish_at": "soon"},
            "publish_at",
        ),
        (
            "publish",
            {"content": {"text": "x"}, "platforms": [{"platform": "bluesky", "options": {"colour": "red"}}]},
            "platforms[0].options.colour",
        ),
        (
            "publish",
            {
                "content": {"text": "x", "media": [{"type": "video", "url": PHOTO}]},
                "platforms": [{"platform": "bluesky"}],
            },
            "content.media[0].type",
        ),
        ("threads", {"platform": "bluesky", "posts": [{"text": "alone"}]}, "posts"),
        ("threads", {"platform": "bluesky", "posts": [{"text": "a"}, {"text": "x" * 301}]}, "posts[1].text"),
    ],
)
def test_a_refusal_names_the_field_as_it_was_sent(call: Api, path: str, body: Any, field: str) -> None:
    call.connect("bluesky")
    answer = call("POST", f"{BASE}/{path}", body)
    assert (answer.status, answer.meta["field"]) == (400, field), answer.json
    assert answer.error["code"] in {"invalid_content", "media_unsupported"}
    assert field in answer.error["message"] or "There is no platform" in answer.error["message"], answer.json
    assert call.stored("posts") == []


def test_of_several_accounts_of_a_platform_one_has_to_be_named(call: Api) -> None:
    from tests.operations import flows

    first = call.connect("bluesky")
    second = flows.signed_in(call.rig, call.caller, "bob").id
    answer = call("POST", f"{BASE}/posts", DRAFT)
    assert answer.status == 400
    assert "account_id" in answer.error["message"]
    assert set(answer.meta["accounts"]) == {first, second}
    named = {**DRAFT, "platforms": [{"platform": "bluesky", "account_id": second}]}
    post = call("POST", f"{BASE}/posts", named)
    assert [one["account_id"] for one in post.json["platform_posts"]] == [second]


def test_an_account_of_another_platform_is_refused(call: Api) -> None:
    twitter = call.connect("twitter")
    body = {"content": {"text": "x"}, "platforms": [{"platform": "linkedin", "account_id": twitter}]}
    answer = call("POST", f"{BASE}/publish", body)
    assert (answer.status, answer.meta["field"]) == (400, "platforms[0].account_id")


@pytest.mark.parametrize(
    ("zone", "local", "status", "instant"),
    [
        ("Europe/Berlin", "2027-03-28T02:30:00", 400, ""),  # clocks go forward over it
        ("Europe/Berlin", "2026-10-25T02:30:00", 400, ""),  # past, by the test's clock
        ("America/Los_Angeles", "2027-11-07T01:30:00", 200, "2027-11-07T08:30:00Z"),  # twice: the first of the two
        ("America/Los_Angeles", "2027-01-25T14:00:00", 200, "2027-01-25T22:00:00Z"),
        ("America/Los_Angeles", "2027-01-25T14:00:00Z", 200, "2027-01-25T14:00:00Z"),  # an offset counts
        ("Mars/Olympus", "2027-01-25T14:00:00", 400, ""),
    ],
)
def test_a_schedule_is_read_in_its_zone(call: Api, zone: str, local: str, status: int, instant: str) -> None:
    post = made(call)
    answer = call("POST", f"{BASE}/posts/{post}/schedule", {"scheduled_at": local, "timezone": zone})
    assert answer.status == status, answer.json
    if status == 200:
        assert answer.json["scheduled_at"] == instant
    else:
        assert answer.error["code"] == "invalid_content"


# ------------------------------------------------------------------------------------------- what is published


def test_hashtags_mentions_and_links_become_part_of_the_text_once(call: Api) -> None:
    content = {
        "text": "Our #menu is here.",
        "hashtags": ["menu", "#spring"],
        "mentions": ["@partner", "chef"],
        "link": {"url": "https://example.com/menu"},
    }
    post = made(call, content=content)
    assert call("POST", f"{BASE}/posts/{post}/publish").status == 200
    call.settle()
    assert sent(call) == ["Our #menu is here.\n\nhttps://example.com/menu\n\n@partner @chef #spring"]
    shown = call("GET", f"{BASE}/posts/{post}").json
    assert shown["content"] == content | {"hashtags": ["menu", "#spring"]}
    assert shown["status"] == "published"


def test_a_link_is_a_card_where_the_network_has_them(call: Api) -> None:
    call.connect("linkedin")
    link = {"url": "https://example.com/menu", "title": "Menu", "description": "All of it"}
    body = {"content": {"text": "Here.", "link": link}, "platforms": [{"platform": "linkedin"}]}
    assert call("POST", f"{BASE}/publish", body).status == 201
    piece = call.stored("targets")[0].data["pieces"][0]
    assert (piece["text"], piece["kind"], piece["options"]["article_url"]) == ("Here.", "article", link["url"])
    del link["title"]  # without which that network makes none
    assert call("POST", f"{BASE}/publish", body).status == 201
    assert {one.data["pieces"][0]["text"] for one in call.stored("targets")} == {"Here.", f"Here.\n\n{link['url']}"}


def test_a_draft_may_be_unfinished_but_not_what_is_published(call: Api) -> None:
    call.connect("instagram")
    post = made(call, platforms=["instagram"])
    assert call("PUT", f"{BASE}/posts/{post}", {"content": {"text": "Still no picture."}}).status == 200
    for path, body in (("publish", {}), ("schedule", {"scheduled_at": LATER})):
        answer = call("POST", f"{BASE}/posts/{post}/{path}", body)
        assert (answer.status, answer.error["code"]) == (400, "invalid_content"), answer.json
    assert call("PUT", f"{BASE}/posts/{post}", {"media": [{"url": PHOTO}]}).status == 200
    assert call("POST", f"{BASE}/posts/{post}/schedule", {"scheduled_at": LATER}).status == 200
    assert call("PUT", f"{BASE}/posts/{post}", {"media": []}).status == 400  # it has a time now


@pytest.mark.parametrize(
    ("state", "shown", "error"),
    [
        ("draft", "draft", None),
        ("scheduled", "scheduled", None),
        ("preparing", "publishing", None),
        ("unknown", "publishing", None),
        ("published", "published", None),
        ("failed", "failed", None),
        ("missed", "failed", "missed"),
        ("cancelled", "cancelled", None),
        ("needs_review", "publishing", "needs_review"),
    ],
)
def test_every_state_is_one_of_six_words(call: Api, state: str, shown: str, error: str | None) -> None:
    post = made(call)
    target = call.stored("targets")[0]
    call.rig.store.commit([Write("update", target_path(call.caller.space, target.id), {"state": state})])
    row = call("GET", f"{BASE}/posts/{post}").json["platform_posts"][0]
    assert (row["status"], row.get("error", {}).get("code")) == (shown, error)


def test_cancelling_stops_what_is_scheduled_and_nothing_else(call: Api) -> None:
    post = made(call, status="scheduled", scheduled_at=LATER)
    assert call("GET", f"{BASE}/scheduling/queue").json["total_scheduled"] == 1
    assert call("POST", f"{BASE}/posts/{post}/cancel").json["status"] == "cancelled"
    assert call("GET", f"{BASE}/scheduling/queue").json == {"queue": [], "total_scheduled": 0}
    again = call("POST", f"{BASE}/posts/{post}/cancel")
    draft = call("POST", f"{BASE}/posts/{made(call)}/cancel")
    assert (again.status, draft.status) == (409, 409)
    assert "delete it" in draft.error["message"]
    call.sleep(40 * 86_400)
    assert sent(call) == []


def test_the_queue_has_pages_in_the_order_of_time(call: Api) -> None:
    days = (25, 23, 24)
    ids = {day: made(call, status="scheduled", scheduled_at=f"2026-12-{day}T10:00:00Z") for day in days}
    first = call("GET", f"{BASE}/scheduling/queue?limit=2").json
    second = call("GET", f"{BASE}/scheduling/queue?limit=2&cursor={first['next_cursor']}").json
    assert [one["id"] for one in first["queue"] + second["queue"]] == [ids[day] for day in sorted(days)]
    assert (first["total_scheduled"], second.get("next_cursor")) == (3, None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("publish", {"content": {"text": "Once."}, "platforms": [{"platform": "bluesky"}]}),
        ("posts", DRAFT),
        ("threads", {"platform": "bluesky", "posts": [{"text": "One."}, {"text": "Two."}]}),
        ("accounts/connect", {"platform": "instagram"}),
    ],
)
def test_a_repeated_request_is_answered_as_the_first(call: Api, path: str, body: Any) -> None:
    call.connect("bluesky")
    first = call("POST", f"{BASE}/{path}", body, Idempotency_Key="k")
    again = call("POST", f"{BASE}/{path}", body, Idempotency_Key="k")
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(call.stored("posts")) <= 1
    other = call("POST", f"{BASE}/{path}", body | {"platform": "twitter", "title": "Other"}, Idempotency_Key="k")
    assert other.status in {400, 409}


def test_a_repeated_upload_is_one_file_and_another_file_is_refused(call: Api) -> None:
    def send(data: bytes) -> Answer:
        form = {"file": (BytesIO(data), "a.png", "image/png"), "platform_hints[]": "bluesky"}
        return call("POST", f"{BASE}/media/upload", data=form, Idempotency_Key="k")

    assert send(files.png()).data == send(files.png()).data
    assert send(files.png(65, 48)).status == 409
    assert len(call.stored("media")) == 1


# ---------------------------------------------------------------------------------------------------------- media


@pytest.mark.parametrize(
    ("data", "platform", "compatible", "suggestion"),
    [
        (files.jpeg(1080, 1350), "instagram", True, ""),
        (files.jpeg(1500, 500), "instagram", False, "Crop to 1.91:1 or 16:9"),
        (files.jpeg(500, 1500), "instagram", False, "Crop to 4:5 or 1:1"),
        (files.png(1200, 628), "instagram", False, "Convert to image/jpeg"),
        (files.png(1200, 628), "tiktok", False, "Convert to image/jpeg or image/webp"),
        (files.jpeg(), "youtube", False, "Use a video"),
        (files.jpeg() + bytes(6_000_000), "twitter", False, "Compress to at most 5.2 MB"),
        (files.mp4(seconds=200), "twitter", False, "Cut to at most 140 seconds"),
        (files.mp4(seconds=200), "linkedin", True, ""),
        (files.pdf(), "facebook", False, "Use an image or a video"),
        (files.pdf(), "whatsapp", False, "There are no posts on this network"),
    ],
)
def test_compatibility_says_what_would_help(
    call: Api, data: bytes, platform: str, compatible: bool, suggestion: str
) -> None:
    answer = uploaded(call, data, "a", "", platform_hints=platform)
    found = answer.json["platform_compatibility"][platform]
    assert (found["compatible"], found.get("suggestion", "")) == (compatible, suggestion), found
    assert bool(found.get("reason")) is not compatible


def test_thumbnails_are_small_upright_and_carry_nothing_else(call: Api) -> None:
    from PIL import Image

    out, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"  # lies on its side; a description
    Image.new("RGB", (2000, 1000), (200, 10, 10)).save(out, "JPEG", exif=exif)
    answer = uploaded(call, out.getvalue(), alt_text="A red door")
    assert answer.json["dimensions"] == {"width": 1000, "height": 2000}
    sizes = {}
    for name, key in call.stored("media")[0].data["thumbnails"].items():
        with Image.open(BytesIO(call.rig.blobs.read(key))) as image:
            sizes[name] = image.size
            assert not image.getexif()
    assert sizes == {"small": (160, 320), "medium": (400, 800)}
    shown = call("GET", f"{BASE}/media/{answer.json['media_id']}").json
    assert shown["alt_text"] == "A red door"
    assert set(shown["thumbnails"]) == {"small", "medium"}


def test_thumbnails_are_deleted_with_their_file(call: Api) -> None:
    media_id = uploaded(call, files.png(900, 900), "a.png", "image/png").json["media_id"]
    doc = call.stored("media")[0].data
    assert call("DELETE", f"{BASE}/media/{media_id}").status == 204
    assert [call.rig.blobs.info(key) for key in (doc["blob"], *doc["thumbnails"].values())] == [None] * 3


@pytest.mark.parametrize(
    ("data", "name"),
    [(files.mp4(), "a.mp4"), (files.pdf(), "a.pdf"), (files.bomb_png(6000, 4000), "a.png")],
)
def test_what_cannot_be_shown_small_has_no_thumbnails(call: Api, data: bytes, name: str) -> None:
    answer = uploaded(call, data, name, "")
    assert answer.status == 201, answer.json
    assert "thumbnails" not in answer.json
    assert call.stored("media")[0].data["thumbnails"] == {}


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (files.bomb_png(), 413, "media_too_large"),
        (b"no picture at all", 400, "media_unsupported"),
        (b"", 400, "media_unsupported"),
        (files.jpeg()[:200], 400, "media_unsupported"),
    ],
)
def test_a_file_that_is_none_is_refused_and_not_kept(call: Api, data: bytes, status: int, code: str) -> None:
    answer = uploaded(call, data, "a", "")
    assert (answer.status, answer.error["code"]) == (status, code), answer.json
    assert call.stored("media") == []


@pytest.mark.parametrize("hints", ["[1]", '["twitter"', "twitter, myspace", ",".join(["x"] * 31)])
def test_hints_that_are_none_are_refused(call: Api, hints: str) -> None:
    answer = uploaded(call, files.png(), "a.png", "image/png", platform_hints=hints)
    assert (answer.status, answer.error["code"]) == (400, "invalid_content")
    assert answer.meta["field"].startswith("platform_hints")


# -------------------------------------------------------------------------------------------------- who may what


@pytest.mark.parametrize("role", TOKEN_ROLES)
def test_each_of_the_seven_roles_may_publish(call: Api, role: str) -> None:
    call.connect("bluesky")
    call.serve_on = replace(call.rig.ports, identity=Trusting(call.rig.clock))
    jwt = token(role, tenant=call.workspace)
    answer = call("POST", f"{BASE}/posts", DRAFT, key=jwt, Rostrum_Mode="test")
    assert answer.status == 201, answer.json
    assert answer.json["created_by"].startswith("usr_")


@pytest.mark.parametrize("roles", [(), ("viewer",)])
def test_without_one_of_the_roles_nothing_is_open(call: Api, roles: tuple[str, ...]) -> None:
    call.serve_on = replace(call.rig.ports, identity=Trusting(call.rig.clock))
    answer = call("GET", f"{BASE}/accounts", key=token(*roles, tenant=call.workspace), Rostrum_Mode="test")
    assert (answer.status, answer.error["code"]) == (403, "auth_insufficient_scope")
    assert "creator" in answer.meta["required_roles"]


@pytest.mark.parametrize("route", CREATOR.routes(), ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_closed_to_strangers_and_to_other_workspaces(call: Api, route: Any) -> None:
    path = route.path.replace("{platform}", "instagram")
    assert call(route.method, path, key=None).status == 401
    if "{" not in path:
        return
    other = api(call.rig)
    theirs = {"{post_id}": made(other), "{account_id}": other.accounts["bluesky"]}
    theirs["{media_id}"] = uploaded(other, files.png(), "a.png", "image/png").json["media_id"]
    for name, value in theirs.items():
        path = path.replace(name, value)
    body = {"scheduled_at": LATER} if path.endswith("/schedule") else {} if route.body else None
    assert call(route.method, path, body).status == 404


def test_connecting_shows_the_way_and_credentials_have_another(call: Api) -> None:
    made = call("GET", "/api/v1/auth/oauth/x?format=json&redirect_uri=https://app.example.com/done").json
    assert made["expires_in"] == 600
    assert made["state"] in made["authorization_url"]
    credentials = call("GET", "/api/v1/auth/oauth/bluesky")
    assert (credentials.status, credentials.meta["field"]) == (400, "platform")
    assert call("GET", "/api/v1/auth/oauth/x?redirect_uri=http://evil.example").status == 400
    assert call("GET", "/api/v1/auth/oauth/x").headers["Location"].startswith("https://")


def test_what_is_published_names_its_platforms_as_posts_do(call: Api) -> None:
    account = call.connect("bluesky")
    answer = call("POST", f"{BASE}/publish", {"content": {"text": "By name"}, "platforms": ["bluesky"]})
    assert answer.status == 201, answer.json
    assert account in str(answer.json)
    assert call("POST", f"{BASE}/publish", {"content": {"text": "No"}, "platforms": ["blusky"]}).status == 400
