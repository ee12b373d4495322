"""Requests to a Graph host: the token goes into the Authorization header, never into the address.

    GRAPH = calls.Graph("https://graph.…", "v26.0", BOOK)
    GRAPH.read(call, "me", fields="id")            GET, the answer
    GRAPH.create(call, "123/photos", fields)       POST of something invisible, its id
    GRAPH.make_visible(call, "123/feed", fields)   POST of the one visible request, the answer
    GRAPH.remove(call, "123_456")                  DELETE

A form's None values are left out. https://developers.facebook.com/docs/graph-api/overview#access-tokens and
https://developers.facebook.com/docs/graph-api/guides/secure-requests (appsecret_proof), read 2026-11-22.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms._graph.errors import Book
from shared.platforms.contract import Call
from shared.ports.http import Request

SEND_DEADLINE = 60.0  # a network's manifest: timing.send_deadline
_ID = re.compile(r"[\w:=+~,-][\w.:=+~,-]{0,511}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Graph:
    """A Graph host in one version. ``proof``: send appsecret_proof, where the call has an app secret.

    ``token`` of a method: speak with this token instead of the account's own.
    """

    host: str
    version: str
    book: Book
    proof: bool = False
    send_deadline: float = SEND_DEADLINE

    @property
    def base(self) -> str:
        return f"{self.host}/{self.version}"

    def address(self, path: str) -> str:
        """Where ``path`` is: a node, or one of its edges. Raises Invalid for what is neither.

        Ids come from callers: one with ``?``, ``#`` or ``/`` in it would be another request, with the account's token.
        """
        parts = path.split("/")
        if len(parts) > 2:
            raise self._no_id(path)
        return "/".join((self.base, *(self.named(part) for part in parts)))

    def named(self, id_: str, field: str = "id") -> str:
        """The id of a node, as it is. Raises Invalid, naming ``field``, for what can be none."""
        if not _ID.fullmatch(id_):
            raise self._no_id(id_, field)
        return id_

    def _no_id(self, given: str, field: str = "id") -> Invalid:
        text = f"{field}: {given[:64]!r} is no id of {self.book.title}'s: give the id as it was answered."
        return Invalid(f"platform.{self.book.platform}.id_invalid", text, field=field, platform=self.book.platform)

    def read(self, call: Call, path: str, *, token: str = "", **query: Any) -> dict[str, Any]:
        """GET ``path`` below the version. Raises Refused, AnswerLost, NotSent; Invalid as all of these (:meth:`address`)."""
        url = self.address(path)
        request = _wire.get(url, {**query, **self.proven(call, token)}, Authorization=self.bearer(call, token))
        return _wire.ask(call, request, self.book.refusal).json

    def post(self, call: Call, path: str, fields: Mapping[str, Any], *, token: str = "") -> dict[str, Any]:
        """POST a form that nobody sees, or that may be repeated. Raises Refused, AnswerLost, NotSent."""
        return _wire.ask(call, self.form(call, path, fields, token), self.book.refusal).json

    def create(self, call: Call, path: str, fields: Mapping[str, Any], *, token: str = "") -> str:
        """POST a form that makes something invisible; its id. Raises Refused, AnswerLost, NotSent."""
        found = str(self.post(call, path, fields, token=token).get("id") or "")
        if not found:
            raise self.book.refused(self.book.common.server, "an answer without an id")
        return found

    def make_visible(self, call: Call, path: str, fields: Mapping[str, Any], *, token: str = "") -> dict[str, Any]:
        """POST a form that makes something visible; the answer, whose ``id`` may lack. Raises as :meth:`post`."""
        return _wire.ask(call, self.form(call, path, fields, token), self.book.visible_refusal).json

    def send_json(self, call: Call, path: str, body: Mapping[str, Any], *, token: str = "") -> dict[str, Any]:
        """As :meth:`make_visible`, with a JSON body. Raises as :meth:`post`."""
        url = _wire.with_query(self.address(path), self.proven(call, token))
        bearer = self.bearer(call, token)
        request = _wire.post_json(url, body, read_timeout=self.send_deadline, Authorization=bearer)
        return _wire.ask(call, request, self.book.visible_refusal).json

    def remove(self, call: Call, path: str, *, token: str = "", **query: Any) -> None:
        """DELETE ``path``. Raises Refused, AnswerLost, NotSent."""
        url = _wire.with_query(self.address(path), {**query, **self.proven(call, token)})
        request = Request("DELETE", url, {"Authorization": self.bearer(call, token)}, read_timeout=self.send_deadline)
        _wire.ask(call, request, self.book.refusal)

    def form(self, call: Call, path: str, fields: Mapping[str, Any], token: str = "") -> Request:
        """The POST of a form."""
        given = {**fields, **self.proven(call, token)}
        bearer = self.bearer(call, token)
        return _wire.post_form(self.address(path), given, read_timeout=self.send_deadline, Authorization=bearer)

    def part(
        self, call: Call, path: str, fields: Mapping[str, str], content: bytes, *, field: str, tag: str, **kind: str
    ) -> Request:
        """The POST of a form with some bytes as ``field``. ``tag`` seeds the boundary: the same step, the same bytes.

        ``kind``: ``name`` and ``content_type`` of the file, where they matter.
        """
        given = {**fields, **self.proven(call)}
        boundary = f"rostrum-{tag}"
        name, type_ = kind.get("name", "file"), kind.get("content_type", "application/octet-stream")
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in given.items()
        ]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n')
        head = "".join([*parts, f"Content-Type: {type_}\r\n\r\n"]).encode()
        body = b"".join([head, content, f"\r\n--{boundary}--\r\n".encode()])
        named = f"multipart/form-data; boundary={boundary}"
        return _wire.post_bytes(self.address(path), body, named, Authorization=self.bearer(call))

    def bearer(self, call: Call, token: str = "") -> str:
        """The Authorization header."""
        return f"Bearer {token or call.tokens.access}"

    def proven(self, call: Call, token: str = "") -> dict[str, str]:
        """``appsecret_proof``, where it is wanted and possible."""
        if not self.proof or not call.app.client_secret:
            return {}
        return {"appsecret_proof": appsecret_proof(token or call.tokens.access, call.app.client_secret)}


def appsecret_proof(token: str, secret: str) -> str:
    """HMAC-SHA256 of the token under the app's secret, in hex."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def next_page(answer: Mapping[str, Any]) -> str | None:
    """The cursor of a listing's next page, None on the last one (which has no ``next``)."""
    paging = answer.get("paging") or {}
    return (paging.get("cursors") or {}).get("after") if paging.get("next") else None
