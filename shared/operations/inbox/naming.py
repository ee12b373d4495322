"""From the ids that callers give to what the network knows: ours are opened, the network's own taken as they are."""

from __future__ import annotations

import re

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Missing
from shared.domain.posts import Target
from shared.operations import networks
from shared.operations.inbox import ids
from shared.operations.inbox.ids import Kind, Named, NoId
from shared.operations.posts import reading as posts
from shared.ports.world import Ports

_OUR_POST = re.compile(r"post_[0-9A-HJKMNP-TV-Z]{26}")


def thing(account: Account, kind: Kind, given: str, field: str) -> Named:
    """What ``given`` is on the account's network. Raises Invalid: no id, or one of another network's things."""
    try:
        named = ids.decode(kind, given)
    except NoId:
        text = f"{field}: no id of a {kind}: give it as it was answered."
        raise Invalid("validation.field_invalid", text, field=field) from None
    if named is None:
        return Named(account.platform, given)
    if named.platform != account.platform:
        text = f"{field}: this {kind} is not of {networks.title(account.platform)}, where the account is."
        raise Invalid("validation.field_invalid", text, field=field)
    return named


def post(ports: Ports, caller: Caller, account: Account, given: str) -> str:
    """The network's id of a post: of the inbox's own id, of one of ours (``post_…``), or as given. Raises Invalid, Missing."""
    if not _OUR_POST.fullmatch(given):
        return thing(account, "post", given, "postId").id
    for target in posts.get(ports, caller, given).targets:
        if target.account_id == account.id and (live := _live(target)):
            return live
    raise Missing("post.not_found", f"Post {given!r} is not live on this account.", resource="post", id=given)


def _live(target: Target) -> str:
    return target.first.id if target.first and not target.unpublished_at else ""
