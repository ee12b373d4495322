"""The main job on one machine, over HTTP: every kind of post on every network that publishes, now and later, and every fault.

What a kind is tried with comes from the folders' own samples (``tests/contract/platforms/samples.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Kind
from shared.platforms import registry
from tests.contract.platforms import samples
from tests.e2e import live
from tests.e2e.posting import A_MINUTE, outcome, post_to, read, soon, target
from tests.e2e.server import Server, settled

pytestmark = pytest.mark.xdist_group("e2e-run")  # one worker starts one process
FAULTS = ("rate_limited", "token_expired", "lost_reply", "slow", "server_error")
NETWORKS = registry.publishing_names()
KINDS = [(name, limit.kind) for name in NETWORKS for limit in registry.manifest(name).kinds]
STORM = 10  # posts at once: two and a half rounds of the network's queue, which sends four at a time
PATIENCE = 90.0  # seconds: a dozen networks at once on two shared cores


def everywhere(server: Server) -> list[dict[str, Any]]:
    """A target on every network."""
    return [target(server, name) for name in NETWORKS]


def elsewhere(server: Server, person: str) -> dict[str, dict[str, Any]]:
    """The same with another person's accounts where a consent page connects them: a network may take few posts a minute."""
    people = {name: "" for name in NETWORKS if registry.manifest(name).oauth.style == "credentials"}
    people |= {name: server.connect(name, person) for name in NETWORKS if name not in people}
    return {name: target(server, name, account=account) for name, account in people.items()}


@pytest.fixture(scope="module")
def made(running: Server) -> Mapping[str, str]:
    """Post ids by what they are; all of them under way at once."""
    ids = {
        "everywhere, now": post_to(running, "Good morning from everywhere", everywhere(running)),
        "everywhere, scheduled": post_to(running, "Good evening", everywhere(running), scheduled_at=soon(4)),
    }
    others = [elsewhere(running, person) for person in ("fern", "gale")]
    for number, fault in enumerate((*FAULTS, "rejected")):
        to = {name: one for name, one in others[number % 2].items() if fault != "rate_limited" or name not in A_MINUTE}
        ids[fault] = post_to(running, f"It happens [[sandbox:{fault}]]", list(to.values()))
    for name, kind in KINDS:
        ids[f"{name} {kind}"] = post_to(running, f"As {kind}", [target(running, name, kind)])
    threaded = [target(running, name) for name in NETWORKS if registry.manifest(name).thread]
    ids["thread"] = post_to(running, "One", threaded, segments=[{"text": "Two"}, {"text": "Three"}])
    commented = [target(running, name) for name in NETWORKS if registry.manifest(name).first_comment]
    ids["comment"] = post_to(running, "Read below", commented, first_comment="Below")
    return ids


def check_published(done: Mapping[str, Any]) -> None:
    """Every target is live, with its id and without an error."""
    assert done["status"] == "published", [one for one in done["targets"] if one["status"] != "published"]
    for one in done["targets"]:
        assert one["platform_post_id"], one
        assert "error" not in one, one


@pytest.mark.parametrize("when", ["now", "scheduled"])
def test_one_post_goes_live_on_every_network(running: Server, made: Mapping[str, str], when: str) -> None:
    """One request, a target on each network that publishes."""
    done = outcome(running, made[f"everywhere, {when}"], PATIENCE)
    check_published(done)
    assert {one["platform"] for one in done["targets"]} == set(NETWORKS)
    for one in done["targets"]:
        if when == "scheduled":
            assert one["published_at"] >= done["scheduled_at"], one


@pytest.mark.parametrize(("name", "kind"), KINDS, ids=[f"{name}-{kind}" for name, kind in KINDS])
def test_every_kind_is_published(running: Server, made: Mapping[str, str], name: str, kind: Kind) -> None:
    """In the sandbox, as on the network."""
    check_published(outcome(running, made[f"{name} {kind}"], PATIENCE))


@pytest.mark.parametrize("what", ["thread", "comment"])
def test_threads_and_first_comments_follow(running: Server, made: Mapping[str, str], what: str) -> None:
    """Where a network has them."""
    done = outcome(running, made[what], PATIENCE)
    check_published(done)
    for one in done["targets"]:
        ids = (one.get("metadata") or {}).get("thread_post_ids", ())
        assert len(ids) == (3 if what == "thread" else 0), one


