"""Messages that people answer by touching: buttons, a link, a list; from common words to WhatsApp's ``interactive``. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages,
…/interactive-cta-url-messages, …/interactive-list-messages, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.errors import Invalid

NAMES: Final = ("buttons", "list_sections", "list_button")
_MAX_BUTTONS: Final = 3
_MAX_ROWS: Final = 10
_MAX_BODY: Final = 1024  # of buttons and links; a list's body has 4096


def asked(arguments: Mapping[str, Any]) -> bool:
    """Whether a message is to have any of these."""
    return any(arguments.get(name) for name in NAMES)


def interactive(text: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """``interactive`` of a message, with the act's words as its body. Raises Invalid."""
    buttons, sections = arguments.get("buttons") or (), arguments.get("list_sections") or ()
    if buttons and (sections or arguments.get("list_button")):
        raise _invalid("buttons", "buttons and a list do not go together.")
    if not text.strip():
        raise Invalid("validation.field_required", "text: a message with choices needs words above them.", field="text")
    if buttons and len(text) > _MAX_BODY:
        raise Invalid(
            "validation.text_too_long",
            f"text: above buttons at most {_MAX_BODY} characters; there are {len(text)}.",
            field="text",
        )
    return {**(_of_buttons(buttons) if buttons else _list(sections, arguments)), "body": {"text": text}}


def _of_buttons(buttons: Sequence[Any]) -> dict[str, Any]:
    if len(buttons) > _MAX_BUTTONS or not all(isinstance(one, Mapping) and one.get("title") for one in buttons):
        raise _invalid("buttons", f"at most {_MAX_BUTTONS}, each with a title.")
    if any(one.get("type") == "url" for one in buttons):
        (first, *more) = buttons
        if more or not first.get("url"):
            raise _invalid("buttons", "one link with its url, and nothing beside it.")
        parameters = {"display_text": first["title"], "url": first["url"]}
        return {"type": "cta_url", "action": {"name": "cta_url", "parameters": parameters}}
    replies = [{"id": str(one.get("payload") or one["title"]), "title": one["title"]} for one in buttons]
    if len({one["id"] for one in replies}) < len(replies):
        raise _invalid("buttons", "each has a payload (or else a title) of its own.")
    return {"type": "button", "action": {"buttons": [{"type": "reply", "reply": one} for one in replies]}}


def _list(sections: Sequence[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    if not arguments.get("list_button") or not sections:
        raise _invalid("list_button" if sections else "list_sections", "a list needs list_button and list_sections.")
    if not all(isinstance(one, Mapping) and isinstance(one.get("rows"), Sequence) for one in sections):
        raise _invalid("list_sections", "each section has rows.")
    rows = [row for section in sections for row in section["rows"]]
    if not 1 <= len(rows) <= _MAX_ROWS:
        raise _invalid("list_sections", f"1 to {_MAX_ROWS} rows in all; there are {len(rows)}.")
    if len(sections) > 1 and not all(one.get("title") for one in sections):
        raise _invalid("list_sections", "of several sections each has a title.")
    if len({str(row.get("id")) for row in rows}) < len(rows):
        raise _invalid("list_sections", "each row has an id of its own.")
    return {"type": "list", "action": {"button": arguments["list_button"], "sections": list(sections)}}


def _invalid(field: str, said: str) -> Invalid:
    return Invalid("validation.field_invalid", f"{field}: {said}", field=field)
