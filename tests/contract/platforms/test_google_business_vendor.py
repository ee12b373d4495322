"""Google's own material against our Google Business Profile.

The newer APIs have discovery documents and Google's client; v4 (posts, reviews) has neither any more, so its published types
are written down here: the fields and enums of the reference of v4.9, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from shared.domain.content import Act, Kind
from shared.platforms.contract import Absent, Published, Refused
from shared.platforms.google_business import inbox, metrics, oauth, publish, simulator, webhooks
from shared.platforms.google_business.tests.person import PHOTO, Person
from tests.contract.platforms import discovery, report
from tests.support import files, loopback, simulated
from tests.support.simulated import SimulatedHttp

EVENT = {"title": "Open evening", "start": "2026-12-24T18:00", "end": "2026-12-24T22:00"}
OFFER = {"coupon_code": "OPEN10", "redeem_online_url": "https://rostrum.example/o", "terms_conditions": "Once."}
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def _enum(*names: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def _of(schema: str) -> dict[str, Any]:
    return {"$ref": schema}


def _list(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


METRICS = _enum("ALL", "LOCAL_POST_VIEWS_SEARCH", "LOCAL_POST_ACTIONS_CALL_TO_ACTION")
TOTAL = _enum("AGGREGATED_TOTAL", "AGGREGATED_DAILY", "BREAKDOWN_DAY_OF_WEEK", "BREAKDOWN_HOUR_OF_DAY")
SCHEMAS = {
    "LocalPost": _object(
        name=TEXT,
        languageCode=TEXT,
        summary=TEXT,
        callToAction=_of("CallToAction"),
        createTime=TEXT,
        updateTime=TEXT,
        event=_of("LocalPostEvent"),
        state=_enum("REJECTED", "LIVE", "PROCESSING"),
        media=_list(_of("MediaItem")),
        searchUrl=TEXT,
        topicType=_enum("STANDARD", "EVENT", "OFFER", "ALERT"),
        alertType=_enum("COVID_19"),
        offer=_of("LocalPostOffer"),
    ),
    "CallToAction": _object(
        actionType=_enum("BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "GET_OFFER", "CALL"), url=TEXT
    ),
    "LocalPostEvent": _object(title=TEXT, schedule=_of("TimeInterval")),
    "LocalPostOffer": _object(couponCode=TEXT, redeemOnlineUrl=TEXT, termsConditions=TEXT),
    "TimeInterval": _object(startDate=_of("Date"), startTime=_of("Time"), endDate=_of("Date"), endTime=_of("Time")),
    "Date": _object(year=NUMBER, month=NUMBER, day=NUMBER),
    "Time": _object(hours=NUMBER, minutes=NUMBER, seconds=NUMBER, nanos=NUMBER),
    "MediaItem": _object(
        name=TEXT,
        mediaFormat=_enum("PHOTO", "VIDEO"),
        googleUrl=TEXT,
        thumbnailUrl=TEXT,
        sourceUrl=TEXT,
        createTime=TEXT,
    ),
    "ListLocalPostsResponse": _object(localPosts=_list(_of("LocalPost")), nextPageToken=TEXT),
    "Review": _object(
        name=TEXT,
        reviewId=TEXT,
        reviewer=_object(profilePhotoUrl=TEXT, displayName=TEXT, isAnonymous={"type": "boolean"}),
        starRating=_enum("ONE", "TWO", "THREE", "FOUR", "FIVE"),
        comment=TEXT,
        createTime=TEXT,
        updateTime=TEXT,
        reviewReply=_of("ReviewReply"),
    ),
    "ReviewReply": _object(comment=TEXT, updateTime=TEXT),
    "ListReviewsResponse": _object(
        reviews=_list(_of("Review")), averageRating={"type": "number"}, totalReviewCount=NUMBER, nextPageToken=TEXT
    ),
    "ReportLocalPostInsightsRequest": _object(
        localPostNames=_list(TEXT),
        basicRequest=_object(
            metricRequests=_list(_object(metric=METRICS, options=_list(TOTAL))), timeRange=_of("TimeRange")
        ),
    ),
    "ReportLocalPostInsightsResponse": _object(
        name=TEXT,
        timeZone=TEXT,
        localPostMetrics=_list(_object(localPostName=TEXT, metricValues=_list(_of("MetricValue")))),
    ),
    "MetricValue": _object(
        metric=METRICS,
        totalValue=_object(metricOption=TOTAL, timeDimension=_object(timeRange=_of("TimeRange")), value=TEXT),
    ),
    "TimeRange": _object(startTime=TEXT, endTime=TEXT),
    "Empty": _object(),
}
PLACE = "v4/accounts/{accountsId}/locations/{locationsId}"
PAGING = {"pageSize": {"location": "query", "type": "integer"}, "pageToken": {"location": "query", "type": "string"}}
ORDER = {"orderBy": {"location": "query", "type": "string"}}


def _method(
    name: str, verb: str, path: str, request: str = "", response: str = "Empty", **query: Any
) -> dict[str, Any]:
    made = {
        "id": f"mybusiness.accounts.locations.{name}",
        "httpMethod": verb,
        "flatPath": f"{PLACE}/{path}",
        "parameters": query,
        "scopes": [oauth.SCOPE],
        "response": {"$ref": response},
    }
    return {**made, "request": {"$ref": request}} if request else made


V4 = discovery.Document(
    {
        "rootUrl": "https://mybusiness.googleapis.com/",
        "revision": "4.9",
        "schemas": SCHEMAS,
        "methods": {
            method["id"]: method
            for method in (
                _method("localPosts.create", "POST", "localPosts", "LocalPost", "LocalPost"),
                _method("localPosts.list", "GET", "localPosts", "", "ListLocalPostsResponse", **PAGING),
                _method("localPosts.get", "GET", "localPosts/{localPostsId}", "", "LocalPost"),
                _method("localPosts.delete", "DELETE", "localPosts/{localPostsId}"),
                _method(
                    "localPosts.reportInsights",
                    "POST",
                    "localPosts:reportInsights",
                    "ReportLocalPostInsightsRequest",
                    "ReportLocalPostInsightsResponse",
                ),
                _method("reviews.list", "GET", "reviews", "", "ListReviewsResponse", **PAGING, **ORDER),
                _method("reviews.get", "GET", "reviews/{reviewsId}", "", "Review"),
                _method("reviews.updateReply", "PUT", "reviews/{reviewsId}/reply", "ReviewReply", "ReviewReply"),
                _method("reviews.deleteReply", "DELETE", "reviews/{reviewsId}/reply"),
            )
        },
    }
)


def posting(person: Person) -> None:
    """Every kind with every option, found, measured, refused and deleted."""
    photo = (simulated.image(files.jpeg()),)
    button = {"call_to_action": {"type": "LEARN_MORE", "url": "https://rostrum.example"}, "language_code": "en-GB"}
    plain, armed = person.post(simulated.piece(Kind.TEXT, "Open on Sunday", options=button))
    publish.find(person.call, simulated.piece(Kind.TEXT, "Open on Sunday"), armed)
    publish.find(person.call, simulated.piece(Kind.TEXT, "Never sent"), armed)
    call = {"call_to_action": {"type": "CALL"}}
    person.post(simulated.piece(Kind.IMAGE, "Look", photo, options=call))
    person.post(simulated.piece(Kind.EVENT, "Come", photo, options={"event": EVENT}))
    days = {**EVENT, "start": "2026-12-24", "end": "2026-12-26"}
    person.post(simulated.piece(Kind.OFFER, "Take", options={"event": days, "offer": OFFER}))
    for text in ("x" * 1501, "Call +1 415 555 0132 now"):
        with suppress(Refused):
            person.post(simulated.piece(Kind.TEXT, text))
    metrics.post(person.call, plain)
    metrics.account(person.call)
    publish.describe(person.call, Published(plain.id, None, plain.state))
    publish.delete(person.call, plain)
    publish.delete(person.call, plain)


def beside(person: Person) -> None:
    """Reviews, answers, notifications."""
    review = inbox.reviews(person.call, "").items[0]
    for verb in ("review.reply", "review.unreply"):
        act = Act(verb, review.id, "Thank you" if verb == "review.reply" else "", handles=review.handles)
        _, armed = person.do(act)
        assert not isinstance(inbox.find(person.call, act, armed), Absent)
    with suppress(Refused):
        person.do(Act("review.reply", review.id, "x" * 4097))
    webhooks.subscribe(person.call, "https://rostrum.example/webhooks/google_business", "sandbox-secret")


def test_every_request_and_every_answer_is_as_documented() -> None:
    """What the adapter sends and what the simulator answers both pass Google's documents, and the types of v4."""
    world = simulated.MemoryWorld(media={PHOTO: ("image/jpeg", files.jpeg())})
    http = SimulatedHttp("google_business", world)
    person = Person("many", http)
    posting(person)
    beside(person)
    names = ("mybusinessaccountmanagement", "mybusinessbusinessinformation", "businessprofileperformance")
    documents = [discovery.load(f"{name}.v1") for name in (*names, "mybusinessnotifications")]
    checked: set[str] = set()
    counts = {"v4": 0, "v1": 0}
    for request, response in zip(http.sent, http.answers, strict=True):
        document = next((one for one in (V4, *documents) if one.covers(request)), None)
        if document is None:
            assert "oauth2.googleapis.com" in request.url
            continue
        if response.status < 400:
            checked.add(document.check_request(request, person.connected.tokens.scopes))
        document.check_answer(request, response)
        counts["v4" if document is V4 else "v1"] += 1
    assert checked >= {str(method["id"]) for method in V4.methods}
    assert checked >= {
        "mybusinessaccountmanagement.accounts.list",
        "mybusinessbusinessinformation.accounts.locations.list",
        "businessprofileperformance.locations.fetchMultiDailyMetricsTimeSeries",
        "mybusinessnotifications.accounts.updateNotificationSetting",
    }
    report.requests("google_business", counts["v1"], f"4 discovery documents {documents[0].revision}")
    report.requests("google_business", counts["v4"], "v4.9 reference types")


