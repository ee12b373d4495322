"""``/sandbox``: every simulated account's timeline, as its followers see it. On one machine only."""

from __future__ import annotations

from html import escape

from werkzeug.wrappers import Response

from shared.domain.accounts import Account
from shared.operations import accounts, callers
from shared.platforms import registry
from shared.platforms.contract import Seen
from shared.ports.world import Ports
from shared.runtime import bootstrap

SHOWN = 25  # posts per account, the newest first

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>Rostrum sandbox</title><link rel="icon" href="data:,"><style>
:root{{color-scheme:light dark;--line:#8884}}body{{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem}}
h1{{font-size:1.3rem}}main{{display:grid;gap:1.25rem;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr))}}
section{{border:1px solid var(--line);border-radius:.7rem;padding:1rem}}h2{{font-size:1rem;margin:0 0 .6rem}}
article{{border-top:1px solid var(--line);padding:.55rem 0}}article.reply{{margin-left:1.2rem}}p{{margin:.1rem 0;white-space:pre-wrap;overflow-wrap:anywhere}}
small{{opacity:.65}}code{{font-size:.8rem;overflow-wrap:anywhere}}</style></head><body>
<h1>What followers see in the sandbox</h1>
<p><small>Simulated networks of this installation, newest first. The page renews itself.</small></p>
<main>{sections}</main></body></html>
"""


def respond(ports: Ports, key: str) -> Response:
    """The page of the workspace that this sandbox key belongs to, made from the simulators' own state."""
    connected = accounts.list_(ports, callers.authenticate(ports, key))
    sections = "".join(_section(ports, account) for account in connected)
    html = PAGE.format(sections=sections or "<p>No sandbox account is connected yet.</p>")
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    }
    return Response(html, headers=headers, content_type="text/html; charset=utf-8")


def _section(ports: Ports, account: Account) -> str:
    seen = bootstrap.sandbox(ports).seen(account.platform, account.platform_account_id, account.world)
    title = registry.manifest(account.platform).title
    newest = sorted(seen, key=lambda post: post.at, reverse=True)[:SHOWN]
    posts = "".join(_article(post) for post in newest) or "<p><small>Nothing yet.</small></p>"
    return f"<section><h2>{escape(title)} · @{escape(account.username)} · {len(seen)} live</h2>{posts}</section>"


def _article(post: Seen) -> str:
    media = f" · {post.media} media" if post.media else ""
    kind = ' class="reply"' if post.reply_to else ""
    when = post.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    link = escape(post.permalink)
    return f"<article{kind}><p>{escape(post.text)}</p><small>{when}{media}</small><br><code>{link}</code></article>"
