"""Whatever has an id in the simulated Threads, of whomever: a document, or something of the crowd's."""

from __future__ import annotations

from shared.platforms.contract import World
from shared.platforms.threads import simulator_crowd as crowd
from shared.platforms.threads.simulator_state import Document, Session


def found(world: World, who: Session, id_: str) -> Document | None:
    """The post, reply, repost or mention of this id."""
    return world.get("media", id_) or crowd.known(world, id_)


def conversation(world: World, root: Document) -> list[Document]:
    """All replies under a post, oldest first: the crowd's, visitors' and the accounts' own."""
    stored = [document for id_ in root.get("below", ()) if (document := world.get("media", id_))]
    return sorted([*crowd.replies(world, root), *stored], key=lambda row: (row["at"], row["id"]))