@pytest.mark.parametrize("fault", FAULTS)
def test_a_network_that_fails_once_is_got_over(running: Server, made: Mapping[str, str], fault: str) -> None:
    """As docs/sandbox.md documents, on every network."""
    check_published(outcome(running, made[fault], PATIENCE))


def test_a_refusal_is_told_in_our_words_and_the_networks_own(running: Server, made: Mapping[str, str]) -> None:
    """On every network."""
    done = outcome(running, made["rejected"], PATIENCE)
    assert {one["platform"] for one in done["targets"] if one["status"] == "failed"} == set(NETWORKS), done
    for one in done["targets"]:
        error = one["error"]
        assert all(error[name] for name in ("code", "message", "category", "caused_by")), one
        assert error["platform_code"] or error["platform_message"], one
        assert "permalink" not in one, one


def test_followers_see_each_of_them_once(running: Server, made: Mapping[str, str]) -> None:
    """By the networks' own account: what was sent twice would be there twice."""
    done = {name: outcome(running, made[name], PATIENCE) for name in made if name in FAULTS or "every" in name}
    done["rejected"] = outcome(running, made["rejected"], PATIENCE)
    timelines = live.timelines(running)
    for what, told in done.items():
        for one in told["targets"]:
            manifest = registry.manifest(one["platform"])
            if not samples.of_kind(manifest, samples.plainest(manifest)).shown:
                continue
            found = [post for post in timelines[one["account_id"]] if told["text"] in post.text]
            assert len(found) == (0 if what == "rejected" else 1), (what, one, found)


def test_media_of_our_own_is_published(running: Server) -> None:
    """Uploaded through the API, and directly to the signed address: both are then posts by their ids."""
    photo = live.sandbox_file("photo.jpg")
    uploaded = _upload(running, photo)
    signed = running.call("GET", "/v1/media/upload-url?media_type=image/jpeg&filename=direct.jpg")
    assert running.put(signed["upload_url"], photo, "image/jpeg") in (200, 201, 204)
    assert running.call("POST", f"/v1/media/{signed['media_id']}/verify")["success"] is True
    takers = [name for name in NETWORKS if registry.manifest(name).kind(Kind.IMAGE)]
    assert len(takers) > 3
    posts = []
    for number, media_id in enumerate((uploaded, signed["media_id"])):
        item = {"source_type": "media_id", "source": media_id}
        targets = [{**target(running, name, Kind.IMAGE), "media": [item]} for name in takers]
        posts.append(post_to(running, f"A photo of our own, {number}", targets))
    for post_id in posts:
        check_published(outcome(running, post_id, PATIENCE))


def test_a_draft_stays_until_it_is_published(running: Server) -> None:
    """And can be deleted where the network lets us."""
    names = [name for name in NETWORKS if registry.manifest(name).deletes]
    targets = [target(running, name) for name in names]
    draft = running.call("POST", "/v1/posts", {"text": "Not yet", "targets": targets})
    assert draft["status"] == "draft"
    running.call("POST", f"/v1/posts/{draft['id']}/publish")
    assert outcome(running, draft["id"], PATIENCE)["status"] == "published"
    gone = running.call("DELETE", f"/v1/posts/{draft['id']}")
    assert gone["deleted"], gone
    assert read(running, draft["id"])["id"] == draft["id"]


def _upload(server: Server, photo: bytes) -> str:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="own.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = head + photo + b"\r\n--b--\r\n"
    answer = server.ask("POST", "/v1/media/upload", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status == 201, answer.body
    return str(answer.json["media_id"])


@pytest.mark.parametrize("storm", ["slow", "rate_limited"])
def test_a_networks_trouble_slows_only_its_own_queue(running: Server, storm: str) -> None:
    """A network that answers after seconds, or refuses all with its 429, keeps nobody else's posts waiting."""
    wordy = [name for name in NETWORKS if registry.manifest(name).kind(Kind.TEXT)]
    troubled, others = wordy[0], wordy[1:4]
    held = [post_to(running, f"{storm} {n} [[sandbox:{storm}]]", [target(running, troubled)]) for n in range(STORM)]
    quick = [post_to(running, f"Beside {storm}", [target(running, name)]) for name in others]
    for post_id in quick:
        check_published(outcome(running, post_id, PATIENCE))
    assert not all(settled(read(running, post_id)) for post_id in held), "the storm was over too soon to prove anything"
    for post_id in held:
        check_published(outcome(running, post_id, PATIENCE))
