"""Connecting through Facebook Login: a code, a person's token of an hour, one of 60 days, and a token for each Page.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived, read 2026-11-22.

A Page's token that was made from a person's token of 60 days has no end: there is nothing to refresh. It dies with the
person's password, role or grant. The person's token is kept beside it, to end the grant and to ask for the Page's again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Candidates, Fate, Refused
from shared.platforms.facebook import errors, graph

AUTHORIZE = f"https://www.facebook.com/{graph.VERSION}/dialog/oauth"
TOKEN = f"{graph.GRAPH.base}/oauth/access_token"
PAGE_FIELDS = "id,name,username,access_token,tasks,category,picture{url},link,followers_count"
KEPT = ("category", "tasks", "link", "followers_count")
MAX_PAGES = 10


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where to send the person. ``challenge`` is not used: the server-side flow is proven by the app's secret."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": state,
    }
    return _oauth2.authorize_url(AUTHORIZE, query)


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected | Candidates:
    """Trade the code for the Pages that the person allowed. Raises Refused, also when there are none."""
    return adopt(call, Tokens(_trade(call, {"redirect_uri": redirect_uri, "code": code})))


def adopt(call: Call, tokens: Tokens) -> Connected | Candidates:
    """The Pages that a person's token reaches: it is traded for one of 60 days, which needs it to be this app's own.

    Raises Refused, also when there are none.
    """
    token = _trade(call, {"grant_type": "fb_exchange_token", "fb_exchange_token": tokens.access})
    known = replace(call, account=AccountView("", "", {}, Tokens(token)))
    person = graph.read(known, "me", fields="id,name")
    scopes = _granted(known)
    pages = _pages(known)
    if not pages:
        raise errors.refused(errors.NO_PAGES, "GET /me/accounts is empty")
    extra = {"user_id": str(person.get("id") or ""), "user_token": token, "pages": str(len(pages))}
    found = tuple(_connected(page, scopes, extra) for page in pages)
    return found[0] if len(found) == 1 else Candidates(found)


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Facebook takes no passwords from apps."""
    raise Unsupported("platform.facebook.sign_in_not_offered", "Connect Facebook with the address from authorize_url.")


def refresh(call: Call) -> Tokens:
    """The tokens as they are, when they live: a Page's token has no end. Raises Refused with ``row.reconnect``.

    A dead Page token is asked for again with the person's, while that one lives (60 days).
    """
    try:
        graph.read(call, "me", fields="id")
        return call.tokens
    except Refused as refused:
        if refused.fate is not Fate.UNAUTHORISED:
            raise
        return _again(call, refused)


def revoke(call: Call) -> None:
    """End the person's grant to this app; one that is dead already is fine.

    The grant is the person's, and all of their Pages hang on it: where it has several, only this Page's webhooks are
    ended, so that the others stay connected; likewise when the person's token is dead, and the Page's may not be.
    """
    extra = call.tokens.extra
    try:
        if _is_alone(call):
            graph.remove(call, f"{extra.get('user_id') or 'me'}/permissions", token=extra["user_token"])
            return
    except Refused as refused:
        _unless_dead(refused)
    try:
        graph.remove(call, f"{graph.page_id(call)}/subscribed_apps")
    except Refused as refused:
        _unless_dead(refused)


def _is_alone(call: Call) -> bool:
    """Whether the person's grant is for this Page only: as it was when it was given, and as it is now."""
    token = call.tokens.extra.get("user_token")
    if not token or call.tokens.extra.get("pages", "1") != "1":
        return False
    now = graph.read(call, "me/accounts", token=token, fields="id", limit=2).get("data")
    return isinstance(now, list) and len(now) <= 1


def _unless_dead(refused: Refused) -> None:
    if refused.fate is not Fate.UNAUTHORISED and not errors.is_gone(refused):
        raise refused


def _trade(call: Call, fields: Mapping[str, str]) -> str:
    """A token. By POST, which keeps the secrets out of the address; Meta's examples show the same as a GET."""
    form = {"client_id": call.app.client_id, "client_secret": call.app.client_secret, **fields}
    answer = _wire.ask(call, _wire.post_form(TOKEN, form), errors.code_refusal).json
    if not answer.get("access_token"):
        raise errors.refused(errors.UNLISTED, "a success without an access token")
    return str(answer["access_token"])


def _granted(call: Call) -> tuple[str, ...]:
    """The permissions that the person did not decline."""
    rows, _ = graph.listing(call, "me/permissions", {"limit": 100}, None)
    return tuple(str(row.get("permission")) for row in rows if row.get("status") == "granted")


def _pages(call: Call) -> list[dict[str, Any]]:
    """The Pages that the person manages and allowed, each with a token of its own."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        rows, after = graph.listing(call, "me/accounts", {"fields": PAGE_FIELDS, "limit": 100}, after)
        found += [row for row in rows if row.get("id") and row.get("access_token")]
        if after is None:
            break
    return found


def _connected(page: Mapping[str, Any], scopes: tuple[str, ...], extra: Mapping[str, str]) -> Connected:
    picture = ((page.get("picture") or {}).get("data") or {}).get("url")
    name = str(page.get("name") or "")
    return Connected(
        platform_account_id=str(page["id"]),
        username=str(page.get("username") or name or page["id"]),
        name=name,
        tokens=Tokens(str(page["access_token"]), None, None, None, scopes, dict(extra)),
        picture_url=str(picture or ""),
        metadata={key: page[key] for key in KEPT if key in page},
    )


def _again(call: Call, dead: Refused) -> Tokens:
    token = call.tokens.extra.get("user_token", "")
    try:
        found = graph.read(call, graph.page_id(call), token=token, fields="access_token") if token else {}
    except Refused as refused:
        if refused.fate in {Fate.TRANSIENT, Fate.LIMITED}:
            raise
        found = {}
    if not found.get("access_token"):
        dead.row = replace(dead.row, reconnect=True)
        raise dead
    return replace(call.tokens, access=str(found["access_token"]))
