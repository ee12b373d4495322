"""What WhatsApp's error codes mean in our words. The codes common to all of Graph: ``_graph.errors``.

WhatsApp refuses some messages at once, and tells of others later by webhook with the same codes.
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.platforms._graph.errors import Book, Code, auth, rejected, transient, unsettled
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM = "whatsapp"
PAIR: Code = (131056, None)
THROUGHPUT: Code = (130429, None)
SPAM: Code = (131048, None)
FLOW: Code = (132069, None)
_OURS = "The app's setup at Meta is at fault; "


def _limited(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.LIMITED, code, message, "rate_limit", "platform")


def _system(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "platform", "system")


def _not_delivered(message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, "not_delivered", message, "platform", "platform")


_INVALID = rejected("invalid_parameter", "WhatsApp refused a value of this request; its own text says which.")
_TEMPLATE = rejected("template_invalid", "The template and what was given for it do not fit together.")
_MEDIA = rejected("media_invalid", "WhatsApp could not use the file. Check its type, its size and its address.")
# Perhaps an earlier attempt of ours whose answer was lost made it.
_EXISTS = ErrorRow(
    Fate.UNKNOWN, "template_exists", "A template of this name and language exists already.", "validation", "user"
)

ROWS: Mapping[Code, ErrorRow] = {
    (0, None): auth("WhatsApp did not accept the access token.", reconnect=False),
    (100, None): _INVALID,
    (100, 2388023): rejected("template_being_deleted", "A template of this name is being deleted: wait four weeks."),
    (100, 2388024): _EXISTS,
    (100, 2593002): rejected("template_not_found", "WhatsApp knows no template of this name."),
    (33, None): rejected("not_found", "The business number was deleted."),
    (368, None): rejected("policy_blocked", "The account is restricted for a breach of WhatsApp's policies."),
    (130472, None): _not_delivered("The person is part of an experiment of Meta's and gets no marketing messages."),
    (130497, None): rejected("recipient_not_allowed", "The business may not write to people of this country."),
    (131000, None): transient("server_error", "WhatsApp had trouble of its own."),
    (131005, None): rejected("permission_denied", "The connection lacks a permission for this: connect it again."),
    (131008, None): rejected("missing_parameter", "A value that WhatsApp needs is missing; its own text says which."),
    (131009, None): _INVALID,
    (131016, None): transient("server_error", "WhatsApp's service is not available for the moment."),
    (131021, None): rejected("recipient_invalid", "The number cannot write to itself."),
    (131026, None): rejected(
        "undeliverable", "The message cannot be delivered to this number: it may not be on WhatsApp."
    ),
    (131030, None): rejected("recipient_not_allowed", "A test number may write only to the recipients that it lists."),
    (131031, None): rejected("account_locked", "WhatsApp locked the account for a breach of its policies."),
    (131037, None): rejected("display_name_needed", "The number needs an approved display name before it can write."),
    (131042, None): _system("payment_needed", "Meta wants a valid way of payment for this WhatsApp account."),
    (131045, None): _system("number_not_registered", _OURS + "register the number."),
    (131047, None): rejected(
        "window_closed", "The person has not written for 24 hours: only a template may be sent to them."
    ),
    SPAM: _limited("spam_limit", "People blocked or reported this number: WhatsApp lets it send less for a while."),
    (131049, None): ErrorRow(
        Fate.REJECTED,
        "frequency_cap",
        "WhatsApp held the message back to keep the person from too much marketing.",
        "platform",
        "platform",
    ),
    (131050, None): rejected("user_opted_out", "The person wants no marketing messages from this business."),
    (131051, None): rejected("unsupported_type", "WhatsApp has no messages of this type."),
    (131052, None): _MEDIA,
    (131053, None): _MEDIA,
    PAIR: _limited("pair_rate_limit", "Too many messages to one person in a short time."),
    (131057, None): transient("maintenance", "The account is under maintenance."),
    THROUGHPUT: _limited("throughput_exceeded", "The number sends more messages a second than WhatsApp allows."),
    (132000, None): _TEMPLATE,
    (132001, None): rejected("template_not_found", "No approved template has this name and language."),
    (132005, None): rejected("text_too_long", "The template with its values is longer than WhatsApp allows."),
    (132007, None): rejected("template_policy", "The template's content breaks WhatsApp's policy."),
    (132012, None): _TEMPLATE,
    (132015, None): rejected("template_paused", "The template is paused for its low quality."),
    (132016, None): rejected("template_disabled", "The template was paused too often and is disabled for good."),
    (132068, None): rejected("flow_blocked", "The flow is blocked."),
    FLOW: _limited("flow_throttled", "The flow was sent too often in the last hour."),
    (133004, None): transient("server_error", "WhatsApp's service is not available for the moment."),
    (133005, None): rejected("pin_wrong", "The two-step verification PIN is not the number's."),
    (133006, None): rejected("verification_needed", "The number must be verified with a code before it is registered."),
    (133008, None): _limited("pin_locked", "The PIN was guessed too often: wait as long as WhatsApp's text says."),
    (133009, None): _limited("pin_too_fast", "The PIN was entered too soon after the last try: wait a moment."),
    (133010, None): _system("number_not_registered", _OURS + "register the number."),
    (133015, None): _limited(
        "registration_too_soon", "The number was deleted a moment ago: register it in five minutes."
    ),
    (133016, None): _limited("registration_limit", "The number was registered too often: wait three days."),
    (134011, None): _system("payment_needed", "WhatsApp's payments terms have not been accepted."),
    (136024, None): rejected("code_not_sent", "WhatsApp did not send a code; its own text says why."),
    (136025, None): rejected("code_wrong", "The verification code is wrong or has run out: ask for another."),
    (135000, None): unsettled("generic", "WhatsApp says that something is wrong with the request, and not what."),
}
# Times to come back in where Meta names none in a header: one message in 6 s to one person; a second's throughput.
WAITS: Mapping[Code, timedelta] = {
    PAIR: timedelta(seconds=6),
    THROUGHPUT: timedelta(seconds=2),
    SPAM: timedelta(hours=6),
    FLOW: timedelta(hours=1),
}
BOOK = Book(PLATFORM, "WhatsApp", ROWS, waits=WAITS)
# Where it was there before the first attempt.
TAKEN_NAME = rejected("template_exists", "A template of this name and language exists already: choose another name.")
NO_TEMPLATE = rejected("template_not_found", "WhatsApp knows no such template in this account.")
ON_BUSINESS_APP = rejected(
    "business_app_number",
    "The number is used in the WhatsApp Business app: it is connected as it is, and not registered.",
)
NO_NUMBERS = rejected("no_numbers", "The sign-up shared no WhatsApp number: finish it with a number and connect again.")


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words."""
    return BOOK.refusal(response, now)


def code_refusal(response: Response, now: datetime) -> Refused:
    """The refusal of an authorization code: Graph's code 100 is about the code there."""
    refused = BOOK.refusal(response, now)
    if refused.row in {_INVALID, BOOK.common.unlisted}:
        said = "The authorization has run out or was used. Connect again."
        refused.row = ErrorRow(Fate.REJECTED, "code_invalid", said, "auth", "user")
    return refused


def dead(refused: Refused) -> Refused:
    """A token that cannot be renewed: the business connects again."""
    refused.row = BOOK.common.dead
    return refused


def named(code: int) -> ErrorRow:
    """The row of a code that a webhook tells of."""
    return BOOK.row_for(400, code, None)
