"""What others see of a simulated account: its Pins, the boards that it made, its ads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from shared.platforms.contract import Done, Seen, World
from shared.platforms.pinterest import simulator_ads as ads
from shared.platforms.pinterest import simulator_pins as pins

SITE = "https://www.pinterest.com"


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's Pins, oldest first."""
    return [
        Seen(
            pin["id"],
            pin["description"],
            len(pin["media"].get("items", (1,))),
            datetime.fromtimestamp(pin["created"], UTC),
            f"{SITE}/pin/{pin['id']}/",
        )
        for pin in pins.of_account(world, platform_account_id)
    ]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """The boards that the account made, and its campaigns, ad groups and ads, oldest first."""
    ids = (world.get("pinterest.boards", platform_account_id) or {}).get("ids", ())
    made = [board for board_id in ids if (board := world.get("pinterest.board", board_id)) and board.get("made")]
    boards = [Done("board.create", board["id"], "", board["name"], _at(board["created"])) for board in made]
    things = [
        Done(f"{one['level']}.create", one["id"], one["parent"], one["name"], _at(one["created_time"]))
        for one in ads.all_of(world, platform_account_id)
    ]
    return sorted([*boards, *things], key=lambda item: (item.at, item.id))


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
