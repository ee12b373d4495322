"""What callers may ask of WhatsApp by its own names: ``/v1/social/whatsapp/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms.verbs import Column

_WHO = common.account(example="106540352242922")
_TEMPLATES = (
    Column("id", "id"),
    Column("name", "name"),
    Column("language", "language"),
    Column("category", "category"),
    Column("status", "status"),
    Column("components", "components", "array"),
)
_NUMBERS = (
    Column("id", "id"),
    Column("phone_number", "display_phone_number"),
    Column("name", "verified_name"),
    Column("quality", "quality_rating"),
)
_PROFILE = (
    Column("about", "about"),
    Column("address", "address"),
    Column("description", "description"),
    Column("email", "email"),
    Column("websites", "websites", "strings"),
    Column("vertical", "vertical"),
    Column("profile_picture_url", "profile_picture_url"),
)
_TO = common.on("to", "16505551234")

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected business numbers"),
    common.listing("numbers", _NUMBERS, "The numbers of a business account", fields=(_WHO,)),
    common.listing("profile", _PROFILE, "The business profile", fields=(_WHO,), single=True),
    common.listing("templates", _TEMPLATES, "The message templates", fields=(_WHO, common.option("name"))),
    common.act(
        "message",
        "message.send",
        "Send a text, within 24 hours of the other's last message",
        _WHO,
        _TO,
        common.text("message", example="Hi there! How can we help you today?"),
        common.option("reply_to"),
        common.option("preview_url", type="boolean"),
        key="message_id",
    ),
    common.act(
        "message-media",
        "message.send",
        "Send a file",
        _WHO,
        _TO,
        common.file("media_url", example="https://example.com/image.jpg"),
        common.text("caption", required=False),
        common.option("filename"),
        key="message_id",
    ),
    common.act(
        "message-template",
        "message.send",
        "Send a template, at any time",
        _WHO,
        _TO,
        common.option(
            "template",
            required=True,
            type="object",
            example={"name": "hello_world", "language": {"code": "en_US"}},
            description="WhatsApp's template object: name, language, components.",
        ),
        key="message_id",
    ),
    common.act(
        "templates",
        "template.create",
        "Make a message template",
        _WHO,
        common.option("name", required=True, example="seasonal_offer"),
        common.option("language", required=True, example="en_US"),
        common.option("category", required=True, example="MARKETING"),
        common.option("components", required=True, type="array", example=[{"type": "BODY", "text": "Our sale is on!"}]),
        key="template_id",
    ),
)
