"""The publishing promise: a target is published at most once, is never lost in silence, and says when nobody can know.

``advance`` takes one target one step; ``sweep`` makes sure that every target that needs a step gets one. The states and
their transitions are in ``domain.states`` and ``domain.targets``; docs/architecture.md tells the way of a post.
"""

from __future__ import annotations

from shared.operations.publishing.advancing import advance
from shared.operations.publishing.sweeping import sweep

__all__ = ["advance", "sweep"]
