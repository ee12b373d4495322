"""Signing people in: to Google and back, and the sessions that this ends in.

The first sign-in of somebody who may sign up makes a workspace of their own; later ones find it. A sign-in is used once,
within ten minutes, by the browser that began it: its cookie gives the nonce and the PKCE verifier, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.domain import codec, signins
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Forbidden, Invalid, Unauthenticated, Unsupported
from shared.domain.signins import Session, SignIn
from shared.domain.users import User, user_id, user_path
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import auditing, callers
from shared.ports.identity import Claims, CodeRefused, Identity, IdentityUnavailable, NotConfigured, TokenRefused
from shared.ports.store import Query, Transaction, Write
from shared.ports.world import Ports

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RETURN = 2048
ROUNDS = 50  # of the sweeper, a run
CALLBACK = "/v1/auth/google/callback"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what its cookie has to say when it comes back."""

    url: str
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session, and its token, shown this once. ``return_to``: where the person wanted to go, on this installation."""

    user: User
    session: Session
    token: str = field(repr=False)
    return_to: str = "/"


def begin(ports: Ports, return_to: str = "") -> Begun:
    """The first half of a sign-in. Raises Invalid (``return_to`` leads elsewhere), Unsupported, store.Unavailable."""
    identity, wanted = _google(ports), _own_path(ports, return_to)
    browser, state = ports.ids.token(256), ports.ids.token(256)
    kept = SignIn(signins.digest(browser), wanted, ports.clock.now() + signins.SIGN_IN_AGE)
    ports.store.commit([Write("create", signins.sign_in_path(state), codec.encode(kept))])
    challenge = signins.challenge_of(signins.verifier_of(browser, state))
    nonce = signins.nonce_of(browser, state)
    return Begun(identity.authorize_url(f"{ports.public_url}{CALLBACK}", state, nonce, challenge), browser)


def finish(ports: Ports, query: Mapping[str, str], browser: str) -> SignedIn:
    """The browser came back. ``query``: what Google sent along; ``browser``: its cookie of :func:`begin`.

    Raises Forbidden (``auth.state_mismatch``: unknown, used, too old, or begun in another browser), Invalid (the person
    refused, or Google does not accept the code), Unauthenticated (``auth.invalid_token``, ``auth.not_provisioned``),
    Unsupported, Broken, store.Unavailable.
    """
    identity, state = _google(ports), query.get("state", "")
    begun = _spend(ports, state, browser)
    if query.get("error") or not query.get("code"):
        said = query.get("error", "no code")[:100]
        raise Invalid("validation.field_invalid", f"Nobody was signed in: Google says {said}.", field="error")
    verifier, nonce = signins.verifier_of(browser, state), signins.nonce_of(browser, state)
    with _asking():
        claims = identity.exchange(query["code"], f"{ports.public_url}{CALLBACK}", verifier, nonce)
    return replace(_session(ports, _person(ports, claims)), return_to=begun.return_to)


def by_id_token(ports: Ports, token: str) -> SignedIn:
    """A session for whoever a Google ID token names. Raises Unauthenticated, Unsupported, Broken, store.Unavailable."""
    _google(ports)
    claims = callers.verified(ports, token)
    if claims.trusted:
        text = "id_token: a Google ID token for this installation's client. Others are sent as they are, as a bearer."
        raise Invalid("validation.field_invalid", text, field="id_token")
    return _session(ports, _person(ports, claims))


def end(ports: Ports, caller: Caller) -> None:
    """Sign out: this session is refused from the next request on. Repeatable. Raises Forbidden (no session), store.Unavailable."""
    if caller.kind != "session":
        text = "Only a session can be ended here; a key is revoked with DELETE /v1/keys/{id}."
        raise Forbidden("auth.requires_dashboard_auth", text)
    gone = [Write("delete", f"sessions/{caller.key_id}")]
    auditing.commit(ports, replace(caller, mode="live"), "session.ended", caller.user_id, gone)


def session_of(ports: Ports, caller: Caller) -> Session | None:
    """The caller's session, None for keys and JWTs. Raises store.Unavailable."""
    doc = ports.store.get(f"sessions/{caller.key_id}") if caller.kind == "session" else None
    return codec.decode(Session, doc.data) if doc else None


def forget_expired(ports: Ports, limit: int = 100) -> int:
    """Remove sign-ins that nobody finished, and sessions that are over; answers how many. For the sweeper.

    Anybody may begin a sign-in, so that there may be many: up to ``ROUNDS`` times ``limit`` of each kind go in one run.
    Safe to run at any time, any number of times at once. Raises store.Unavailable.
    """
    now = ports.clock.now()
    unused = Query("sessions", where=(("seen_at", "<", now - signins.SESSION_IDLE),), limit=limit)
    late = [Query(kind, where=(("expires_at", "<", now),), limit=limit) for kind in ("signins", "sessions")]
    return sum(_forgotten(ports, query) for query in (*late, unused))


