"""TikTok's own material against our TikTok: its SDK and its OpenAPI files for the ads, its documentation's examples for the rest.

* ``tiktok-business-api-sdk-official``: every ads request of the adapter is one that the SDK would make (path, parameters, body
  model, types, required fields), and the SDK drives the simulator from the ad account to the report.
* the OpenAPI files of github.com/tiktok/tiktok-business-api-sdk, kept outside the repository (skipped without them, failing where
  CI=true): queries and answers of the endpoints that they have, and the envelope of all answers.
* posting, reading and signing in: TikTok publishes nothing machine-readable. Their requests and answers are held against the
  tables of the documentation (developers.tiktok.com, read 2026-11-22), as data below.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import business_api_client as sdk
import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from shared.domain.content import Act, Kind, MediaFacts, MediaFile, MediaType
from shared.platforms.contract import Accepted, Armed, Published
from shared.platforms.tiktok import (
    ads,
    metrics,
    oauth,
    publish,
    resources,
    simulator,
    simulator_ads,
    simulator_ads_fields,
)
from shared.platforms.tiktok.tests.person import PHOTO, Person
from shared.platforms.tiktok.tests.test_ads import TARGETING, VIDEO, Advertiser
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import files, loopback, simulated
from tests.support.simulated import MemoryWorld

SPECS = Path(__file__).parents[4] / "shared/reference/vendors/specs/tiktok/yml_files"
BUSINESS = "https://business-api.tiktok.com"
PREFIX = "/open_api/v1.3/"
# In TikTok's documentation (portal/docs?id=1740052016789506), but in neither the SDK nor the files.
NOT_IN_SDK = ("/open_api/v1.3/file/image/ad/search/",)
SDK = f"tiktok-business-api-sdk-official {version('tiktok-business-api-sdk-official')}"


# --------------------------------------------------------------------------------------------------- the ads chain


def everything(person: Advertiser) -> None:
    """Every ads request that the adapter can make."""
    campaign = person.campaign(daily_budget_micros=60_000_000)
    person.do(person.act("campaign.create", person.account, objective="sales"))
    person.do(person.act("campaign.create", person.account, objective="app_promotion"))
    group = person.ad_group(campaign)
    end = person.world.now.replace(year=2027).isoformat()
    more = {"bid_micros": 1_000_000, "ends_at": end, "targeting": {**TARGETING, "network": {"languages": ["en"]}}}
    person.ad_group(campaign, daily_budget_micros=None, lifetime_budget_micros=90_000_000, **more)
    film, photo = person.video(), _photo(person)
    words: dict[str, Any] = {"link": "https://example.com", "body": "Now", "call_to_action": "shop_now"}
    made = [person.act("ad.create", group, creative_id=one, **words) for one in (film, photo)]
    made.append(person.act("ad.create", group, post_id="7654321", identity_id="42"))
    shown = [person.do(act).id for act in made]
    for verb, on in (("campaign.status", campaign), ("ad_group.status", group), ("ad.status", shown[0])):
        act = person.act(verb, on, "", status="active")
        person.do(act)
        ads.find(person.call, act, Armed(1, person.world.now, {}))
    _read(person, made, shown)


def _photo(person: Advertiser) -> str:
    data = files.jpeg()
    file = simulated.media_file(simulated.image(data).facts, data)
    return person.do(person.act("creative.create", person.account, "The photo", (file,))).id


def _read(person: Advertiser, made: list[Act], shown: list[str]) -> None:
    person.world.pass_time(86_400)
    today = person.world.now.date()
    for level in ("campaign", "ad_group", "ad"):
        ads.objects(person.call, level, person.account, "", "")
    ads.objects(person.call, "ad", person.account, made[0].on, "")
    for cursor in ("", "image:1"):
        ads.objects(person.call, "creative", person.account, "", cursor)
    ads.stats(person.call, "ad", person.account, shown, today, today)
    ads.stats(person.call, "account", person.account, [], today, today)
    armed = Armed(1, person.world.now.replace(day=1), {})
    assert all(isinstance(ads.find(person.call, act, armed), Published) for act in made)


@pytest.fixture
def person() -> Advertiser:
    found = Advertiser()
    everything(found)
    return found


def _of_business(person: Person) -> Iterator[tuple[Request, Response]]:
    exchanges = zip(person.http.sent, person.http.answers, strict=True)
    return ((request, answer) for request, answer in exchanges if request.url.startswith(BUSINESS))


# ------------------------------------------------------------------------------------------------------- the SDK


@cache
def operations() -> Mapping[tuple[str, str], dict[str, Any]]:
    """What the SDK can ask, read from its generated code: query parameters, form fields, body model."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name in (one for one in dir(sdk) if one.endswith("Api")):
        for _, method in inspect.getmembers(getattr(sdk, name), inspect.isfunction):
            source = inspect.getsource(method)
            where = re.search(r"call_api\(\s*'(/open_api[^']+)', '(\w+)'", source)
            if where is None:
                continue
            body = re.search(r":param (\w+Body) body", source)
            found[where[2], where[1]] = {
                "query": set(re.findall(r"query_params\.append\(\('(\w+)'", source)),
                "form": set(re.findall(r"(?:form_params\.append\(\(|local_var_files\[)'(\w+)'", source)),
                "needed": set(re.findall(r"'(\w+)' is set\s+if \('\1' not in params", source)) - {"access_token"},
                "body": getattr(sdk, body[1]) if body else None,
            }
    assert len(found) > 100
    return found


