"""The vocabulary of a folder's ``verbs.py``: what callers may ask of one network by its own names, as data.

``VERBS`` there is a tuple of :class:`Verb`. A dialect that speaks in verbs per platform makes its routes, models and
handlers from it; the folder says how a request is spelled (``fields``), what it means (``Field.to``) and how the answer is
spelled (``key``, ``columns``), and nothing else. ``_verbs.py`` has the rows that most networks share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Type = Literal["string", "integer", "number", "boolean", "object", "strings", "array", "time"]
Does = Literal[
    "accounts",  # the connected accounts of the network
    "publish",  # a post, now
    "delete_post",  # take a post down
    "post_stats",
    "account_stats",
    "resource",  # one of the manifest's resources
    "comments",
    "conversations",
    "messages",
    "mentions",
    "act",  # one of the manifest's actions
    "ad_accounts",
    "ad_objects",
    "ad_create",  # an action that makes a campaign, ad group, creative or ad
    "ad_status",
    "ad_delete",
    "ad_stats",
]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One name that a request carries, in its path, query or body, and what it means.

    ``to``: ``account`` (an account, by the network's id or ours) · ``on`` (what is done to, or asked about, by the network's
    id) · ``text`` · ``title`` · ``media`` (an address, several, or ids of the media library) · ``first_comment`` · ``segments`` (the texts of a thread, the post first) ·
    ``option.<name>`` (``platform_data``, an action's arguments or a resource's) · ``ad_account`` · ``parent`` · ``level`` ·
    ``status`` · ``since`` · ``until`` · ``cursor``.
    ``media``: what kind of file it must be (``image``, ``video``), empty for any. ``words``: the network's old words to ours,
    where they differ; what is not listed is handed on as it is. ``minor``: money in the currency's smallest unit.
    ``words_only``: nothing but ``words`` is taken. ``without``: names within an object that the network does not know.
    """

    name: str
    to: str
    required: bool = True
    type: Type = "string"
    description: str = ""
    example: Any = None
    media: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    words_only: bool = False
    without: tuple[str, ...] = ()
    minor: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One name that an answer carries, and where it is found in what the operation gave.

    ``source``: a dotted path (``metadata.category``, ``images.0.url``), several separated by ``|`` (the first that is there).
    ``type`` ``time`` writes an instant as RFC 3339. ``prefix`` goes before a text that lacks it. ``words``: ours to theirs.
    ``zero``: what is said where figures were asked for and there are none yet. ``per``: another path by which it is divided, in
    percent. ``micros``: millionths, answered as a decimal. ``scope``: shown only to a key that names this scope.
    """

    name: str
    source: str
    type: Type = "string"
    prefix: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    zero: bool = False
    per: str = ""
    micros: bool = False
    scope: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Says:
    """A refusal that a document promises: ``reason`` stands behind the area (``INSTAGRAM/INVALID_IMAGE``)."""

    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Verb:
    """One request: ``method`` and ``path`` below ``/v1/social/{platform}/``.

    ``key``: the name of the answer's part (``pages``, ``post_id``, ``stats``); ``says``: the message of an answer that has only
    one. ``verb``: the action, for ``act``, ``ad_create``. ``resource``: its name. ``level``: of ads. ``sets``: options that are
    always the same. ``empty``: the refusal where a list has nothing in it. ``refusals``: our error codes, or how they begin
    (``*``: any that is the content's or the network's doing), to what the document says. ``through``: the network (public name)
    whose accounts do it, where it is not its own; ``placements``: only ads that may be shown there.
    ``decimals``: of the currencies that do not have two: how many the amounts in smallest units have. ``only_ours``: the refusal for what was not
    made through us. ``single``: a resource of one entry, answered as such. ``days``: how far figures go back
    by themselves. ``demands``: (path in the body, value that must be in
    it, refusal).
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    does: Does
    summary: str
    fields: tuple[Field, ...] = ()
    key: str = ""
    columns: tuple[Column, ...] = ()
    says: str = ""
    verb: str = ""
    resource: str = ""
    level: str = ""
    sets: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    empty: Says | None = None
    refusals: Mapping[str, Says] = field(default_factory=lambda: _NOTHING)
    through: str = ""
    placements: tuple[str, ...] = ()
    decimals: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    only_ours: Says | None = None
    single: bool = False
    days: int = 365
    demands: tuple[tuple[str, str, Says], ...] = ()
    description: str = ""

    def field_to(self, to: str) -> Field | None:
        """The field of this meaning, None where the verb has none."""
        return next((one for one in self.fields if one.to == to), None)
