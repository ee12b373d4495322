"""The report: one HTML page that needs nothing else, runs nothing, and shows what others wrote as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from shared.domain.exports import Export, Row

FIGURES = ("views", "likes", "comments", "shares", "saves")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}th,td{padding:.4rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}
th{position:sticky;top:0;background:#f6f6f6}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.t{white-space:pre-wrap;overflow-wrap:anywhere;max-width:30rem}.e{color:#8a4b00}dl{display:flex;gap:2rem;flex-wrap:wrap}
dt{color:#666}dd{margin:0;font-size:1.5rem}
"""


def made(export: Export, rows: Sequence[Row]) -> bytes:
    """The page, UTF-8."""
    heads = "".join(f'<th class="n" scope="col">{name.title()}</th>' for name in FIGURES)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>Published posts</title><style>{_STYLE}</style></head><body><h1>Published posts</h1>"
        f"<p>Account {escape(export.account_id)} on {escape(export.platform)}, as of {export.created_at:%Y-%m-%d %H:%M} UTC: "
        f"{len(rows)} posts, the latest first. An empty figure is one that the network does not offer.</p>"
        f'<dl>{_totals(rows)}</dl><table><thead><tr><th scope="col">Published</th>'
        f'<th scope="col">Post</th>{heads}</tr></thead><tbody>{"".join(map(_line, rows))}</tbody></table></body></html>'
    )
    return page.encode(errors="replace")


def _totals(rows: Sequence[Row]) -> str:
    found = ((name, [getattr(row, name) for row in rows]) for name in FIGURES)
    sums = ((name, _sum(values)) for name, values in found)
    return "".join(f"<div><dt>{name.title()}</dt><dd>{total}</dd></div>" for name, total in sums if total is not None)


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _line(row: Row) -> str:
    figures = "".join(
        f'<td class="n">{"" if (value := getattr(row, name)) is None else value}</td>' for name in FIGURES
    )
    title = f"<strong>{escape(row.title)}</strong>\n" if row.title else ""
    remark = f'\n<span class="e">{escape(row.error)}</span>' if row.error else ""
    when = f"{row.published_at:%Y-%m-%d %H:%M}"
    if row.permalink.startswith("https://"):
        when = f'<a href="{escape(row.permalink)}" rel="noopener noreferrer">{when}</a>'
    return f'<tr><td>{when}</td><td class="t">{title}{escape(row.text)}{remark}</td>{figures}</tr>'
