"""Requests to graph.facebook.com and graph-video.facebook.com, as all of Graph's: ``_graph.calls``.

Each carries ``appsecret_proof``, so that an app that demands it works, and a stolen token alone is worth less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shared.platforms import _wire
from shared.platforms._graph.calls import SEND_DEADLINE, Graph, next_page
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.facebook import errors
from shared.ports.http import AnswerLost, Request

__all__ = ["SEND_DEADLINE", "next_page"]

HOST = "https://graph.facebook.com"
VERSION = "v26.0"
GRAPH = Graph(HOST, VERSION, errors.BOOK, proof=True)
VIDEO = Graph("https://graph-video.facebook.com", VERSION, errors.BOOK, proof=True)

read = GRAPH.read
post = GRAPH.post
create = GRAPH.create
make_visible = GRAPH.make_visible
send_json = GRAPH.send_json
remove = GRAPH.remove


def page_id(call: Call) -> str:
    """The Page that the account is."""
    return call.who.platform_account_id


def act(call: Call, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """As ``make_visible``, for what is done to something: where that is not there, nothing was done. Raises as that."""
    try:
        return make_visible(call, path, fields)
    except Refused as refused:
        raise errors.definite(refused) from None


@contextmanager
def as_person(call: Call) -> Iterator[str]:
    """The token of who connected the Page: ads and the list of Pages are theirs. Its end is told as what it is: the
    Page's lives on. Raises Refused."""
    token = call.tokens.extra.get("user_token", "")
    if not token:
        raise errors.refused(errors.NO_PERSON, "no person's token was kept")
    try:
        yield token
    except Refused as refused:
        if refused.fate is Fate.UNAUTHORISED:
            refused.row = errors.PERSON_ENDED
        raise


def hand_over(call: Call, upload_url: str, file_url: str) -> dict[str, Any]:
    """Tell rupload.facebook.com where to fetch a video. Raises Refused, AnswerLost, NotSent.

    https://developers.facebook.com/docs/video-api/guides/reels-publishing, «Upload a hosted file».
    """
    headers = {"Authorization": f"OAuth {call.tokens.access}", "file_url": file_url}
    request = Request("POST", upload_url, headers, b"", read_timeout=120.0)
    return _wire.ask(call, request, errors.refusal).json


def listing(
    call: Call, path: str, query: Mapping[str, Any], after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of an edge, and the cursor of the next. Raises Refused, NotSent, AnswerLost (also when it is no listing)."""
    answer = read(call, path, **query, after=after)
    data = answer.get("data")
    if not isinstance(data, list):
        raise AnswerLost("a listing without its data")
    return [row for row in data if isinstance(row, dict)], next_page(answer)
