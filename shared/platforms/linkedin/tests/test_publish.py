"""Publishing: each kind on the wire, uploads, duplicates, and what can be known of a lost answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType, Parent, Piece, Role
from shared.domain.errors import Invalid
from shared.platforms import registry
from shared.platforms.contract import Absent, Fate, Published, Refused, Unsure
from shared.platforms.linkedin import publish, simulator, wire
from shared.platforms.linkedin.tests.person import PAGES, SELF_SERVE, Person, document
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files
from tests.support.simulated import image, media_file, piece, video

ARTICLE = {"article_url": "https://example.com/a", "article_title": "A page", "article_description": "About it"}
POLL = {"poll": {"question": "Tea or coffee?", "options": ["Tea", "Coffee"], "duration": "ONE_DAY"}}
PHOTO = MediaFacts(MediaType.IMAGE, "image/jpeg", 10)
CLIP = MediaFacts(MediaType.VIDEO, "video/mp4", 10)
SLIDES = MediaFacts(MediaType.DOCUMENT, "application/pdf", 10)


def sent_post(person: Person) -> dict[str, Any]:
    """The body of the last post that was sent."""
    request = next(one for one in reversed(person.http.sent) if one.url == f"{wire.API}/posts")
    assert isinstance(request.body, bytes)
    body: dict[str, Any] = json.loads(request.body)
    return body


def uploaded(person: Person) -> list[int]:
    """The sizes of the parts that were PUT."""
    return [
        one.body.size
        for one in person.http.sent
        if one.method == "PUT" and one.body and not isinstance(one.body, bytes)
    ]


class TestKinds:
    @pytest.mark.parametrize(
        ("media", "options", "kind"),
        [
            ([], {}, Kind.TEXT),
            ([PHOTO], {}, Kind.IMAGE),
            ([PHOTO, PHOTO], {}, Kind.CAROUSEL),
            ([CLIP], {}, Kind.VIDEO),
            ([SLIDES], {}, Kind.DOCUMENT),
            ([], ARTICLE, Kind.ARTICLE),
            ([PHOTO], ARTICLE, Kind.ARTICLE),
            ([], POLL, Kind.POLL),
        ],
    )
    def test_media_and_options_choose(self, media: list[MediaFacts], options: dict[str, Any], kind: Kind) -> None:
        """The plainest that fits."""
        assert publish.choose_kind("Hello", media, options) is kind

    @pytest.mark.parametrize(
        ("media", "options", "field"),
        [
            ([CLIP, CLIP], {}, "media"),
            ([PHOTO, SLIDES], {}, "media"),
            ([PHOTO], POLL, "media"),
            ([CLIP], ARTICLE, "media"),
            ([], {**ARTICLE, **POLL}, "platform_data.poll"),
            ([], {"article_url": "https://example.com/a"}, "platform_data.article_title"),
            ([], {"article_url": "example.com", "article_title": "x"}, "platform_data.article_url"),
            ([], {"article_title": "x"}, "platform_data.article_title"),
            ([], {"poll": {"question": "?", "options": ["one"], "duration": "ONE_DAY"}}, "platform_data.poll"),
            ([], {"visibility": "FRIENDS"}, "platform_data.visibility"),
        ],
    )
    def test_what_does_not_fit_is_named(self, media: list[MediaFacts], options: dict[str, Any], field: str) -> None:
        """With the field that is to blame."""
        with pytest.raises(Invalid) as refused:
            publish.choose_kind("Hello", media, options)
        assert refused.value.meta["field"] == field

    def test_nothing_is_no_post(self) -> None:
        """A text or media."""
        with pytest.raises(Invalid):
            publish.choose_kind(" ", [], {})


class TestOnTheWire:
    def test_a_text_is_escaped(self) -> None:
        """Or LinkedIn would cut it off."""
        person = Person()
        person.publish("Half (or less)", options={"visibility": "CONNECTIONS", "disable_reshare": True})
        body = sent_post(person)
        assert (body["commentary"], body["visibility"]) == (r"Half \(or less\)", "CONNECTIONS")
        assert (body["author"], body["isReshareDisabledByAuthor"]) == (person.urn, True)
        assert "content" not in body

    def test_images_keep_order_and_alt_text(self) -> None:
        """One image alone, more as a multi-image."""
        person = Person()
        photos = tuple(image(files.jpeg(), alt_text=f"Photo {number}") for number in range(3))
        person.publish("Three", Kind.CAROUSEL, media=photos)
        images = sent_post(person)["content"]["multiImage"]["images"]
        assert [one["altText"] for one in images] == ["Photo 0", "Photo 1", "Photo 2"]
        assert len({one["id"] for one in images}) == 3
        person.publish("One", Kind.IMAGE, media=photos[:1])
        assert sent_post(person)["content"]["media"]["altText"] == "Photo 0"

    def test_a_video_goes_in_parts(self) -> None:
        """Of 4 MB, finalized with their ETags."""
        person = Person()
        data = files.mp4(10.0, payload=bytes(9_000_000))
        facts = MediaFacts(MediaType.VIDEO, "video/mp4", len(data), 1080, 1920, 10.0)
        published = person.publish("Film", Kind.VIDEO, media=(media_file(facts, data),))
        assert published.id.startswith("urn:li:ugcPost:")
        assert uploaded(person) == [4_194_304, 4_194_304, len(data) - 8_388_608]
        assert all("Authorization" not in one.headers for one in person.http.sent if one.method == "PUT")

    def test_a_document_has_a_title(self) -> None:
        """Its own, or the text's first line."""
        person = Person()
        person.publish("Our report\nRead it", Kind.DOCUMENT, media=(document(),))
        assert sent_post(person)["content"]["media"]["title"] == "Our report"
        person.publish("x", Kind.DOCUMENT, media=(document(),), options={"media_title": "Report 2026"})
        assert sent_post(person)["content"]["media"]["title"] == "Report 2026"

    def test_an_article_says_all_itself(self) -> None:
        """LinkedIn reads no page."""
        person = Person()
        person.publish("Read", Kind.ARTICLE, media=(image(files.jpeg()),), options=ARTICLE)
        article = sent_post(person)["content"]["article"]
        assert (article["source"], article["title"], article["description"]) == tuple(ARTICLE.values())
        assert article["thumbnail"].startswith("urn:li:image:")

    def test_a_token_goes_to_linkedin_only(self) -> None:
        """An address of an upload elsewhere gets the file, not the token."""
        person = Person()
        made: Piece = piece(Kind.DOCUMENT, media=(document(),))
        state: dict[str, Any] = {}

        def elsewhere(request: Request) -> Response | None:
            if request.url.endswith("initializeUpload"):
                value = {"uploadUrl": "https://files.example/x", "document": "urn:li:document:1"}
                return Response(200, {}, json.dumps({"value": value}).encode())
            return Response(201, {}, b"") if request.method == "PUT" else None

        person.http.intercept = elsewhere
        state = dict(publish.prepare(person.call, made, state).state)
        publish.prepare(person.call, made, state)
        assert "Authorization" not in person.http.sent[-1].headers