def judged_by_the_sdk(request: Request) -> str:
    """The path, when the SDK would make this request; raises AssertionError or the SDK's ValueError, TypeError."""
    url = urlsplit(request.url)
    operation = operations().get((request.method, url.path))
    assert operation, f"{request.method} {url.path} is not in the SDK"
    assert request.headers.get("Access-Token"), "no Access-Token"
    query = dict(parse_qsl(url.query))
    unknown = set(query) - operation["query"]
    assert not unknown, f"{url.path}: {unknown} are no parameters"
    assert operation["needed"] <= {*query, "body"}, f"{url.path} lacks {operation['needed'] - set(query)}"
    if isinstance(request.body, bytes):
        _judge_body(operation, json.loads(request.body), url.path)
    return url.path


def _judge_body(operation: Mapping[str, Any], body: dict[str, Any], path: str) -> None:
    if operation["body"] is None:
        assert set(body) <= operation["form"], f"{path}: {set(body) - operation['form']} are no fields"
        return
    theirs = sdk.ApiClient().sanitize_for_serialization(_model(operation["body"], body))
    assert _only_ours(theirs, body) == body  # the SDK says some defaults itself


def _model(model: Any, values: Mapping[str, Any]) -> Any:
    """The SDK's own model of a body: refuses what is missing, unknown, or of another type."""
    known = model.swagger_types
    unknown = set(values) - set(known)
    assert not unknown, f"{model.__name__} has no {unknown}"
    return model(**{name: _value(known[name], value, name) for name, value in values.items()})


def _only_ours(theirs: Any, ours: Any) -> Any:
    """What the SDK sends, as far as we send it too."""
    if isinstance(ours, dict):
        return {name: _only_ours(theirs[name], value) for name, value in ours.items()}
    if isinstance(ours, list):
        return [_only_ours(one, mine) for one, mine in zip(theirs, ours, strict=True)]
    return theirs


def _value(kind: str, value: Any, name: str) -> Any:
    if kind.startswith("list["):
        assert isinstance(value, list), name
        return [_value(kind[5:-1], one, name) for one in value]
    plain = {"str": str, "int": int, "float": (int, float), "bool": bool, "object": object}.get(kind)
    if plain is None:
        return _model(getattr(sdk, kind), value)
    assert isinstance(value, plain), f"{name} is no {kind}: {value!r}"  # type: ignore[arg-type]
    assert kind == "bool" or not isinstance(value, bool), name
    return value


def test_every_ads_request_is_one_that_the_sdk_makes(person: Advertiser) -> None:
    """Path, parameters, body: field by field through TikTok's own models."""
    seen = [
        judged_by_the_sdk(request)
        for request, _ in _of_business(person)
        if urlsplit(request.url).path not in NOT_IN_SDK
    ]
    wanted = """oauth2/advertiser/get advertiser/info campaign/create campaign/get campaign/status/update adgroup/create
        adgroup/get adgroup/status/update ad/create ad/get ad/status/update file/video/ad/upload file/image/ad/upload
        file/video/ad/search file/video/ad/info identity/get tool/region report/integrated/get"""
    assert {f"{PREFIX}{one}/" for one in wanted.split()} == set(seen)
    report.requests("tiktok", len(seen), f"{SDK} models")


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("campaign/create/", {"advertiser_id": "1", "campaign_name": "x"}, "objective_type"),
        ("campaign/create/", {"advertiser_id": "1", "campaign_name": 5, "objective_type": "REACH"}, "campaign_name"),
        ("campaign/create/", {"advertiser_id": "1", "colour": "red"}, "colour"),
        ("ad/create/", {"advertiser_id": "1", "adgroup_id": "2", "creatives": [{"add_name": "x"}]}, "add_name"),
        ("campaigns/create/", {}, "is not in the SDK"),
    ],
)
def test_the_sdk_catches_a_wrong_request(path: str, body: dict[str, Any], complaint: str) -> None:
    """What lacks, what is unknown, what has another type, and a path that is none."""
    request = Request("POST", f"{BUSINESS}{PREFIX}{path}", {"Access-Token": "x"}, json.dumps(body).encode())
    with pytest.raises((AssertionError, ValueError), match=complaint):
        judged_by_the_sdk(request)


