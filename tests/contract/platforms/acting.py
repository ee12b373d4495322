"""The actions of one simulated network, each with something to be done to: what ``test_actions.py`` acts with.

What a verb is done to, by default (``WHERE``): a comment that somebody left under a fresh post, the first conversation, the
first review without an answer, the first ad account, or what another verb has just made. A folder says otherwise, and gives
texts and arguments, in ``fixtures/actions.json``::

    {"campaign.create": {"text": "Spring", "arguments": {"objective": "traffic", "daily_budget_micros": 5000000}},
     "ad.create": {"arguments": {"creative_id": "@creative.create"}},
     "message.send": {"on": "15551234567"},
     "playlist.add": {"on": "@playlist.create", "arguments": {"video_id": "@post"}},
     "comment.delete": {"on": "@comment.reply"}}

``on`` and each argument may be a reference: ``@post`` (a fresh post of the plainest kind), ``@comment`` (somebody's, three hours
after a fresh post), ``@conversation``, ``@review``, ``@ad_account``, or ``@<verb>``: the id of what this action makes. The
handles of ``on`` come with it. ``first``: a verb that is done to the same thing before (unlike needs a like). ``media``: names
of ``samples.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from shared.domain.content import Act, Piece
from shared.platforms import registry
from shared.platforms.contract import Absent, Accepted, Actor, Armed, Done, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Comment, Review
from shared.platforms.manifest import Action
from tests.contract.platforms import samples
from tests.contract.platforms.harness import MOST_STEPS, Network, round_trip

LATER = 3 * 3600.0  # seconds after a post: somebody has commented by then
TEXT = "Thank you for asking"
WHERE: Mapping[str, str] = MappingProxyType(
    {
        "comment.create": "@post",
        "comment.reply": "@comment",
        "comment.like": "@comment",
        "comment.unlike": "@comment",
        "comment.hide": "@comment",
        "comment.unhide": "@comment",
        "comment.delete": "@comment",
        "comment.private_reply": "@comment",
        "post.like": "@post",
        "post.unlike": "@post",
        "message.send": "@conversation",
        "review.reply": "@review",
        "review.unreply": "@review",
        "campaign.create": "@ad_account",
        "campaign.status": "@campaign.create",
        "ad_group.create": "@campaign.create",
        "ad_group.status": "@ad_group.create",
        "creative.create": "@ad_account",
        "ad.create": "@ad_group.create",
        "ad.status": "@ad.create",
    }
)
BEFORE: Mapping[str, str] = MappingProxyType(
    {
        "comment.unlike": "comment.like",
        "comment.unhide": "comment.hide",
        "post.unlike": "post.like",
        "review.unreply": "review.reply",
    }
)


def visible(network: Network) -> Callable[[], object]:
    """Something prepared, whose last step others will see: a post; where there are none, the first thing to be made."""
    if network.manifest.publishes:
        piece = network.piece()
        ready = network.prepare(piece)
        return lambda: network.commit(piece, ready)
    acts = Acts(network)
    act = acts.act(next(action.verb for action in network.manifest.actions if not action.repeatable))
    state = acts.prepare(act)
    return lambda: acts.commit(act, state)


@dataclass(frozen=True, slots=True)
class Place:
    """What something is done to, as the network names it."""

    id: str
    handles: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Acts:
    """What the account can do on its network."""

    network: Network
    made: int = 0

    # ------------------------------------------------------------------------------------------------ acting

    def action(self, verb: str) -> Action:
        """What the manifest says of it."""
        action = self.network.manifest.action(verb)
        assert action is not None, f"{self.network.name} has no {verb}"
        return action

    def actor(self, verb: str) -> Actor:
        """The module that does it."""
        return registry.actor(self.network.name, self.action(verb).module)

    def act(self, verb: str, text: str | None = None) -> Act:
        """One act with a key of its own, on something fresh; what it needs first is done."""
        special, action = self._special(verb), self.action(verb)
        place = self.place(special.get("on", WHERE.get(verb, "")), verb)
        if first := special.get("first", BEFORE.get(verb, "")):
            self.do(self._on(first, place))
        words = special.get("text", TEXT if action.text else "") if text is None else text
        media = samples.named(special.get("media", ()))
        return self._on(verb, place, text=words, media=media)

    def on(self, verb: str, id: str, handles: Mapping[str, Any]) -> Act:
        """One act on this very thing."""
        return self._on(verb, Place(id, handles))

    def again(self, act: Act) -> Act:
        """The same act once more, as something of its own."""
        return self._on(act.verb, Place(act.on, act.handles), text=act.text, media=act.media, arguments=act.arguments)

    def prepare(self, act: Act, state: Mapping[str, Any] | None = None, *, twice: bool = False) -> dict[str, Any]:
        """Prepare until Ready. ``twice``: each step runs again from the state before it."""
        known, actor = round_trip(state or {}), self.actor(act.verb)
        for _ in range(MOST_STEPS):
            step = actor.prepare(self.network.call, act, round_trip(known))
            if twice:
                step = actor.prepare(self.network.call, act, round_trip(known))
            known = round_trip(step.state)
            if isinstance(step, Ready):
                return known
            assert isinstance(step, Wait)
            self.network.world.pass_time(step.seconds)
        raise AssertionError(f"{act.verb} is not ready after {MOST_STEPS} steps")

    def commit(self, act: Act, state: Mapping[str, Any]) -> Published:
        """Commit once, and confirm until it is done."""
        outcome: Published | Accepted | Wait
        outcome = self.actor(act.verb).commit(self.network.call, act, round_trip(state))
        steps = 0
        while not isinstance(outcome, Published):
            assert (steps := steps + 1) < MOST_STEPS, f"{act.verb} is never confirmed"
            self.network.world.pass_time(outcome.seconds)
            outcome = self.actor(act.verb).confirm(self.network.call, act, round_trip(outcome.state))
        assert outcome.id, f"{act.verb} is done without an id"
        return Published(outcome.id, outcome.permalink, round_trip(outcome.state), round_trip(outcome.raw))

    def do(self, act: Act) -> Published:
        """All of it."""
        return self.commit(act, self.prepare(act))

    def find(
        self, act: Act, state: Mapping[str, Any], at: datetime, taken: Callable[[str], bool] = lambda _: False
    ) -> Published | Absent | Unsure:
        """Settle it, once the network's settling time is over."""
        self.network.world.pass_time(self.network.manifest.timing.sandbox_settle)
        return self.actor(act.verb).find(self.network.call, act, Armed(1, at, round_trip(state), taken))

    def done(self) -> list[Done]:
        """What others see of the account's acts."""
        who = self.network.account.platform_account_id
        return list(registry.simulator(self.network.name).done(self.network.world, who))

    # ------------------------------------------------------------------------------------------------ places

    def place(self, reference: str, verb: str) -> Place:
        """What a reference means on this network now."""
        if not reference.startswith("@"):
            return Place(reference)
        finders: dict[str, Callable[[str], Place]] = {
            "post": self._post,
            "comment": self._comment,
            "conversation": self._conversation,
            "review": self._review,
            "ad_account": self._ad_account,
        }
        name = reference[1:]
        if name in finders:
            return finders[name](verb)
        made = self.do(self.act(name))
        return Place(made.id, made.state)

    def _on(self, verb: str, place: Place, **fields: Any) -> Act:
        self.made += 1
        action, special = self.action(verb), self._special(verb)
        fields.setdefault("text", special.get("text", TEXT if action.text else ""))
        if "arguments" not in fields:
            fields["arguments"] = self._arguments(verb, action, special)
        return Act(
            verb,
            place.id,
            handles=round_trip(place.handles),
            key=f"{0xD1B54A32D192ED03A0761D6478BD642F * self.made % (1 << 128):032x}",
            created_at=int(self.network.world.now.timestamp() * 1_000_000),
            **fields,
        )

    def _arguments(self, verb: str, action: Action, special: Mapping[str, Any]) -> dict[str, Any]:
        """The fixture's, and what goes without saying: who pays, which creative, active."""
        implied = {"ad_account_id": "@ad_account", "creative_id": "@creative.create", "status": "active"}
        if not action.verb.startswith(("campaign.", "ad_group.", "creative.", "ad.")):
            implied = {}
        elif verb == "creative.create":
            implied.pop("creative_id")
        known = {option.name for option in action.options}
        wanted = {name: value for name, value in implied.items() if name in known} | special.get("arguments", {})
        return {name: self.resolved(value, verb) for name, value in wanted.items()}

    def resolved(self, value: Any, verb: str = "") -> Any:
        """An argument, with what it refers to in its place."""
        return self.place(value, verb).id if isinstance(value, str) and value.startswith("@") else value

    def _special(self, verb: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = samples.fixture(self.network.name, "actions").get(verb, {})
        return found

    def _post(self, verb: str) -> Place:
        published = self.network.publish(self._post_of_its_own())
        return Place(published.id, published.state)

    def _post_of_its_own(self) -> Piece:
        """Some networks refuse a text that stands there already."""
        piece = self.network.piece()
        return replace(piece, text=f"{piece.text} {self.network.pieces}") if piece.text else piece

    def _comment(self, verb: str) -> Place:
        """Somebody's under a fresh post that allows it."""
        published = self.network.publish(self._post_of_its_own())
        self.network.world.pass_time(LATER)
        self.network.renew()
        comments = self.comments(published)
        wanted = [comment for comment in comments if not comment.own and (verb in comment.can or not comment.can)]
        assert wanted, f"no comment of somebody else's allows {verb}: {[sorted(one.can) for one in comments]}"
        return Place(wanted[0].id, wanted[0].handles)

    def comments(self, published: Published) -> list[Comment]:
        """All comments on a post, page by page."""
        inbox = registry.inbox(self.network.name)
        assert inbox is not None
        found: list[Comment] = []
        cursor = ""
        for _ in range(MOST_STEPS):
            page = inbox.comments(self.network.call, published, cursor)
            found += page.items
            cursor = page.next
            if not cursor:
                return found
        raise AssertionError("the comments have no end")

    def _conversation(self, verb: str) -> Place:
        inbox = registry.inbox(self.network.name)
        assert inbox is not None
        conversation = inbox.conversations(self.network.call, "").items[0]
        return Place(conversation.id, conversation.handles)

    def _review(self, verb: str) -> Place:
        inbox = registry.inbox(self.network.name)
        assert inbox is not None
        open_ones: list[Review] = [one for one in inbox.reviews(self.network.call, "").items if one.reply is None]
        return Place(open_ones[0].id, open_ones[0].handles)

    def _ad_account(self, verb: str) -> Place:
        ads = registry.ads(self.network.name)
        assert ads is not None
        return Place(ads.accounts(self.network.call, "").items[0].id)
