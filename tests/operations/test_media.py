"""The library and callers' URLs: what is kept, what is refused, what an adapter is handed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.domain.callers import Caller
from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Broken, Clash, Invalid, Limited, Missing
from shared.domain.media import MAX_UPLOAD_BYTES, Media
from shared.domain.posts import MediaRef
from shared.operations import fetching, media
from shared.ports.blobs import BlobsUnavailable
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.store import Write
from tests.operations.flows import LIVE, OTHER, TEST
from tests.support import files, memory_ports
from tests.support.memory_http import serve
from tests.support.memory_ports import Rig

PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"
VIDEO = "https://sandbox.rostrum.test/media/video.mp4"


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def uploaded(rig: Rig, data: bytes | None = None, caller: Caller = TEST, name: str = "photo.png") -> Media:
    content = files.png() if data is None else data
    return media.upload(rig.ports, caller, filename=name, content_type="", chunks=[content])


def hosted(rig: Rig, data: bytes, content_type: str = "image/jpeg", *, ranges: bool = True) -> str:
    """The file on the internet."""
    rig.outside.hosts["cdn.example"] = lambda request: serve((content_type, data), request, ranges=ranges)
    return "https://cdn.example/file"


def redirecting(rig: Rig, *hops: str) -> str:
    """A chain of redirects through these locations."""
    chain = iter(hops)
    rig.outside.hosts["go.example"] = lambda _: Response(302, {"location": next(chain)}, b"")
    return "https://go.example/"


# ------------------------------------------------------------------------------------------- the library


def test_an_upload_is_ready_at_once(rig: Rig) -> None:
    """With what its bytes say of it."""
    kept = media.upload(
        rig.ports,
        TEST,
        filename="C:\\Users\\me\\My photo.png",
        content_type="image/png; x=y",
        chunks=iter([files.png()]),
    )
    assert (kept.status, kept.filename, kept.content_type) == ("ready", "My photo.png", "image/png")
    assert kept.facts == MediaFacts(MediaType.IMAGE, "image/png", len(files.png()), 64, 48)
    assert media.get(rig.ports, TEST, kept.id) == kept
    assert rig.blobs.fetch(media.preview_url(rig.ports, kept)) == Response(
        200, {"content-type": "image/png"}, files.png()
    )


@pytest.mark.parametrize(
    ("data", "said", "code"),
    [
        (files.png(), "image/jpeg", "validation.media_type_mismatch"),
        (b"<html>", "image/png", "media.unsupported_type"),
        (b"", "image/png", "media.empty"),
        (files.bomb_png(), "image/png", "media.too_many_pixels"),
        (files.jpeg(200, 200)[:500], "image/jpeg", "media.broken"),
    ],
)
def test_nothing_is_kept_of_a_file_that_is_refused(rig: Rig, data: bytes, said: str, code: str) -> None:
    """Neither bytes nor a document."""
    with pytest.raises(Invalid) as caught:
        media.upload(rig.ports, TEST, filename="f", content_type=said, chunks=[data])
    assert (caught.value.code, caught.value.meta["field"]) == (code, "file")
    assert (rig.blobs.files, list(rig.store.everything())) == ({}, [])


def test_an_endless_upload_ends(rig: Rig) -> None:
    """As soon as the limit is passed."""
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000_000
            yield bytes(1_000_000)

    with pytest.raises(Invalid) as caught:
        media.upload(rig.ports, TEST, filename="f", content_type="video/mp4", chunks=endless())
    assert caught.value.code == "media.too_large"
    assert sent <= MAX_UPLOAD_BYTES + 2_000_000


def test_a_direct_upload_is_ready_once_verified(rig: Rig) -> None:
    """15 minutes, the same Content-Type, then verify; which may be repeated."""
    upload = media.upload_url(rig.ports, TEST, filename="clip.mp4", media_type="video/mp4")
    assert upload.expires_at == rig.clock.now() + timedelta(minutes=15)
    assert media.list_(rig.ports, TEST).items == ()
    with pytest.raises(Clash) as caught:
        media.verify(rig.ports, TEST, upload.media.id)
    assert caught.value.code == "media.not_uploaded"
    assert rig.blobs.accept(upload.url, upload.headers["Content-Type"], files.mp4(7.5)) == 200
    ready = media.verify(rig.ports, TEST, upload.media.id)
    assert ready.facts
    assert (ready.status, ready.facts.duration, ready.size) == ("ready", 7.5, len(files.mp4(7.5)))
    assert media.verify(rig.ports, TEST, upload.media.id) == ready
    assert media.list_(rig.ports, TEST).items == (ready,)


def test_a_direct_upload_of_something_else_fails(rig: Rig) -> None:
    """Its bytes are removed, and it says why."""
    upload = media.upload_url(rig.ports, TEST, filename="clip.mp4", media_type="video/mp4")
    rig.blobs.accept(upload.url, "video/mp4", files.png())
    for code in ("validation.media_type_mismatch", "media.failed"):
        with pytest.raises(Invalid) as caught:
            media.verify(rig.ports, TEST, upload.media.id)
        assert caught.value.code == code
        assert "image/png" in caught.value.message
    rig.blobs.accept(upload.url, "video/mp4", files.mp4())  # the URL itself is good for 15 minutes, whatever came of it
    with pytest.raises(Invalid, match="new upload URL"):
        media.verify(rig.ports, TEST, upload.media.id)
    rig.blobs.files.clear()
    assert media.get(rig.ports, TEST, upload.media.id).status == "failed"
    assert rig.blobs.files == {}


def test_only_media_can_be_announced(rig: Rig) -> None:
    """Before anything is sent."""
    with pytest.raises(Invalid) as caught:
        media.upload_url(rig.ports, TEST, filename="x.pdf", media_type="application/zip")
    assert caught.value.meta["field"] == "media_type"


def test_the_list_is_paged_newest_first(rig: Rig) -> None:
    """Each file once."""
    kept = []
    for _ in range(5):
        rig.clock.advance(1)
        kept.append(uploaded(rig))
    first = media.list_(rig.ports, TEST, 2)
    second = media.list_(rig.ports, TEST, 2, first.next_cursor)
    third = media.list_(rig.ports, TEST, 2, second.next_cursor)
    assert [*first.items, *second.items, *third.items] == kept[::-1]
    assert third.next_cursor is None
    assert media.storage(rig.ports, TEST) == media.Usage(5 * len(files.png()), 5)
    for bad in ({"limit": 0}, {"limit": 101}, {"cursor": "med_none"}, {"cursor": "a/b"}):
        with pytest.raises(Invalid) as caught:
            media.list_(rig.ports, TEST, **bad)
        assert caught.value.meta["field"] in bad


def posted(rig: Rig, media_id: str, status: str) -> None:
    data = {"media_ids": [media_id], "status": status, "hidden": True}  # archived posts are sent like others
    rig.store.commit([Write("set", f"workspaces/{TEST.space}/posts/post_1", data)])


@pytest.mark.parametrize("status", ["draft", "scheduled", "publishing", "needs_review"])
def test_a_file_in_use_stays(rig: Rig, status: str) -> None:
    """The error names the post."""
    kept = uploaded(rig)
    posted(rig, kept.id, status)
    with pytest.raises(Clash) as caught:
        media.delete(rig.ports, TEST, kept.id)
    assert (caught.value.code, caught.value.meta["post_ids"]) == ("media.in_use", ["post_1"])
    posted(rig, kept.id, "cancelled")
    media.delete(rig.ports, TEST, kept.id)


def test_a_deleted_file_is_gone(rig: Rig) -> None:
    """When the posts that used it are over."""
    kept = uploaded(rig)
    posted(rig, kept.id, "published")
    media.delete(rig.ports, TEST, kept.id)
    assert rig.blobs.files == {}
    for ask in (media.get, media.delete, media.verify):
        with pytest.raises(Missing) as caught:
            ask(rig.ports, TEST, kept.id)
        assert caught.value.code == "media.not_found"


@pytest.mark.parametrize("caller", [OTHER, LIVE])
def test_another_workspaces_file_is_missing(rig: Rig, caller: Caller) -> None:
    """Also the other mode's, and whatever path an id pretends to be."""
    kept = uploaded(rig)
    for ask in (media.get, media.delete, media.verify):
        for media_id in (kept.id, f"../../ws_1.test/media/{kept.id}", ""):
            with pytest.raises(Missing):
                ask(rig.ports, caller, media_id)
    assert media.list_(rig.ports, caller).items == ()
    assert media.storage(rig.ports, caller).count == 0


