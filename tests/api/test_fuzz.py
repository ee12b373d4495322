"""Whatever is sent, the answer is a documented one: never a 500, never something half-created."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.client import PHOTO, api

_API = api()
_ACCOUNTS = [_API.connect(name) for name in ("bluesky", "instagram", "twitter")]

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
_MEDIA = st.fixed_dictionaries(
    {"source_type": st.sampled_from(["url", "media_id", "platform_attachment_id"])},
    optional={
        "source": st.one_of(st.just(PHOTO), st.text(max_size=30), st.just("http://[::1]/"), st.just("//x")),
        "type": st.sampled_from(["image", "video", "audio", "file"]),
        "alt_text": st.text(max_size=10),
    },
)
_TIMES = st.one_of(
    st.text(max_size=12),
    st.datetimes().map(lambda at: at.isoformat()),
    st.sampled_from(
        ["2026-12-01T00:00:00Z", "2026-12-01T00:00:00+23:59", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    ),
)
_COMMON = {
    "text": st.text(max_size=310),
    "media": st.lists(_MEDIA, max_size=2),
    "first_comment": st.text(max_size=10),
    "scheduled_at": st.one_of(st.none(), _TIMES),
    "platform_data": st.dictionaries(st.sampled_from(["bluesky", "x", "instagram", "nowhere"]), _JSON, max_size=2),
}
_TARGETS = st.fixed_dictionaries(
    {"account_id": st.one_of(st.sampled_from(_ACCOUNTS), st.text(max_size=10))},
    optional={
        **_COMMON,
        "platform_data": st.dictionaries(st.text(max_size=9), _JSON, max_size=2),
        "page_id": st.text(),
    },
)
_BODIES = st.fixed_dictionaries(
    {},
    optional={
        **_COMMON,
        "targets": st.lists(_TARGETS, max_size=3),
        "segments": st.lists(st.fixed_dictionaries({"text": st.text(max_size=20)}), max_size=3),
        "timezone": st.one_of(st.text(max_size=9), st.sampled_from(["Europe/Berlin", "posixrules", "../x", "UTC\x00"])),
        "publish_now": st.booleans(),
        "skip_validation": st.booleans(),
        "visibility": st.sampled_from(["public", "private"]),
        "max_lateness": st.integers(-5, 10**20),
        "title": st.text(max_size=5),
    },
)
_QUIETLY = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_QUIETLY
@given(_BODIES)
def test_a_post_is_made_or_refused(body: dict[str, Any]) -> None:
    before = len(_API.stored("posts"))
    answer = _API("POST", "/v1/posts", body)
    assert answer.status in (201, 400, 404), answer.json
    assert len(_API.stored("posts")) == before + (answer.status == 201)
    assert answer.status != 400 or answer.meta["field"]
    if answer.status == 201:
        _API.rig.store.commit([_gone(doc.path) for doc in [*_API.stored("posts"), *_API.stored("targets")]])


@_QUIETLY
@given(st.dictionaries(st.sampled_from([*_COMMON, "targets", "hidden", "timezone", "segments"]), _JSON, max_size=4))
def test_an_edit_is_made_or_refused(body: dict[str, Any]) -> None:
    made = _API("POST", "/v1/posts", {"text": "hi", "targets": [{"account_id": _ACCOUNTS[0]}]}).json
    assert _API("PATCH", f"/v1/posts/{made['id']}", body).status in (200, 400, 404, 409)


@_QUIETLY
@given(_JSON)
def test_any_json_is_answered(body: Any) -> None:
    for path in ("/v1/posts", "/v1/posts/validate", "/v1/accounts/connect", "/v1/oauth/exchange", "/v1/keys"):
        assert _API("POST", path, body).status < 500


@_QUIETLY
@given(
    st.sampled_from(
        ["account_ids", "status", "platform", "from", "to", "search", "sort", "cursor", "limit", "hidden", "x"]
    ),
    st.text(max_size=12),
)
def test_any_query_is_answered(name: str, value: str) -> None:
    from urllib.parse import quote

    assert _API("GET", f"/v1/posts?{name}={quote(value)}").status in (200, 400)


def _gone(path: str) -> Any:
    from shared.ports.store import Write

    return Write("delete", path)
