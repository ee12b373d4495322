"""People: what is known of them, what they decide, where consents may lead, and what is left when they go."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Forbidden, Invalid, Missing, Unauthenticated
from shared.domain.exports import Export, export_path, part_path
from shared.domain.queue import Slot
from shared.domain.users import User, user_path
from shared.domain.workspaces import Billing, workspace_path
from shared.operations import (
    accounts,
    brands,
    callers,
    housekeeping,
    idempotency,
    keys,
    publishing,
    redirect_uris,
    signing_in,
    user_deletion,
    users,
    workspaces,
)
from shared.operations.accounts import Connect
from shared.operations.keys import CreateKey
from shared.operations.posts import creating, slots
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.users import Changes
from shared.operations.webhooks import hooks, rotating
from shared.ports.blobs import BlobsUnavailable
from shared.ports.http import AnswerLost
from shared.ports.payments import PaymentsUnavailable
from shared.ports.store import Query, Unavailable, Write
from shared.ports.vault import VaultUnavailable
from tests.operations import flows
from tests.operations.flows import LIVE, OTHER, TEST
from tests.support import memory_ports
from tests.support.faults import Phase, once
from tests.support.memory_ports import Rig

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def person(rig: Rig, email: str = "ada@example.com") -> Caller:
    """Somebody who has just signed in."""
    made = signing_in.by_id_token(rig.ports, rig.google.id_token(email))
    return callers.by_session(rig.ports, made.token)


def test_a_key_speaks_for_its_workspaces_owner(rig: Rig) -> None:
    ada = person(rig)
    raw = keys.create(rig.ports, ada, CreateKey("mine")).raw
    by_key = users.me(rig.ports, callers.authenticate(rig.ports, raw))
    assert by_key == users.me(rig.ports, ada)
    assert (by_key.user.email, by_key.user.id) == ("ada@example.com", ada.user_id)


def test_a_workspace_that_nobody_signed_in_to_has_a_stand_in_and_nothing_invented(rig: Rig) -> None:
    made = workspaces.create(rig.ports, "Acme")
    key = callers.authenticate(rig.ports, made.live.raw)
    user = users.me(rig.ports, key).user
    assert (user.id, user.email, user.name) == (made.workspace.id, "", "")
    assert rig.store.query(Query("users")) == []
    users.update(rig.ports, key, Changes(use_case="agency"))
    assert users.me(rig.ports, key).user.use_case == "agency"
    with pytest.raises(Unauthenticated):
        users.me(rig.ports, OTHER)


def test_settings_are_a_spaces_and_the_profile_a_persons(rig: Rig) -> None:
    ada = person(rig)
    users.update(rig.ports, ada, Changes(onboarding=True, lock_accounts_to_brand=True))
    assert users.settings(rig.ports, ada.space).lock_accounts_to_brand is True
    assert users.settings(rig.ports, f"{ada.workspace}.test").lock_accounts_to_brand is False
    changed = users.update(rig.ports, ada, Changes(lock_accounts_to_brand=False, referral="a friend"))
    assert (changed.user.onboarding, changed.user.referral) == (True, "a friend")
    assert changed.settings.lock_accounts_to_brand is False
    with pytest.raises(Invalid):
        users.update(rig.ports, ada, Changes(use_case="x" * 201))


def test_a_person_who_was_deleted_meanwhile_is_not_brought_back(rig: Rig) -> None:
    ada = person(rig)

    def gone(call: str, phase: Phase) -> None:
        if call == "store.transact" and phase == "before":
            rig.faults.hook = None
            rig.store.commit([Write("delete", user_path(ada.user_id))])

    rig.faults.hook = gone
    with pytest.raises(Unauthenticated):
        users.update(rig.ports, ada, Changes(onboarding=True))
    assert rig.store.query(Query("users")) == []


def test_a_key_may_be_bound_to_brands_that_exist_in_its_mode(rig: Rig) -> None:
    brand = brands.create(rig.ports, TEST, "Bakery").id
    new = keys.create(rig.ports, TEST, CreateKey("b", brand_ids=(brand, "default", brand)))
    assert new.key.brand_ids == (brand, "default")
    caller = callers.authenticate(rig.ports, new.raw)
    assert (caller.restricted, caller.sees(brand), caller.sees("another")) == (True, True, False)
    assert keys.rotate(rig.ports, TEST, new.key.id).key.brand_ids == (brand, "default")
    assert keys.update(rig.ports, TEST, new.key.id, brand_ids=["default"]).brand_ids == ("default",)
    assert keys.update(rig.ports, TEST, new.key.id, brand_ids=[]).brand_ids == ()
    for asking, mode in ((LIVE, None), (OTHER, None), (TEST, "test")):
        wrong = (brand,) if mode is None else ("brand_none",)
        with pytest.raises(Invalid) as caught:
            keys.create(rig.ports, asking, CreateKey("b", mode=mode, brand_ids=wrong))  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.meta["field"]) == ("validation.brand_invalid", "brand_ids")


def test_a_list_of_redirect_uris_closes_all_others_until_it_is_empty(rig: Rig) -> None:
    here, there = "https://app.test/done", "https://app.test/done/"
    flows.begin(rig, "twitter", redirect_uri=there)
    entry = redirect_uris.add(rig.ports, TEST, here, "App")
    flows.begin(rig, "twitter", redirect_uri=here)
    flows.begin(rig, "twitter")
    for field, asked in (
        ("redirect_uri", Connect("twitter", redirect_uri=there)),
        ("metadata.redirect_uri", Connect("twitter", metadata={"redirect_uri": there})),
    ):
        with pytest.raises(Invalid) as caught:
            accounts.connect(rig.ports, TEST, asked)
        assert (caught.value.code, caught.value.meta["field"]) == ("validation.redirect_uri_invalid", field)
    flows.begin(rig, "twitter", OTHER, redirect_uri=there)
    assert redirect_uris.list_(rig.ports, LIVE) == [], "each mode has a list"
    redirect_uris.remove(rig.ports, TEST, entry.id)
    flows.begin(rig, "twitter", redirect_uri=there)
    with pytest.raises(Missing):
        redirect_uris.remove(rig.ports, TEST, entry.id)


def test_entries_are_checked_counted_and_unique(rig: Rig) -> None:
    for uri in (
        "",
        "http://app.test/",
        "https://app.test/#x",
        "ftp://app.test",
        "https://a@app.test",
        "https://" + "a" * 5000,
    ):
        with pytest.raises(Invalid):
            redirect_uris.add(rig.ports, TEST, uri)
    with pytest.raises(Forbidden):
        redirect_uris.add(rig.ports, Caller("ws_1", "test", "k", ("accounts:manage",)), "https://app.test/")
    redirect_uris.add(rig.ports, TEST, "http://localhost:3000/done")
    with pytest.raises(Clash) as caught:
        redirect_uris.add(rig.ports, TEST, "http://localhost:3000/done")
    assert caught.value.code == "validation.redirect_uri_duplicate"
    for number in range(19):
        redirect_uris.add(rig.ports, TEST, f"http://127.0.0.1/{number}")
    with pytest.raises(Invalid, match="20"):
        redirect_uris.add(rig.ports, TEST, "https://app.test/21")
    assert len(redirect_uris.list_(rig.ports, TEST)) == 20


def furnished(rig: Rig) -> Caller:
    """A person with a bit of everything, in both modes."""
    ada = person(rig)
    test = Caller(ada.workspace, "test", ada.key_id, kind="session", user_id=ada.user_id)
    person(rig)
    for caller in (ada, test):
        keys.create(rig.ports, caller, CreateKey("k"))
        redirect_uris.add(rig.ports, caller, "https://app.test/")
        users.update(rig.ports, caller, Changes(onboarding=True, lock_accounts_to_brand=True))
        brands.create(rig.ports, caller, "Bakery")
    account: Account = flows.signed_in(rig, test)
    flows.redirected(rig, "twitter", test)
    hook = hooks.subscribe(rig.ports, test, hooks.Subscribe("https://hooks.app.test/", ("post.published",)))
    rotating.rotate(rig.ports, test, hook.endpoint.id)
    soon = (rig.clock.now() + timedelta(hours=1)).isoformat()
    creating.create(rig.ports, test, CreatePost("soon", targets=(TargetOrder(account.id),), scheduled_at=soon))
    slots.replace(rig.ports, test, "default", [Slot(0, "09:30")], None)
    creating.create(rig.ports, test, CreatePost("later", targets=(TargetOrder(account.id),), queue=True))
    rig.blobs.put(f"t/{test.space}/med_1", [b"x"], "image/jpeg", 10)
    rig.store.commit(
        [Write("create", f"workspaces/{test.space}/media/med_1", {"id": "med_1", "blob": f"t/{test.space}/med_1"})]
    )
    now = rig.clock.now()
    export = Export("exp_1", test.space, account.id, "bluesky", "completed", now, now, 10, 60)
    rig.store.commit([Write("create", export_path(test.space, "exp_1"), codec.encode(export))])
    rig.store.commit([Write("create", part_path(export, 1), {"number": 1, "rows": []})])
    claim = idempotency.claim(rig.ports, idempotency.identify(test, "key", "POST /v1/keys", {}))
    assert isinstance(claim, idempotency.Claim)
    idempotency.complete(rig.ports, claim, idempotency.Answer(201, b"{}"), secret=True)
    return ada


def left(rig: Rig, workspace: str) -> list[str]:
    """Documents, files and secrets that still tell of a workspace. Not: what the minute's jobs note for an hour at most."""
    noted = ("deletions/", "upkeep/")
    everything = [(path, data) for path, data in rig.store.everything() if not path.startswith(noted)]
    docs = [path for path, data in everything if workspace in path + json.dumps(data, default=str)]
    secrets = [str(place) for place, _ in rig.vault.secrets.values() if workspace in str(place)]
    return [*docs, *(key for key in rig.blobs.files if workspace in key), *secrets]


