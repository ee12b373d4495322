"""docs/platforms.md: what each network offers, takes and refuses, from the manifests, with the reason of every gap."""

from __future__ import annotations

from collections.abc import Iterable

from shared.platforms import registry
from shared.platforms.manifest import FEATURES, Feature, KindLimit, Manifest, MediaLimit, NotOffered, Option, TextLimit

PATH = "docs/platforms.md"

# The matrix has a column per group: a mark per feature would not fit a page.
COLUMNS: dict[str, tuple[str, ...]] = {
    "refresh": ("refresh",),
    "revoke": ("revoke",),
    "delete": ("delete",),
    "comments": tuple(name for name in FEATURES if name.startswith("comments.")),
    "messages": ("messages.list", "messages.send"),
    "mentions": ("mentions.list",),
    "reviews": ("reviews.list", "reviews.reply"),
    "metrics": ("metrics.post", "metrics.account"),
    "webhooks": ("webhooks",),
    "ads": ("ads",),
}
_HEAD = """# The networks

Generated from the manifests (`shared/platforms/*/__init__.py`) by `make generate`: do not edit. The same is served as data by
`GET /v1/platforms`. Every limit and every gap has a source and the day on which it was read; the network's own answer is final.

● all of it, ◐ part of it (what is missing and why stands below), – not offered by the network's official API.
"""


def render() -> str:
    """The page."""
    manifests = [registry.manifest(name) for name in registry.all_names()]
    return "\n".join([_HEAD, *_matrix(manifests), "", *(line for one in manifests for line in _network(one))]) + "\n"


def _matrix(manifests: Iterable[Manifest]) -> Iterable[str]:
    yield f"| network | publishes | {' | '.join(COLUMNS)} |"
    yield f"|---|---|{'---|' * len(COLUMNS)}"
    for manifest in manifests:
        kinds = " ".join(str(limit.kind) for limit in manifest.kinds) or "–"
        marks = " | ".join(_mark(manifest, features) for features in COLUMNS.values())
        yield f"| [{manifest.title}](#{_anchor(manifest)}) | {kinds} | {marks} |"


def _mark(manifest: Manifest, features: tuple[str, ...]) -> str:
    offered = sum(manifest.feature(name) == "offered" for name in features)
    return "●" if offered == len(features) else "◐" if offered else "–"


def _network(manifest: Manifest) -> Iterable[str]:
    yield f"## {manifest.title}\n"
    also = f" (also {', '.join(f'`{alias}`' for alias in manifest.aliases)})" if manifest.aliases else ""
    yield f"Name in the API: `{manifest.name}`{also}. Connected by {_connecting(manifest)}."
    yield _renewing(manifest)
    yield from _apis(manifest)
    yield from _kinds(manifest)
    yield from _options("`platform_data`", manifest.options)
    yield from _actions(manifest)
    yield from _resources(manifest)
    yield from _gaps(manifest)
    yield from _rates(manifest)
    yield from _measuring(manifest)
    yield ""


def _connecting(manifest: Manifest) -> str:
    if manifest.oauth.style == "credentials":
        return f"credentials in `metadata`: {', '.join(f'`{field.name}`' for field in manifest.oauth.fields)}"
    return f"its consent page (OAuth 2), scopes {', '.join(f'`{scope}`' for scope in manifest.oauth.scopes)}"


def _renewing(manifest: Manifest) -> str:
    rule = manifest.oauth.renewal
    if rule is None:
        return "Its tokens have no end: nothing is renewed."
    idle = f"; unused for {rule.idle_days} days it would die, so it is used in time" if rule.idle_days else ""
    young = f", once it is {rule.youngest_hours} hours old" if rule.youngest_hours else ""
    said = {
        "access": f"A connection lives as long as its token, which is renewed in the background before its end{young}",
        "refresh": "Access tokens are renewed on demand; the refresh token is renewed in the background before its end",
        "nothing": f"Access tokens are renewed on demand; the grant's end, if it has one, is its person's to put off{idle}",
    }[rule.moves]
    return f"{said} ([source]({rule.source.url}), read {rule.source.on}; [connections](connections.md))."


