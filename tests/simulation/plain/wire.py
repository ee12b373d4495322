"""Speaking to the plain network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.domain.content import Act
from shared.platforms import _wire
from shared.platforms.contract import Absent, Armed, Call, ErrorRow, Fate, Published, Refused, Unsure
from shared.ports.http import AnswerLost, Response

API = "https://api.plain.test"


def made(call: Call, kind: str, body: Mapping[str, Any]) -> str:
    """One POST; the id of what it made. Raises AnswerLost where the answer names none."""
    answer = _wire.ask(call, _wire.post_json(f"{API}/{kind}", body, Authorization=call.tokens.access), refusal)
    if not answer.json.get("id"):
        raise AnswerLost("a success without an id")
    return str(answer.json["id"])


def listed(call: Call, kind: str, query: str = "") -> list[dict[str, Any]]:
    """What there is of a kind; new things show after a while. Raises AnswerLost where it is no list."""
    answer = _wire.ask(call, _wire.get(f"{API}/{kind}?{query}", Authorization=call.tokens.access), refusal)
    rows = answer.json.get(kind)
    if not isinstance(rows, list):
        raise AnswerLost("a listing that is none")
    return rows


def found(call: Call, kind: str, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """The account's own writes since the arm, by place and text."""
    since = armed.at - timedelta(seconds=1)
    rows = [row for row in listed(call, kind, "own=1") if datetime.fromisoformat(row["at"]) >= since]
    alike = [row["id"] for row in rows if (row["on"], row["text"]) == (act.on, act.text)]
    mine = [one for one in alike if not armed.taken(one)]
    if len(mine) > 1:
        return Unsure("several of this text since the arm")
    return Published(mine[0]) if mine else Absent("not among what the account did since the arm")


def refusal(response: Response, now: datetime) -> Refused:
    """The plain network documents three refusals; anything else is on no list."""
    fates = {422: (Fate.REJECTED, "content_rejected"), 429: (Fate.LIMITED, "rate_limited")}
    fate, code = fates.get(response.status, (Fate.UNKNOWN, "unknown"))
    if response.status == 401:
        fate, code = Fate.UNAUTHORISED, "token_expired"
    row = ErrorRow(fate, code, "The network said no.")
    later = now + timedelta(seconds=2) if fate is Fate.LIMITED else None
    return Refused(row, platform="plain", status=response.status, retry_at=later)
