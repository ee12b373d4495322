"""Google's own material against our YouTube: its discovery documents for both sides of the wire, its SDK for the simulator."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

from shared.domain.content import Act, Kind, Parent, Role
from shared.platforms.contract import Absent, Armed, Refused
from shared.platforms.youtube import inbox, metrics, oauth, publish, resources, simulator
from shared.platforms.youtube.tests.person import Person, film
from tests.contract.platforms import discovery, report
from tests.support import files, loopback, simulated
from tests.support.simulated import MemoryWorld, SimulatedHttp

KEY = "0123456789abcdef0123456789abcde"
ALL_OPTIONS = {
    "title": "All of it",
    "tags": ["one", "two words"],
    "category_id": "22",
    "privacy_status": "unlisted",
    "made_for_kids": False,
    "contains_synthetic_media": True,
    "license": "creativeCommon",
    "embeddable": False,
    "default_language": "en",
    "notify_subscribers": False,
}
LATER = {"scheduled_start_time": "2026-12-24T18:00:00Z", "scheduled_end_time": "2026-12-24T19:00:00Z"}


def posting(person: Person) -> None:
    """Every kind with every option, found, measured, refused and deleted."""
    plain, armed = person.post(simulated.piece(Kind.VIDEO, "A film", (film(600_000),)))
    publish.find(person.call, simulated.piece(Kind.VIDEO, "A film", (film(600_000),)), armed)
    person.post(simulated.piece(Kind.VIDEO, "With all", (film(),), key=KEY + "1", options=ALL_OPTIONS))
    later = {"publish_at": "2026-12-24T18:00:00Z"}
    person.post(simulated.piece(Kind.SHORT, "Later", (film(),), key=KEY + "2", options=later))
    live = simulated.piece(Kind.LIVE, "Tonight", (simulated.image(files.jpeg()),), key=KEY + "3", options=LATER)
    announced, armed = person.post(live)
    publish.find(person.call, live, armed)
    parent = Parent(plain.id, plain.state)
    comment = simulated.piece(Kind.TEXT, "First!", role=Role.FIRST_COMMENT, root=parent, parent=parent)
    first, armed = person.post(comment)
    publish.find(person.call, comment, armed)
    metrics.post(person.call, plain)
    metrics.account(person.call)
    for text in ("x" * 5001, "<b>"):
        with suppress(Refused):
            person.post(simulated.piece(Kind.VIDEO, text, (film(),)))
    for published in (first, announced, plain, plain):
        publish.delete(person.call, published)


def beside(person: Person) -> None:
    """All that a channel does beside posting."""
    video, _ = person.post(simulated.piece(Kind.VIDEO, "Talk about it", (film(),)))
    person.world.pass_time(2 * 3600)
    person.refresh()
    page = inbox.comments(person.call, video, "")
    theirs = next(one for one in page.items if not one.own)
    made, _ = person.do("inbox", Act("comment.create", video.id, "Thanks", key=KEY + "4"))
    person.do("inbox", Act("comment.reply", theirs.id, "Yes", handles=theirs.handles, key=KEY + "5"))
    playlist, _ = person.do("resources", Act("playlist.create", "", "Best of", {"description": "The best"}))
    picture = (simulated.image(files.jpeg()),)
    acts = [
        ("inbox", Act("comment.hide", theirs.id, handles=theirs.handles)),
        ("inbox", Act("comment.unhide", theirs.id, handles=theirs.handles)),
        ("inbox", Act("comment.delete", made.id, handles=made.state)),
        ("resources", Act("playlist_item.add", playlist.id, "", {"video_id": video.id, "position": 0})),
        ("resources", Act("thumbnail.set", video.id, media=picture)),
        ("resources", Act("caption.insert", video.id, "", {"language": "en", "captions": "WEBVTT"}, key=KEY)),
    ]
    armed = Armed(1, person.world.now, {})
    for module, act in acts:
        _, armed = person.do(module, act)
        actor: Any = inbox if module == "inbox" else resources
        assert not isinstance(actor.find(person.call, act, armed), Absent), act.verb
    inbox.find(person.call, Act("comment.create", video.id, "Never sent"), armed)
    inbox.find(person.call, Act("comment.reply", theirs.id, "Never sent", handles=theirs.handles), armed)
    for name, arguments in (
        ("playlists", {}),
        ("playlist_items", {"playlist_id": playlist.id}),
        ("captions", {"video_id": video.id}),
        ("live_streams", {}),
    ):
        resources.read(person.call, name, arguments, "")


def test_every_request_and_every_answer_is_as_documented() -> None:
    """What the adapter sends and what the simulator answers both pass Google's discovery documents."""
    http = SimulatedHttp("youtube", MemoryWorld())
    person = Person(http=http)
    posting(person)
    beside(person)
    documents = [discovery.load("youtube.v3"), discovery.load("youtubeAnalytics.v2")]
    checked: set[str] = set()
    count = 0
    for request, response in zip(http.sent, http.answers, strict=True):
        document = next((one for one in documents if one.covers(request)), None)
        if document is None or "upload_id=" in request.url:
            assert document or urlsplit(request.url).hostname == "oauth2.googleapis.com"
            continue
        if response.status < 400:
            checked.add(document.check_request(request, person.connected.tokens.scopes))
        document.check_answer(request, response)
        count += 1
    assert checked >= {
        *(f"youtube.videos.{verb}" for verb in ("insert", "list", "delete")),
        *(f"youtube.liveBroadcasts.{verb}" for verb in ("insert", "update", "bind", "list", "delete")),
        *(f"youtube.comments.{verb}" for verb in ("insert", "list", "delete", "setModerationStatus")),
        *("youtube.commentThreads.insert", "youtube.commentThreads.list", "youtube.captions.insert"),
        *("youtube.thumbnails.set", "youtube.playlists.insert", "youtube.playlistItems.insert"),
        *("youtube.channels.list", "youtubeAnalytics.reports.query"),
    }
    report.requests("youtube", count, f"discovery document youtube:v3 {documents[0].revision}")


