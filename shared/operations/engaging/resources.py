"""What a network has of its own and a caller must be able to look up: boards, flairs, pages, what a creator may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations import sessions
from shared.operations.engaging import ids
from shared.operations.engaging.reading import asked
from shared.operations.posts.issues import Findings, nearest
from shared.operations.posts.option_limits import check_arguments
from shared.platforms import registry
from shared.platforms.contract_inbox import Page
from shared.platforms.manifest import Manifest, Resource
from shared.ports.world import Ports


def read(
    ports: Ports,
    caller: Caller,
    account_id: str,
    name: str,
    arguments: Mapping[str, Any] | None = None,
    cursor: str = "",
) -> Page[Mapping[str, Any]]:
    """One page of a resource of the account's network.

    Raises Invalid (no such resource or argument there: both name the known ones), Missing, Reconnect, Limited,
    NetworkRefused, Broken.
    """
    account = sessions.callers_account(ports, caller, account_id)
    manifest, given = registry.manifest(account.platform), arguments or {}
    resource = _known(manifest, name)
    found = Findings()
    found.errors += check_arguments(manifest, resource.arguments, given, "arguments")
    found.errors += ids.named(given, "arguments")
    found.raise_if_any()
    module = registry.resources(account.platform)
    if module is None:
        raise TypeError(f"{account.platform} lists resources without a module for them")
    return asked(ports, account, lambda call: module.read(call, name, given, cursor))


def _known(manifest: Manifest, name: str) -> Resource:
    for resource in manifest.resources:
        if resource.name == name:
            return resource
    known = [resource.name for resource in manifest.resources]
    guess = nearest(name, known)
    hint = f" Did you mean {guess}?" if guess else ""
    text = f"resource: {manifest.title} has no {name[:64]!r}.{hint} It has: {', '.join(known) or 'none'}."
    raise Invalid("validation.field_invalid", text, field="resource", accepted=known, platform=manifest.name)
