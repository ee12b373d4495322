"""What a plan must hold: it agrees with the code, both ways, and gives nobody more than is needed.

A rule is a function of plan and code that yields what is wrong, one sentence each; ``RULES`` has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from scripts.terraform.planned import Code, Plan

Rule = Callable[[Plan, Code], Iterator[str]]
EVERYBODY = {"allUsers", "allAuthenticatedUsers"}
ORDER = {"asc": "ASCENDING", "desc": "DESCENDING"}


def same(what: str, planned: set[Any], wanted: set[Any]) -> Iterator[str]:
    """Nothing missing, nothing too many."""
    for one in sorted(wanted - planned, key=str):
        yield f"{what} {one} is missing"
    for one in sorted(planned - wanted, key=str):
        yield f"{what} {one} is in terraform, but not in the code"


def functions(plan: Plan, code: Code) -> Iterator[str]:
    """Each row of the manifest is a function, as the row says, with an account of its own."""
    yield from same("function", set(plan.functions), set(code.rows))
    accounts = [service["service_account_email"] for service in plan.functions.values()]
    for name in plan.functions.keys() & code.rows.keys():
        service, row = plan.functions[name], code.rows[name]
        if accounts.count(service["service_account_email"]) != 1:
            yield f"function {name} shares its service account"
        found = (service["available_memory"], service["available_cpu"], service["timeout_seconds"])
        wanted = (row["memory"], str(row["cpu"]), row["timeout_seconds"])
        if found != wanted or service["max_instance_request_concurrency"] != row["concurrency"]:
            yield f"function {name} has not the memory, cpu, timeout and concurrency of its row"
        if service["build_config"][0]["entry_point"] != row["entry_point"]:
            yield f"function {name} has another entry point"


def callers(plan: Plan, code: Code) -> Iterator[str]:
    """Everybody calls the http functions; the invoker, and nobody else, all others."""
    public = code.triggered("http")
    for name in code.rows:
        service = name.replace("_", "-")
        who = {
            one["member"]
            for one in plan.of("cloud_run_v2_service_iam_member")
            if one["name"] == service and one["role"] == "roles/run.invoker"
        }
        wanted = {"allUsers"} if name in public else {f"serviceAccount:{invoker(plan)}"}
        if who != wanted:
            yield f"function {name} may be called by {', '.join(sorted(who)) or 'nobody'}, not by {wanted.pop()}"


def invoker(plan: Plan) -> str:
    """The invoker's address."""
    return f"rostrum-invoker@{plan.project}.iam.gserviceaccount.com"


def queues(plan: Plan, code: Code) -> Iterator[str]:
    """Those that the code enqueues into, and no other."""
    yield from same("queue", plan.names("cloud_tasks_queue"), set(code.queues))


def topics(plan: Plan, code: Code) -> Iterator[str]:
    """Those that the code publishes to, and one for what is dead."""
    planned = plan.names("pubsub_topic")
    wanted = set(code.topics) | {f"{topic}-dead" for topic in _subscribed(code).values()}
    yield from same("topic", planned, wanted)


def _subscribed(code: Code) -> dict[str, str]:
    return {name: code.rows[name]["topic"] for name in code.triggered("event")}


def subscriptions(plan: Plan, code: Code) -> Iterator[str]:
    """Each event function is pushed to, with a token for it, and what cannot be delivered goes aside."""
    pushed = {one["name"]: one for one in plan.of("pubsub_subscription") if one["push_config"]}
    yield from same("subscription", set(pushed), {name.replace("_", "-") for name in _subscribed(code)})
    for name, topic in _subscribed(code).items():
        one = pushed.get(name.replace("_", "-"))
        if one is None:
            continue
        if one["topic"] != f"projects/{plan.project}/topics/{topic}":
            yield f"subscription {name} is of another topic"
        if not one["dead_letter_policy"]:
            yield f"subscription {name} has no dead letters"
        target = one["push_config"][0]
        yield from _token(f"subscription {name}", plan, name, target["push_endpoint"], target["oidc_token"])


def schedule(plan: Plan, code: Code) -> Iterator[str]:
    """Each schedule function has its job, with a token for it."""
    jobs = {one["name"]: one for one in plan.of("cloud_scheduler_job")}
    yield from same("job", set(jobs), {name.replace("_", "-") for name in code.triggered("schedule")})
    for name in code.triggered("schedule"):
        one = jobs.get(name.replace("_", "-"))
        if one is None:
            continue
        if one["schedule"] != code.rows[name]["schedule"]:
            yield f"job {name} has another schedule"
        yield from _token(f"job {name}", plan, name, one["http_target"][0]["uri"], one["http_target"][0]["oidc_token"])


def _token(what: str, plan: Plan, function: str, url: str, tokens: list[dict[str, Any]]) -> Iterator[str]:
    service = plan.functions.get(function)
    base = service["environment_variables"]["ROSTRUM_FUNCTIONS_URL"] if service else ""
    if url != f"{base}/{function}":
        yield f"{what} calls {url}"
    if not tokens or tokens[0].get("audience") != url:
        yield f"{what} has no OIDC audience, or another one than {url}"
    elif tokens[0]["service_account_email"] != invoker(plan):
        yield f"{what} calls as somebody else than the invoker"


def indexes(plan: Plan, code: Code) -> Iterator[str]:
    """Every declared index, and no other: each costs with every write."""
    planned = {
        (
            one["collection"],
            one["query_scope"],
            *((f["field_path"], f["order"] or f["array_config"]) for f in one["fields"]),
        )
        for one in plan.of("firestore_index")
    }
    wanted, across = set(), set()
    for row in code.indexes:
        fields = [(name, ORDER.get(mode, "CONTAINS")) for name, mode in row["fields"]]
        scope = "COLLECTION_GROUP" if row["scope"] == "group" else "COLLECTION"
        if len(fields) > 1:
            wanted.add((row["group"], scope, *fields))
        else:
            across.add((row["group"], *fields[0]))
    yield from same("index", planned, wanted)
    yield from same("index over all workspaces", set(_across(plan)), across)


def _across(plan: Plan) -> Iterator[tuple[str, str, str]]:
    for one in plan.of("firestore_field"):
        for config in one["index_config"]:
            for index in config["indexes"]:
                if index["query_scope"] == "COLLECTION_GROUP":
                    yield one["collection"], one["field"], index["order"] or index["array_config"]


def fields(plan: Plan, code: Code) -> Iterator[str]:
    """What expires does, and what no query asks for has no index; neither may be asked for by one."""
    planned = {(one["collection"], one["field"]): one for one in plan.of("firestore_field")}
    yield from same("TTL policy", {key for key, one in planned.items() if one["ttl_config"]}, set(code.expiring))
    bare = {key for key, one in planned.items() if one["index_config"] and not one["index_config"][0]["indexes"]}
    yield from same("exemption", bare, set(code.unindexed))
    asked = {(row["group"], name) for row in code.indexes for name, _ in row["fields"]} | code.expiring
    for group, field in sorted(asked & code.unindexed):
        yield f"{group}.{field} has no index, but a query asks for it"


AGREEMENT: tuple[Rule, ...] = (functions, callers, queues, topics, subscriptions, schedule, indexes, fields)
