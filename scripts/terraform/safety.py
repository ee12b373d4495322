"""Rules of the second kind: nobody has more rights than the ports of its functions need, and data cannot be lost or shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scripts.terraform.planned import Code, Plan
from scripts.terraform.rules import AGREEMENT, EVERYBODY, Rule, invoker, same

BROAD = {
    "roles/owner",
    "roles/editor",
    "roles/viewer",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/iam.serviceAccountKeyAdmin",
}
FORBIDDEN = ("google_service_account_key", "google_secret_manager_secret_version", "google_storage_bucket_acl")
PROTECTED = (
    '"google_firestore_database" "this"',
    '"google_storage_bucket" "media"',
    '"google_secret_manager_secret" "keyring"',
)


def rights(plan: Plan, code: Code) -> Iterator[str]:
    """Each function's account has the rights of its ports and secrets, exactly."""
    granted = set(plan.rights())
    for name in code.rows:
        member = plan.account(name)
        found = {(role, what) for who, role, what in granted if who == member}
        for role, what in sorted(set(_needed(plan, code, name)) - found):
            yield f"function {name} lacks {role} on {what}"
        for role, what in sorted(found - set(_needed(plan, code, name))):
            yield f"function {name} has {role} on {what}, which nothing of it needs"


def _needed(plan: Plan, code: Code, name: str) -> Iterator[tuple[str, str]]:
    ports = set(code.rows[name]["ports"])
    service = plan.functions.get(name, {})
    email = str(service.get("service_account_email"))
    environment = service.get("environment_variables", {})
    if "store" in ports:
        yield "roles/datastore.user", "project"
    if "queue" in ports:
        yield "roles/cloudtasks.enqueuer", "project"
        yield "roles/iam.serviceAccountUser", invoker(plan)
    if "blobs" in ports:
        yield "roles/storage.objectUser", str(environment.get("ROSTRUM_BUCKET"))
        yield "roles/iam.serviceAccountTokenCreator", email
    if "bus" in ports:
        yield from (("roles/pubsub.publisher", topic) for topic in code.topics)
    if "vault" in ports:
        yield f"projects/{plan.project}/roles/rostrumTokens", "project"
        if environment.get("ROSTRUM_VAULT") == "secret_manager":
            yield f"projects/{plan.project}/roles/rostrumNewTokens", "project"
        yield "roles/secretmanager.secretAccessor", str(environment.get("ROSTRUM_KEYRING"))
    if environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") == "https://telemetry.googleapis.com":
        yield "roles/telemetry.tracesWriter", "project"
    for one in service.get("secret_environment_variables", []):
        yield "roles/secretmanager.secretAccessor", one["secret"]


def secrets(plan: Plan, code: Code) -> Iterator[str]:
    """There is one for each setting that is a secret; a function is given those of its own kinds only."""
    planned = plan.names("secret_manager_secret", "secret_id") - {"rostrum-keyring"}
    yield from same("secret", planned, set(code.secrets))
    for name, service in plan.functions.items():
        for one in service["secret_environment_variables"]:
            if one["key"] != one["secret"]:
                yield f"function {name} is given {one['secret']} as {one['key']}"
            elif one["secret"] in code.secrets and name not in code.told(one["secret"]):
                yield f"function {name} is given {one['secret']}, which is none of its business"
        for setting in service["environment_variables"]:
            if setting in code.secrets:
                yield f"function {name} has the secret {setting} in plain sight"


def strangers(plan: Plan, code: Code) -> Iterator[str]:
    """Nobody from outside has a right but to call the public functions; nobody has a broad one."""
    public = {name.replace("_", "-") for name in code.triggered("http")}
    for who, role, what in plan.rights():
        if who in EVERYBODY and (role != "roles/run.invoker" or what not in public):
            yield f"{who} has {role} on {what}"
        if role in BROAD:
            yield f"{who} has {role}: name what it needs"
    for one in plan.resources:
        if one["type"] in FORBIDDEN:
            yield f"{one['address']}: its value would stand in the state"


def tokens(plan: Plan, _: Code) -> Iterator[str]:
    """The role over the accounts' secrets is held under a condition that leaves out the sealing keys."""
    for one in plan.of("project_iam_member"):
        if one["role"].endswith("/rostrumTokens"):
            said = one["condition"][0]["expression"] if one["condition"] else ""
            if "startsWith" not in said or "!resource.name.startsWith" not in said:
                yield f"{one['member']} may open every secret of the project"


def buckets(plan: Plan, _: Code) -> Iterator[str]:
    """No bucket can be made public, none is emptied to be deleted."""
    for one in plan.of("storage_bucket"):
        if one["public_access_prevention"] != "enforced" or not one["uniform_bucket_level_access"]:
            yield f"bucket {one['name']} could be public"
        if one["force_destroy"]:
            yield f"bucket {one['name']} would be deleted with what is in it"


def edges(plan: Plan, code: Code) -> Iterator[str]:
    """Internal functions are reached from inside; behind a load balancer, public ones are reached through it alone."""
    balanced = bool(plan.of("compute_backend_service"))
    for name, service in plan.functions.items():
        wanted = "ALLOW_INTERNAL_ONLY"
        if name in code.triggered("http"):
            wanted = "ALLOW_INTERNAL_AND_GCLB" if balanced else "ALLOW_ALL"
        if service["ingress_settings"] != wanted:
            yield f"function {name} is reached with {service['ingress_settings']}, not {wanted}"
    services = {str(one["name"]) for one in plan.of("compute_backend_service")}
    yield from same("Cloud Armor policy", plan.names("compute_security_policy"), services)
    for one in plan.of("compute_global_forwarding_rule"):
        if one["port_range"] != "443":
            yield "the load balancer listens without TLS"


def database(plan: Plan, _: Code) -> Iterator[str]:
    """It refuses to be deleted, and can be had back."""
    for one in plan.of("firestore_database"):
        if one["delete_protection_state"] != "DELETE_PROTECTION_ENABLED":
            yield "the database may be deleted"
        if one["point_in_time_recovery_enablement"] != "POINT_IN_TIME_RECOVERY_ENABLED":
            yield "the database keeps no versions"
    if not plan.of("firestore_backup_schedule"):
        yield "the database is not backed up"


def undestroyable(root: Path) -> Iterator[str]:
    """Data has ``prevent_destroy``: no plan shows that, so the text is read."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.tf")))
    for named in PROTECTED:
        block = re.search(rf"^resource {re.escape(named)} {{\n.*?^}}", text, re.MULTILINE | re.DOTALL)
        if block is None or not re.search(r"prevent_destroy\s*=\s*true", block[0]):
            yield f"{named} may be destroyed"


SAFETY: tuple[Rule, ...] = (rights, secrets, strangers, tokens, buckets, edges, database)


def findings(plan: Plan, code: Code) -> Iterator[str]:
    """What is wrong with a plan, by all rules."""
    for rule in (*AGREEMENT, *SAFETY):
        yield from rule(plan, code)