def test_a_storage_that_is_away_is_ours_to_answer_for(rig: Rig) -> None:
    """Broken: try again."""

    def away(call: str, _: str) -> None:
        if call.startswith("blobs."):
            raise BlobsUnavailable("down")

    rig.faults.hook = away
    with pytest.raises(Broken):
        uploaded(rig)


# ------------------------------------------------------------------------------------- files of callers' URLs


def test_the_sandbox_has_files_for_everyone_who_tries_it(rig: Rig) -> None:
    """For test keys only, whatever the query."""
    assert media.fetch_facts(rig.ports, TEST, f"{PHOTO}?v=2").width == 1080
    facts = media.fetch_facts(rig.ports, TEST, VIDEO)
    assert (facts.type, facts.duration, facts.height) == (MediaType.VIDEO, 10.0, 1920)
    with pytest.raises(Invalid):
        media.fetch_facts(rig.ports, LIVE, PHOTO)


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("caller", [TEST, LIVE])
def test_the_facts_of_a_file_on_the_internet(rig: Rig, caller: Caller, ranges: bool) -> None:
    """Whether or not its server knows ranges."""
    url = hosted(rig, files.jpeg(640, 480), ranges=ranges)
    facts = media.fetch_facts(rig.ports, caller, url)
    assert (facts.content_type, facts.size, facts.width) == ("image/jpeg", len(files.jpeg(640, 480)), 640)


