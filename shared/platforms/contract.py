"""What a platform is: the types that a platform folder fills in, and the promises it makes by doing so.

An adapter function receives a :class:`Call` and nothing else: no environment, clock, store or secret store. It speaks
to the network's real host names through ``call.http``; for a sandbox account that port answers with the simulator, so
adapters have no sandbox branch.

Effects (publish.py):

    prepare(call, piece, state) -> Ready | Wait         invisible, repeatable: uploads, containers, sessions
    commit(call, piece, state)  -> Published | Accepted exactly one visible effect; called at most once per arm
    confirm(call, piece, state) -> Published | Wait     read-only; after Accepted
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
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, Protocol

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.content import Kind, MediaFacts, Piece
from shared.domain.errors import Category, CausedBy
from shared.ports.http import Http, Request, Response

# ---------------------------------------------------------------------------------------------------- calls


@dataclass(frozen=True, slots=True)
class App:
    """The installation's registration with the network. Empty strings where none is needed or configured."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)


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


# ------------------------------------------------------------------------------------------------- manifest


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from and when it was read there."""

    url: str
    on: date


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A facet the network does not have through its official API, and why."""

    reason: str
    source: Source


Counting = Literal["chars", "graphemes", "utf16", "bytes", "weighted"]


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How long a text may be. ``count`` does the network's own counting; ``counted_in`` names it to people.

    ``max_bytes`` is a second limit on the UTF-8 length (Bluesky), None where there is none.
    """

    max_length: int
    counted_in: Counting
    count: str  # "module:function(text) -> int" below the platform's folder, or "" for len()
    source: Source
    max_bytes: int | None = None
    max_hashtags: int | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class MediaLimit:
    """What files one content kind takes. Bytes, seconds, pixels, ratios (width / height); None: no limit known."""

    source: Source
    image_types: tuple[str, ...] = ()
    video_types: tuple[str, ...] = ()
    max_image_bytes: int | None = None
    max_video_bytes: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    min_ratio: float | None = None
    max_ratio: float | None = None
    min_width: int | None = None
    max_width: int | None = None
    max_alt_text: int | None = None


@dataclass(frozen=True, slots=True)
class KindLimit:
    """One content kind of a network: how many items of which media it takes."""

    kind: Kind
    min_items: int
    max_items: int
    media: MediaLimit | None = None
    mixed: bool = False  # images and videos together
    first_comment: bool = True  # where the network has first comments: whether this kind can carry one


@dataclass(frozen=True, slots=True)
class Option:
    """One name that ``platform_data`` may carry for this network."""

    name: str
    type: Literal["string", "boolean", "integer", "array", "object"]
    description: str
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds.

    ``send_deadline``: the read timeout of the visible request. ``settle``: from arming until no late effect and no
    listing lag is possible any more; only then may absence lead to another attempt. It exceeds the engine's send
    window (5 s) plus ``send_deadline`` plus the network's processing plus its listing lag. ``sandbox_settle`` is the
    same bound for the simulator, which has no late effects. ``confirm_within``: how long Accepted may take.
    ``native_key``: a repeated commit of the same piece is one effect, by the network's own doing.
    """

    send_deadline: float
    settle: float
    sandbox_settle: float
    confirm_within: float
    prepare_within: float
    native_key: bool
    source: Source


@dataclass(frozen=True, slots=True)
class OAuth:
    """How accounts are connected: by a redirect (OAuth 2), or by credentials that the person hands over."""

    style: Literal["redirect", "credentials"]
    scopes: tuple[str, ...]
    pkce: bool
    fields: tuple[Option, ...] = ()  # for credentials: the names in ``metadata``
    needs_app: bool = True
    app_env: tuple[str, str] = ("", "")  # environment variables of the app's id and secret, where not the usual names


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """A version of the network's API that this folder speaks. ``sunset`` None where the network names none."""

    name: str
    sunset: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class Manifest:
    """A platform, as data. ``name`` is the public name (``twitter``), ``aliases`` are accepted on input (``x``).

    ``hosts``: the host names whose requests the simulator answers (a leading dot matches subdomains).
    ``facets``: which of the optional modules exist; the rest are declared NotOffered with a reason.
    ``thread``: how many pieces a thread may have (0: no threads). ``first_comment``: whether one can be made.
    """

    name: str
    title: str
    folder: str
    hosts: tuple[str, ...]
    api: ApiVersion
    oauth: OAuth
    text: TextLimit
    kinds: tuple[KindLimit, ...]
    timing: Timing
    facets: Mapping[str, NotOffered | Literal["offered"]]
    aliases: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    thread: int = 0
    first_comment: bool = False
    deletes: bool = True
    rate_limits: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def kind(self, kind: Kind) -> KindLimit | None:
        """The limits of one content kind, None when the network does not take it."""
        return next((k for k in self.kinds if k.kind is kind), None)


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


class Connector(Protocol):
    """``oauth.py``. ``authorize_url`` and ``exchange`` for redirects, ``sign_in`` for credentials."""

    def authorize_url(self, app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str: ...

    def exchange(self, call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
        """Trade an authorization code. Raises Refused."""

    def sign_in(self, call: Call, credentials: Mapping[str, str]) -> Connected:
        """Log in with the person's own credentials. Raises Refused, ``domain.errors.Invalid``."""

    def refresh(self, call: Call) -> Tokens:
        """New tokens. Raises Refused: fate UNAUTHORISED with ``row.reconnect`` when the grant itself is dead."""

    def revoke(self, call: Call) -> None:
        """Give the grant back; what is already gone is fine."""


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


class Simulator(Protocol):
    """``simulator.py``: the network, as its documentation describes it."""

    def handle(self, request: Request, world: World) -> Response:
        """Answer one request as the network would. May raise :class:`Lost` after it had its effect."""

    def seed(self, world: World, name: str) -> Mapping[str, str]:
        """Make a ready account in the simulated network; answers what connecting it needs (credentials or a code)."""

    def seen(self, world: World, platform_account_id: str) -> Sequence[Seen]:
        """What the account's followers see of it now, oldest first: replies and first comments too."""


class Lost(Exception):
    """Raised by a simulator: the request has its effect (it is kept), but the caller never hears of it."""


class Delayed(Exception):
    """Raised by a simulator: answer ``response`` only after ``seconds`` (its effect is already there)."""

    def __init__(self, response: Response, seconds: float) -> None:
        super().__init__(f"answers after {seconds} s")
        self.response = response
        self.seconds = seconds


Handler = Callable[[Request, World], Response]
