"""Goal 14: what a query reads is one workspace's; each that looks into several is named here, with its reason.

Read from the source: every ``Query(…)``, and every ``replace(…)`` that gives one another place. One workspace's is a query whose
collection is spelled ``f"workspaces/{…}…"``, there or where its name was set. Any other fails until it is named.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.security import goals

SHARED = Path(__file__).resolve().parents[2] / "shared"
SWEPT = "a sweep: what is due or over, whosever it is; each thing found is then handled in its own workspace"
FILTERED = "a collection at the root: the filter is the caller's workspace, space or user"
NETWORK = "what a network says is of an account, wherever that is connected: each workspace gets its own copy"
OPERATOR = "the operator's own command line, no caller's"
ELSEWHERE = "one workspace's: the place comes from another module, of something got by its workspace"
NAMED: Mapping[str, Mapping[str, str]] = {
    SWEPT: {
        "operations/brand_deletion.go_on": "brand_deletions",
        "operations/choosing.forget_expired": "pending",
        "operations/chores._due": "chores",
        "operations/chores_planning._page": "accounts",
        "operations/consents.forget_expired": "connections",
        "operations/exports/sweeping.sweep": "exports",
        "operations/inbox/forgetting.go_on": "GROUP",
        "operations/ingesting/sweeping._overdue": "COLLECTION",
        "operations/ingesting/sweeping.dead": "COLLECTION",
        "operations/invites.forget_expired": "invites",
        "operations/publishing/sweeping._overdue": "targets",
        "operations/signing_in.forget_expired": "sessions, kind",
        "operations/telling._waiting": "events",
        "operations/user_deletion.go_on": "deletions",
        "operations/webhooks/tending._overdue": "group",
        "runtime/sandbox.SandboxHttp.waiting": "_pushes.OUTBOX",
    },
    FILTERED: {
        "operations/invites.list_": "invites",
        "operations/invites.revoke": "invites",
        "operations/invites.revoke_all": "invites",
        "operations/invites._kept.body": "invites",
        "operations/keys.list_": "api_keys",
        "operations/keys._find": "api_keys",
        "operations/user_deletion._forget_colleague": "sessions",
        "operations/user_deletion._own_credential": "api_keys",
        "operations/user_deletion._of_workspace": "collection",
        "operations/users.owner": "users",
    },
    NETWORK: {
        "operations/ingesting/applying._documents": "accounts",
        "operations/subscribing._shared": "accounts",
    },
    OPERATOR: {
        "operations/operating/overview._inbound": "raw_events.COLLECTION",
        "operations/operating/overview._overdue": "targets",
        "operations/operating/spaces.every": "workspaces",
        "operations/sealed.at_root": "holder.collection",
    },
    ELSEWHERE: {
        "operations/event_pages.list_": "query.collection",
        "operations/exports/files.rows": "export_path(export.space, export.id)/parts",
        "operations/exports/sweeping._removed": "export_path(export.space, export.id)/parts",
        "operations/posts/listing._after": "query.collection",
        "operations/posts/slots._query": "queues.queue_path(caller.space, brand_id)/taken",
        "operations/webhooks/deliveries.list_": "endpoints.deliveries(endpoint)",
    },
}
OWN = ("'workspace', '=='", "'space', '=='", "'user_id', '=='")
Function = ast.FunctionDef | ast.ClassDef


def test_a_query_that_is_not_one_workspaces_is_named_with_its_reason() -> None:
    named = {site: place for sites in NAMED.values() for site, place in sites.items()}
    found = {site: places for site, places in sites(SHARED).items() if places}
    goals.count(14, "queries in the source", len(sites(SHARED)), len({*found} - {*named}))
    assert {site: ", ".join(sorted(places, reverse=True)) for site, places in found.items()} == named


def test_a_query_at_the_root_for_a_caller_is_filtered_by_what_is_theirs() -> None:
    for site in NAMED[FILTERED]:
        assert any(own in _source(site) for own in OWN), site


def test_a_query_across_workspaces_is_seen_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(
        "def one(space):\n    where = f'workspaces/{space}/posts'\n    return Query(where), replace(QUERY, limit=1)\n"
        "def at_root():\n    return Query('posts')\ndef group():\n    return store.Query(None, 'posts')\n"
        "def named():\n    return Query(group='posts')\ndef moved(query):\n    return replace(query, group='posts')\n"
        "def twice(space, all_):\n    where = f'workspaces/{space}/posts'\n    where = 'posts'\n    return Query(where)\n"
        "def fixed():\n    return Query('workspaces/ws_1.live/posts')\n"
    )
    found = {site for site, places in sites(tmp_path).items() if places}
    assert found == {f"planted.{name}" for name in ("at_root", "group", "named", "moved", "twice", "fixed")}


@cache
def sites(root: Path) -> Mapping[str, set[str]]:
    """Where queries are made: module and function; and which places they look at, as written, that are not one workspace's."""
    made: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*.py")):
        module = path.relative_to(root).with_suffix("")
        text = path.read_text(encoding="utf-8")
        if module.parts[0] != "backends" and "tests" not in module.parts and ("Query(" in text or "replace(" in text):
            tree = ast.parse(text)
            for names, call in _queries(tree, ()):
                site = f"{module.as_posix()}.{'.'.join(one.name for one in names)}"
                made.setdefault(site, set()).update(_astray(call, names, tree))
    return made


