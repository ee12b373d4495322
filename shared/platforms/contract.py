"""What a platform is: the types that a platform folder fills in, and the promises it makes by doing so.

An adapter function receives a :class:`Call` and nothing else: no environment, clock, store or secret store. It speaks
to the network's real host names through ``call.http``; for a sandbox account that port answers with the simulator, so
adapters have no sandbox branch.

Effects (publish.py):

    prepare(call, piece, state) -> Ready | Wait         invisible, repeatable: uploads, containers, sessions
    commit(call, piece, state)  -> Published | Accepted exactly one visible effect; called at most once per arm
    confirm(call, piece, state) -> Published | Wait     read-only; after Accepted. Refused REJECTED is the network's verdict
                                                        on the post only with the status of a success (2xx)
    find(call, piece, armed)    -> Published | Absent | Unsure   read-only; settles an unknown outcome
    describe(call, published)   -> Published            read-only, best effort: adds the permalink once it is live
    delete(call, published)     -> None                 repeatable: deleting what is gone succeeds

``commit`` sends exactly one request, the visible one: whatever else is wanted belongs before (prepare) or after it
(describe), so that a lost answer can only be the answer to that request.

Any of them may raise :class:`Refused` (the network answered; see its ``fate``) or let the http port's ``NotSent`` and
``AnswerLost`` through. During ``commit``, only ``Refused`` with fate REJECTED, LIMITED or UNAUTHORISED, or ``NotSent``
on the single visible request, say that nothing was published. Everything else is an unknown outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.content import Act, Kind, MediaFacts, Piece
from shared.domain.errors import Category, CausedBy
from shared.ports.http import Http, Request, Response

# ---------------------------------------------------------------------------------------------------- calls


@dataclass(frozen=True, slots=True)
class App:
    """The installation's registration with the network. Empty strings where none is needed or configured.

    ``config``: what some networks call the app by beside its client id (an application's number, the configuration of a
    login); no secret. ``scopes``: what to ask people for instead of the manifest's scopes, where the network granted this
    app fewer.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    config: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """What an adapter may use. ``account`` is None only in the oauth facet before an account exists."""

    http: Http
    account: AccountView | None
    app: App
    now: datetime

    @property
    def tokens(self) -> Tokens:
        return self.who.tokens

    @property
    def who(self) -> AccountView:
        if self.account is None:
            raise TypeError("this call needs an account")
        return self.account


# ------------------------------------------------------------------------------------------------- outcomes


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything invisible is done. ``state`` is JSON: handles that commit, find and delete will need."""

    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: call again with ``state`` after so many seconds. 0 means: progress was made, save it and go on."""

    state: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Published:
    """It is live. ``state`` are handles for replies and deletion; ``raw`` is the network's own answer, redacted.

    ``id`` may be empty only from find, when the network says «published» without saying which post it is.
    """

    id: str
    permalink: str | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The network has it and is still working: ``confirm`` after so many seconds."""

    state: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Absent:
    """Proof that it is not live, as of now. ``proof`` says in words what proves it."""

    proof: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Neither found nor proven absent. ``reason`` in words."""

    reason: str