def _apis(manifest: Manifest) -> Iterable[str]:
    for api in (manifest.api, *manifest.apis):
        until = f"retired on {api.sunset}" if api.sunset else "no end announced"
        yield f"API [{api.name}]({api.source.url}), {until} (read {api.source.on})."


def _kinds(manifest: Manifest) -> Iterable[str]:
    if not manifest.kinds:
        return
    yield f"\nText: {_text(manifest.text)}."
    more = [f"threads of up to {manifest.thread} posts"] if manifest.thread else []
    more += ["a first comment"] if manifest.first_comment else []
    if more:
        yield f"Also {' and '.join(more)}."
    yield "\n| kind | items | media |"
    yield "|---|---|---|"
    for limit in manifest.kinds:
        yield f"| {limit.kind} | {_items(limit)} | {_media(limit.media) if limit.media else '–'} |"


def _text(limit: TextLimit) -> str:
    parts = [f"up to {limit.max_length:,} ({limit.counted_in})"]
    parts += [f"{limit.max_bytes:,} bytes"] if limit.max_bytes else []
    parts += [f"{limit.max_hashtags} hashtags"] if limit.max_hashtags else []
    return f"{', '.join(parts)} ([source]({limit.source.url}), read {limit.source.on})"


def _items(limit: KindLimit) -> str:
    return str(limit.min_items) if limit.min_items == limit.max_items else f"{limit.min_items} to {limit.max_items}"


def _media(limit: MediaLimit) -> str:
    parts = [_types(limit.image_types, limit.max_image_bytes), _types(limit.video_types, limit.max_video_bytes)]
    parts += [_types(limit.document_types, limit.max_document_bytes)]
    parts += [f"{kind.rpartition('/')[2]} up to {_bytes(most)}" for kind, most in limit.max_bytes_of.items()]
    parts += [
        _between("{} s", limit.min_seconds, limit.max_seconds),
        _between("ratio {}", limit.min_ratio, limit.max_ratio),
    ]
    parts += [_between("width {} px", limit.min_width, limit.max_width)]
    told = "; ".join(part for part in parts if part)
    return f"{told} ([source]({limit.source.url}), read {limit.source.on})"


def _types(types: tuple[str, ...], most: int | None) -> str:
    names = ", ".join(kind.rpartition("/")[2] for kind in types)
    return f"{names} up to {_bytes(most)}" if names and most else names


