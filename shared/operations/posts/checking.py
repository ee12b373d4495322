"""A dry run of the checks, and the limits themselves as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.callers import Caller
from shared.domain.errors import Missing, Reconnect
from shared.operations import networks
from shared.operations.posts import content as contents
from shared.operations.posts import limits
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.issues import Findings, Issue, from_error
from shared.operations.posts.planning import Plan, plan
from shared.platforms import registry
from shared.platforms.manifest import Manifest
from shared.ports.world import Ports


def validate(ports: Ports, caller: Caller, command: CreatePost, platforms: Sequence[str] = ()) -> Findings:
    """What creating this post would be refused for, and advice. Nothing is written.

    Judged for the command's targets, and for ``platforms`` as such. Raises Invalid for an unknown platform.
    """
    named = [networks.resolved(name, f"platforms[{index}]") for index, name in enumerate(platforms)]
    judged = replace(command, skip_validation=False)
    try:
        planned = plan(ports, caller, judged, dry=True)
    except (Missing, Reconnect) as error:
        found = Findings()
        found.errors.append(from_error(error, str(error.meta.get("field", "targets"))))
        return found
    for index, name in enumerate(named):
        _check(registry.manifest(name), judged, planned, f"platforms[{index}]")
    if not named and not command.targets:
        planned.found.warnings.append(_UNJUDGED)
    return planned.found


_UNJUDGED = Issue(
    "validation.nothing_to_check",
    "targets",
    "targets: no network's limits were looked at. Name accounts to publish on, or platforms to check for.",
)


def _check(manifest: Manifest, command: CreatePost, planned: Plan, field: str) -> None:
    """The post's own content on a network, whichever account. ``field`` names the network in the request."""
    found = planned.found
    if issue := limits.publishing_issue(manifest, field):
        found.errors.append(issue.on(manifest.name, None))
        return
    made = contents.of_target(command, None, manifest, "", planned.resolved, found)
    issues = limits.check(manifest, made, "", f"platform_data.{manifest.name}")
    found.errors += [issue.on(manifest.name, None) for issue in issues]


def constraints(platform: str | None = None) -> dict[str, Manifest]:
    """The manifests by public name: all, or the one asked for. Raises Invalid for an unknown platform."""
    wanted = registry.publishing_names() if platform is None else (networks.resolved(platform),)
    return {name: registry.manifest(name) for name in wanted}
