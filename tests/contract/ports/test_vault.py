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