def test_of_a_large_video_only_its_index_is_fetched(rig: Rig) -> None:
    """Also when it lies at the end."""
    data = files.mp4(30.0, moov_first=False, payload=bytes(30_000_000))
    facts = media.fetch_facts(rig.ports, TEST, hosted(rig, data, "video/mp4"))
    assert (facts.duration, facts.size) == (30.0, len(data))
    assert len(rig.outside.sent) <= 4


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "ftp://a/b",
        "file:///etc/passwd",
        "https://user@cdn.example/x",
        "https://a b/",
        "nonsense",
        "",
        "https://nowhere.example/",
        "https://metadata.google.internal/",
        "https://[bad/",
        "https://cdn.example:99999/",
        "https://" + "a" * 5000,
    ],
)
def test_urls_that_are_private_or_not_there(rig: Rig, url: str) -> None:
    """Named by their field, with a remedy."""
    with pytest.raises(Invalid) as caught:
        media.fetch_facts(rig.ports, TEST, url, field="media[0].source")
    assert caught.value.code in {"validation.media_url_invalid", "validation.media_unfetchable"}
    assert caught.value.meta["field"] == "media[0].source"
    assert "media[0].source" in caught.value.message


@pytest.mark.parametrize("status", [401, 403, 404, 410, 416, 429, 500])
def test_servers_that_do_not_give_it(rig: Rig, status: int) -> None:
    """Whatever they answer."""
    rig.outside.hosts["cdn.example"] = lambda _: Response(status, {}, b"secret page")
    with pytest.raises(Invalid) as caught:
        media.fetch_facts(rig.ports, TEST, "https://cdn.example/x")
    assert "secret" not in caught.value.message


def test_redirects_are_followed_three_times_and_checked_each_time(rig: Rig) -> None:
    """A redirect is no way round the guard."""
    target = hosted(rig, files.jpeg(64, 64))
    assert media.fetch_facts(rig.ports, TEST, redirecting(rig, "/b", "/c", target)).width == 64
    for hops in (
        ["/b", "/c", "/d", target],
        ["https://10.0.0.1/x"],
        ["http://cdn.example/file"],
        ["file:///etc/passwd"],
        [""] * 9,
    ):
        with pytest.raises(Invalid):
            media.fetch_facts(rig.ports, TEST, redirecting(rig, *hops))


def test_a_redirect_to_what_is_no_url_is_refused(rig: Rig) -> None:
    with pytest.raises(Invalid, match="it redirects to what is no URL"):
        media.fetch_facts(rig.ports, TEST, redirecting(rig, "https://[::1"))


def test_a_redirect_of_a_live_key_does_not_reach_the_sandbox(rig: Rig) -> None:
    """Modes never meet."""
    with pytest.raises(Invalid):
        media.fetch_facts(rig.ports, LIVE, redirecting(rig, PHOTO))


