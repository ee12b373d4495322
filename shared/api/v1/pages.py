"""The few pages that people see: how a consent ended, what an invite asks for. No script, no style, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from shared.api.engine.exchange import Reply
from shared.domain.connections import Candidate
from shared.platforms.manifest import Option

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><main><h1>{title}</h1><p>{text}</p>{form}</main></html>"""
_SECRET_ENDINGS = ("password", "secret", "token")


def page(status: int, title: str, text: str, form: str = "") -> Reply:
    """A page. ``form`` is HTML; the rest is text."""
    made = _PAGE.format(title=escape(title), text=escape(text), form=form)
    return Reply(status, raw=made.encode(), content_type="text/html; charset=utf-8")


def credentials(action: str, fields: Sequence[Option]) -> str:
    """A form that asks for a network's credentials."""
    rows = []
    for field in fields:
        kind = "password" if field.name.endswith(_SECRET_ENDINGS) else "text"
        label = escape(field.description)
        name = escape(f"metadata[{field.name}]")
        rows.append(f'<p><label>{label}<br><input type="{kind}" name="{name}" maxlength="4096"></label></p>')
    return _form(action, rows, "Connect")


def choices(action: str, candidates: Sequence[Candidate]) -> str:
    """A form to choose accounts with."""
    rows = [
        f'<p><label><input type="checkbox" name="page_ids[]" value="{escape(one.platform_account_id)}"> '
        f"{escape(one.name or one.username)}</label></p>"
        for one in candidates
    ]
    return _form(action, rows, "Connect these")


def _form(action: str, rows: Sequence[str], button: str) -> str:
    return f'<form method="post" action="{escape(action)}">{"".join(rows)}<button>{escape(button)}</button></form>'
