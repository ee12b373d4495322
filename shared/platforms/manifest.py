"""What a platform says of itself, as data: the manifest in its folder's ``__init__`` and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from shared.domain.content import Kind


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
    """What files one content kind takes. Bytes, seconds, pixels, ratios (width / height); None: no limit known.

    ``max_bytes_of``: a content type's own limit where it differs from its media type's (X: GIFs).
    """

    source: Source
    image_types: tuple[str, ...] = ()
    video_types: tuple[str, ...] = ()
    document_types: tuple[str, ...] = ()
    max_image_bytes: int | None = None
    max_video_bytes: int | None = None
    max_document_bytes: int | None = None
    max_bytes_of: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
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
    """One name that ``platform_data`` (or an action's ``arguments``) may carry for this network."""

    name: str
    type: Literal["string", "boolean", "integer", "number", "array", "object"]
    description: str
    enum: tuple[str, ...] = ()
    required: bool = False
    default: str = ""  # the network's own word for leaving it out, where it has one


@dataclass(frozen=True, slots=True)
class LinkCard:
    """The options by which a post shows a web page as a card. Empty names: the network words that part by itself.

    ``beside_media``: the link goes with images and videos too, not only with a text. ``needs_title``: there is no card
    without one.
    """

    url: str
    title: str = ""
    description: str = ""
    beside_media: bool = False
    needs_title: bool = False


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
class Renewal:
    """What keeps a connection alive without its person, as the network has it. The ends themselves come with the tokens.

    ``moves``: whose end a renewal puts off: the access token's own (there is no other; once it has ended, nothing renews
    it), the refresh token's (each renewal starts its life anew), or nothing's (its end stands from the consent on, or it has
    none). ``youngest_hours``: how old a token must be to be renewed. ``idle_days``: after so long without use a grant dies,
    None where the network names no such rule.
    """

    moves: Literal["access", "refresh", "nothing"]
    source: Source
    youngest_hours: int = 0
    idle_days: int | None = None


@dataclass(frozen=True, slots=True)
class OAuth:
    """How accounts are connected: by a redirect (OAuth 2), or by credentials that the person hands over.

    ``extra``: what a person may hand over beside their consent, as connect's ``metadata``, where a part of the network has a
    consent of its own; kept with the account's tokens, in ``Tokens.extra``.
    ``judges_app``: whether a made-up code tells if the app's id and secret are right, because the token endpoint looks at
    them first (RFC 6749, 5.2: ``invalid_client``); of the other networks it is not known.
    ``challenge``: how the SHA-256 of the PKCE verifier is written: in base64url (RFC 7636), or in hex as one network does.
    ``grants``: what people call a permission (``post``, ``read_analytics``) and the scopes any one of which gives it.
    ``renewal``: None where there is nothing to renew, because tokens have no end.
    """

    style: Literal["redirect", "credentials"]
    scopes: tuple[str, ...]
    pkce: bool
    fields: tuple[Option, ...] = ()  # for credentials: the names in ``metadata``
    needs_app: bool = True
    app_env: tuple[str, str] = ("", "")  # environment variables of the app's id and secret, where not the usual names
    app_env_also: tuple[str, str] = ("", "")  # other names that are taken where those are not set
    challenge: Literal["S256", "S256-hex"] = "S256"
    judges_app: bool = False
    extra: tuple[Option, ...] = ()
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    renewal: Renewal | None = None


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """A version of the network's API that this folder speaks. ``sunset`` None where the network names none."""

    name: str
    sunset: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class Hooks:
    """How the network's webhooks come, as far as that is not the same everywhere.

    ``headers``: those that reading a delivery takes (lower case), beside what proves it. ``own_secret``: it is never signed
    with the app's secret. ``secrets_also``: environment variables of further apps by whose secret it may be signed: which of
    a maker's apps signs depends on how it was set up there.
    ``keys_url``: where the public keys are that sign (a JWK set), for a secret that is a JSON object. ``named_by``: what, of
    an account's metadata and of what is kept with its tokens, deliveries speak of it by, beside its own id. ``callbacks``: paths below the webhooks'
    address to which the network posts other things, each with what it says of its person's accounts. ``by_person``: messages
    are pushed with the id of the person and not of the conversation.
    """

    headers: tuple[str, ...] = ()
    own_secret: bool = False
    secrets_also: tuple[str, ...] = ()
    keys_url: str = ""
    named_by: tuple[str, ...] = ()
    callbacks: Mapping[str, Literal["revoked", "erase"]] = field(default_factory=lambda: MappingProxyType({}))
    by_person: bool = False


# What a network may offer beside connecting and publishing. Each manifest answers for every one of them; a name without
# its last part answers for all below it («comments» for «comments.list» and the rest).
FEATURES = (
    "refresh",  # new tokens without the person
    "revoke",  # giving the grant back through the API
    "delete",  # taking a post down
    "comments.list",
    "comments.create",  # a comment of one's own on a post
    "comments.reply",
    "comments.like",  # also a vote
    "comments.hide",
    "comments.delete",
    "comments.private_reply",  # a message to who commented
    "posts.like",
    "messages.list",
    "messages.send",
    "mentions.list",
    "reviews.list",
    "reviews.reply",
    "metrics.post",
    "metrics.account",
    "webhooks",
    "ads",
)
# The verbs that mean the same everywhere, and the feature that each belongs to. A network may have verbs of its own for
# its ``resources`` (``board.create``).
VERBS: Mapping[str, str] = MappingProxyType(
    {
        "comment.create": "comments.create",
        "comment.reply": "comments.reply",
        "comment.like": "comments.like",
        "comment.unlike": "comments.like",
        "comment.hide": "comments.hide",
        "comment.unhide": "comments.hide",
        "comment.delete": "comments.delete",
        "comment.private_reply": "comments.private_reply",
        "post.like": "posts.like",
        "post.unlike": "posts.like",
        "message.send": "messages.send",
        "review.reply": "reviews.reply",
        "review.unreply": "reviews.reply",
        "campaign.create": "ads",
        "campaign.status": "ads",
        "ad_group.create": "ads",
        "ad_group.status": "ads",
        "creative.create": "ads",
        "ad.create": "ads",
        "ad.status": "ads",
    }
)
Feature = NotOffered | Literal["offered"]
ProfileWord = Literal["followers", "bio", "link", "category", "kind"]


@dataclass(frozen=True, slots=True)
class Window:
    """For how many hours after a person's last message they may be written to, and which code refuses it later.

    ``tag``: the argument with which it is ``tag_hours`` instead. ``always``: arguments that may be sent at any time.
    """

    hours: int
    code: str
    source: Source
    tag: str = ""
    tag_hours: int = 0
    always: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A visible write that is not a post, which ``module`` (a module of the folder) commits and finds.

    ``text``: None when it carries none. ``options``: the names that its ``arguments`` may carry. ``media``: what may
    be attached. ``needs_on``: of a network's own verb, what ``on`` must
    name («playlist»); the common verbs all need one. ``window``: of messages, where they may be sent for a time only. ``repeatable``: done twice it is one effect (a like, a status), so that its absence needs no proof.
    """

    verb: str
    module: Literal["inbox", "ads", "resources"]
    text: TextLimit | None = None
    options: tuple[Option, ...] = ()
    media: MediaLimit | None = None
    max_media: int = 0
    repeatable: bool = False
    needs_on: str = ""
    min_media: int = 0
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """What the network takes for one request that makes a piece of a post: US dollars, as a decimal text.

    ``with_link``: for a piece whose text holds a web address, where that costs something else.
    """

    usd: str
    source: Source
    with_link: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls (or units, of which each of our reads costs one) a network takes in a window of ``seconds``.

    ``per``: the app's calls for all of its accounts together, or those for one account. ``zone``: the window is a day of
    this time zone. ``background``: the share that work on schedule may use; the rest is for publishing and for people.
    ``hosts``: only calls to these are counted, where others cost nothing of it.
    """

    name: str
    per: Literal["app", "account"]
    limit: int
    seconds: int
    source: Source
    zone: str = ""
    background: float = 0.5
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UsageHeaders:
    """Where a network's answers say how much of a budget is used.

    Either ``remaining``, ``reset`` and one of ``limit`` and ``used`` name headers (``reset_as``: an instant in epoch seconds, or seconds from
    now), or ``percent`` names one that holds JSON with percentages, as Meta's. ``per`` and ``background`` as in
    :class:`Budget`.
    """

    per: Literal["app", "account"]
    source: Source
    limit: str = ""
    used: str = ""
    remaining: str = ""
    reset: str = ""
    reset_as: Literal["epoch", "seconds"] = "epoch"
    percent: str = ""
    background: float = 0.75


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of the network's own that callers must be able to look up (boards, pages, flairs, creator info)."""

    name: str
    description: str
    arguments: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A platform, as data. ``name`` is the public name (``twitter``), ``aliases`` are accepted on input (``x``).

    ``hosts``: the host names whose requests the simulator answers (a leading dot matches subdomains).
    ``facets``: which of the optional modules exist; the rest are declared NotOffered with a reason.
    ``thread``: how many pieces a thread may have (0: no threads). ``first_comment``: whether one can be made.
    ``apis``: further APIs of the network that the folder speaks, each with a version of its own. ``features``: an answer
    for each of FEATURES. ``settings``: what the account's owner sets at once, with secrets that are kept nowhere (``Settings``).
    ``kinds`` is empty where nothing is published (a messenger). ``link_card``: None where an address
    only works within the text. ``prices``: empty where publishing costs nothing; ``read_price``: what
    reading a post's numbers costs, None where that is free. ``counts``: what the network calls our ``likes``, ``comments`` and ``shares``, where otherwise. ``extra_counts``: which of a post's
    further counts (``Metrics.extra``) is ``reach`` and ``clicks``, where it is not called so. ``profile_url``: where people see an account
    (``{username}``, ``{id}``), empty where neither says it. ``holds``: what an account is there: a page, a channel, or else a profile.
    ``rhythm``: when people are assumed to look at it while nobody has measured it (no fact of the network's): around their work,
    in their leisure, or both. ``profile``: what our words for an account (``ProfileWord``) are called in its ``metadata``, of those that the network tells.
    ``hooks``: how its webhooks come.
    ``budgets``: what may be asked of it, as far as its documents say; ``usage``: where its answers say it themselves.
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
    apis: tuple[ApiVersion, ...] = ()
    features: Mapping[str, Feature] = field(default_factory=lambda: MappingProxyType({}))
    actions: tuple[Action, ...] = ()
    resources: tuple[Resource, ...] = ()
    settings: tuple[Resource, ...] = ()
    link_card: LinkCard | None = None
    prices: tuple[Price, ...] = ()
    read_price: Price | None = None
    counts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    extra_counts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    profile_url: str = ""
    holds: Literal["profile", "page", "channel"] = "profile"
    profile: Mapping[ProfileWord, str] = field(default_factory=lambda: MappingProxyType({}))
    rhythm: Literal["work", "leisure", "mixed"] = "mixed"
    budgets: tuple[Budget, ...] = ()
    usage: tuple[UsageHeaders, ...] = ()
    hooks: Hooks = field(default_factory=Hooks)

    @property
    def publishes(self) -> bool:
        """Whether posts can have a target on it."""
        return self.facets.get("publish") == "offered"

    def told(self, metadata: Mapping[str, Any], word: ProfileWord) -> Any:
        """What an account's metadata says of it, None where they do not."""
        return metadata.get(self.profile[word]) if word in self.profile else None

    def feature(self, name: str) -> Feature | None:
        """What the manifest answers for one of FEATURES: by its own name, or by the name of its group."""
        return self.features.get(name) or self.features.get(name.partition(".")[0])

    def action(self, verb: str) -> Action | None:
        """The action of this verb, None when the network has none."""
        return next((action for action in self.actions if action.verb == verb), None)

    def kind(self, kind: Kind) -> KindLimit | None:
        """The limits of one content kind, None when the network does not take it."""
        return next((k for k in self.kinds if k.kind is kind), None)