def lying(headers: dict[str, str], body: bytes, status: int = 206) -> Response:
    return Response(status, headers, body)


@pytest.mark.parametrize(
    "answer",
    [
        lying({}, b"x"),
        lying({"content-range": "bytes 5-9/10"}, b"xxxxx"),
        lying({"content-range": "bytes 0-9/5"}, bytes(10)),
        lying({"content-range": "bytes 0-9/99999999999999999999"}, bytes(10)),
        lying({"content-range": "bytes 0-99/100"}, bytes(10)),
        lying({"content-range": "bytes 0-9/*"}, bytes(10)),
        lying({}, b"", 200),
    ],
)
def test_servers_that_lie_about_ranges(rig: Rig, answer: Response) -> None:
    """Refused, without another request."""
    rig.outside.hosts["cdn.example"] = lambda _: answer
    with pytest.raises(Invalid):
        media.fetch_facts(rig.ports, TEST, "https://cdn.example/x")
    assert len(rig.outside.sent) == 1


def test_a_server_that_drips_is_given_up(rig: Rig) -> None:
    """The http port's deadline is the caller's problem to mend."""

    def drip(_: Request) -> Response:
        raise AnswerLost("timeout")

    rig.outside.hosts["cdn.example"] = drip
    with pytest.raises(Invalid) as caught:
        media.fetch_facts(rig.ports, TEST, "https://cdn.example/x")
    assert caught.value.code == "validation.media_unfetchable"


def test_looking_takes_ten_seconds_with_all_redirects_and_ranges(rig: Rig) -> None:
    """However promptly each single answer comes: no request is allowed more than what is left."""
    data = files.box(b"ftyp", b"isom" + bytes(8)) + files.box(b"free", bytes(fetching.WINDOW * 2 - 8)) * 100

    def slow(request: Request) -> Response:
        rig.clock.advance(3)
        return serve(("video/mp4", data), request)

    rig.outside.hosts["cdn.example"] = slow
    begun = rig.clock.monotonic()
    with pytest.raises(Invalid) as caught:
        media.fetch_facts(rig.ports, TEST, "https://cdn.example/x")
    assert "too slow" in caught.value.message
    assert "upload" in caught.value.message
    allowed = [request.total_timeout for request in rig.outside.sent]
    assert allowed == [10, 7, 4, 1]
    assert rig.clock.monotonic() - begun == 12  # the last answer came late; a real port ends it


def test_all_files_of_a_request_share_their_time(rig: Rig) -> None:
    """A post of many slow files is no way round the limit of one."""
    until = media.patience(rig.ports)
    rig.clock.advance(fetching.REQUEST_SECONDS - 4)
    hosted(rig, files.jpeg(64, 64))
    assert media.fetch_facts(rig.ports, TEST, "https://cdn.example/x", until=until).width == 64
    assert [request.total_timeout for request in rig.outside.sent] == [4]
    rig.clock.advance(4)
    with pytest.raises(Invalid, match="too slow"):
        media.fetch_facts(rig.ports, TEST, "https://cdn.example/x", until=until)
    assert len(rig.outside.sent) == 1


