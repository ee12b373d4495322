"""What the simulator refuses, and how it answers: only what a test of the adapter does not already show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.platforms import _wire
from shared.platforms.instagram import simulator_media, simulator_publish, simulator_state
from shared.platforms.instagram.tests import world as stages
from shared.ports.http import Response
from tests.support import files

BASE = "https://graph.instagram.com/v26.0"


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


def post(stage: stages.Stage, path: str, **fields: str) -> Response:
    token = f"Bearer {stage.account.tokens.access}"
    return stage.http.send(_wire.post_form(f"{BASE}/{path}", fields, Authorization=token))


def get(stage: stages.Stage, path: str, token: str | None = None, **query: str) -> Response:
    bearer = f"Bearer {stage.account.tokens.access if token is None else token}"
    return stage.http.send(_wire.get(f"{BASE}/{path}", query, Authorization=bearer))


def error(response: Response) -> tuple[int, int | None]:
    found = json.loads(response.body)["error"]
    assert found["fbtrace_id"].startswith("A")
    return found["code"], found.get("error_subcode")


def container(stage: stages.Stage, **fields: str) -> str:
    response = post(stage, "me/media", **fields)
    assert response.status == 200, response.body
    return str(json.loads(response.body)["id"])


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"image_url": stages.PHOTO, "caption": "x" * 2201}, (36004, 2207010)),
        ({"image_url": stages.PHOTO, "caption": "#a " * 31}, (36004, 2207010)),
        ({"image_url": stages.PHOTO, "caption": "@ab " * 21}, (100, 2207040)),
        ({"image_url": stages.PHOTO, "colour": "red"}, (100, None)),
        ({"image_url": stages.PHOTO, "video_url": stages.VIDEO}, (100, None)),
        ({}, (100, None)),
        ({"image_url": "ftp://example.test/a"}, (9004, 2207052)),
        ({"video_url": stages.VIDEO}, (100, 2207023)),
        ({"video_url": stages.VIDEO, "media_type": "VIDEO"}, (100, 2207023)),
        ({"image_url": stages.PHOTO, "media_type": "REELS"}, (100, 2207023)),
        ({"image_url": stages.PHOTO, "media_type": "IGTV"}, (100, 2207023)),
        ({"video_url": stages.VIDEO, "media_type": "REELS", "thumb_offset": "-1"}, (1, 2207057)),
        ({"video_url": stages.VIDEO, "media_type": "REELS", "alt_text": "x"}, (100, None)),
        ({"image_url": stages.PHOTO, "is_carousel_item": "true", "caption": "x"}, (100, None)),
        ({"image_url": stages.PHOTO, "collaborators": '["a","b","c","d"]'}, (100, None)),
        ({"image_url": stages.PHOTO, "user_tags": '[{"username":"a"}]'}, (100, None)),
        ({"media_type": "CAROUSEL", "children": "1"}, (100, 2207028)),
        ({"media_type": "CAROUSEL", "children": "1,2"}, (24, 2207006)),
    ],
)
def test_a_container_that_does_not_fit(
    stage: stages.Stage, fields: dict[str, str], refused: tuple[int, int | None]
) -> None:
    """Refused with the documented code, and nothing is made."""
    response = post(stage, "me/media", **fields)
    assert (response.status, error(response)) == (400, refused)
    assert not [id_ for kind, id_ in stage.world.values if kind == "container"]


def test_a_carousel_waits_for_its_items(stage: stages.Stage) -> None:
    """9007/2207027 while one is still processed."""
    items = [container(stage, image_url=stages.PHOTO, is_carousel_item="true") for _ in range(2)]
    response = post(stage, "me/media", media_type="CAROUSEL", children=",".join(items))
    assert error(response) == (9007, 2207027)
    stage.world.pass_time(1)
    container(stage, media_type="CAROUSEL", children=json.dumps(items))


def test_an_item_of_a_carousel_is_not_published_by_itself(stage: stages.Stage) -> None:
    """Nor is a container twice, an expired one, or somebody else's."""
    item = container(stage, image_url=stages.PHOTO, is_carousel_item="true")
    whole = container(stage, image_url=stages.PHOTO)
    old = container(stage, image_url=stages.PHOTO)
    stage.world.pass_time(1)
    assert error(post(stage, "me/media_publish", creation_id=item)) == (9007, 2207027)
    assert post(stage, "me/media_publish", creation_id=whole).status == 200
    assert error(post(stage, "me/media_publish", creation_id=whole)) == (9007, 2207027)
    stage.world.pass_time(86_400)
    assert error(post(stage, "me/media_publish", creation_id=old)) == (24, 2207008)
    assert error(post(stage, "me/media_publish", creation_id="1")) == (24, 2207006)
    assert len(stage.live()) == 1