class TestUploads:
    def test_a_broken_file_is_refused(self) -> None:
        """LinkedIn says so while it processes."""
        person = Person()
        data = b"corrupt" + bytes(100)
        with pytest.raises(Refused) as refused:
            person.publish("x", Kind.VIDEO, media=(video(data),))
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_invalid")

    def test_an_address_that_ran_out_is_made_anew(self) -> None:
        """A day later, nothing was uploaded yet."""
        person = Person()
        made = piece(Kind.IMAGE, media=(image(files.jpeg()),))
        state = dict(publish.prepare(person.call, made, {}).state)
        person.world.pass_time(90_000)
        ready = person.prepare(made, state)
        assert ready["former"] == [state["media"][0]["urn"]]
        assert publish.commit(person.call, made, ready).id

    def test_without_permission_to_read_the_file_is_given_time(self) -> None:
        """A self-serve app may write images, and not ask what became of them."""
        person = Person(SELF_SERVE)
        before = person.world.now
        assert person.publish("x", Kind.IMAGE, media=(image(files.jpeg()),)).id
        assert (person.world.now - before).total_seconds() >= 2

    def test_a_video_that_is_still_processed_is_no_failure(self) -> None:
        """Posted too early, LinkedIn refuses; the post waits."""
        person = Person(SELF_SERVE)
        data = files.mp4(10.0, payload=bytes(100))
        made = piece(Kind.VIDEO, media=(video(data),))
        state = person.prepare(made)
        person.world.time = person.world.time.replace(hour=12, minute=0, second=0)
        asset = person.world.get("li.asset", state["media"][0]["urn"]) or {}
        person.world.put("li.asset", asset["urn"], {**asset, "state": "WAITING_UPLOAD"})
        with pytest.raises(Refused) as refused:
            publish.commit(person.call, made, state)
        assert refused.value.fate is Fate.LIMITED
        assert refused.value.retry_at

    def test_addresses_that_are_dead_when_they_come_are_no_endless_loop(self) -> None:
        """Each is announced again, a few times at most: nothing grows for ever."""
        person = Person()
        value = {"uploadUrl": "https://www.linkedin.com/x", "image": "urn:li:image:1", "uploadUrlExpiresAt": 1}
        person.http.intercept = lambda _: Response(200, {}, json.dumps({"value": value}).encode())
        with pytest.raises(Refused) as refused:
            person.prepare(piece(Kind.IMAGE, media=(image(files.jpeg()),)))
        assert refused.value.row.code == "upload_expired"
        assert len(person.http.sent) < 20


