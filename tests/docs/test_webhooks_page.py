"""docs/webhooks.md: its receivers accept what we sign and nothing else, and its table is the catalogue."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain import event_types
from shared.domain.webhooks import SECRETS, secret_of, signed
from tests.docs.walkthrough import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
SECRET, OTHER = secret_of(SECRETS // 3), secret_of(7)
BODY = '{"event":"post.published","data":{"text":"Zoë"}}'.encode()
Receiver = Callable[[str, dict[str, str], bytes], bool]


def snippet(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def in_python(secret: str, headers: dict[str, str], body: bytes) -> bool:
    names: dict[str, Any] = {}
    exec(snippet("python"), names)
    return bool(names["genuine"](secret, headers, body))


def in_javascript(secret: str, headers: dict[str, str], body: bytes) -> bool:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    given = json.dumps([secret, headers, body.hex()])
    code = f"{snippet('js')}\nconst [s, h, b] = {given};\nconsole.log(genuine(s, h, Buffer.from(b, 'hex')));"
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
    return done.stdout.strip() == "true"


@pytest.mark.parametrize("genuine", [in_python, in_javascript])
def test_the_shown_receivers_accept_what_we_sign_and_nothing_else(genuine: Receiver) -> None:
    now = datetime.now(UTC)
    headers = signed((SECRET,), "dlv_1", now, BODY)
    assert genuine(SECRET, headers, BODY)
    rotated = {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
    assert genuine(SECRET, rotated, BODY)
    assert not genuine(SECRET, headers, BODY + b" ")
    assert not genuine(OTHER, headers, BODY)
    assert not genuine(SECRET, signed((SECRET,), "dlv_1", now - timedelta(minutes=6), BODY), BODY)
    assert not genuine(SECRET, {**headers, "webhook-id": "dlv_2"}, BODY)
    assert not genuine(SECRET, {}, BODY)


def test_the_table_is_the_catalogue() -> None:
    shown = re.findall(r"^\| `([\w.]+)` \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert shown == [(one.name, one.category, one.description) for one in event_types.by_name().values()]