def test_deleting_the_owner_leaves_nothing_and_nobody_else_notices(rig: Rig) -> None:
    bob = person(rig, "bob@example.com")
    keys.create(rig.ports, bob, CreateKey("bob's"))
    before = left(rig, bob.workspace)
    ada = furnished(rig)
    assert len(left(rig, ada.workspace)) > 20
    user_deletion.delete(rig.ports, ada)
    assert left(rig, ada.workspace) == []
    assert left(rig, bob.workspace) == before
    while (at := rig.queue.next_at()) is not None:
        rig.clock.move_to(at)
        for task in rig.queue.take(rig.clock.now()):
            assert publishing.advance(rig.ports, dict(task.body)).did == "gone"
    user_deletion.delete(rig.ports, ada)
    assert left(rig, ada.workspace) == []


def test_a_deletion_that_is_interrupted_anywhere_is_finished_by_asking_again_or_by_the_sweeper(rig: Rig) -> None:
    ada = furnished(rig)
    docs, secrets, held = list(rig.store.everything()), dict(rig.vault.secrets), dict(rig.blobs.files)
    rig.faults.calls.clear()
    user_deletion.delete(rig.ports, ada)
    calls = list(rig.faults.calls)
    assert len(calls) > 100
    for number, call in enumerate(calls):
        _restore(rig, docs)
        rig.vault.secrets.update(secrets)
        rig.blobs.files.update(held)
        rig.faults.hook = once(number, "after" if number % 2 else "before", _failure(call))
        with suppress(Unavailable, Broken):
            user_deletion.delete(rig.ports, ada)
        rig.faults.hook = None
        if number % 3:
            user_deletion.delete(rig.ports, ada)
        elif rig.store.query(Query("deletions")):
            housekeeping.keep(rig.ports)
        else:
            continue  # it failed before anything was noted, when nothing was deleted yet; or it was all done
        assert left(rig, ada.workspace) == [], f"{number}: {call}"