class TestDuplicates:
    def test_one_of_an_older_post_is_definite(self) -> None:
        """The number of the post that LinkedIn names carries its time: before the piece was first prepared."""
        person = Person()
        person.publish("Again and again")
        person.world.pass_time(60)
        with pytest.raises(Refused) as refused:
            person.publish("Again and again")
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "duplicate")
        assert refused.value.row.caused_by == "user"

    def test_one_with_files_of_ours_is_found(self) -> None:
        """The answer to the first attempt was lost; the second is refused, and the first is what is live."""
        person = Person()
        made = piece(Kind.IMAGE, "Only once", media=(image(files.jpeg()),))
        state, first = self._twice(person, made)
        found = publish.find(person.call, made, person.armed(state, attempt=2))
        assert isinstance(found, Published)
        assert found.id == first

    def test_one_of_words_alone_may_be_the_author_s_own(self) -> None:
        """Made since the piece was first prepared, before this attempt: by an earlier one, or by hand while we waited."""
        person = Person()
        made = piece(Kind.TEXT, "Only once")
        state, first = self._twice(person, made)
        found = publish.find(person.call, made, person.armed(state, attempt=2))
        assert isinstance(found, Unsure)
        assert first in found.reason

    def _twice(self, person: Person, made: Piece) -> tuple[dict[str, Any], str]:
        """Sent twice, which LinkedIn refuses: what was prepared, and the id of the first."""
        state = person.prepare(made)
        first = publish.commit(person.call, made, state)
        person.world.pass_time(30)
        with pytest.raises(Refused) as refused:
            publish.commit(person.call, made, state)
        assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "duplicate")
        assert first.id in refused.value.platform_message
        return state, first.id

    @pytest.mark.parametrize("status", [400, 409, 422])
    @pytest.mark.parametrize("code", ["ILLEGAL_ARGUMENT", "CONFLICT", "INVALID_VALUE_FOR_FIELD", "DUPLICATE_POST"])
    def test_it_is_told_by_its_words_under_any_code(self, status: int, code: str) -> None:
        """A refusal that may be about our own live post is never definite because of the code beside it."""
        person = Person()
        made = piece(Kind.TEXT, "Only once")
        state = person.prepare(made)
        number = (int(person.world.now.timestamp() * 1000) + 1000) << 22
        said = {"status": status, "code": code, "message": f"Content is a duplicate of urn:li:share:{number}"}
        person.http.intercept = lambda _: Response(status, {}, json.dumps(said).encode())
        with pytest.raises(Refused) as refused:
            publish.commit(person.call, made, state)
        assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "duplicate")

    def test_a_number_without_a_time_proves_nothing(self) -> None:
        """That it is small does not make the post an old one."""
        person = Person()
        made = piece(Kind.TEXT, "Only once")
        said = {"status": 422, "code": "DUPLICATE_POST", "message": "Content is a duplicate of urn:li:ugcPost:4711"}
        state = person.prepare(made)
        person.http.intercept = lambda _: Response(422, {}, json.dumps(said).encode())
        with pytest.raises(Refused) as refused:
            publish.commit(person.call, made, state)
        assert refused.value.fate is Fate.UNKNOWN