def test_only_so_many_files_are_looked_at_at_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds no place is told when to come again; a place is given back however a look ends."""
    monkeypatch.setattr(media, "_LOOKS", fetching.Turns(1, 0.0))
    inner: list[Limited] = []

    def host(request: Request) -> Response:
        with pytest.raises(Limited) as caught:
            media.fetch_facts(rig.ports, TEST, PHOTO)
        inner.append(caught.value)
        return Response(404, {}, b"")

    rig.outside.hosts["cdn.example"] = host
    with pytest.raises(Invalid):
        media.fetch_facts(rig.ports, TEST, "https://cdn.example/x")
    assert (inner[0].code, inner[0].meta["retry_after_seconds"]) == ("media.busy", 2)
    assert media.fetch_facts(rig.ports, TEST, PHOTO).width == 1080


def test_copying_for_a_network_takes_longer(rig: Rig) -> None:
    """Nobody waits for it: each piece has its own time."""
    url = hosted(rig, files.jpeg(64, 64))
    ref = MediaRef("url", url, media.fetch_facts(rig.ports, TEST, url))
    rig.outside.sent.clear()
    media.file_for(rig.ports, ref, space=TEST.space, sandbox=True).bytes()
    assert [(r.total_timeout, r.read_timeout) for r in rig.outside.sent] == [(None, 20.0)]


def test_a_hostile_video_costs_few_requests(rig: Rig) -> None:
    """A box in each window of a huge file is not followed to its end."""
    hole = files.box(b"free", bytes(fetching.WINDOW * 2 - 8))
    data = files.box(b"ftyp", b"isom" + bytes(8)) + hole * 100
    with pytest.raises(Invalid):
        media.fetch_facts(rig.ports, TEST, hosted(rig, data, "video/mp4"))
    assert len(rig.outside.sent) <= fetching.MAX_REQUESTS + 1


# ------------------------------------------------------------------------------------------- for adapters


def test_a_library_file_as_an_adapter_gets_it(rig: Rig) -> None:
    """A link that outlives a day, and its bytes."""
    kept = uploaded(rig)
    assert kept.facts
    ref = MediaRef("media_id", kept.id, kept.facts, kept.blob)
    file = media.file_for(rig.ports, ref, space=TEST.space, sandbox=True)
    assert file.bytes() == files.png()
    assert file.read(3, 5) == files.png()[3:8]
    rig.clock.advance(86_400)
    assert rig.blobs.fetch(file.url)
    rig.blobs.files.clear()
    with pytest.raises(Missing):
        file.read(0, 10)


def test_a_url_is_handed_on_and_copied_only_when_bytes_are_wanted(rig: Rig) -> None:
    """Once, however often it is read and whoever asks again."""
    data = files.mp4(3.0, payload=bytes(20_000_000))
    url = hosted(rig, data, "video/mp4")
    ref = MediaRef("url", url, media.fetch_facts(rig.ports, TEST, url))
    file = media.file_for(rig.ports, ref, space=TEST.space, sandbox=True)
    assert file.url == url
    assert rig.blobs.files == {}
    assert file.read(5_000_000, 10) == data[5_000_000:5_000_010]
    assert file.bytes() == data
    requests = len(rig.outside.sent)
    again = media.file_for(rig.ports, ref, space=TEST.space, sandbox=True)
    assert again.bytes() == data
    assert len(rig.outside.sent) == requests
    assert all(key.startswith(f"copies/{TEST.space}/") for key in rig.blobs.files)


def test_a_url_that_serves_something_else_by_now_is_refused(rig: Rig) -> None:
    """What was checked is what is published."""
    url = hosted(rig, files.jpeg(64, 64))
    ref = MediaRef("url", url, media.fetch_facts(rig.ports, TEST, url))
    hosted(rig, files.jpeg(1080, 1080))
    with pytest.raises(Invalid) as caught:
        media.file_for(rig.ports, ref, space=TEST.space, sandbox=True).bytes()
    assert caught.value.code == "media.changed"
    assert rig.blobs.files == {}


def test_a_file_that_changes_while_it_is_copied_is_not_kept(rig: Rig) -> None:
    """Pieces of two files are no file."""
    one, two = (files.mp4(s, payload=bytes(20_000_000 + s)) for s in (3, 4))
    url = hosted(rig, one, "video/mp4")
    ref = MediaRef("url", url, media.fetch_facts(rig.ports, TEST, url))
    first = len(rig.outside.sent)

    def swapped(request: Request) -> Response:
        return serve(("video/mp4", one if len(rig.outside.sent) - first < 3 else two), request)

    rig.outside.hosts["cdn.example"] = swapped
    with pytest.raises(Invalid):
        media.file_for(rig.ports, ref, space=TEST.space, sandbox=True).bytes()
    assert rig.blobs.files == {}


def test_the_sandboxs_files_can_be_copied_for_sandbox_accounts_only(rig: Rig) -> None:
    """A live target never reads what only the sandbox has."""
    ref = MediaRef("url", PHOTO, media.fetch_facts(rig.ports, TEST, PHOTO))
    assert media.file_for(rig.ports, ref, space=TEST.space, sandbox=True).bytes() == files.jpeg()
    with pytest.raises(Invalid):
        media.file_for(rig.ports, ref, space=LIVE.space, sandbox=False).bytes()