def test_processing_takes_the_documented_states(stage: stages.Stage) -> None:
    """IN_PROGRESS, FINISHED, and ERROR with its subcode in words."""
    good = container(stage, media_type="REELS", video_url=stages.VIDEO)
    stage.world.media[stages.VIDEO] = ("video/mp4", b"not a video at all")
    bad = container(stage, media_type="REELS", video_url=stages.VIDEO)

    def code(id_: str) -> Any:
        return json.loads(get(stage, id_, fields="status_code,status").body)

    assert code(good)["status_code"] == code(bad)["status_code"] == "IN_PROGRESS"
    stage.world.pass_time(4)
    assert code(good)["status_code"] == "FINISHED"
    assert code(bad)["status_code"] == "ERROR"
    assert "2207026" in code(bad)["status"]


@pytest.mark.parametrize(("token", "refused"), [("", (104, None)), ("IGAAnonsense", (190, None))])
def test_who_asks_must_be_known(stage: stages.Stage, token: str, refused: tuple[int, int | None]) -> None:
    """No token, no token of ours."""
    assert error(get(stage, "me", token)) == refused


def test_an_expired_token_is_190_463(stage: stages.Stage) -> None:
    """After 60 days."""
    stage.world.pass_time(60 * 86_400)
    assert error(get(stage, "me")) == (190, 463)


def test_another_accounts_things_do_not_exist(stage: stages.Stage) -> None:
    """100/33, whatever is asked."""
    other = stages.joined(stage, "other")
    stage.published(stages.pieces()[next(iter(stages.pieces()))])
    assert error(get(other, stage.live()[0])) == (100, 33)
    assert error(get(other, "1")) == (100, 33)
    assert error(post(stage, "1/comments", message="x")) == (100, 33)


def test_unknown_fields_are_refused(stage: stages.Stage) -> None:
    """In Graph's words."""
    response = get(stage, "me", fields="username,password")
    assert "nonexisting field (password)" in json.loads(response.body)["error"]["message"]


def test_listings_go_on_by_cursor(stage: stages.Stage) -> None:
    """Newest first, ``next`` only where there is more; stories vanish after a day."""
    kinds = list(stages.pieces().values())
    made = [stage.published(kinds[0]).id for _ in range(3)]
    first = json.loads(get(stage, "me/media", fields="id", limit="2").body)
    after = first["paging"]["cursors"]["after"]
    rest = json.loads(get(stage, "me/media", fields="id", limit="2", after=after).body)
    assert [item["id"] for item in first["data"] + rest["data"]] == made[::-1]
    assert "next" in first["paging"]
    assert "next" not in rest["paging"]
    stage.published(kinds[3])
    assert len(json.loads(get(stage, "me/stories").body)["data"]) == 1
    stage.world.pass_time(86_401)
    assert json.loads(get(stage, "me/stories").body)["data"] == []


def test_usage_is_told_and_ends(stage: stages.Stage) -> None:
    """X-App-Usage in percent; then code 4 with the minutes to wait."""
    assert json.loads(get(stage, "me").headers["x-app-usage"])["call_count"] == 0
    hour = int(stage.world.now.timestamp()) // 3600
    usage = {"hour": hour, "calls": simulator_state.CALLS_PER_HOUR}
    stage.world.put("usage", stage.account.platform_account_id, usage)
    response = get(stage, "me")
    assert error(response) == (4, None)
    usage = json.loads(response.headers["x-business-use-case-usage"])
    assert usage[stage.account.platform_account_id][0]["estimated_time_to_regain_access"] == 60


def test_no_token_is_kept_in_the_clear(stage: stages.Stage) -> None:
    """The simulators' store is a store like ours."""
    kept = json.dumps([[kind, id_, value] for (kind, id_), value in stage.world.values.items()])
    assert stage.account.tokens.access not in kept
    assert '"secret"' not in kept


@pytest.mark.parametrize(("size", "found"), [((1080, 1350), (1080, 1350)), ((320, 200), (320, 200))])
def test_a_jpegs_size_is_read_from_its_frame_header(size: tuple[int, int], found: tuple[int, int]) -> None:
    """Real JPEG bytes; nothing for what is cut off."""
    data = files.jpeg(*size)
    assert simulator_media.jpeg_size(data) == found
    assert simulator_media.jpeg_size(data[:20]) is None


def test_shortcodes_have_instagrams_form() -> None:
    """64 letters, the highest digit first; eleven or so for a number of today."""
    assert simulator_publish.shortcode("64") == "BA"
    assert 9 <= len(simulator_publish.shortcode("3500000000000000000")) <= 11