# ---------------------------------------------------------------------------------------------------------- SDK


@pytest.fixture
def person() -> Person:
    return Person("many")


def _client(person: Person, api: str) -> Any:
    handler = loopback.simulator("google_business", person.world)
    token = person.connected.tokens.access
    return discovery.client(handler, token, api, "v1", f"{api}.googleapis.com")


def test_the_sdk_lists_accounts_and_locations(person: Person) -> None:
    """The same ones as connecting gave."""
    with _client(person, "mybusinessaccountmanagement") as client:
        accounts = client.accounts().list().execute()["accounts"]
    with _client(person, "mybusinessbusinessinformation") as client:
        parent, mask = accounts[0]["name"], "name,title,metadata"
        listed = client.accounts().locations().list(parent=parent, readMask=mask).execute()["locations"]
        alone = client.locations().get(name=listed[0]["name"], readMask="name").execute()
    assert [one["name"] for one in listed] == [f"locations/{one.platform_account_id}" for one in person.all]
    assert alone == {"name": listed[0]["name"]}
    report.sdk("google_business", discovery.SDK)


def test_the_sdk_reads_performance(person: Person) -> None:
    """A series of days per metric; refusals in Google's form."""
    days = {f"dailyRange_{which}_{part}": value for which, date in (("startDate", (2026, 11, 1)), ("endDate", (2026, 11, 10)))
            for part, value in zip(("year", "month", "day"), date, strict=True)}  # fmt: skip
    with _client(person, "businessprofileperformance") as client:
        wanted = ["CALL_CLICKS", "WEBSITE_CLICKS"]
        fetch = client.locations().fetchMultiDailyMetricsTimeSeries
        answer = fetch(location=f"locations/{person.id}", dailyMetrics=wanted, **days).execute()
        with pytest.raises(HttpError) as refused:
            fetch(location="locations/1", dailyMetrics=wanted, **days).execute()
    series = answer["multiDailyMetricTimeSeries"][0]["dailyMetricTimeSeries"]
    assert [one["dailyMetric"] for one in series] == wanted
    assert all(len(one["timeSeries"]["datedValues"]) == 10 for one in series)
    assert refused.value.status_code == 404


def test_the_sdk_sets_notifications(person: Person) -> None:
    """What subscribing wrote is what the SDK reads, and the other way round."""
    webhooks.subscribe(person.call, "https://rostrum.example/webhooks/google_business", "sandbox-secret")
    name = f"{person.connected.metadata['account']}/notificationSetting"
    with _client(person, "mybusinessnotifications") as client:
        kept = client.accounts().getNotificationSetting(name=name).execute()
        assert kept["pubsubTopic"] == webhooks.SANDBOX_TOPIC
        body = {"name": name, "pubsubTopic": "projects/p/topics/t", "notificationTypes": ["NEW_REVIEW"]}
        update = client.accounts().updateNotificationSetting
        assert update(name=name, updateMask="pubsubTopic,notificationTypes", body=body).execute() == body
    assert simulator.pushes(person.world) == ()
