"""Mistakes that somebody might make in terraform/, each with the words by which it must be found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` in terraform/``path``; a finding then has ``says`` in it. ``early``: `terraform validate` finds it."""

    name: str
    path: str
    old: str
    new: str
    says: str
    early: bool = False

    def make(self, root: Path) -> None:
        """In the copy at ``root``. Raises LookupError where the text is not there any more."""
        file = root / "terraform" / self.path
        text = file.read_text(encoding="utf-8")
        if self.old not in text:
            raise LookupError(f"{self.name}: {self.path} has no {self.old!r}")
        file.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")


DEAD_LETTERS = """  dead_letter_policy {
    dead_letter_topic     = "projects/${var.project}/topics/${google_pubsub_topic.this[local.dead_of[each.key]].name}"
    max_delivery_attempts = 20
  }
"""
MISTAKES = (
    Mistake(
        "a misspelled argument",
        "modules/functions/main.tf",
        "available_memory ",
        "avaliable_memory ",
        "avaliable_memory",
        early=True,
    ),
    Mistake(
        "a wrong type", "modules/queues/main.tf", "max_attempts  = 8", 'max_attempts  = "often"', "number", early=True
    ),
    Mistake(
        "a missing argument",
        "modules/schedule/main.tf",
        'name             = replace(each.key, "_", "-")',
        "",
        '"name" is required',
        early=True,
    ),
    Mistake(
        "a word that is no choice",
        "modules/firestore/main.tf",
        '"FIRESTORE_NATIVE"',
        '"NATIVE"',
        "type is 'NATIVE'",
        early=True,
    ),
    Mistake(
        "an unknown reference",
        "modules/storage/outputs.tf",
        "google_storage_bucket.bundles.name",
        "google_storage_bucket.bundle.name",
        "undeclared resource",
        early=True,
    ),
    Mistake(
        "a missing index",
        "modules/firestore/indexes.tf",
        "if length(row.fields) > 1 }",
        'if length(row.fields) > 1 && row.group != "media" }',
        "index ('media'",
    ),
    Mistake(
        "no TTL",
        "modules/firestore/fields.tf",
        "for row in var.expiring :",
        "for row in slice(var.expiring, 1, length(var.expiring)) :",
        "TTL policy (",
    ),
    Mistake(
        "a secret for the wrong function",
        "locals.tf",
        "payments = local.uses.payments",
        "payments = local.uses.apps",
        "function publish is given STRIPE_SECRET_KEY",
    ),
    Mistake(
        "sealing keys that everybody reads",
        "main.tf",
        "for name in local.uses.vault : name => module",
        "for name in local.uses.store : name => module",
        "function record has roles/secretmanager.secretAccessor on rostrum-keyring",
    ),
    Mistake(
        "a public internal function",
        "modules/functions/callers.tf",
        'if row.trigger == "http"',
        'if row.trigger == "http" || name == "sweep"',
        "function sweep may be called by allUsers",
    ),
    Mistake(
        "a missing queue",
        "main.tf",
        "toset(local.names.queues)",
        'setsubtract(local.names.queues, ["publish-bluesky"])',
        "queue publish-bluesky is missing",
    ),
    Mistake(
        "a push without an audience",
        "modules/topics/main.tf",
        'audience              = "${var.functions_url}/${each.key}"',
        "",
        "subscription notify has no OIDC audience",
    ),
    Mistake(
        "no dead letters",
        "modules/topics/main.tf",
        DEAD_LETTERS,
        "",
        "subscription record has no dead letters",
    ),
    Mistake("a bucket that could be public", "modules/storage/main.tf", '"enforced"', '"inherited"', "could be public"),
    Mistake(
        "a shared account",
        "modules/functions/main.tf",
        "var.accounts[each.key]",
        'each.key == "sync" ? var.accounts["export"] : var.accounts[each.key]',
        "function export shares its service account",
    ),
    Mistake(
        "data that may be destroyed",
        "modules/firestore/main.tf",
        "prevent_destroy = true",
        "prevent_destroy = false",
        '"google_firestore_database" "this" may be destroyed',
    ),
    Mistake(
        "a right too many",
        "modules/identity/rights.tf",
        "for_each = var.uses.queue\n",
        "for_each = var.functions\n",
        "function ingest has roles/cloudtasks.enqueuer",
    ),
)