def _bytes(count: int) -> str:
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)):
        if count >= size:
            return f"{count / size:g} {unit}" if count % size == 0 else f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _between(what: str, least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return ""
    if least is None:
        return what.format(f"up to {_number(most)}")
    return what.format(f"{_number(least)} to {_number(most)}" if most is not None else f"from {_number(least)}")


def _number(value: float | None) -> str:
    """Whole numbers in full (14,400 and not 1.44e+04), fractions to four digits."""
    return "" if value is None else f"{value:,.0f}" if value == int(value) else f"{value:.4g}"


def _options(where: str, options: tuple[Option, ...]) -> Iterable[str]:
    if not options:
        return
    yield f"\n| {where} | type | |"
    yield "|---|---|---|"
    for option in options:
        needed = " Required." if option.required else ""
        yield f"| `{option.name}` | {option.type} | {_about(option)}{needed} |"


def _actions(manifest: Manifest) -> Iterable[str]:
    """A row per verbs that take the same, then a row per argument: many verbs share theirs."""
    if not manifest.actions:
        return
    yield "\n| `POST /v1/actions` | text | media |"
    yield "|---|---|---|"
    rows: dict[tuple[int | None, int], list[str]] = {}
    for action in manifest.actions:
        limit = action.text.max_length if action.text else None
        rows.setdefault((limit, action.max_media), []).append(f"`{action.verb}`")
    for (text, media), verbs in rows.items():
        words = f"up to {text:,}" if text else "–"
        yield f"| {', '.join(verbs)} | {words} | {f'up to {media}' if media else '–'} |"
    yield from _arguments(manifest)


def _arguments(manifest: Manifest) -> Iterable[str]:
    taken: dict[tuple[str, str, str], list[str]] = {}
    for action in manifest.actions:
        for option in action.options:
            needed = f"`{action.verb}`{' *' if option.required else ''}"
            taken.setdefault((option.name, option.type, _about(option)), []).append(needed)
    if not taken:
        return
    yield "\n| in `arguments` | type | of (* must be given) | |"
    yield "|---|---|---|---|"
    for (name, kind, about), verbs in taken.items():
        yield f"| `{name}` | {kind} | {', '.join(verbs)} | {about} |"


def _about(option: Option) -> str:
    enum = f" One of {', '.join(f'`{value}`' for value in option.enum)}." if option.enum else ""
    return _cell(option.description) + enum


def _argument(option: Option) -> str:
    needed = " (must be given)" if option.required else ""
    return f"`{option.name}`{needed}: {_cell(option.description).rstrip('.')}"


def _resources(manifest: Manifest) -> Iterable[str]:
    if not manifest.resources:
        return
    yield "\n| `GET /v1/accounts/{id}/resources/…` | what it lists | query |"
    yield "|---|---|---|"
    for resource in manifest.resources:
        query = "; ".join(_argument(one) for one in resource.arguments)
        yield f"| `{resource.name}` | {_cell(resource.description)} | {query or '–'} |"


def _gaps(manifest: Manifest) -> Iterable[str]:
    gaps = [(name, manifest.feature(name)) for name in FEATURES]
    told = [(name, gap) for name, gap in gaps if isinstance(gap, NotOffered)]
    if not told:
        return
    yield "\n| not offered | why | read |"
    yield "|---|---|---|"
    for names, gap in _together(told):
        yield f"| {', '.join(names)} | {_cell(gap.reason)} | [{gap.source.on}]({gap.source.url}) |"


def _together(gaps: Iterable[tuple[str, Feature]]) -> Iterable[tuple[list[str], NotOffered]]:
    """Features with one and the same reason, in one row."""
    rows: dict[NotOffered, list[str]] = {}
    for name, gap in gaps:
        if isinstance(gap, NotOffered):
            rows.setdefault(gap, []).append(name)
    return [(names, gap) for gap, names in rows.items()]


def _rates(manifest: Manifest) -> Iterable[str]:
    if manifest.rate_limits:
        yield "\nRate limits, as the network states them:\n"
        yield from (f"- {what}: {limit}" for what, limit in manifest.rate_limits.items())


def _measuring(manifest: Manifest) -> Iterable[str]:
    """How numbers are read on schedule: how many posts in one request, and within which budgets."""
    if registry.measurer(manifest.name) is None:
        return
    batch = registry.batch_measurer(manifest.name)
    many = f"up to {batch.MOST_POSTS} posts at once" if batch else "one post after the other"
    yield f"\nNumbers are read on schedule ([analytics](analytics.md)), {many}.\n"
    whose = {"app": "the app", "account": "an account"}
    for one in manifest.budgets:
        span = f"a day ({one.zone})" if one.zone else f"{one.seconds} seconds"
        yield (
            f"- {one.limit:,} {one.name} in {span} for {whose[one.per]}, of which schedule uses {one.background:.0%} at most"
            f" ([source]({one.source.url}), read {one.source.on})"
        )
    for row in manifest.usage:
        header = row.percent or row.remaining
        yield (
            f"- `{header}` says how much of {whose[row.per]}'s calls is used: from {row.background:.0%} on schedule waits"
            f" ([source]({row.source.url}), read {row.source.on})"
        )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _anchor(manifest: Manifest) -> str:
    return manifest.title.lower().replace(" ", "-").replace("(", "").replace(")", "")
