"""Messages, mentions and recommendations of the simulated Facebook: what others began, and what the Page answered.

Conversations, mentions and reviews that wait follow from the Page and the time; what is caused by a request or a visit is
kept: ``thread/{id}`` (messages), and lists on the Page. https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from __future__ import annotations

from datetime import UTC, datetime

from shared.platforms import _alive
from shared.platforms._graph import messaging, simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer, hashed, now
from shared.platforms.contract import World
from shared.platforms.facebook import limits
from shared.platforms.facebook import simulator_comments as commenting
from shared.platforms.facebook import simulator_publish as publishing
from shared.platforms.facebook import simulator_pushes as pushes
from shared.platforms.facebook import simulator_read as reading
from shared.platforms.facebook import simulator_state as state
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

WINDOW_SECONDS, AGENT_SECONDS = simulated.DAY, 7 * simulated.DAY
KEPT = 300


def conversations(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/conversations: Messenger's."""
    who.need("pages_messaging")
    ask.allow("limit", "after", "before", "platform", "user_id", "folder", "tags")
    if ask.text("platform").lower() not in {"", "messenger"}:
        raise Problem(100, "(#100) The sandbox has Messenger's conversations only")
    rows = threads(who.page, world)
    if person := ask.text("user_id"):
        rows = [row for row in rows if row["person"]["id"] == person]
    address = f"{reading.BASE}/{who.page['id']}/conversations"
    return simulated.page(ask, rows, lambda row: simulated.chosen(ask, _thread(row, who), "UnifiedThread"), address)


def thread_named(world: World, who: Session, id_: str) -> Document | None:
    """A conversation of the Page, with its messages."""
    return next((row for row in threads(who.page, world) if row["id"] == id_), None) if who.page else None


def conversation(ask: Ask, who: Session, row: Document, world: World, edge: str) -> Response:
    """GET /{conversation} and its messages, newest first."""
    who.need("pages_messaging")
    ask.allow("limit", "after", "before")
    if edge == "messages":
        rows = row["messages"][::-1]
        path = f"{reading.BASE}/{row['id']}/messages"
        return simulated.page(ask, rows, lambda one: simulated.chosen(ask, _message(one, row, who), "Message"), path)
    return answer(simulated.chosen(ask, _thread(row, who), "UnifiedThread"))


def send(ask: Ask, who: Session, world: World) -> Response:
    """POST /{page}/messages."""
    who.need("pages_messaging")
    ask.allow("recipient", "message", "messaging_type", "tag", "notification_type")
    recipient, message = ask.object("recipient"), ask.object("message")
    text = str(message.get("text") or "")
    if bool(text) == bool(message.get("attachment")) or set(message) - {"text", "attachment", "quick_replies"}:
        raise Problem(100, "(#100) Param message must have exactly one of text and attachment")
    if "quick_replies" in message and not messaging.are_quick_replies(message["quick_replies"]):
        raise Problem(100, "(#100) Param message[quick_replies] must be a list of at most 13 text replies")
    if limits.count(text) > limits.MAX_MESSAGE:
        raise Problem(100, "(#100) Length of param message[text] must be less than or equal to 2000")
    if comment := str(recipient.get("comment_id") or ""):
        return _private(who, world, comment, text, message)
    row = next((row for row in threads(who.page, world) if row["person"]["id"] == recipient.get("id")), None)
    if row is None:
        raise Problem(100, "(#100) No matching user found", 2018001)
    _check_window(ask, row, world)
    key = f"{row['id']}.{hashed(str(message))[:16]}"
    return publishing.visible(text, key, who, world, lambda: _sent(who, world, row, message, "message.send", row["id"]))