@pytest.mark.parametrize(
    ("ours", "model"),
    [
        (simulator_ads_fields.CAMPAIGN, sdk.CampaignCreateBody),
        (simulator_ads_fields.AD_GROUP, sdk.AdgroupCreateBody),
        (simulator_ads_fields.CREATIVE, sdk.AdcreateCreatives),
    ],
)
def test_the_simulator_takes_the_fields_that_the_sdk_has(ours: Mapping[str, Any], model: Any) -> None:
    """All of them, each of its type, and no other."""
    plain = {"str": str, "int": int, "float": (int, float), "bool": bool, "object": dict}
    theirs = {
        name: list if kind.startswith("list[") else plain.get(kind, dict) for name, kind in model.swagger_types.items()
    }
    assert dict(ours) == theirs


# ------------------------------------------------------------------------------------------- the SDK, driving


@pytest.fixture
def driven() -> Iterator[tuple[MemoryWorld, str]]:
    """The simulator behind an address of this machine, and the SDK's client pointed at it."""
    world = MemoryWorld(media={VIDEO: ("video/mp4", files.mp4()), PHOTO: ("image/jpeg", files.jpeg())})
    with loopback.serve(loopback.simulator("tiktok", world), host="business-api.tiktok.com") as base_url:
        yield world, base_url


def test_the_sdk_advertises(driven: tuple[MemoryWorld, str]) -> None:
    """From the ad account to the figures, by TikTok's own client."""
    world, base_url = driven
    client = sdk.ApiClient()
    client.configuration.host = base_url
    token = simulator_ads.credentials("rostrum")["ads_access_token"]
    ask = _asking(client, token)
    app = {"app_id": simulator_ads.APP_ID, "secret": simulator_ads.APP_SECRET}
    account = ask("AuthenticationApi", "oauth2_advertiser_get", **app)["list"][0]["advertiser_id"]
    info = ask("AccountManagementApi", "advertiser_info", advertiser_ids=[account], fields=["currency"])
    assert info["list"][0]["currency"] == "USD"
    campaign = _campaign(ask, account)
    group = _ad_group(ask, account, campaign)
    ad = _ad(ask, account, group, world)
    ask(
        "AdApi",
        "ad_status_update",
        body=sdk.AdStatusUpdateBody(advertiser_id=account, ad_ids=[ad], operation_status="ENABLE"),
    )
    world.pass_time(86_400)
    day = world.now.date().isoformat()
    query = {"data_level": "AUCTION_AD", "dimensions": ["ad_id"], "metrics": ["spend", "impressions"]}
    span = {"start_date": "2026-11-22", "end_date": day, "page": 1, "page_size": 10}
    figures = ask("ReportingApi", "report_integrated_get", report_type="BASIC", advertiser_id=account, **query, **span)
    assert [row["dimensions"] for row in figures["list"]] == [{"ad_id": ad}]
    report.sdk("tiktok", SDK)


def _asking(client: Any, token: str) -> Callable[..., Any]:
    def ask(api: str, operation: str, **arguments: Any) -> Any:
        return getattr(getattr(sdk, api)(client), operation)(access_token=token, **arguments)["data"]

    return ask


def _campaign(ask: Callable[..., Any], account: str) -> str:
    body = sdk.CampaignCreateBody(
        advertiser_id=account,
        campaign_name="By the SDK",
        objective_type="TRAFFIC",
        budget_mode="BUDGET_MODE_DAY",
        budget=60.0,
        operation_status="DISABLE",
        request_id="123456789",
    )
    made: str = ask("CampaignCreationApi", "campaign_create", body=body)["campaign_id"]
    found = ask("CampaignCreationApi", "campaign_get", advertiser_id=account, page=1, page_size=5)
    assert [(one["campaign_id"], one["operation_status"]) for one in found["list"]] == [(made, "DISABLE")]
    return made


