"""docs/zapier.md, docs/make.md and docs/audit.md: every command is answered with the status behind it."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest

from shared.domain.flat import flattened
from tests.api.client import Api, api
from tests.docs.walkthrough import ROOT

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^(curl .*?) # (\d{3})$", re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[tuple[str, int]]:
    blocks = _BLOCK.findall((ROOT / "docs" / page).read_text("utf-8"))
    found = [(text, int(status)) for block in blocks for text, status in _COMMAND.findall(block)]
    assert found, "a page without a command"
    assert len(found) == sum(block.count("curl ") for block in blocks), (
        "a command without the status that it is to have"
    )
    return found


def ask(call: Api, text: str, known: dict[str, str]) -> Any:
    """One command, as a shell would read it."""
    for name, value in known.items():
        text = text.replace(f"${name}", value)
    words = shlex.split(text.replace("\\\n", " "))[1:]
    method, body, path, headers = "", None, "", {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "-X":
            method = following
        elif word == "-d":
            body = json.loads(following)
        elif word == "-H":
            name, _, value = following.partition(": ")
            headers[name] = value
        elif word.startswith("URL/"):
            path = word.removeprefix("URL")
    key = headers.pop("Authorization").removeprefix("Bearer ")
    headers.pop("Content-Type", None)
    more = {name.replace("-", "_"): value for name, value in headers.items()}
    return call(method or "GET", path, body, key=key, **more)


@pytest.mark.parametrize("page", ["zapier.md", "make.md", "audit.md"])
def test_every_command_is_answered_as_the_page_says(page: str) -> None:
    call = api()
    known = {"ROSTRUM_URL": "URL", "ROSTRUM_API_KEY": call.test_key, "ACCOUNT": call.connect("bluesky")}
    for text, status in commands(page):
        answer = ask(call, text, known)
        assert answer.status == status, f"{text}\n{answer.json}"
        if '/v1/hooks"' in text:
            known["HOOK"] = answer.json["id"]


def test_the_table_of_the_flat_form_is_what_it_does() -> None:
    rows = re.findall(r"^\| `(\{.+\})` \| (.+) \|$", (ROOT / "docs" / "zapier.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) == 3
    for nested, flat in rows:
        shown = re.findall(r"`(\w+)`: (?:`([^`]+)`|(\d+))", flat)
        assert {name: text or int(number) for name, text, number in shown} == flattened(json.loads(nested))
