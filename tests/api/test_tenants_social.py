"""Another workspace's things do not exist for the social dialect: every verb × its accounts, posts and files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from shared.platforms import names
from tests.api.client import Answer, Api, api
from tests.api.matrix import SPOKEN, Spoken, held, plain
from tests.security import goals
from tests.support import files

WITHOUT_IDS = {"accounts", "pages", "channels", "ads/accounts"}
NOBODY = {"account": "acc_nobody", "network": "4711", "on": "4712", "media": "med_nobody"}


@dataclass(frozen=True)
class World:
    """A workspace with accounts everywhere, a key of it for another brand, one with none, and one that has them, too."""

    theirs: Api
    bound: str
    stranger: Api
    mine: Api
    ids: Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def world() -> World:
    theirs = api()
    stranger, mine = api(theirs.rig), api(theirs.rig)
    upload = {"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")}
    file = theirs("POST", "/v1/media/upload", data=upload).json["media_id"]
    ids = {}
    for name in names.NAMES:
        mine.connect(name)
        account = theirs.connect(name)
        doc = next(doc.data for doc in theirs.stored("accounts") if doc.data["id"] == account)
        ids[name] = {"account": account, "network": str(doc["platform_account_id"]), "media": file}
    theirs.post(platforms=("facebook",), publish_now=True)
    theirs.settle()
    live = next(iter(theirs.stored("targets"))).data["live_ids"][0]
    brand = theirs("POST", "/v1/brands", {"name": "Elsewhere"}).json["id"]
    bound = theirs("POST", "/v1/keys", {"name": "Bound", "brand_ids": [brand]}).json["raw_key"]
    return World(theirs, bound, stranger, mine, {name: {**known, "on": live} for name, known in ids.items()})


def _refused(spoken: Spoken, answer: Answer) -> bool:
    """As the documents say it of an account that is not there; what was not made here may not be deleted."""
    reason = answer.json["error_code"].rpartition("/")[2]
    if spoken.verb.only_ours:
        return (answer.status, reason) == (403, spoken.verb.only_ours.reason)
    return answer.status == 404 and reason in ("ACCOUNT_NOT_FOUND", "NO_ACCOUNTS_FOUND", "ACCOUNT_NOT_CONNECTED")


def _ids(world: World, spoken: Spoken) -> Mapping[str, str]:
    return world.ids[spoken.verb.through or names.ALIASES.get(spoken.prefix, spoken.prefix)]


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.label)
def test_another_workspaces_account_is_nobodys_and_so_is_another_brands(world: World, spoken: Spoken) -> None:
    """By the network's id and by ours; nothing of theirs is touched, and no network is asked."""
    known, before, sent = _ids(world, spoken), held(world.theirs), len(world.theirs.rig.sandbox.sent)
    for call, key in ((world.stranger, ""), (world.theirs, world.bound)):
        for kind in ("account", "network"):
            theirs = spoken.ask(call, {"account": known[kind], "on": known["on"]}, key)
            nobodys = spoken.ask(call, {"account": NOBODY[kind], "on": NOBODY["on"]}, key)
            alike = plain(theirs, known[kind], known["on"]) == plain(nobodys, NOBODY[kind], NOBODY["on"])
            goals.count(14, "foreign ids, social: accounts and what is on them", 1, not alike)
            assert alike
            if theirs.status == 200:
                assert spoken.verb.path in WITHOUT_IDS
                assert next(value for name, value in theirs.json.items() if name not in ("success", "request_id")) == []
            else:
                assert _refused(spoken, theirs), theirs.json
    assert held(world.theirs) == before
    assert len(world.theirs.rig.sandbox.sent) == sent


@pytest.mark.parametrize("spoken", [one for one in SPOKEN if one.of("account")], ids=lambda spoken: spoken.label)
def test_another_workspaces_account_is_nobodys_to_who_has_one(world: World, spoken: Spoken) -> None:
    known, before, sent = _ids(world, spoken), held(world.theirs), len(world.theirs.rig.sandbox.sent)
    theirs = spoken.ask(world.mine, {"account": known["account"]})
    assert plain(theirs, known["account"]) == plain(
        spoken.ask(world.mine, {"account": NOBODY["account"]}), NOBODY["account"]
    )
    assert _refused(spoken, theirs), theirs.json
    assert held(world.theirs) == before
    assert len(world.theirs.rig.sandbox.sent) == sent


@pytest.mark.parametrize("spoken", [one for one in SPOKEN if one.of("media")], ids=lambda spoken: spoken.label)
def test_another_workspaces_file_is_nobodys(world: World, spoken: Spoken) -> None:
    known, before = _ids(world, spoken), held(world.theirs)
    own = world.mine.accounts[spoken.verb.through or names.ALIASES.get(spoken.prefix, spoken.prefix)]
    theirs = spoken.ask(world.mine, {"account": own, "media": known["media"]})
    nobodys = spoken.ask(world.mine, {"account": own, "media": NOBODY["media"]})
    goals.count(14, "foreign ids, social: files", 1, plain(theirs, known["media"]) != plain(nobodys, NOBODY["media"]))
    assert plain(theirs, known["media"]) == plain(nobodys, NOBODY["media"])
    assert theirs.status in (400, 404), theirs.json
    assert held(world.theirs) == before


def test_what_has_no_ids_is_listed() -> None:
    """The verbs that name nothing of anybody's: they list what the caller has."""
    named = ("account", "on", "parent", "ad_account", "media")
    assert {one.verb.path for one in SPOKEN if not one.of(*named)} == WITHOUT_IDS