def _ad_group(ask: Callable[..., Any], account: str, campaign: str) -> str:
    where = {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}
    regions = ask("ToolApi", "tool_region", advertiser_id=account, **where)["region_info"]
    body = sdk.AdgroupCreateBody(
        advertiser_id=account,
        campaign_id=campaign,
        adgroup_name="By the SDK",
        promotion_type="WEBSITE",
        placement_type="PLACEMENT_TYPE_NORMAL",
        placements=["PLACEMENT_TIKTOK"],
        location_ids=[regions[0]["location_id"]],
        budget_mode="BUDGET_MODE_DAY",
        budget=20.0,
        schedule_type="SCHEDULE_FROM_NOW",
        schedule_start_time="2026-11-22 12:00:00",
        optimization_goal="CLICK",
        billing_event="CPC",
        bid_type="BID_TYPE_NO_BID",
        pacing="PACING_MODE_SMOOTH",
    )
    made: str = ask("AdgroupApi", "adgroup_create", body=body)["adgroup_id"]
    return made


def _ad(ask: Callable[..., Any], account: str, group: str, world: MemoryWorld) -> str:
    upload = {"advertiser_id": account, "upload_type": "UPLOAD_BY_URL"}
    film = ask("FileApi", "ad_video_upload", **upload, video_url=VIDEO, file_name="film.mp4")[0]["video_id"]
    cover = ask("FileApi", "ad_image_upload", **upload, image_url=PHOTO, file_name="cover.jpg")["image_id"]
    world.pass_time(5)
    assert ask("FileApi", "ad_video_info", advertiser_id=account, video_ids=[film])["list"][0]["video_cover_url"]
    who = ask("IdentityApi", "identity_get", advertiser_id=account)["identity_list"][0]
    creative = sdk.AdcreateCreatives(
        ad_name="By the SDK",
        ad_format="SINGLE_VIDEO",
        video_id=film,
        image_ids=[cover],
        identity_type=who["identity_type"],
        identity_id=who["identity_id"],
        ad_text="Now",
        landing_page_url="https://example.com",
        operation_status="DISABLE",
    )
    body = sdk.AdCreateBody(advertiser_id=account, adgroup_id=group, creatives=[creative])
    made: str = ask("AdApi", "ad_create", body=body)["ad_ids"][0]
    return made


# ------------------------------------------------------------------------------------------------ the OpenAPI files