class TestFinding:
    @pytest.mark.parametrize("page", [False, True])
    def test_absence_needs_the_whole_list(self, page: bool) -> None:
        """Read to its end it proves absence, cut off it proves nothing."""
        person = Person(PAGES, page=page)
        made = piece(Kind.TEXT, "Never sent")
        state = person.prepare(made)
        assert isinstance(publish.find(person.call, made, person.armed(state)), Absent)
        links = {"paging": {"links": [{"rel": "next", "href": "x"}]}, "elements": []}
        person.http.intercept = lambda _: Response(200, {}, json.dumps(links).encode())
        assert isinstance(publish.find(person.call, made, person.armed(state)), Unsure)

    def test_a_list_in_another_order_is_read_to_its_end(self) -> None:
        """Older posts first: that the page holds some proves nothing of what comes after it."""
        person = Person(PAGES, page=True)
        made = piece(Kind.TEXT, "Never sent")
        state = person.prepare(made)
        old = [{"id": f"urn:li:share:{n}", "author": person.urn, "createdAt": n} for n in (1, 2, 3)]
        page = {"elements": old, "paging": {"links": [{"rel": "next", "href": "x"}]}}
        person.http.intercept = lambda _: Response(200, {}, json.dumps(page).encode())
        assert isinstance(publish.find(person.call, made, person.armed(state)), Unsure)
        page["elements"] = old[::-1]
        assert isinstance(publish.find(person.call, made, person.armed(state)), Absent)

    @pytest.mark.parametrize(
        "shown",
        [
            {"commentary": "Read https://lnkd.in/e4Zd now"},
            {"commentary": "Read https://example.com/a/long/page now", "content": {"article": {"source": "x"}}},
            {"commentary": "Read https://example.com/a/long/page now", "lifecycleState": "PROCESSING"},
            {"commentary": "Read https://example.com/a/long/page now", "createdAt": None},
        ],
    )
    def test_what_may_be_ours_in_another_form_is_not_absent(self, shown: dict[str, Any]) -> None:
        """Links shortened, a preview attached, not ready yet: nothing of it proves that the post is not there."""
        person = Person(PAGES, page=True)
        made = piece(Kind.TEXT, "Read https://example.com/a/long/page now")
        state = person.prepare(made)
        now = int(person.world.now.timestamp() * 1000)
        post = {"id": "urn:li:share:1", "author": person.urn, "createdAt": now, **shown}
        page = {"elements": [post], "paging": {"links": []}}
        person.http.intercept = lambda _: Response(200, {}, json.dumps(page).encode())
        assert not isinstance(publish.find(person.call, made, person.armed(state)), Absent)
        post["commentary"] = "Something else"
        assert isinstance(publish.find(person.call, made, person.armed(state)), Absent)

    def test_the_picture_of_an_article_may_be_linkedin_s(self) -> None:
        """A thumbnail that we did not give is no proof of another post."""
        person = Person(PAGES, page=True)
        made = piece(Kind.ARTICLE, "Read", options=ARTICLE)
        state = person.prepare(made)
        article = {"source": ARTICLE["article_url"], "thumbnail": "urn:li:image:theirs"}
        now = int(person.world.now.timestamp() * 1000)
        post = {"id": "urn:li:share:1", "author": person.urn, "createdAt": now, "commentary": "Read"}
        page = {"elements": [{**post, "content": {"article": article}}], "paging": {}}
        person.http.intercept = lambda _: Response(200, {}, json.dumps(page).encode())
        assert isinstance(publish.find(person.call, made, person.armed(state)), Unsure)

    def test_two_of_the_same_words_cannot_be_told_apart(self) -> None:
        """One may be the author's own."""
        person = Person(PAGES, page=True)
        made = piece(Kind.TEXT, "Twins")
        state = person.prepare(made)
        now = int(person.world.now.timestamp() * 1000)
        post = {"author": person.urn, "createdAt": now, "commentary": "Twins"}
        page = {"elements": [{**post, "id": f"urn:li:share:{n}"} for n in (1, 2)], "paging": {}}
        person.http.intercept = lambda _: Response(200, {}, json.dumps(page).encode())
        assert isinstance(publish.find(person.call, made, person.armed(state)), Unsure)

    def test_a_full_page_without_a_link_is_not_the_end(self) -> None:
        """LinkedIn's lists need not have links; the end of one is a page that is not full."""
        person = Person(PAGES, page=True)
        made = piece(Kind.TEXT, "On the second page")
        state = person.prepare(made)
        now = int(person.world.now.timestamp() * 1000)
        posts = [
            {"id": f"urn:li:share:{n}", "author": person.urn, "createdAt": now, "commentary": "x"} for n in range(101)
        ]
        posts[100]["commentary"] = made.text

        def listed(request: Request) -> Response:
            start = int(request.url.partition("start=")[2].partition("&")[0])
            return Response(200, {}, json.dumps({"elements": posts[start : start + 100], "paging": {}}).encode())

        person.http.intercept = listed
        found = publish.find(person.call, made, person.armed(state))
        assert isinstance(found, Published)
        assert found.id == "urn:li:share:100"

    def test_most_apps_cannot_know_of_a_member(self) -> None:
        """They may write posts and not read them: whether it is live or not, the answer is that nobody can tell."""
        person = Person(SELF_SERVE)
        made = piece(Kind.TEXT, "Who knows")
        state = person.prepare(made)
        assert isinstance(publish.find(person.call, made, person.armed(state)), Unsure)
        publish.commit(person.call, made, state)
        finding = publish.find(person.call, made, person.armed(state))
        assert isinstance(finding, Unsure)
        assert "r_member_social" in finding.reason

    def test_a_post_of_another_piece_is_passed_over(self) -> None:
        """Of two that look alike, one belongs to somebody else already."""
        person = Person(PAGES, page=True)
        made = piece(Kind.TEXT, "Twins")
        state = person.prepare(made)
        armed = person.armed(state)
        published = publish.commit(person.call, made, state)
        taken = person.armed(state, taken=lambda urn: urn == published.id)
        assert isinstance(publish.find(person.call, made, armed), Published)
        assert isinstance(publish.find(person.call, made, taken), Absent)

    def test_hashtags_are_recognised(self) -> None:
        """LinkedIn gives them back as templates."""
        person = Person()
        made = piece(Kind.TEXT, "Down at the #harbour (again)")
        state = person.prepare(made)
        armed = person.armed(state)
        published = publish.commit(person.call, made, state)
        found = publish.find(person.call, made, armed)
        assert isinstance(found, Published)
        assert found.id == published.id


