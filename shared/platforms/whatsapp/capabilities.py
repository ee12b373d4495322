"""What WhatsApp offers: features, actions, resources. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from shared.platforms.manifest import (
    Action,
    Feature,
    MediaLimit,
    NotOffered,
    Option,
    Resource,
    Source,
    TextLimit,
    Window,
)

READ: Final = date(2026, 11, 22)
_DOCS: Final = "https://developers.facebook.com/documentation/business-messaging/whatsapp"
_MB: Final = 1024 * 1024


def _page(name: str) -> Source:
    return Source(f"{_DOCS}/{name}", READ)


CHANGELOG: Final = Source("https://developers.facebook.com/docs/graph-api/changelog", READ)
MESSAGES: Final = _page("messages/send-messages")
_TEMPLATES: Final = _page("templates/overview")
_WEBHOOKS: Final = _page("webhooks/overview")

NO_POSTS: Final = NotOffered(
    "WhatsApp is a messenger: it has no feed. Status updates and Channels have no API. Send messages and templates.",
    MESSAGES,
)
NO_ADS: Final = NotOffered(
    "Ads that open a WhatsApp chat are ads of Facebook and Instagram: they are made there.",
    Source("https://developers.facebook.com/docs/marketing-api/ad-creative/messaging-ads/click-to-whatsapp", READ),
)
_NO_COMMENTS: Final = NotOffered("There are no posts to comment on.", MESSAGES)
_NO_LIST: Final = NotOffered(
    "WhatsApp keeps no conversations for the API to read: what people write arrives by webhook only.", _WEBHOOKS
)

FEATURES: Final[Mapping[str, Feature]] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": NotOffered(
            "A business ends the connection in its own settings (Partners): Meta documents no call for it.",
            _page("embedded-signup/overview"),
        ),
        "delete": NotOffered("A message that was sent cannot be taken back through the API.", MESSAGES),
        "comments": _NO_COMMENTS,
        "posts.like": NotOffered("There are no posts; a message gets a reaction as a message of its own.", MESSAGES),
        "messages.list": _NO_LIST,
        "messages.send": "offered",
        "mentions": NotOffered("Nobody is mentioned on WhatsApp outside of their own chats.", MESSAGES),
        "reviews": NotOffered("WhatsApp has no reviews.", MESSAGES),
        "metrics.post": NotOffered("There are no posts; a message's states arrive by webhook.", _WEBHOOKS),
        "metrics.account": "offered",
        "webhooks": "offered",
        "ads": NO_ADS,
    }
)

_FILES: Final = MediaLimit(
    _page("business-phone-numbers/media"),
    image_types=("image/jpeg", "image/png"),
    video_types=("video/mp4",),
    document_types=("application/pdf",),
    max_image_bytes=5 * _MB,
    max_video_bytes=16 * _MB,
    max_document_bytes=100 * _MB,
)
_SEND: Final = (
    Option(
        "template", "object", "{name, language, components}: the one thing that may be sent outside the 24 h window."
    ),
    Option("interactive", "object", "Buttons, a list, a flow, a product: as WhatsApp has it, {type, body, action, …}."),
    Option("location", "object", "{latitude, longitude, name, address}."),
    Option("contacts", "array", "Contact cards, as WhatsApp has them: [{name: {formatted_name, first_name}, phones}]."),
    Option("reaction", "object", "{message_id, emoji}: an emoji on a message; an empty one takes it away."),
    Option("reply_to", "string", "Id of the message that this one answers (wamid.…)."),
    Option("preview_url", "boolean", "Show a preview of the first link in the text."),
    Option("filename", "string", "The name that a document is shown under."),
    Option(
        "buttons",
        "array",
        "Up to three answers [{type: postback, title, payload}], or one link [{type: url, title, url}].",
    ),
    Option(
        "list_sections", "array", "Lines to choose from, up to ten in all: [{title, rows: [{id, title, description}]}]."
    ),
    Option("list_button", "string", "What opens the list, up to 20 characters."),
    Option("recipient_type", "string", "A person (by number) or a group (by id).", ("individual", "group")),
)
_CATEGORIES: Final = ("MARKETING", "UTILITY", "AUTHENTICATION")
VERTICALS: Final = (
    *("OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL"),
    *("HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL", "ONLINE_GAMBLING"),
    *("PHYSICAL_GAMBLING", "OTC_DRUGS"),
)

_WINDOW: Final = Window(24, "window_closed", MESSAGES, always=("template",))
ACTIONS: Final = (
    Action("message.send", "inbox", TextLimit(4096, "chars", "", MESSAGES), _SEND, _FILES, 1, window=_WINDOW),
    Action(
        "message.read",
        "resources",
        options=(Option("typing", "boolean", "Also show that an answer is being written, for up to 25 s."),),
        repeatable=True,
        needs_on="message",
    ),
    Action(
        "template.create",
        "resources",
        options=(
            Option("name", "string", "Lower case letters, digits and _, up to 512.", required=True),
            Option("language", "string", "A code like en_US.", required=True),
            Option("category", "string", "What it is for; WhatsApp may correct it.", _CATEGORIES, required=True),
            Option("components", "array", "[{type: BODY, text, example}, …], as WhatsApp has them.", required=True),
        ),
    ),
    Action(
        "template.edit",
        "resources",
        options=(
            Option(
                "components",
                "array",
                "All of them, as WhatsApp has them: they replace those that stand.",
                required=True,
            ),
            Option("category", "string", "What it is for.", _CATEGORIES),
        ),
        repeatable=True,
        needs_on="template",
    ),
    Action("template.delete", "resources", repeatable=True, needs_on="template"),
    Action("template.delete_all", "resources", repeatable=True, needs_on="template's name"),
    Action(
        "profile.update",
        "resources",
        options=(
            Option("about", "string", "Up to 139 characters."),
            Option("address", "string", "Up to 256 characters."),
            Option("description", "string", "Up to 512 characters; the OpenAPI document says 256."),
            Option("email", "string", "Up to 128 characters."),
            Option("websites", "array", "At most two addresses."),
            Option("vertical", "string", "The trade.", VERTICALS),
            Option(
                "profile_picture_handle", "string", "Of a picture that was uploaded to Meta's Resumable Upload API."
            ),
        ),
        repeatable=True,
    ),
)
RESOURCES: Final = (
    Resource("numbers", "The numbers of the WhatsApp Business account, with their state, quality and limits."),
    Resource("profile", "What people see of the business."),
    Resource(
        "templates",
        "The message templates of the WhatsApp Business account, with their state.",
        (Option("name", "string", "Only those of this name."), Option("id", "string", "Only this one.")),
    ),
)
SETTINGS: Final = (
    Resource(
        "request_code",
        "A code for the number's verification is sent by SMS, or spoken in a call.",
        (
            Option("method", "string", "How it comes.", ("SMS", "VOICE"), required=True),
            Option("language", "string", "A code like en_US.", required=True),
        ),
    ),
    Resource("verify_code", "The code that came.", (Option("code", "string", "Six digits.", required=True),)),
    Resource(
        "register",
        "The number may send from now on; a number that is registered may be again.",
        (
            Option(
                "pin", "string", "Six digits: the number's two-step verification, set if there is none.", required=True
            ),
        ),
    ),
    Resource("deregister", "The number sends nothing any more."),
)
