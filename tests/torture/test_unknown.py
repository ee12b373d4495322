"""Commits whose outcome nobody knows: a sample of them, and that a write that cannot bear it would be seen."""

from __future__ import annotations

import json
from collections import Counter

from shared.operations import redirect_uris
from tests.simulation import bugs
from tests.torture import unknown
from tests.torture.figures import Figures, Options
from tests.torture.unknown import Trial, Watch, tell
from tests.torture.world import world

QUICK = Options(quick=True, say=lambda line: None)


def test_a_sample_of_commits_fails_both_ways_and_leaves_no_trace() -> None:
    """What is stored, what followers see and what was told is as without the fault."""
    found = unknown.torture(QUICK)
    assert found.kept, found.lies
    assert found.did["commits failed"] == unknown.QUICK


def test_a_post_without_its_key_in_the_commit_is_seen_to_be_made_twice() -> None:
    """The campaign can fail: the commit was applied, its answer got lost, and the caller asked again."""
    with bugs.planted(next(bug for bug in bugs.BUGS if bug.name == "no_idempotency")):
        watch = Watch()
        plain = tell("approving", watch)
        place = next(one for one in watch.seen if one.wanted_by.startswith("posts/creating"))
        (said,) = unknown.tried(Trial("approving", place, "after"), plain)
    assert "posts" in said
    assert "instead of" in said


def test_a_place_in_the_code_that_nothing_comes_by_is_named() -> None:
    """What was not tried is told, and not counted."""
    assert len(unknown.unreached([])) == len(unknown.every_place()) > 100


def test_what_was_counted_is_kept_as_it_was_counted() -> None:
    """``make torture`` ends with its figures in a file and on the page."""
    found = Figures(Counter({"kills": 7}), ends=Counter({"published": 3})).plain()
    assert (found["did"], found["ends"]) == ({"kills": 7}, {"published": 3})
    assert json.loads(json.dumps(found))["did"] == {"kills": 7}


def test_the_last_place_of_a_list_is_taken_once_though_the_answer_got_lost() -> None:
    """Asked again, it finds the list full with its own entry, and is not refused for it."""
    told, seen = world(), Watch()
    for number in range(redirect_uris.MAX_ENTRIES - 1):
        told.api.rig.faults.hook = seen.hook
        told.ask("POST", "/v1/oauth/redirect-uris", {"uri": f"https://app.example.com/{number}"})
    place = next(one for one in seen.seen if one.wanted_by == "redirect_uris.add")
    told.api.rig.faults.hook = Watch(place, "after").hook
    assert told.ask("POST", "/v1/oauth/redirect-uris", {"uri": "https://app.example.com/last"}).status == 201
    assert told.raised


def test_an_invite_whose_answer_got_lost_is_answered_when_it_is_asked_for_again() -> None:
    """It is one link, and not refused because of itself."""
    plain = tell("people", seen := Watch())
    place = next(one for one in seen.seen if one.wanted_by == "invites._kept")
    assert unknown.tried(Trial("people", place, "after"), plain) == []