class TestFirstComments:
    def test_one_in_other_words_is_not_absent(self) -> None:
        """A shortened address may be ours."""
        person = Person(PAGES, page=True)
        parent = parent_of(person.publish("A post"))
        made = piece(Kind.TEXT, "See https://example.com/a", role=Role.FIRST_COMMENT, root=parent, parent=parent)
        now = int(person.world.now.timestamp() * 1000)
        one = {"actor": person.urn, "created": {"time": now}, "message": {"text": "See https://lnkd.in/e4"}, "id": "7"}
        page = {"elements": [{**one, "object": parent.id}], "paging": {}}
        armed = person.armed(person.prepare(made))
        person.http.intercept = lambda _: Response(200, {}, json.dumps(page).encode())
        assert isinstance(publish.find(person.call, made, armed), Unsure)

    def test_a_lost_one_is_found(self) -> None:
        """By its author, its words and its time."""
        person = Person(PAGES, page=True)
        post = person.publish("A post")
        parent = parent_of(post)
        made = piece(Kind.TEXT, "First!", role=Role.FIRST_COMMENT, root=parent, parent=parent)
        state = person.prepare(made)
        armed = person.armed(state)
        assert isinstance(publish.find(person.call, made, armed), Absent)

        def lose(request: Request) -> Response | None:
            simulator.handle(request, person.world)
            raise AnswerLost("reset")

        person.http.intercept = lose
        with pytest.raises(AnswerLost):
            publish.commit(person.call, made, state)
        person.http.intercept = None
        found = publish.find(person.call, made, armed)
        assert isinstance(found, Published)
        assert found.id.startswith("urn:li:comment:(")
        publish.delete(person.call, found)
        assert isinstance(publish.find(person.call, made, armed), Absent)


def parent_of(published: Published) -> Parent:
    """As the engine hands it to a comment."""
    return Parent(published.id, published.state)


def test_a_day_s_quota_opens_at_midnight() -> None:
    """The 151st post of a member's day."""
    person = Person()
    for number in range(150):
        person.publish(f"Number {number}")
    with pytest.raises(Refused) as refused:
        person.publish("One too many")
    assert refused.value.fate is Fate.LIMITED
    assert refused.value.retry_at
    assert refused.value.retry_at.isoformat() == "2026-11-23T00:00:00+00:00"


def test_a_retired_version_is_told() -> None:
    """So that an operator knows what to do."""
    person = Person()
    headers = {"Authorization": f"Bearer {person.account.tokens.access}", "LinkedIn-Version": "202401"}
    answer = person.http.send(Request("GET", f"{wire.API}/posts?q=author", headers))
    assert answer.status == 426
    assert registry.manifest("linkedin").api.sunset
