"""Logs: one JSON object a line, and no secret in it, however it got there."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from shared.runtime import logs

CANARY = "cAnArY0123456789cAnArY0123456789"
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJ{CANARY}.sig{CANARY}"

TEXTS = [
    f"key rst_live_{CANARY} refused",
    f"key rst_test_{CANARY}",
    f"Authorization: Bearer {CANARY}",
    f"authorization: bearer {CANARY}",
    f'{{"Authorization": "Bearer {CANARY}"}}',
    f"Basic {CANARY}==",
    f"DPoP {CANARY}",
    f"OAuth {CANARY}",
    f"https://a.example/x?access_token={CANARY}&fields=id",
    f"https://a.example/cb?state=1&code={CANARY}#_",
    f"grant_type=refresh_token&refresh_token={CANARY}&client_id=1",
    f"client_secret={CANARY}",
    f"fb_exchange_token={CANARY}",
    f"appsecret_proof={CANARY}",
    f"code_verifier={CANARY}",
    f"{{'refresh_token': '{CANARY}', 'a': 1}}",
    f'{{"accessJwt": "{CANARY}", "refreshJwt":"{CANARY}"}}',
    f'{{"password": "two words {CANARY}"}}',
    f'{{"password": "a quote \\" {CANARY}"}}',
    f"app_password={CANARY}",
    f"the answer was {JWT} indeed",
    f"whsec_{CANARY}",
    f"Set-Cookie: session={CANARY}",
    f"X-Goog-Signature={CANARY}",
    f"https://files.example/_blobs/a?expires=1&signature={CANARY}",
    f"Tokens(access_token='{CANARY}')",
]


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(stream, logging.DEBUG)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().split("\n") if line]


@pytest.mark.parametrize("text", TEXTS)
def test_no_secret_in_any_place_of_a_record(out: io.StringIO, text: str) -> None:
    """In the message, its arguments, an extra, nested, an object, an exception."""
    log = logging.getLogger("some.room")
    log.warning(text)
    log.warning("said: %s", text)
    log.warning("x", extra={"said": text, "deep": {"er": [text, {"est": (text,)}]}, "error": ValueError(text)})
    try:
        raise RuntimeError(text)  # noqa: TRY301 - to be caught is all it is for
    except RuntimeError:
        log.exception("failed")
    assert len(lines(out)) == 4
    assert CANARY not in out.getvalue()
    assert "[redacted]" in out.getvalue()


@pytest.mark.parametrize(
    "name", ["access_token", "refresh_token", "client_secret", "password", "accessJwt", "sealed", "Cookie"]
)
def test_what_has_a_secret_name_is_not_shown(out: io.StringIO, name: str) -> None:
    logging.getLogger("x").info("x", extra={name: CANARY, "request": {name: CANARY}})
    assert CANARY not in out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "GET /v1/posts 200 in 12 ms",
        "the network answered with status code: 500",
        "error_code=190 subcode=463",
        "post_01ABC of acc_01DEF: platform.bluesky.rate_limited",
        "OAuth error, see the docs",
        "task t-0123456789abcdef0123456789abcdef01234567",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert logs.redact(text) == text


def test_one_object_a_line(out: io.StringIO) -> None:
    """Line breaks, odd objects and unicode do not break the line; the fields are Cloud Logging's."""
    log = logging.getLogger("some.room")
    log.info("first\nsecond \u2028 ✓", extra={"odd": object(), "number": 3, "none": None, "flag": True})
    log.error("%d%%", 5)
    first, second = lines(out)
    assert (first["message"], first["severity"], first["logger"]) == ("first\nsecond \u2028 ✓", "INFO", "some.room")
    assert (first["number"], first["none"], first["flag"]) == (3, None, True)
    assert (second["message"], second["severity"]) == ("5%", "ERROR")
    assert len(out.getvalue().rstrip("\n").split("\n")) == 2


def test_configuring_twice_logs_once(out: io.StringIO) -> None:
    logs.configure(out)
    logging.getLogger("x").info("once")
    assert len(lines(out)) == 1