# ---------------------------------------------------------------------------------------------------------- SDK


def sdk(person: Person, api: str, of: str, host: str) -> AbstractContextManager[Any]:
    """Google's client of an API, pointed at the simulator, with the person's token."""
    handler = loopback.simulator("youtube", person.world)
    return discovery.client(handler, person.connected.tokens.access, api, of, host)


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def youtube(person: Person) -> Iterator[Any]:
    with sdk(person, "youtube", "v3", "youtube.googleapis.com") as client:
        report.sdk("youtube", discovery.SDK)
        yield client


def _upload(youtube: Any, size: int = 3000, **status: Any) -> dict[str, Any]:
    data = film(size)
    media = MediaIoBaseUpload(io.BytesIO(data.bytes()), "video/mp4", chunksize=256 * 1024, resumable=True)
    body = {"snippet": {"title": "By the SDK", "description": "Hello"}, "status": {"privacyStatus": "public", **status}}
    request = youtube.videos().insert(part="snippet,status", body=body, media_body=media)
    done = None
    while done is None:
        _, done = request.next_chunk()
    return dict(done)


def test_the_sdk_uploads_in_chunks(youtube: Any, person: Person) -> None:
    """Three chunks, one video, which followers see and the SDK reads, changes and deletes."""
    made = _upload(youtube, 700_000)
    assert [seen.id for seen in simulator.seen(person.world, person.id)] == [made["id"]]
    person.world.pass_time(60)
    shown = youtube.videos().list(part="status,statistics,fileDetails", id=made["id"]).execute()["items"][0]
    assert shown["status"]["uploadStatus"] == "processed"
    assert shown["fileDetails"]["fileSize"] == "700000"
    body = {"id": made["id"], "snippet": {"title": "Renamed", "categoryId": "22"}}
    assert youtube.videos().update(part="snippet", body=body).execute()["snippet"]["title"] == "Renamed"
    youtube.videos().delete(id=made["id"]).execute()
    assert youtube.videos().list(part="id", id=made["id"]).execute()["items"] == []


def test_the_sdk_talks_and_moderates(youtube: Any, person: Person) -> None:
    """Comment, answer, list, hide, delete."""
    video = _upload(youtube)["id"]
    body = {"snippet": {"videoId": video, "topLevelComment": {"snippet": {"textOriginal": "Hi"}}}}
    thread = youtube.commentThreads().insert(part="snippet", body=body).execute()
    reply = {"snippet": {"parentId": thread["id"], "textOriginal": "Ho"}}
    answer = youtube.comments().insert(part="snippet", body=reply).execute()
    listed = youtube.commentThreads().list(part="snippet,replies", videoId=video).execute()["items"]
    assert [one["id"] for one in listed] == [thread["id"]]
    assert [one["id"] for one in listed[0]["replies"]["comments"]] == [answer["id"]]
    youtube.comments().setModerationStatus(id=thread["id"], moderationStatus="heldForReview").execute()
    assert youtube.commentThreads().list(part="id", videoId=video).execute()["items"] == []
    youtube.comments().delete(id=answer["id"]).execute()
    assert youtube.comments().list(part="id", id=answer["id"]).execute()["items"] == []