def _nobodys(post_id: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Armed:
    """What find may rely on: the attempt's number and its instant, and what prepare handed over.

    ``taken``: whether the post of this id is known to be another piece's. Two posts of one text look alike: what is
    recognised by its looks, not by a key of its own, must be asked for.
    """

    attempt: int
    at: datetime
    state: Mapping[str, Any]
    taken: Callable[[str], bool] = field(default=_nobodys, repr=False, compare=False)


# --------------------------------------------------------------------------------------------------- errors


class Fate(StrEnum):
    """What a refusal says of the effect. Only the first three prove that there was none."""

    REJECTED = "rejected"  # on the platform's allow-list of definite rejections
    LIMITED = "limited"  # a documented rate limit: refused, ask again at ``retry_at``
    UNAUTHORISED = "unauthorised"  # the token was refused before anything else was looked at
    TRANSIENT = "transient"  # the network's own trouble: unknown during commit, try again elsewhere
    UNKNOWN = "unknown"  # not on any list: unknown during commit


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row of a platform's errors table: what a code of the network means in our words.

    ``code`` without the ``platform.<name>.`` prefix; ``message`` is for the person who must act.
    """

    fate: Fate
    code: str
    message: str
    category: Category = "platform"
    caused_by: CausedBy = "platform"
    reconnect: bool = False  # a refresh cannot help: the owner must connect again


class Refused(Exception):
    """The network answered, and not with success.

    ``platform_code`` and ``platform_message`` are the network's own words (``190/463``; its text, at most 500
    characters). ``retry_at`` is when the network itself says to come back, if it does. ``status`` is HTTP's.
    """

    def __init__(
        self,
        row: ErrorRow,
        *,
        platform: str,
        status: int,
        platform_code: str = "",
        platform_message: str = "",
        retry_at: datetime | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{platform}: {row.code} ({status} {platform_code})")
        self.row = row
        self.platform = platform
        self.status = status
        self.platform_code = platform_code
        self.platform_message = platform_message[:500]
        self.retry_at = retry_at
        self.raw: Mapping[str, Any] = raw or {}

    @property
    def fate(self) -> Fate:
        return self.row.fate


# --------------------------------------------------------------------------------------------------- facets


class Publisher(Protocol):
    """``publish.py``."""

    def choose_kind(self, text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
        """Which content kind these make up on this network; raises ``domain.errors.Invalid`` when none does."""

    def prepare(self, call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait: ...

    def commit(self, call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted: ...

    def confirm(self, call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait: ...

    def find(self, call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure: ...

    def describe(self, call: Call, published: Published) -> Published: ...

    def delete(self, call: Call, published: Published) -> None: ...


class Actor(Protocol):
    """What ``inbox.py``, ``ads.py`` and ``resources.py`` have for the visible writes that are not posts.

    The same four steps as a post's, under the same promise: ``prepare`` is invisible and repeatable (uploads), ``commit``
    sends exactly one request, ``confirm`` and ``find`` only read. A written comment's ``Published.id`` is its id; what
    makes nothing new (a like, a status) answers the id of what it was done to. Where the manifest's action is
    ``repeatable``, ``find`` answers Published when the wished state is there, and Absent otherwise.
    """

    def prepare(self, call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait: ...

    def commit(self, call: Call, act: Act, state: Mapping[str, Any]) -> Published | Accepted: ...

    def confirm(self, call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait: ...

    def find(self, call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure: ...


@dataclass(frozen=True, slots=True)
class Candidates:
    """One consent gave several accounts (pages, locations, organizations): the person chooses which to connect.

    Each candidate is complete, with the tokens that it will speak with. One alone is answered as ``Connected``.
    """

    accounts: tuple[Connected, ...]


class Connector(Protocol):
    """``oauth.py``. ``authorize_url`` and ``exchange`` for redirects, ``sign_in`` for credentials."""

    def authorize_url(self, app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str: ...

    def exchange(self, call: Call, code: str, redirect_uri: str, verifier: str) -> Connected | Candidates:
        """Trade an authorization code. Raises Refused (also when the person owns nothing that can be connected)."""

    def sign_in(self, call: Call, credentials: Mapping[str, str]) -> Connected:
        """Log in with the person's own credentials. Raises Refused, ``domain.errors.Invalid``."""

    def refresh(self, call: Call) -> Tokens:
        """New tokens. Raises Refused: fate UNAUTHORISED with ``row.reconnect`` when the grant itself is dead."""

    def revoke(self, call: Call) -> None:
        """Give the grant back; what is already gone is fine."""


class Adopter(Protocol):
    """A connector whose network takes tokens that the caller has already (``registry.adopter``)."""

    def adopt(self, call: Call, tokens: Tokens) -> Connected | Candidates:
        """Who these tokens speak for, with the longest-lived tokens to be had for them. Raises Refused."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Engagement counts in our words, and the network's own names and values in ``raw``. None: not offered."""

    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    views: int | None = None
    extra: Mapping[str, int | float] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


