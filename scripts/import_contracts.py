"""An import-linter contract of our own: sibling packages that must not know each other, found by looking.

Import-linter's built-in independence contract wants their names in pyproject.toml; here, a new platform or dialect is
held to the rule by having a folder. Underscored siblings are shared on purpose, and plain modules are the container's.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class IndependentPackages(Contract):
    """``container``: the package whose public sub-packages may not import each other, directly or through others.

    ``common``: the names of those that all may import; they import none of the others.
    """

    type_name = "independent_packages"
    container = fields.StringField()
    common = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        packages = public_packages(graph, str(self.container))
        named: Any = self.common  # declared as a field, holds its value
        common = {f"{self.container}.{name}" for name in named or ()}
        pairs = ((importer, imported) for importer, imported in permutations(packages, 2) if imported not in common)
        chains = [chain for pair in pairs if (chain := find_chain(graph, *pair))]
        return ContractCheck(kept=not chains, metadata={"chains": chains})

    def render_broken_contract(self, check: ContractCheck) -> None:
        chains: list[tuple[str, ...]] = check.metadata["chains"]
        for chain in chains:
            output.print_error(" -> ".join(chain), bold=False)


def public_packages(graph: ImportGraph, container: str) -> list[str]:
    """The sub-packages of ``container`` whose names carry no underscore in front."""
    if container not in graph.modules:
        return []
    children = sorted(graph.find_children(container))
    return [child for child in children if graph.find_children(child) and not child.rpartition(".")[2].startswith("_")]


def find_chain(graph: ImportGraph, importer: str, imported: str) -> tuple[str, ...] | None:
    """The shortest chain of imports from one package into the other, tests beside the code left out."""
    chains: Any = graph.find_shortest_chains(importer=importer, imported=imported, as_packages=True)
    legal = (chain for chain in sorted(chains, key=len) if not any(".tests" in module for module in chain))
    return next(legal, None)
