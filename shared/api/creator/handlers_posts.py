"""Posts, threads and the queue: one function per route."""

from __future__ import annotations

from typing import Any

from shared.api.creator import decode_posts as decode
from shared.api.creator import encode_posts as encode
from shared.api.creator import models_posts as models
from shared.api.creator import spelled, views_posts
from shared.api.creator.spelled import as_sent
from shared.api.engine.exchange import Exchange, Reply
from shared.operations import addressing
from shared.operations.addressing import Address
from shared.operations.analytics import readings, scheduled
from shared.operations.posts import actions, cancelling, creating, deleting, editing, reading
from shared.operations.posts.views import PostView


def publish(x: Exchange[models.PublishRequest, None]) -> Reply:
    """POST /publish"""
    with as_sent(spelled.PUBLISH):
        accounts, targets = decode.addressed(x.ports, x.caller, x.body.platforms)
        reach = readings.followers(x.ports, accounts)

        def reply(made: Any) -> Reply:
            return Reply(201, encode.published(made, reach))

        return reply(creating.create(x.ports, x.caller, decode.publish(x.body, targets), x.receipt(reply)))


def create(x: Exchange[models.CreatePostRequest, None]) -> Reply:
    """POST /posts"""
    with as_sent(spelled.POST):
        _, targets = decode.addressed(x.ports, x.caller, x.body.platforms)
        return _created(creating.create(x.ports, x.caller, decode.create(x.body, targets), x.receipt(_created)))


def thread(x: Exchange[models.CreateThreadRequest, None]) -> Reply:
    """POST /threads"""
    with as_sent(None):
        address = Address(x.body.platform, x.body.account_id or "")
        account = addressing.find(x.ports, x.caller, [address], "")[0]
        return _threaded(creating.create(x.ports, x.caller, decode.thread(x.body, account), x.receipt(_threaded)))


def get(x: Exchange[None, None]) -> Reply:
    """GET /posts/{post_id}"""
    return _shown(x, reading.get(x.ports, x.caller, x.path["post_id"]))


def update(x: Exchange[models.UpdatePostRequest, None]) -> Reply:
    """PUT /posts/{post_id}"""
    with as_sent(spelled.POST):
        named = x.body.platforms
        targets = None if named is None else decode.addressed(x.ports, x.caller, named)[1]
        changes = decode.changes(x.body, targets)
        return _shown(x, editing.update(x.ports, x.caller, x.path["post_id"], changes))


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /posts/{post_id}"""
    done = deleting.delete(x.ports, x.caller, x.path["post_id"])
    return Reply(200, encode.deleted(x.path["post_id"], done))


def publish_now(x: Exchange[models.PublishPostRequest, None]) -> Reply:
    """POST /posts/{post_id}/publish"""
    with as_sent(spelled.POST):
        return _shown(x, actions.publish(x.ports, x.caller, x.path["post_id"]))


def schedule(x: Exchange[models.SchedulePostRequest, None]) -> Reply:
    """POST /posts/{post_id}/schedule"""
    changes = {"scheduled_at": x.body.scheduled_at, "timezone": x.body.timezone}
    with as_sent(spelled.POST):
        return _shown(x, editing.update(x.ports, x.caller, x.path["post_id"], changes))


def cancel(x: Exchange[None, None]) -> Reply:
    """POST /posts/{post_id}/cancel"""
    return _shown(x, cancelling.cancel(x.ports, x.caller, x.path["post_id"]))


def queue(x: Exchange[None, models.QueueQuery]) -> Reply:
    """GET /scheduling/queue"""
    page, total = scheduled.queue(x.ports, x.caller, x.query.limit, x.query.cursor)
    rows = [row for row in (encode.queued(found) for found in page.posts) if row]
    answer = views_posts.QueueResponse(queue=rows, total_scheduled=total, next_cursor=page.next_cursor)
    return Reply(200, answer)


def _created(made: Any) -> Reply:
    return Reply(201, encode.post(made))


def _threaded(made: Any) -> Reply:
    return Reply(201, encode.thread(made))


def _shown(x: Exchange[Any, Any], found: PostView) -> Reply:
    known = readings.of_posts(x.ports, x.caller.space, [found.post.id])
    return Reply(200, encode.post(found, known.get(found.post.id)))