class Measurer(Protocol):
    """``metrics.py``."""

    def post(self, call: Call, published: Published) -> Metrics:
        """The counts of one published post. Raises Refused."""

    def account(self, call: Call) -> Metrics:
        """The counts of the account itself (``extra`` has followers, following, posts). Raises Refused."""


class BatchMeasurer(Protocol):
    """A measurer whose network tells of several posts in one answer (``registry.batch_measurer``)."""

    MOST_POSTS: int

    def posts(self, call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
        """The counts of at most ``MOST_POSTS`` posts by their ids, as they are in ``published``; for a post that the network
        refuses alone, why. Raises Refused where it refuses them all."""


# ------------------------------------------------------------------------------------------------ simulator


class World(Protocol):
    """What a simulator keeps its state in, and the time it lives in.

    One ``handle`` call sees and leaves one consistent state: it runs in a transaction, perhaps more than once, so its
    only effects are through this object. Keys are ``kind/id`` strings; values are JSON objects of at most 1 MiB.
    """

    @property
    def now(self) -> datetime: ...

    def get(self, kind: str, id: str) -> dict[str, Any] | None: ...

    def put(self, kind: str, id: str, value: Mapping[str, Any]) -> None: ...

    def delete(self, kind: str, id: str) -> None: ...

    def serial(self, name: str) -> int:
        """1, 2, 3 … per name: for ids that a real network would number."""

    def fetch(self, url: str) -> Response | None:
        """What the network's own fetcher would get from this URL, None when nothing answers."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A live post of a simulated account, as its followers see it. ``reply_to``: the id it answers, if any."""

    id: str
    text: str
    media: int
    at: datetime
    permalink: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A visible write of a simulated account that is not a post: one entry per effect that others can see.

    ``verb`` as in :class:`Act`; ``id`` of what was made (or changed), ``on`` what it was done to, ``text`` its words (a
    campaign's name). A like that was given twice and shows once is one entry.
    """

    verb: str
    id: str
    on: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Push:
    """A webhook that the simulated network sends: signed, as it would be. ``path`` is below ``/webhooks/{platform}``."""

    id: str
    at: datetime
    headers: Mapping[str, str]
    body: bytes
    path: str = ""


class Waiting(NamedTuple):
    """A webhook on its way: its key, of which network in which world, and the delivery."""

    key: str
    platform: str
    world: str
    push: Push


What = Literal["comment", "message", "mention", "review"]  # that others can do with an account


class Simulator(Protocol):
    """``simulator.py``: the network, as its documentation describes it.

    ``HAPPENINGS``: which of ``What`` its people can do; without it, none.
    """

    def handle(self, request: Request, world: World) -> Response:
        """Answer one request as the network would. May raise :class:`Lost` after it had its effect."""

    def seed(self, world: World, name: str) -> Mapping[str, str]:
        """Make a ready account in the simulated network; answers what connecting it needs (credentials or a code)."""

    def seen(self, world: World, platform_account_id: str) -> Sequence[Seen]:
        """What the account's followers see of it now, oldest first: replies and first comments too."""

    def done(self, world: World, platform_account_id: str) -> Sequence[Done]:
        """Every visible write of the account that is not a post and stands now, oldest first. Where there are actions."""

    def pushes(self, world: World) -> Sequence[Push]:
        """The webhooks that the network has sent to this app so far, oldest first. Where there are webhooks."""

    def happen(self, world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
        """Somebody else does one of ``HAPPENINGS`` now, and whoever subscribed hears of it; the id of what was made.

        ``on``: a live post of the account, for a comment. Raises LookupError where it cannot be done to that.
        """


class Lost(Exception):
    """Raised by a simulator: the request has its effect (it is kept), but the caller never hears of it."""


class Delayed(Exception):
    """Raised by a simulator: answer ``response`` only after ``seconds`` (its effect is already there)."""

    def __init__(self, response: Response, seconds: float) -> None:
        super().__init__(f"answers after {seconds} s")
        self.response = response
        self.seconds = seconds


Handler = Callable[[Request, World], Response]
