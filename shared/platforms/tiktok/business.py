"""Requests to TikTok for Business (Marketing API v1.3), which has a token, an app and manners of its own.

Everything is answered with status 200: ``{"code": 0, "message", "request_id", "data"}`` is a success, any other code a refusal.
https://business-api.tiktok.com/portal/docs, read 2026-11-22; paths and parameters as in TikTok's own SDK 1.1.3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.tiktok import errors, wire
from shared.ports.http import AnswerLost, Request, Response

API: Final = "https://business-api.tiktok.com/open_api/v1.3"
TOKEN: Final = "ads_access_token"
APP_ID: Final = "ads_app_id"
APP_SECRET: Final = "ads_app_secret"
SEND_DEADLINE: Final = 60.0


def get(call: Call, path: str, **query: Any) -> Any:
    """GET; lists and objects go as JSON. The answer's ``data``. Raises Refused, AnswerLost, NotSent."""
    plain = {name: _as_text(value) for name, value in query.items() if value is not None}
    return _data(call, _wire.get(f"{API}/{path}/", plain, Access_Token=_token(call)))


def post(call: Call, path: str, body: Mapping[str, Any]) -> Any:
    """POST JSON, without what is None. Raises as :func:`get`."""
    sent = {name: value for name, value in body.items() if value is not None}
    return _data(call, _wire.post_json(f"{API}/{path}/", sent, read_timeout=SEND_DEADLINE, Access_Token=_token(call)))


def app(call: Call) -> dict[str, str]:
    """The ads app's id and secret, which one endpoint wants beside the token. Raises Refused where they were not given."""
    extra = call.tokens.extra
    if not extra.get(APP_ID) or not extra.get(APP_SECRET):
        raise errors.refused(errors.NO_ADS, f"{APP_ID} and {APP_SECRET} are missing")
    return {"app_id": extra[APP_ID], "secret": extra[APP_SECRET]}


def _token(call: Call) -> str:
    given = call.tokens.extra.get(TOKEN)
    if not given:
        raise errors.refused(errors.NO_ADS, f"{TOKEN} is missing")
    return given


def _data(call: Call, request: Request) -> Any:
    answer = _wire.ask(call, request, errors.refusal)
    code = answer.json.get("code")
    if code == 0 and "data" in answer.json:
        return answer.json["data"]
    if not isinstance(code, int) or code == 0:
        raise AnswerLost("an answer without code and data")
    raise errors.refusal(Response(answer.status, answer.headers, wire.encoded(answer.json)), call.now)


def _as_text(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list | dict) else value
