"""The vault port: what opens, where, and what never does."""

from __future__ import annotations

import dataclasses

import pytest

from shared.ports.vault import Place, SecretForged, SecretGone, SecretTooLarge, Vault

HERE = Place("ws_1", "acc_1", "access_token")
SECRET = b"a secret that must not show"


@pytest.mark.parametrize("secret", [SECRET, b"", b"\x00\xff" * 100, b"x" * 65_536])
def test_a_secret_opens_in_its_place(vault: Vault, secret: bytes) -> None:
    assert vault.open(HERE, vault.seal(HERE, secret)) == secret


def test_a_reference_never_holds_the_secret(vault: Vault) -> None:
    assert SECRET.decode() not in vault.seal(HERE, SECRET)


@pytest.mark.parametrize("change", [{"workspace": "ws_2"}, {"account": "acc_2"}, {"field": "refresh_token"}])
def test_a_reference_opens_nowhere_else(vault: Vault, change: dict[str, str]) -> None:
    reference = vault.seal(HERE, SECRET)
    with pytest.raises((SecretForged, SecretGone)):
        vault.open(dataclasses.replace(HERE, **change), reference)


def test_sealing_again_makes_a_new_reference_and_the_old_one_opens(vault: Vault) -> None:
    first, second = vault.seal(HERE, b"one"), vault.seal(HERE, b"two")
    assert first != second
    assert vault.open(HERE, first) == b"one"
    assert vault.open(HERE, second) == b"two"


def test_secrets_have_at_most_64_kib(vault: Vault) -> None:
    with pytest.raises(SecretTooLarge):
        vault.seal(HERE, b"x" * 65_537)


def test_what_is_no_reference_does_not_open(vault: Vault) -> None:
    for text in ("", "v1", "v1.x.y", "nonsense", "v1..", "ü"):
        with pytest.raises((SecretForged, SecretGone)):
            vault.open(HERE, text)


def test_destroying_is_content_with_absence(vault: Vault) -> None:
    reference = vault.seal(HERE, SECRET)
    vault.destroy(HERE, reference)
    vault.destroy(HERE, reference)


def test_a_vault_has_a_key_from_the_start(vault: Vault) -> None:
    keys = vault.keys()
    assert keys.ids == (keys.newest,)
    assert vault.key_of(vault.seal(HERE, SECRET)) == keys.newest


def test_after_a_rotation_the_new_key_seals_and_both_open(vault: Vault) -> None:
    old, first = vault.seal(HERE, b"old"), vault.keys().newest
    made = vault.rotate()
    new = vault.seal(HERE, b"new")
    assert (vault.key_of(old), vault.key_of(new)) == (first, made)
    assert (vault.keys().newest, sorted(vault.keys().ids)) == (made, sorted([first, made]))
    assert (vault.open(HERE, old), vault.open(HERE, new)) == (b"old", b"new")


def test_a_rewrapped_secret_is_under_the_newest_key_and_the_old_reference_opens(vault: Vault) -> None:
    old = vault.seal(HERE, SECRET)
    assert vault.rewrap(HERE, old) is None
    made = vault.rotate()
    new = vault.rewrap(HERE, old)
    assert new is not None
    assert (vault.key_of(new), vault.open(HERE, new), vault.open(HERE, old)) == (made, SECRET, SECRET)
    vault.destroy(HERE, old)
    assert vault.open(HERE, new) == SECRET


def test_nothing_is_rewrapped_for_another_place(vault: Vault) -> None:
    old = vault.seal(HERE, SECRET)
    vault.rotate()
    with pytest.raises((SecretForged, SecretGone)):
        vault.rewrap(dataclasses.replace(HERE, account="acc_2"), old)


def test_a_retired_key_opens_nothing_and_the_newest_cannot_be_retired(vault: Vault) -> None:
    old, first = vault.seal(HERE, b"old"), vault.keys().newest
    with pytest.raises(ValueError, match="newest"):
        vault.retire(first)
    made = vault.rotate()
    new = vault.rewrap(HERE, old)
    for _ in range(2):
        vault.retire(first)
    assert vault.keys().ids == (made,)
    assert new is not None
    assert vault.open(HERE, new) == b"old"
    with pytest.raises(SecretGone):
        vault.open(HERE, old)
    with pytest.raises((SecretForged, SecretGone)):
        vault.key_of("nonsense")
