"""What people said to an account, and about it: asked of its network at this moment, in our words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Invalid, Missing, NetworkRefused, Unsupported
from shared.operations import networks, sessions
from shared.operations.engaging import ids, origins
from shared.platforms import registry
from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Comment, Conversation, Inbox, Mention, Message, Page, Review
from shared.platforms.manifest import NotOffered
from shared.ports.world import Ports

T = TypeVar("T")
NOT_FOUND = "not_found"  # how every folder ends the code of what its network does not know
log = logging.getLogger(__name__)


def comments(ports: Ports, caller: Caller, account_id: str, platform_post_id: str, cursor: str = "") -> Page[Comment]:
    """The comments on a post of the account, by the network's id of the post; its handles are known if it went through us.

    As all of these, raises Unsupported (with the reason), Missing, Reconnect, Limited, NetworkRefused, Broken.
    """
    account, inbox = _inbox(ports, caller, account_id, "comments.list")
    ids.check(post_id=platform_post_id)
    state = origins.handles(ports, caller, account.platform, platform_post_id)
    return asked(ports, account, lambda call: inbox.comments(call, Published(platform_post_id, state=state), cursor))


def conversations(ports: Ports, caller: Caller, account_id: str, cursor: str = "") -> Page[Conversation]:
    """The account's conversations."""
    account, inbox = _inbox(ports, caller, account_id, "messages.list")
    return asked(ports, account, lambda call: inbox.conversations(call, cursor))


def messages(ports: Ports, caller: Caller, account_id: str, conversation_id: str, cursor: str = "") -> Page[Message]:
    """The messages of one conversation."""
    account, inbox = _inbox(ports, caller, account_id, "messages.list")
    ids.check(conversation_id=conversation_id)
    return asked(ports, account, lambda call: inbox.messages(call, conversation_id, cursor))


def mentions(ports: Ports, caller: Caller, account_id: str, cursor: str = "") -> Page[Mention]:
    """Where others named the account."""
    account, inbox = _inbox(ports, caller, account_id, "mentions.list")
    return asked(ports, account, lambda call: inbox.mentions(call, cursor))


def reviews(ports: Ports, caller: Caller, account_id: str, cursor: str = "") -> Page[Review]:
    """The account's reviews."""
    account, inbox = _inbox(ports, caller, account_id, "reviews.list")
    return asked(ports, account, lambda call: inbox.reviews(call, cursor))


def asked(ports: Ports, account: Account, question: Callable[[Call], T]) -> T:
    """Ask the account's network; a token that it no longer takes is refreshed once, for reading can be repeated.

    What the network does not find is Missing: asking again would not help.
    """
    try:
        with networks.asking(account.platform, ports.clock.now()):
            return sessions.insisted(ports, account, lambda call: answered(account, question, call))
    except (NetworkRefused, Invalid) as error:
        if error.code.startswith("platform.") and error.code.endswith(NOT_FOUND):
            raise Missing(error.code, error.message, **error.meta) from error
        raise


def answered(account: Account, question: Callable[[Call], T], call: Call) -> T:
    """An adapter that breaks over an answer, or over a cursor that is none of its own, is told as what it is to the caller."""
    try:
        return question(call)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("adapter failed while reading", extra={"account_id": account.id})
        text = f"{networks.title(account.platform)}'s answer could not be read. With a cursor: begin again without it."
        raise Broken("platform.answer_unreadable", text, platform=account.platform) from error


def offering(ports: Ports, caller: Caller, account_id: str, feature: str) -> Account:
    """The account, on a network that offers the feature. Raises Unsupported with the manifest's reason, Missing."""
    account = sessions.callers_account(ports, caller, account_id)
    manifest = registry.manifest(account.platform)
    answer = manifest.feature(feature)
    if isinstance(answer, NotOffered):
        raise networks.not_offered(manifest, feature, answer)
    if answer is None:
        text = f"{manifest.title} does not offer {feature}."
        raise Unsupported("resource.not_supported", text, platform=manifest.name)
    return account


def _inbox(ports: Ports, caller: Caller, account_id: str, feature: str) -> tuple[Account, Inbox]:
    account = offering(ports, caller, account_id, feature)
    inbox = registry.inbox(account.platform)
    if inbox is None:
        raise TypeError(f"{account.platform} offers {feature} without an inbox")
    return account, inbox