def tagged(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/tagged: public posts that name the Page, newest first."""
    who.need("pages_read_engagement", "pages_read_user_content")
    ask.allow("limit", "after", "before")
    rows = sorted(_mentions(who.page, world), key=lambda row: -row["at"])
    path = f"{reading.BASE}/{who.page['id']}/tagged"
    return simulated.page(ask, rows, lambda row: simulated.chosen(ask, _mention(row), "PagePost"), path)


def tagged_post(page: Document, world: World, id_: str) -> Document | None:
    """Somebody's public post that names the Page, which may comment on it; None for any other."""
    row = next((one for one in _mentions(page, world) if one["id"] == id_), None)
    if row is None:
        return None
    kept: Document = {"comments": [], **(world.get("post", id_) or {})}
    return {**kept, "id": id_, "page": row["from"]["id"], "kind": "status", "at": row["at"]}


def ratings(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/ratings: recommendations, newest first."""
    who.need("pages_read_user_content", "pages_read_engagement")
    ask.allow("limit", "after", "before")
    rows = sorted(_reviews(who.page, world), key=lambda row: -row["at"])
    path = f"{reading.BASE}/{who.page['id']}/ratings"
    return simulated.page(ask, rows, lambda row: _unnamed(ask, row), path)


def threads(page: Document, world: World) -> list[Document]:
    """The Page's conversations, the last touched first, each with its messages, oldest first."""
    born = datetime.fromtimestamp(page["made"], UTC)
    found: dict[str, Document] = {}
    for letter in _alive.letters(page["id"], born, world.now):
        person = {"id": letter.who.id, "name": letter.who.name}
        row = _empty(page, person)
        row["messages"] = [_line(row, line.number, line.text, line.at.timestamp(), person) for line in letter.lines]
        found[row["id"]] = row
    for id_ in page.get("threads", ()):
        kept = world.get("thread", id_)
        if kept:
            begun = found.get(id_) or _empty(page, kept["person"])
            messages = sorted([*begun["messages"], *kept["messages"]], key=lambda one: one["at"])
            found[id_] = {**begun, "messages": messages}
    return sorted(found.values(), key=lambda row: -row["messages"][-1]["at"])


def receive(world: World, page: Document, person: Document, text: str) -> str:
    """Somebody writes to the Page. The message's id."""
    row = _empty(page, person)
    return str(_keep(world, page["id"], row, text, person)["id"])


def done_messages(page: Document, world: World) -> list[Document]:
    """What the Page itself wrote."""
    rows = [row for id_ in page.get("threads", ()) if (row := world.get("thread", id_))]
    return [{**one, "thread": row["id"]} for row in rows for one in row["messages"] if one.get("verb")]


# --------------------------------------------------------------------------------------------------- messages


def _check_window(ask: Ask, row: Document, world: World) -> None:
    kind, tag = ask.text("messaging_type") or "RESPONSE", ask.text("tag")
    if kind not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"} or (kind == "MESSAGE_TAG") != bool(tag):
        raise Problem(100, "(#100) messaging_type must be RESPONSE or UPDATE, or MESSAGE_TAG with a tag")
    if tag and tag != "HUMAN_AGENT":
        raise Problem(100, f"(#100) Param tag must be one of HUMAN_AGENT: {tag}")
    incoming = [one["at"] for one in row["messages"] if one["from"]["id"] == row["person"]["id"]]
    allowed = AGENT_SECONDS if tag else WINDOW_SECONDS
    if not incoming or now(world) - max(incoming) > allowed:
        raise Problem(10, "(#10) This message is sent outside of allowed window.", 2018278)


def _private(who: Session, world: World, comment: str, text: str, message: Document) -> Response:
    found = commenting.named(world, who, comment)
    if found is None:
        raise simulated.missing(comment, "post")
    row, _ = found
    if row["own"] or now(world) - row["at"] > commenting.PRIVATE_REPLY_SECONDS:
        raise Problem(10903, "(#10903) This user cant reply to this activity")
    if row.get("replied"):
        raise Problem(10900, "(#10900) Activity already replied to")

    def effect() -> Response:
        thread = _empty(who.page, row["from"])
        commenting.mark(world, who.page["id"], comment, replied=True, conversation=thread["id"])
        return _sent(who, world, thread, message, "comment.private_reply", comment)

    return publishing.visible(text, f"{comment}.private", who, world, effect)


def _sent(who: Session, world: World, row: Document, message: Document, verb: str, on: str) -> Response:
    author = {"id": who.page["id"], "name": who.page["name"]}
    kept = _keep(world, who.page["id"], row, str(message.get("text") or ""), author, message.get("attachment"))
    _mark(world, row["id"], kept["id"], verb, on)
    pushes.echoed(world, who.page, row["person"], kept)
    return answer({"recipient_id": row["person"]["id"], "message_id": kept["id"]})


def _keep(
    world: World, page_id: str, row: Document, text: str, author: Document, attachment: Document | None = None
) -> Document:
    known = world.get("thread", row["id"]) or {"id": row["id"], "person": row["person"], "messages": []}
    number = state.number(world, "message")
    one = _line(row, f"kept{number}", text, now(world), author) | {"attachment": attachment}
    world.put("thread", row["id"], known | {"messages": [*known["messages"], one][-KEPT:]})
    page = world.get("page", page_id) or {}
    others = [id_ for id_ in page.get("threads", ()) if id_ != row["id"]]
    world.put("page", page_id, page | {"threads": [*others, row["id"]][-KEPT:]})
    return one


def _mark(world: World, thread: str, message: str, verb: str, on: str) -> None:
    """Note what a message of the Page's was."""
    row = world.get("thread", thread) or {"messages": []}
    changed = [{**one, "verb": verb, "on": on} if one["id"] == message else one for one in row["messages"]]
    world.put("thread", thread, {**row, "messages": changed})


def _empty(page: Document, person: Document) -> Document:
    id_ = f"t_{_alive.digits(page['id'] + '/' + person['id'], 17)}"
    return {"id": id_, "person": dict(person), "messages": []}


def _line(row: Document, number: object, text: str, at: float, author: Document) -> Document:
    seed = f"{row['id']}/{number}"
    return {"id": f"m_{_alive.digits(seed, 22)}", "text": text, "at": at, "from": dict(author)}


def _thread(row: Document, who: Session) -> Document:
    last = row["messages"][-1]
    people = [row["person"], {"id": who.page["id"], "name": who.page["name"]}]
    answered = max((one["at"] for one in row["messages"] if one["from"]["id"] == who.page["id"]), default=0)
    unread = sum(1 for one in row["messages"] if one["at"] > answered and one["from"]["id"] == row["person"]["id"])
    return {
        "id": row["id"],
        "updated_time": simulated.stamp(last["at"]),
        "snippet": last["text"][:80],
        "message_count": len(row["messages"]),
        "unread_count": unread,
        "can_reply": True,
        "participants": {"data": people},
        "senders": {"data": people},
        "messages": {"data": [_message(one, row, who) for one in row["messages"][:-21:-1]]},
    }


def _message(one: Document, row: Document, who: Session) -> Document:
    page, incoming = {"id": who.page["id"], "name": who.page["name"]}, one["from"]["id"] == row["person"]["id"]
    attachment = one.get("attachment")
    return {
        "id": one["id"],
        "message": one["text"] or None,
        "created_time": simulated.stamp(one["at"]),
        "from": one["from"],
        "to": {"data": [page if incoming else row["person"]]},
        "attachments": {"data": [_attachment(attachment, one["id"])]} if attachment else None,
    }


def _attachment(given: Document, id_: str) -> Document:
    url, kind = (given.get("payload") or {}).get("url"), given.get("type")
    mime = {"image": "image/jpeg", "video": "video/mp4"}.get(str(kind), "application/octet-stream")
    image, video = ({"url": url} if kind == wanted else None for wanted in ("image", "video"))
    named = {"id": id_.removeprefix("m_"), "mime_type": mime, "name": str(kind), "size": 1}
    return named | {"image_data": image, "video_data": video, "file_url": url if not image and not video else None}


# ----------------------------------------------------------------------------------------- mentions and reviews


def _mentions(page: Document, world: World) -> list[Document]:
    born = datetime.fromtimestamp(page["made"], UTC)
    found = [
        {
            "id": f"{one.who.id}_" + _alive.digits(f"{page['id']}/mention/{one.number}", 15),
            "from": {"id": one.who.id, "name": one.who.name},
            "message": one.text,
            "at": one.at.timestamp(),
        }
        for one in _alive.mentions(page["id"], page["name"], born, world.now)
    ]
    return [*found, *page.get("mentions", ())]


def _mention(row: Document) -> Document:
    return {
        "id": row["id"],
        "message": row["message"],
        "created_time": simulated.stamp(row["at"]),
        "from": row["from"],
        "permalink_url": f"{reading.WEB}/{row['id'].replace('_', '/posts/')}",
        "tagged_time": simulated.stamp(row["at"]),
    }


def _reviews(page: Document, world: World) -> list[Document]:
    born = datetime.fromtimestamp(page["made"], UTC)
    found = [
        {
            "id": _alive.digits(f"{page['id']}/review/{one.number}", 16),
            "reviewer": {"id": one.who.id, "name": one.who.name},
            "text": one.text,
            "positive": one.stars >= 3,
            "at": one.at.timestamp(),
        }
        for one in _alive.reviews(page["id"], born, world.now)
    ]
    return [*found, *page.get("reviews", ())]


def _unnamed(ask: Ask, row: Document) -> Document:
    """A recommendation: it has no id of its own."""
    have = {
        "created_time": simulated.stamp(row["at"]),
        "has_rating": False,
        "has_review": bool(row["text"]),
        "rating": None,
        "recommendation_type": "positive" if row["positive"] else "negative",
        "review_text": row["text"] or None,
        "reviewer": row["reviewer"],
        "open_graph_story": {"id": row["id"]},
    }
    return simulated.chosen(ask, have, "Recommendation")