def _forgotten(ports: Ports, query: Query) -> int:
    count = 0
    for _ in range(ROUNDS):
        found = ports.store.query(query)
        if found:
            ports.store.commit([Write("delete", doc.path) for doc in found])
        count += len(found)
        if len(found) < (query.limit or 0):
            break
    return count


def _google(ports: Ports) -> Identity:
    if ports.identity is None or not ports.identity.signs_in:
        text = "Nobody can sign in here: GOOGLE_SIGNIN_CLIENT_ID is not set. API keys work without it."
        raise Unsupported("resource.not_supported", text)
    return ports.identity


def _own_path(ports: Ports, wanted: str) -> str:
    """A path of this installation. Raises Invalid: a sign-in must not send anybody to somebody else's page."""
    path = wanted.removeprefix(ports.public_url) if wanted.startswith(f"{ports.public_url}/") else wanted
    plain = path.isascii() and len(path) <= MAX_RETURN and not any(mark <= " " or mark in '\\"<>\x7f' for mark in path)
    if path and not (plain and path.startswith("/") and not path.startswith("//") and not urlsplit(path).netloc):
        text = "return_to: a path of this installation, such as /docs: it leads nowhere else."
        raise Invalid("validation.field_invalid", text, field="return_to")
    return path or "/"


def _spend(ports: Ports, state: str, browser: str) -> SignIn:
    path, now = signins.sign_in_path(state), ports.clock.now()

    def body(txn: Transaction) -> SignIn | None:
        doc = txn.get(path)
        known = codec.decode(SignIn, doc.data) if doc else None
        if known is None or known.browser != signins.digest(browser):
            return None  # left for the browser that began it
        txn.write(Write("delete", path))
        return known

    known = ports.store.transact(body)
    if known is None or known.expires_at <= now:
        text = "This sign-in is unknown, was finished before, began over ten minutes ago, or in another browser: start again."
        raise Forbidden("auth.state_mismatch", text, field="state")
    return known


@contextmanager
def _asking() -> Iterator[None]:
    """The port's errors as a caller's."""
    try:
        yield
    except CodeRefused as error:
        raise Invalid("validation.field_invalid", f"{error}: start the sign-in again.", field="code") from None
    except TokenRefused as error:
        raise Unauthenticated("auth.invalid_token", f"Google's ID token is not accepted: {error}.") from None
    except NotConfigured as error:
        raise Unsupported("resource.not_supported", f"{error}.") from None
    except IdentityUnavailable as error:
        raise Broken("system.unavailable", "Google did not answer clearly: start the sign-in again.") from error


def _person(ports: Ports, claims: Claims) -> User:
    """Find them, or sign them up with a workspace. Two first sign-ins at once make one. Raises Unauthenticated."""
    now, person = ports.clock.now(), user_id(claims.issuer, claims.subject)
    workspace = Workspace(ports.ids.new("ws"), (claims.name or claims.email)[:100], now)
    said = {"email": claims.email if claims.email_verified else "", "name": claims.name, "picture": claims.picture}
    said = {name: value for name, value in said.items() if value}  # what a token leaves out is not forgotten
    new = User(person, workspace.id, now, now, claims.issuer, claims.subject, claims.email, claims.name, claims.picture)

    def body(txn: Transaction) -> User:
        doc = txn.get(user_path(person))
        if doc:
            known = codec.decode(User, doc.data)
            fresh = replace(known, **said)  # type: ignore[arg-type]  # the names above are its fields
            if fresh != known:
                txn.write(Write("update", doc.path, {**said, "updated_at": now}))
            return fresh
        _may_sign_up(ports, claims)
        audit = auditing.opened(ports, txn, f"{workspace.id}.live")
        txn.write(Write("create", workspace_path(workspace.id), codec.encode(workspace)))
        txn.write(Write("create", user_path(person), codec.encode(new)))
        audit.add(txn, person, "user.added", person, role="owner")
        return new

    return ports.store.transact(body)


def _may_sign_up(ports: Ports, claims: Claims) -> None:
    admitted = ports.identity.admitted if ports.identity else ()
    if not claims.email_verified or not signins.may_sign_up(admitted, claims.email, claims.hosted_domain):
        text = "Nobody with this Google account may sign up here: SIGNIN_ALLOWED says who may."
        raise Unauthenticated("auth.not_provisioned", text)


def _session(ports: Ports, user: User) -> SignedIn:
    """A new session; never one that a browser brought along."""
    now, token = ports.clock.now(), f"{signins.SESSION_PREFIX}{ports.ids.token(256)}"
    session = Session(user.id, user.workspace, now, now + signins.SESSION_AGE, now)
    person = Caller(user.workspace, "live", "", kind="session", user_id=user.id)
    begun = [Write("create", signins.session_path(token), codec.encode(session))]
    auditing.commit(ports, person, "session.started", user.id, begun)
    return SignedIn(user, session, token)
