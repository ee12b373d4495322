"""Between our words and WhatsApp's: the message of an act, what a message's id says, the bodies of changes."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from shared.domain.content import Act, MediaType
from shared.domain.errors import Invalid
from shared.platforms._graph.calls import Graph
from shared.platforms.contract import Call
from shared.platforms.whatsapp import choices, errors

GRAPH: Final = Graph("https://graph.facebook.com", "v26.0", errors.BOOK, proof=True)
PRODUCT: Final = "whatsapp"
MAX_CAPTION: Final = 1024
_CONTENTS: Final = ("template", "interactive", "location", "contacts", "reaction")
_NUMBER: Final = re.compile(r"[0-9]{5,20}")
_GROUP: Final = re.compile(r"[A-Za-z0-9_=-]{1,128}")
_MEDIA: Final = {MediaType.IMAGE: "image", MediaType.VIDEO: "video", MediaType.DOCUMENT: "document"}


def number_id(call: Call) -> str:
    """The id of the business's number, which the account is."""
    return call.who.platform_account_id


def account_id(call: Call) -> str:
    """The id of the WhatsApp Business account that the number belongs to."""
    return str(call.who.metadata.get("waba_id") or "")


# ----------------------------------------------------------------------------------------------------- messages


def check(act: Act) -> None:
    """Raises Invalid where WhatsApp could not make a message of this."""
    recipient(act)
    if choices.asked(act.arguments):
        _check_choices(act)
        return
    given = [name for name in _CONTENTS if act.arguments.get(name)]
    if len(given) > 1 or (given and act.media):
        names = " and ".join([*given, *(["media"] if act.media else [])])
        raise Invalid(
            "validation.field_invalid", f"A message is one thing: {names} do not go together.", field="arguments"
        )
    if given and act.text.strip():
        said = f"text: a message with {given[0]} has no text beside it; put the words into arguments.{given[0]}, or leave text out."
        raise Invalid("validation.field_invalid", said, field="text")
    if not given and not act.media and not act.text.strip():
        text = "A message needs a text, media, or one of template, interactive, location, contacts and reaction."
        raise Invalid("validation.field_required", text, field="text")
    if act.media and len(act.text) > MAX_CAPTION:
        text = f"text: a caption has at most {MAX_CAPTION} characters; there are {len(act.text)}."
        raise Invalid("validation.text_too_long", text, field="text", limit=MAX_CAPTION, count=len(act.text))
    for name in given:
        _check_content(name, act.arguments[name])


def _check_choices(act: Act) -> None:
    beside = next((name for name in _CONTENTS if act.arguments.get(name)), "media" if act.media else "")
    if beside:
        text = f"A message is one thing: choices and {beside} do not go together."
        raise Invalid("validation.field_invalid", text, field="arguments")
    choices.interactive(act.text, act.arguments)


def _check_content(name: str, value: Any) -> None:
    needed = {"template": ("name", "language"), "interactive": ("type", "action"), "reaction": ("message_id",)}
    missing = [key for key in needed.get(name, ()) if not (isinstance(value, Mapping) and value.get(key))]
    if missing:
        raise Invalid("validation.field_required", f"arguments.{name} needs {missing[0]}.", field=f"arguments.{name}")


def recipient(act: Act) -> str:
    """Who is written to: digits with the country's code, or a group's id. Raises Invalid."""
    if act.arguments.get("recipient_type") == "group":
        if _GROUP.fullmatch(act.on):
            return act.on
    else:
        digits = re.sub(r"[+ ().-]", "", act.on)
        if _NUMBER.fullmatch(digits):
            return digits
    text = "on: a telephone number with its country's code (15551234567), or with recipient_type group a group's id."
    raise Invalid("validation.field_invalid", text, field="on")


def message(act: Act, media: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body of POST /{number}/messages. The same act and media give the same body.

    ``biz_opaque_callback_data`` carries the act's key: WhatsApp repeats it in the states that it tells of by webhook.
    """
    kind, content = _content(act, media)
    body: dict[str, Any] = {
        "messaging_product": PRODUCT,
        "recipient_type": act.arguments.get("recipient_type") or "individual",
        "to": recipient(act),
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": act.key,
    }
    if act.arguments.get("reply_to"):
        body["context"] = {"message_id": act.arguments["reply_to"]}
    return body


def _content(act: Act, media: Mapping[str, Any] | None) -> tuple[str, Any]:
    if choices.asked(act.arguments):
        return "interactive", choices.interactive(act.text, act.arguments)
    for name in _CONTENTS:
        if act.arguments.get(name):
            value = act.arguments[name]
            return name, _SHAPED[name](value) if name in _SHAPED else value
    if media:
        return _file(act, media)
    return "text", {"body": act.text, "preview_url": bool(act.arguments.get("preview_url"))}


def _template(given: Mapping[str, Any]) -> dict[str, Any]:
    """``language`` may be a code alone; of policies there is one, and Meta's document wants it named."""
    language = given["language"]
    named = {"policy": "deterministic", **(language if isinstance(language, Mapping) else {"code": str(language)})}
    return {**given, "language": named}


def _location(given: Mapping[str, Any]) -> dict[str, Any]:
    """Degrees as text, as Meta's document has them (its examples have numbers)."""
    return {key: str(value) if key in {"latitude", "longitude"} else value for key, value in given.items()}


_SHAPED: Final = {"template": _template, "location": _location}


def _file(act: Act, media: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = _MEDIA[act.media[0].facts.type]
    content: dict[str, Any] = {"id": media["id"]} if media.get("id") else {"link": media["link"]}
    if act.text:
        content["caption"] = act.text
    if kind == "document":
        content["filename"] = str(act.arguments.get("filename") or "document.pdf")
    return kind, content


def recipient_of(message_id: str) -> str | None:
    """The number that a message went to, which its id carries (seen on every id of the documentation); None: not told.

    ``wamid.`` and base64 of: two bytes, the number's length, the number, more.
    """
    try:
        data = b64decode(message_id.removeprefix("wamid."), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) < 4 or data[:2] != b"\x1c\x18":
        return None
    number = data[3 : 3 + data[2]]
    return number.decode() if number.isdigit() and len(number) == data[2] else None


# --------------------------------------------------------------------------------------------------------- parts


def template_body(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a new template. Raises Invalid."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", str(arguments.get("name") or "")):
        text = "arguments.name: lower case letters, digits and _, at most 512."
        raise Invalid("validation.field_invalid", text, field="arguments.name")
    return {name: arguments[name] for name in ("name", "language", "category", "components") if name in arguments}


PROFILE: Final = ("about", "address", "description", "email", "vertical", "websites", "profile_picture_handle")


def profile_body(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a change to the profile. Raises Invalid."""
    given = {name: arguments[name] for name in PROFILE if arguments.get(name) is not None}
    if not given:
        text = f"arguments: give at least one of {', '.join(PROFILE)}."
        raise Invalid("validation.field_required", text, field="arguments")
    return {"messaging_product": PRODUCT, **given}