def _restore(rig: Rig, docs: list[tuple[str, dict[str, object]]]) -> None:
    for write in (
        *(Write("delete", path) for path, _ in list(rig.store.everything())),
        *(Write("set", path, data) for path, data in docs),
    ):
        rig.store.commit([write])


def _failure(call: str) -> Callable[[], BaseException]:
    kinds: dict[str, type[BaseException]] = {
        "blobs": BlobsUnavailable,
        "vault": VaultUnavailable,
        "sandbox": AnswerLost,
    }
    return lambda: kinds.get(call.partition(".")[0], Unavailable)("down")


def test_what_takes_too_long_is_locked_at_once_and_finished_by_the_sweeper(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = furnished(rig)
    raw = keys.create(rig.ports, ada, CreateKey("k")).raw
    monkeypatch.setattr(user_deletion, "PATIENCE", 0.0)
    user_deletion.delete(rig.ports, ada)
    assert len(left(rig, ada.workspace)) > 5
    with pytest.raises(Unauthenticated):
        callers.authenticate(rig.ports, raw)
    assert rig.store.query(Query("sessions")) == rig.store.query(Query("users")) == []
    fresh = person(rig)
    assert fresh.workspace != ada.workspace, "who comes back begins anew"
    monkeypatch.setattr(user_deletion, "PATIENCE", 20.0)
    housekeeping.keep(rig.ports)
    assert left(rig, ada.workspace) == []
    assert users.me(rig.ports, fresh).user.id == ada.user_id


def test_a_consent_that_comes_back_to_a_deleted_workspace_connects_nothing(rig: Rig) -> None:
    """Nor does one whose code was being traded; the note of the deletion goes after a quarter of an hour."""
    ada = person(rig)
    test = replace(ada, mode="test")
    query = flows.consent(rig, flows.begin(rig, "twitter", test))
    user_deletion.delete(rig.ports, ada)
    landing = accounts.callback(rig.ports, "twitter", query)
    assert (landing.status, landing.error) == ("error", "auth.user_not_found")
    assert left(rig, ada.workspace) == []
    assert rig.vault.secrets == {}
    for minutes, noted in ((14, True), (2, False)):
        rig.clock.advance(minutes * 60)
        housekeeping.keep(rig.ports)
        assert bool(rig.store.query(Query("deletions"))) is noted


def test_what_requests_left_that_began_before_a_deletion_goes_too(rig: Rig) -> None:
    """A request of another process, whose key was looked up a moment before the key was deleted."""
    ada = person(rig)
    user_deletion.delete(rig.ports, ada)
    keys.create(rig.ports, ada, CreateKey("late"))
    brands.create(rig.ports, ada, "Late")
    assert left(rig, ada.workspace)
    rig.clock.advance(16 * 60)
    housekeeping.keep(rig.ports)
    assert left(rig, ada.workspace) == []
    assert rig.store.query(Query("deletions")) == []


def test_a_token_gets_into_no_workspace_that_is_being_deleted(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can take it back, as keys and sessions are; and some deletions take long."""
    ada = furnished(rig)
    token = rig.issuer.token(tenant_id=ada.workspace, roles=["tenant_admin"])
    assert callers.by_jwt(rig.ports, token).workspace == ada.workspace
    monkeypatch.setattr(user_deletion, "PATIENCE", 0.0)
    user_deletion.delete(rig.ports, ada)
    with pytest.raises(Unauthenticated, match="no workspace"):
        callers.by_jwt(rig.ports, token)


def test_a_deletion_that_takes_long_keeps_no_other_waiting(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_deletion, "PATIENCE", 0.0)
    everybody = [person(rig, f"{number}@example.com") for number in range(5)]
    for one in everybody:
        brands.create(rig.ports, one, "Bakery")
        user_deletion.delete(rig.ports, one)
    for _ in range(20):
        rig.clock.advance(60)
        user_deletion.go_on(rig.ports)
    assert [left(rig, one.workspace) for one in everybody] == [[]] * 5


class Till:
    """A payment service that ends subscriptions, when it is well."""

    def __init__(self) -> None:
        self.down = True
        self.ended: list[str] = []

    def cancel(self, subscription: str) -> None:
        """End it."""
        if self.down:
            raise PaymentsUnavailable("down")
        self.ended.append(subscription)

    def subscription(self, subscription: str) -> None:
        """None is left."""


def test_nobody_goes_on_paying_for_a_workspace_that_is_deleted(rig: Rig) -> None:
    ada, till = furnished(rig), Till()
    paying = {"billing": codec.encode(Billing(customer="cus_1", subscription="sub_1", status="active"))}
    rig.store.commit([Write("update", workspace_path(ada.workspace), paying)])
    ports = replace(rig.ports, payments=till)  # type: ignore[arg-type]  # what deleting asks of it
    before = left(rig, ada.workspace)
    with pytest.raises(Broken):
        user_deletion.delete(ports, ada)
    housekeeping.keep(ports)
    assert left(rig, ada.workspace) == before, "nothing is lost before"
    till.down = False
    user_deletion.delete(ports, ada)
    assert (till.ended, left(rig, ada.workspace)) == (["sub_1"], [])


def test_who_may_not_delete_everything(rig: Rig) -> None:
    made = workspaces.create(rig.ports, "Acme")
    test, live = (callers.authenticate(rig.ports, one.raw) for one in (made.test, made.live))
    trying = callers.by_jwt(rig.ports, rig.issuer.token(tenant_id=live.workspace, roles=["tenant_admin"]), "test")
    for caller in (test, trying, Caller(live.workspace, "live", live.key_id, ("posts:write",))):
        with pytest.raises(Forbidden):
            user_deletion.delete(rig.ports, caller)
    user_deletion.delete(rig.ports, live)
    assert left(rig, live.workspace) == []


def test_a_colleague_deletes_only_themselves(rig: Rig) -> None:
    ada = furnished(rig)
    now = rig.clock.now()
    rig.store.commit([Write("create", user_path("usr_bob"), _user("usr_bob", ada.workspace, now))])
    before = set(left(rig, ada.workspace))
    user_deletion.delete(rig.ports, Caller(ada.workspace, "live", "", kind="token", user_id="usr_bob"))
    assert before - set(left(rig, ada.workspace)) == {user_path("usr_bob")}


def _user(id: str, workspace: str, now: object) -> dict[str, object]:
    made: Callable[..., User] = User
    data: dict[str, object] = codec.encode(made(id, workspace, now, now, subject="b", role="admin"))
    return data


def test_every_collection_of_a_space_is_deleted_with_it() -> None:
    """Whoever adds one adds it to ``user_deletion.COLLECTIONS``, too."""
    known = {*user_deletion.COLLECTIONS, "targets", "accounts", "media", "exports"}
    found = set()
    for path in SHARED.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"f\"workspaces/\{[a-z_.]+\}(?:\.live|\.test)?/([a-z_]+)", text))
    assert found - known == set()


def test_sign_ins_and_sessions_that_are_over_are_swept(rig: Rig) -> None:
    signing_in.begin(rig.ports)
    person(rig)
    assert housekeeping.keep(rig.ports).forgotten == 0
    rig.clock.advance(601)
    assert housekeeping.keep(rig.ports).forgotten == 1
    rig.clock.advance(7 * 86_400)
    assert housekeeping.keep(rig.ports).forgotten == 1
    assert rig.store.query(Query("sessions")) == rig.store.query(Query("signins")) == []