def _queries(node: ast.AST, within: tuple[Function, ...]) -> Iterator[tuple[tuple[Function, ...], ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            name = getattr(child.func, "id", getattr(child.func, "attr", ""))
            if name == "Query" or (name == "replace" and {"collection", "group"} & {one.arg for one in child.keywords}):
                yield within, child
        yield from _queries(child, (*within, child) if isinstance(child, Function) else within)


def _astray(call: ast.Call, within: tuple[Function, ...], tree: ast.Module) -> Iterator[str]:
    given = {one.arg: one.value for one in call.keywords}
    first = dict(zip(("collection", "group"), call.args, strict=False))
    places = {name: given.get(name, first.get(name)) for name in ("collection", "group")}
    for name, place in places.items():
        if place is None or (isinstance(place, ast.Constant) and place.value is None):
            continue
        meant = _meant(place, within, tree)
        if name == "group" or not _of_one(meant):
            yield (
                ast.unparse(place if isinstance(place, ast.Constant) else meant)
                .strip("f'\"")
                .replace("{", "")
                .replace("}", "")
            )


def _meant(place: ast.expr, within: tuple[Function, ...], tree: ast.Module) -> ast.expr:
    """What a local name stands for where it is set once, or what a function of the module answers."""
    values: list[ast.expr] = []
    if isinstance(place, ast.Name):
        values = [value for function in within for value in _set(function, place.id)]
    elif isinstance(place, ast.Call) and isinstance(place.func, ast.Name):
        of = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == place.func.id]
        values = [one.value for one in ast.walk(of[0]) if isinstance(one, ast.Return) and one.value] if of else []
    return _meant(values[0], within, tree) if len(values) == 1 else place


def _set(function: Function, name: str) -> Iterator[ast.expr]:
    """What the name is set to in the function."""
    for one in ast.walk(function):
        if isinstance(one, ast.Assign):
            for target in one.targets:
                pairs = [(target, one.value)]
                if isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple):
                    pairs = list(zip(target.elts, one.value.elts, strict=False))
                yield from (value for to, value in pairs if isinstance(to, ast.Name) and to.id == name)


def _of_one(place: ast.expr) -> bool:
    """Whether it is spelled as below one workspace that a variable names."""
    parts = place.values if isinstance(place, ast.JoinedStr) else []
    return len(parts) > 1 and isinstance(parts[0], ast.Constant) and parts[0].value == "workspaces/"


def _source(site: str) -> str:
    module, _, names = site.partition(".")
    tree = ast.parse((SHARED / f"{module}.py").read_text(encoding="utf-8"))
    outer = names.split(".")[0]
    return ast.unparse(next(one for one in tree.body if isinstance(one, Function) and one.name == outer))