@pytest.fixture(scope="module")
def documents() -> Mapping[tuple[str, str], dict[str, Any]]:
    """TikTok's OpenAPI files: what they say of a method and a path."""
    if not SPECS.is_dir():
        reason = f"TikTok's OpenAPI files are not at {SPECS}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    names = ("advertiser_info", "report_integrated_get")
    loaded = [yaml.safe_load((SPECS / f"{name}.yml").read_text("utf-8")) for name in names]
    return {
        (method.upper(), f"/open_api/v1.3{path}"): operation
        for document in loaded
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.vendor_specs
def test_queries_and_answers_are_as_the_files_have_them(
    documents: Mapping[tuple[str, str], dict[str, Any]], person: Advertiser
) -> None:
    """Every parameter of the endpoints that the files have; the envelope of every answer."""
    answered = documents["GET", f"{PREFIX}report/integrated/get/"]["responses"]["200"]["content"]["application/json"]
    envelope, checked = OAS30Validator(answered["schema"]), 0
    for request, response in _of_business(person):
        envelope.validate(json.loads(response.body) | {"data": {}})
        assert {"code", "message", "request_id", "data"} == set(json.loads(response.body))
        operation = documents.get((request.method, urlsplit(request.url).path))
        if operation:
            _judge_query(operation, dict(parse_qsl(urlsplit(request.url).query)))
            checked += 1
    assert checked >= 3
    report.requests("tiktok", checked, "TikTok's OpenAPI files of the business API")


def _judge_query(operation: Mapping[str, Any], query: Mapping[str, str]) -> None:
    """``Access-Token`` stands among the query parameters there; the SDK and the documentation send it as a header."""
    known = {one["name"]: one for one in operation["parameters"] if one["name"] != "Access-Token"}
    assert set(query) <= set(known), f"{set(query) - set(known)} are no parameters"
    assert {name for name, one in known.items() if one["required"]} <= set(query)
    for name, text in query.items():
        parameter = known[name]
        value, schema = text, parameter.get("schema")
        if schema is None:
            value, schema = json.loads(text), parameter["content"]["application/json"]["schema"]
        elif schema["type"] in {"integer", "boolean"}:
            value = json.loads(text)
        OAS30Validator(schema).validate(value)


# -------------------------------------------------------------------- the documentation's tables, for the rest

INT64 = int
OF_POSTING: Mapping[str, Mapping[str, Any]] = {
    # developers.tiktok.com/doc/content-posting-api-reference-direct-post
    "/v2/post/publish/video/init/": {
        "post_info": {
            "privacy_level": str,
            "title": str,
            "disable_duet": bool,
            "disable_stitch": bool,
            "disable_comment": bool,
            "video_cover_timestamp_ms": int,
            "brand_content_toggle": bool,
            "brand_organic_toggle": bool,
            "is_aigc": bool,
        },
        "source_info": {"source": str, "video_size": INT64, "chunk_size": INT64, "total_chunk_count": INT64},
    },
    # …/content-posting-api-reference-upload-video
    "/v2/post/publish/inbox/video/init/": {
        "source_info": {"source": str, "video_size": INT64, "chunk_size": INT64, "total_chunk_count": INT64}
    },
    # …/content-posting-api-reference-photo-post
    "/v2/post/publish/content/init/": {
        "media_type": str,
        "post_mode": str,
        "post_info": {
            "title": str,
            "description": str,
            "privacy_level": str,
            "disable_comment": bool,
            "auto_add_music": bool,
            "brand_content_toggle": bool,
            "brand_organic_toggle": bool,
        },
        "source_info": {"source": str, "photo_images": list, "photo_cover_index": int},
    },
    "/v2/post/publish/creator_info/query/": {},
    "/v2/post/publish/status/fetch/": {"publish_id": str},
    "/v2/video/list/": {"cursor": INT64, "max_count": int},
    "/v2/video/query/": {"filters": {"video_ids": list}},
}
ANSWERED: Mapping[str, Mapping[str, Any]] = {
    "/v2/post/publish/video/init/": {"publish_id": str, "upload_url": str},
    "/v2/post/publish/inbox/video/init/": {"publish_id": str, "upload_url": str},
    "/v2/post/publish/content/init/": {"publish_id": str},
    "/v2/post/publish/creator_info/query/": {
        "creator_avatar_url": str,
        "creator_username": str,
        "creator_nickname": str,
        "privacy_level_options": list,
        "comment_disabled": bool,
        "duet_disabled": bool,
        "stitch_disabled": bool,
        "max_video_post_duration_sec": int,
    },
    "/v2/post/publish/status/fetch/": {
        "status": str,
        "fail_reason": str,
        "publicaly_available_post_id": list,
        "uploaded_bytes": INT64,
        "downloaded_bytes": INT64,
    },
    "/v2/video/list/": {"videos": list, "cursor": INT64, "has_more": bool},
    "/v2/video/query/": {"videos": list},
    "/v2/user/info/": {"user": dict},
    # …/oauth-user-access-token-management
    "/v2/oauth/token/": {
        "access_token": str,
        "expires_in": INT64,
        "open_id": str,
        "refresh_expires_in": INT64,
        "refresh_token": str,
        "scope": str,
        "token_type": str,
    },
}
FORMS = {
    "authorization_code": {"client_key", "client_secret", "code", "grant_type", "redirect_uri", "code_verifier"},
    "refresh_token": {"client_key", "client_secret", "grant_type", "refresh_token"},
    "": {"client_key", "client_secret", "token"},
}


def _poster() -> Person:
    """Everything that the adapter asks of TikTok besides ads."""
    person = Person()
    facts = MediaFacts(MediaType.VIDEO, "video/mp4", 12_000_000, 1080, 1920, 10.0)
    film = (MediaFile(facts, "", lambda start, length: bytes(min(length, 12_000_000 - start))),)
    photo = (simulated.media_file(simulated.image(files.jpeg()).facts, files.jpeg(), PHOTO),)
    options = {"is_aigc": True, "video_cover_timestamp_ms": 1000, "disable_duet": True, "brand_organic_toggle": True}
    published = person.publish(simulated.piece(Kind.VIDEO, "A film", film, options=options))
    more = {"title": "Two", "auto_add_music": True, "photo_cover_index": 1}
    photos = simulated.piece(Kind.CAROUSEL, "Photos", photo * 2, options=more)
    state, at = person.prepare(photos), person.world.now
    assert isinstance(publish.commit(person.call, photos, state), Accepted)
    person.find(photos, state, at=at)
    for kind, media in ((Kind.VIDEO, film), (Kind.CAROUSEL, photo)):
        person.publish(simulated.piece(kind, "A draft", media, options={"post_mode": "MEDIA_UPLOAD"}))
    metrics.post(person.call, published)
    metrics.account(person.call)
    resources.read(person.call, "creator_info", {}, "")
    resources.read(person.call, "videos", {}, "")
    person.refresh()
    oauth.revoke(person.call)
    return person


def _judge(where: str, value: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name, one in value.items():
        assert name in known, f"{where}: {name} is not documented"
        wanted = known[name]
        if isinstance(wanted, Mapping):
            _judge(f"{where}.{name}", one, wanted)
            continue
        assert isinstance(one, wanted), f"{where}.{name}: {one!r}"
        assert wanted is bool or not isinstance(one, bool), f"{where}.{name}: {one!r}"


def test_posting_sends_and_answers_what_the_documentation_has() -> None:
    """No field that the tables do not have, each of its type; uploads by their headers."""
    person, seen = _poster(), set()
    for request, response in zip(person.http.sent, person.http.answers, strict=True):
        url = urlsplit(request.url)
        if request.method == "PUT":
            assert set(request.headers) == {"Content-Type", "Content-Range"}
            assert response.status in {201, 206}
            continue
        seen.add(url.path)
        _judge_request(request, url.path)
        if url.path in ANSWERED:
            answer = json.loads(response.body)
            _judge(url.path, answer if "oauth" in url.path else answer["data"], ANSWERED[url.path])
    assert seen >= {*OF_POSTING, *ANSWERED}
    report.requests("tiktok", len(person.http.sent), "tables of developers.tiktok.com")


def _judge_request(request: Request, path: str) -> None:
    if path in OF_POSTING:
        assert request.headers["Content-Type"] == "application/json; charset=UTF-8"
        assert request.headers["Authorization"].startswith("Bearer act.")
        assert isinstance(request.body, bytes)
        _judge(path, json.loads(request.body), OF_POSTING[path])
    if path.startswith("/v2/oauth/"):
        assert isinstance(request.body, bytes)
        form = dict(parse_qsl(request.body.decode()))
        assert set(form) == FORMS[form.get("grant_type", "")]


@pytest.mark.parametrize(
    ("size", "chunk", "ranges"),
    [
        (
            50_000_123,
            10_000_000,
            ["0-9999999", "10000000-19999999", "20000000-29999999", "30000000-39999999", "40000000-50000122"],
        ),
        (4_194_304, 4_194_304, ["0-4194303"]),
    ],
)
def test_the_simulator_takes_the_guide_s_own_examples(size: int, chunk: int, ranges: list[str]) -> None:
    """developers.tiktok.com/doc/content-posting-api-media-transfer-guide, «Examples»: 206 each, 201 at the end."""
    person = Person()
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": len(ranges)}
    info = {
        "title": "this will be a funny #cat video on your @tiktok #fyp",
        "privacy_level": "MUTUAL_FOLLOW_FRIENDS",
        "disable_duet": False,
        "disable_comment": True,
        "disable_stitch": False,
        "video_cover_timestamp_ms": 1000,
    }
    headers = {
        "Authorization": f"Bearer {person.connected.tokens.access}",
        "Content-Type": "application/json; charset=UTF-8",
    }
    body = json.dumps({"post_info": info, "source_info": source}).encode()
    address = "https://open.tiktokapis.com/v2/post/publish/video/init/"
    made = json.loads(simulator.handle(Request("POST", address, headers, body), person.world).body)
    assert made["error"]["code"] == "ok"
    statuses = []
    for one in ranges:
        first, last = map(int, one.split("-"))
        sent = {"Content-Type": "video/mp4", "Content-Range": f"bytes {one}/{size}"}
        put = Request("PUT", made["data"]["upload_url"], sent, bytes(last - first + 1))
        statuses.append(simulator.handle(put, person.world).status)
    assert statuses == [206] * (len(ranges) - 1) + [201]


def test_the_harness_would_notice() -> None:
    """A field that the tables do not have, and a number in place of a text."""
    for value in ({"publish_id": 5}, {"publishid": "x"}):
        with pytest.raises(AssertionError):
            _judge("status", value, OF_POSTING["/v2/post/publish/status/fetch/"])