def test_the_sdk_announces_a_broadcast(youtube: Any) -> None:
    """Stream, broadcast, bond, update, list."""
    cdn = {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"}
    stream = youtube.liveStreams().insert(part="snippet,cdn", body={"snippet": {"title": "S"}, "cdn": cdn}).execute()
    snippet = {"title": "Tonight", "scheduledStartTime": "2026-12-24T18:00:00Z"}
    body = {"snippet": snippet, "status": {"privacyStatus": "private"}}
    made = youtube.liveBroadcasts().insert(part="snippet,status", body=body).execute()
    youtube.liveBroadcasts().bind(part="id", id=made["id"], streamId=stream["id"]).execute()
    public = {"id": made["id"], "snippet": snippet, "status": {"privacyStatus": "public"}}
    youtube.liveBroadcasts().update(part="snippet,status", body=public).execute()
    shown = youtube.liveBroadcasts().list(part="status,contentDetails", id=made["id"]).execute()["items"][0]
    assert shown["status"]["privacyStatus"] == "public"
    assert shown["contentDetails"]["boundStreamId"] == stream["id"]


def test_the_sdk_keeps_playlists_captions_and_thumbnails(youtube: Any) -> None:
    """What a channel has beside videos."""
    video = _upload(youtube)["id"]
    playlist = youtube.playlists().insert(part="snippet", body={"snippet": {"title": "Best of"}}).execute()
    resource = {"kind": "youtube#video", "videoId": video}
    item = {"snippet": {"playlistId": playlist["id"], "resourceId": resource}}
    youtube.playlistItems().insert(part="snippet", body=item).execute()
    items = youtube.playlistItems().list(part="contentDetails", playlistId=playlist["id"]).execute()["items"]
    assert [one["contentDetails"]["videoId"] for one in items] == [video]
    track = MediaIoBaseUpload(io.BytesIO(b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"), "application/octet-stream")
    named = {"snippet": {"videoId": video, "language": "en", "name": "English"}}
    youtube.captions().insert(part="snippet", body=named, media_body=track).execute()
    assert len(youtube.captions().list(part="snippet", videoId=video).execute()["items"]) == 1
    picture = MediaIoBaseUpload(io.BytesIO(files.jpeg()), "image/jpeg")
    youtube.thumbnails().set(videoId=video, media_body=picture).execute()
    shown = youtube.videos().list(part="contentDetails", id=video).execute()["items"][0]
    assert shown["contentDetails"]["hasCustomThumbnail"] is True


def test_the_sdk_reads_refusals(youtube: Any, person: Person) -> None:
    """Its own parser finds YouTube's reasons in our bodies; a revoked token is refused."""
    with pytest.raises(HttpError) as refused:
        _upload(youtube, publishAt="2026-12-24T18:00:00Z")
    assert refused.value.error_details[0]["reason"] == "invalidPublishAt"
    with pytest.raises(HttpError) as missing:
        youtube.videos().delete(id="nothing").execute()
    assert (missing.value.status_code, missing.value.error_details[0]["reason"]) == (404, "videoNotFound")
    oauth.revoke(person.call)
    with pytest.raises(RefreshError):  # a 401 makes it want a new token, for which it was given nothing
        youtube.channels().list(part="id", mine=True).execute()


def test_the_sdk_reads_analytics(person: Person) -> None:
    """One row, with the columns that were asked for."""
    with sdk(person, "youtubeAnalytics", "v2", "youtubeanalytics.googleapis.com") as analytics:
        days = {"startDate": "2026-01-01", "endDate": "2026-11-22"}
        table = analytics.reports().query(ids="channel==MINE", metrics="views,shares", **days).execute()
    assert [column["name"] for column in table["columnHeaders"]] == ["views", "shares"]
    assert table["rows"] == [[0, 0]]
