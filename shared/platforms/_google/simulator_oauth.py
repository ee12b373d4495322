"""The simulated Google's sign-in: the consent page, the token endpoint, revocation; and who a token speaks for.

A code lives ten minutes and is good once, an access token lives about an hour, a refresh token until its grant ends. Revoking
one token ends every grant of that person to that client, as Google has it; and of more than 100 refresh tokens for one
person and client the oldest ends without a word.
https://developers.google.com/identity/protocols/oauth2/web-server, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms._google.simulator import Asked, Denied, answer, keep_until, scope_missing, secret, unauthenticated
from shared.platforms._oauth2 import challenge_s256
from shared.platforms.contract import World
from shared.ports.http import Response

ACCESS_SECONDS: Final = 3920  # as in the example of Google's page; real ones are about an hour
CODE_SECONDS: Final = 600
SEED_REDIRECT: Final = "https://sandbox.rostrum.test/callback"
REFRESH_TOKENS: Final = 100  # of one person and client
_CODES: Final = 20  # of one person that are kept: one alone is ever traded
_NEEDED: Final = ("response_type", "client_id", "redirect_uri", "scope")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Google's accounts as one network's simulator keeps them: ``prefix`` of its state, and how a person is made."""

    prefix: str
    person: Callable[[World, str], Mapping[str, Any]]
    scopes: tuple[str, ...]

    def answer(self, asked: Asked) -> Response | None:
        """The answer of one of the three endpoints, None where the request is to none of them."""
        routes = {
            ("GET", "accounts.google.com", "/o/oauth2/v2/auth"): self.authorize,
            ("POST", "oauth2.googleapis.com", "/token"): self.token,
            ("POST", "oauth2.googleapis.com", "/revoke"): self.revoke,
        }
        found = routes.get((asked.method, asked.host, asked.path))
        return found(asked) if found else None

    def seed(self, world: World, name: str) -> Mapping[str, str]:
        """Make sure that the person exists; answers a code, good for any client, with what belongs to it."""
        person = self.person(world, name)
        verifier = f"seed-{person['id']}-" + "0" * 40
        query = {
            "redirect_uri": SEED_REDIRECT,
            "scope": " ".join(self.scopes),
            "code_challenge": challenge_s256(verifier),
            "access_type": "offline",
        }
        code = self.grant_code(world, person, query)
        return {"sandbox_user": name, "code": code, "redirect_uri": SEED_REDIRECT, "verifier": verifier}

    def authorize(self, asked: Asked) -> Response:
        """The consent page: the person says yes at once, or no where ``sandbox_deny`` is 1."""
        query = asked.query
        if any(not query.get(name) for name in _NEEDED) or query["response_type"] != "code":
            return _page("Access blocked: Authorization Error. Error 400: invalid_request")
        if not set(query["scope"].split()) <= set(self.scopes):
            return _page("Access blocked: Authorization Error. Error 400: invalid_scope")
        if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
            return _page("Access blocked: Authorization Error. Error 400: invalid_request")
        if query.get("sandbox_deny") == "1":
            return _redirect(query, {"error": "access_denied"})
        person = self.person(asked.world, query.get("sandbox_user") or "rostrum")
        return _redirect(query, {"code": self.grant_code(asked.world, person, query), "scope": query["scope"]})

    def grant_code(self, world: World, person: Mapping[str, Any], query: Mapping[str, str]) -> str:
        """A code for that person and these parameters of the consent page."""
        code = "4/0A" + secret(world, "code")
        kept = ("client_id", "redirect_uri", "scope", "code_challenge", "access_type")
        until = world.now.timestamp() + CODE_SECONDS
        held = {"user": person["id"], "until": until, **{name: query.get(name, "") for name in kept}}
        world.put(f"{self.prefix}.code", _plain(code), held)
        self._keep(world, "code", str(person["id"]), code, _CODES)
        return code

    def token(self, asked: Asked) -> Response:
        """POST /token."""
        form = asked.form()
        if not form.get("client_id") or not form.get("client_secret"):
            return _refused("invalid_client", "The OAuth client was not found.", 401)
        trades = {"authorization_code": self._trade_code, "refresh_token": self._trade_refresh}
        trade = trades.get(form.get("grant_type", ""))
        return trade(asked.world, form) if trade else _refused("unsupported_grant_type", "Invalid grant_type")

    def revoke(self, asked: Asked) -> Response:
        """POST /revoke: the token in the query or in the form."""
        given = asked.form().get("token") or asked.query.get("token", "")
        grant = self._grant(asked.world, given)
        if not grant:
            return _refused("invalid_token", "Token expired or revoked")
        ended = {"upto": asked.world.serial("google.grant")}
        asked.world.put(f"{self.prefix}.ended", _of(grant), ended)
        return answer({})

    def recognise(self, asked: Asked, scopes: frozenset[str]) -> Asked:
        """The request with the person that its token speaks for. Raises Denied; one of ``scopes`` is enough."""
        kind, _, given = asked.headers.get("authorization", "").partition(" ")
        held = asked.world.get(f"{self.prefix}.access", _plain(given)) if kind.lower() == "bearer" else None
        if not held or held["until"] <= asked.world.now.timestamp() or not self._alive(asked.world, held["grant"]):
            raise Denied(unauthenticated())
        grant = held["grant"]
        granted = frozenset(str(grant["scope"]).split())
        if not scopes & granted:
            raise Denied(scope_missing())
        user = asked.world.get(f"{self.prefix}.person", str(grant["user"])) or {}
        return replace(asked, user=user, scopes=granted, client=str(grant["client"]))

    def _trade_code(self, world: World, form: Mapping[str, str]) -> Response:
        held = world.get(f"{self.prefix}.code", _plain(form.get("code", "")))
        world.delete(f"{self.prefix}.code", _plain(form.get("code", "")))
        if not held or held["until"] < world.now.timestamp() or held["client_id"] not in {"", form["client_id"]}:
            return _refused("invalid_grant", "Malformed auth code." if not held else "Bad Request")
        if held["redirect_uri"] != form.get("redirect_uri"):
            return _refused("redirect_uri_mismatch", "Bad Request")
        if held["code_challenge"] and challenge_s256(form.get("code_verifier", "")) != held["code_challenge"]:
            said = "Invalid code verifier." if form.get("code_verifier") else "Missing code verifier."
            return _refused("invalid_grant", said)
        number = world.serial("google.grant")
        grant = {"user": held["user"], "client": form["client_id"], "scope": held["scope"], "number": number}
        body = self._access(world, grant)
        if held["access_type"] == "offline":
            body["refresh_token"] = "1//0" + secret(world, "refresh")
            world.put(f"{self.prefix}.refresh", _plain(body["refresh_token"]), {"grant": grant})
            self._keep(world, "refresh", _of(grant), body["refresh_token"], REFRESH_TOKENS)
        return answer(body)

    def _trade_refresh(self, world: World, form: Mapping[str, str]) -> Response:
        if not form.get("refresh_token"):
            return _refused("invalid_request", "Missing required parameter: refresh_token")
        held = world.get(f"{self.prefix}.refresh", _plain(form["refresh_token"]))
        if not held or held["grant"]["client"] != form["client_id"] or not self._alive(world, held["grant"]):
            return _refused("invalid_grant", "Token has been expired or revoked.")
        return answer(self._access(world, held["grant"]))

    def _access(self, world: World, grant: Mapping[str, Any]) -> dict[str, Any]:
        access = "ya29.a0" + secret(world, "access")
        until = world.now.timestamp() + ACCESS_SECONDS
        keep_until(world, f"{self.prefix}.access", _of(grant), _plain(access), {"grant": dict(grant), "until": until})
        return {"access_token": access, "expires_in": ACCESS_SECONDS, "scope": grant["scope"], "token_type": "Bearer"}

    def _keep(self, world: World, kind: str, owner: str, given: str, most: int) -> None:
        """One more of an owner's, and no more than so many: the oldest goes."""
        before = (world.get(f"{self.prefix}.{kind}s", _plain(owner)) or {"keys": []})["keys"]
        keys = [*before, _plain(given)]
        for gone in keys[:-most]:
            world.delete(f"{self.prefix}.{kind}", gone)
        world.put(f"{self.prefix}.{kind}s", _plain(owner), {"keys": keys[-most:]})

    def _grant(self, world: World, given: str) -> dict[str, Any] | None:
        for kind in ("refresh", "access"):
            held = world.get(f"{self.prefix}.{kind}", _plain(given))
            if held and self._alive(world, held["grant"]):
                return dict(held["grant"])
        return None

    def _alive(self, world: World, grant: Mapping[str, Any]) -> bool:
        ended = world.get(f"{self.prefix}.ended", _of(grant))
        return not ended or int(grant["number"]) > int(ended["upto"])


def _of(grant: Mapping[str, Any]) -> str:
    return _plain(f"{grant['user']}.{grant['client']}")


def _plain(given: str) -> str:
    """A token as a key of the world's: letters, digits and a few signs."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", given)[:200] or "none"


def _redirect(query: Mapping[str, str], more: Mapping[str, str]) -> Response:
    target = query["redirect_uri"]
    back = {**more, **({"state": query["state"]} if "state" in query else {})}
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{urlencode(back)}"}, b"")


def _page(text: str) -> Response:
    return Response(400, {"content-type": "text/html"}, f"<h1>{text}</h1>".encode())


def _refused(name: str, description: str, status: int = 400) -> Response:
    return answer({"error": name, "error_description": description}, status)
