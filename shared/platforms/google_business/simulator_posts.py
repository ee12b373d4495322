"""The simulated local posts: made, looked at by Google, listed, reported, deleted; photos are fetched by Google itself.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._google.simulator import Asked, Denied, answer, rpc_error, visible
from shared.platforms.contract import World
from shared.platforms.google_business import limits, wire
from shared.platforms.google_business import simulator_state as state
from shared.ports.http import Response

_FIELDS: Final = {"languageCode", "summary", "callToAction", "event", "media", "topicType", "alertType", "offer"}
_ACTIONS: Final = {"BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL"}
_PHOTO: Final = (10 * 1024, 5 * 1024 * 1024)
_METRICS: Final = ("LOCAL_POST_VIEWS_SEARCH", "LOCAL_POST_ACTIONS_CALL_TO_ACTION")


def create(asked: Asked, account: str, location: str) -> Response:
    """POST localPosts."""
    asked.allow()
    place, body = state.place_of(asked, location, account), asked.json()
    _check(asked.world, body)

    def appear() -> Response:
        post = {
            "id": _alive.digits(f"gbp/post/{location}/{asked.world.serial('gbp.post')}", 19),
            "account": place["account"],
            "body": body,
            "at": asked.world.now.isoformat(),
        }
        state.keep_posts(asked.world, location, [*state.posts(asked.world, location), post])
        return answer(_shape(asked.world, location, post))

    return visible(
        asked,
        str(body.get("summary", "")),
        f"{location}.{sorted(body.items(), key=str)}",
        appear,
        rejected=lambda: state.invalid("summary", "The summary violates a policy.").response,
        limited=state.limited,
        broken=state.broken,
    )


def listed(asked: Asked, account: str, location: str) -> Response:
    """GET localPosts: the newest first."""
    asked.allow("pageSize", "pageToken")
    state.place_of(asked, location, account)
    most, start = int(asked.query.get("pageSize", "20")), asked.query.get("pageToken", "0")
    if not 1 <= most <= 100 or not start.isdecimal():
        raise state.invalid("page_size", "page_size must be from 1 to 100.")
    found = list(reversed(state.posts(asked.world, location)))
    shown = [_shape(asked.world, location, post) for post in found[int(start) : int(start) + most]]
    body: dict[str, Any] = {"localPosts": shown} if shown else {}
    if int(start) + most < len(found):
        body["nextPageToken"] = str(int(start) + most)
    return answer(body)


def show(asked: Asked, account: str, location: str, post_id: str) -> Response:
    """GET a local post."""
    asked.allow()
    return answer(_shape(asked.world, location, _own(asked, account, location, post_id)))


def delete(asked: Asked, account: str, location: str, post_id: str) -> Response:
    """DELETE a local post."""
    asked.allow()
    gone = _own(asked, account, location, post_id)
    left = [post for post in state.posts(asked.world, location) if post["id"] != gone["id"]]
    state.keep_posts(asked.world, location, left)
    return answer({})


def report(asked: Asked, account: str, location: str) -> Response:
    """POST localPosts:reportInsights."""
    asked.allow()
    state.place_of(asked, location, account)
    body = asked.json()
    request = body.get("basicRequest") or {}
    if set(body) - {"localPostNames", "basicRequest"} or not request.get("metricRequests"):
        raise state.invalid("basic_request", "basic_request.metric_requests is required.")
    if len(body.get("localPostNames") or ()) > 100:
        raise state.invalid("local_post_names", "At most 100 local_post_names.")
    wanted = [one.get("metric") for one in request["metricRequests"]]
    if not set(wanted) <= {"ALL", *_METRICS}:
        raise state.invalid("basic_request.metric_requests", "Unknown metric.")
    posts = [_own(asked, account, location, wire.id_of(name)) for name in body["localPostNames"]]
    name = f"accounts/{account}/locations/{location}"
    figures = [_figures(asked.world, location, post, request.get("timeRange") or {}) for post in posts]
    return answer({"name": name, "localPostMetrics": figures, "timeZone": "Etc/UTC"})


def live(world: World, location: str) -> list[dict[str, Any]]:
    """The posts that customers see."""
    return [post for post in state.posts(world, location) if state.state_of(world, post) != "REJECTED"]


def _figures(world: World, location: str, post: Mapping[str, Any], times: Mapping[str, Any]) -> dict[str, Any]:
    done = _alive.reception(f"gbp/{post['id']}", datetime.fromisoformat(post["at"]), world.now)
    values = [
        {
            "metric": metric,
            "totalValue": {
                "metricOption": "AGGREGATED_TOTAL",
                "timeDimension": {"timeRange": dict(times)},
                "value": str(value),
            },
        }
        for metric, value in zip(_METRICS, (done.views, done.clicks), strict=True)
    ]
    return {"localPostName": _name(location, post), "metricValues": values}


def _own(asked: Asked, account: str, location: str, post_id: str) -> dict[str, Any]:
    state.place_of(asked, location, account)
    for post in state.posts(asked.world, location):
        if post["id"] == post_id:
            return post
    raise Denied(state.not_found())


def _name(location: str, post: Mapping[str, Any]) -> str:
    return f"accounts/{post['account']}/locations/{location}/localPosts/{post['id']}"


def _shape(world: World, location: str, post: Mapping[str, Any]) -> dict[str, Any]:
    """A LocalPost: Google shows its own copy of a photo."""
    body, at = post["body"], wire.rfc3339(datetime.fromisoformat(post["at"]))
    now = state.state_of(world, post)
    name = _name(location, post)
    media = [
        {
            "name": f"{name.partition('/localPosts/')[0]}/media/localPosts/{post['id']}{number}",
            "mediaFormat": item["mediaFormat"],
            "googleUrl": f"https://lh3.googleusercontent.com/p/{post['id']}{number}",
        }
        for number, item in enumerate(body.get("media") or ())
    ]
    shown = {**body, "name": name, "state": now, "createTime": at, "updateTime": at}
    if media:
        shown["media"] = media
    if now == "LIVE":
        shown["searchUrl"] = f"https://local.google.com/place?id={location}&use=posts&lpsid={post['id']}"
    return shown


def _check(world: World, body: Mapping[str, Any]) -> None:
    """What Google looks at before it takes a post. Raises Denied."""
    if unknown := set(body) - _FIELDS:
        said = f"Invalid JSON payload received. Unknown name \"{min(unknown)}\" at 'local_post': Cannot find field."
        raise Denied(rpc_error(400, said))
    topic = body.get("topicType")
    if topic not in {"STANDARD", "EVENT", "OFFER"}:
        raise state.invalid("topic_type", "topic_type is required.", 2)
    if len(str(body.get("summary", ""))) > limits.SUMMARY_CHARS:
        raise state.invalid("summary", f"Summary must be at most {limits.SUMMARY_CHARS} characters.")
    if topic == "STANDARD" and not body.get("summary") and not body.get("media"):
        raise state.invalid("summary", "A post needs a summary or media.", 2)
    if topic == "STANDARD" and (body.get("event") or body.get("offer")):
        raise state.invalid("topic_type", "A standard post has no event and no offer.")
    if topic in {"EVENT", "OFFER"}:
        _check_event(body.get("event"))
    if topic != "OFFER" and body.get("offer"):
        raise state.invalid("offer", "Only an offer post has an offer.")
    _check_action(body.get("callToAction"))
    for item in body.get("media") or ():
        _check_photo(world, item)


def _check_event(event: Any) -> None:
    if not isinstance(event, dict) or not event.get("title") or not isinstance(event.get("schedule"), dict):
        raise state.invalid("event", "event.title and event.schedule are required.", 2)
    if len(event["title"]) > limits.EVENT_TITLE_CHARS:
        raise state.invalid("event.title", f"event.title must be at most {limits.EVENT_TITLE_CHARS} characters.")
    schedule = event["schedule"]
    days = [schedule.get(which) or {} for which in ("startDate", "endDate")]
    start, end = (tuple(day.get(part, 0) for part in ("year", "month", "day")) for day in days)
    times = all(isinstance(schedule.get(which), dict) for which in ("startTime", "endTime"))
    if not all(start) or not all(end) or not times or end < start:
        raise state.invalid("event.schedule", "The schedule must have all of its fields, and end after its start.")


def _check_action(action: Any) -> None:
    if action is None:
        return
    if not isinstance(action, dict) or action.get("actionType") not in _ACTIONS:
        raise state.invalid("call_to_action.action_type", "Unknown action_type.")
    if (action["actionType"] == "CALL") == bool(action.get("url")):
        raise state.invalid("call_to_action.url", "Every action but CALL has a url.")


def _check_photo(world: World, item: Any) -> None:
    if not isinstance(item, dict) or item.get("mediaFormat") != "PHOTO" or not item.get("sourceUrl"):
        raise state.invalid("media", "A post's media are photos with a source_url.")
    fetched = world.fetch(item["sourceUrl"])
    if fetched is None or fetched.status != 200:
        raise state.invalid("media", "Fetching image failed.", 1000)
    if fetched.headers.get("content-type", "").partition(";")[0] not in {"image/jpeg", "image/png"}:
        raise state.invalid("media", "The photo must be a JPEG or a PNG.")
    if not _PHOTO[0] <= len(fetched.body) <= _PHOTO[1]:
        raise state.invalid("media", "The photo must have from 10 KB to 5 MB.")
