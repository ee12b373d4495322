"""Where what was made is found, and what is read back of it."""

from __future__ import annotations

import io
from typing import Any

from tests.api.client import PHOTO, Api, document
from tests.support import files


def _upload(call: Api) -> Any:
    return call("POST", "/v1/media/upload", data={"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")})


def test_what_was_made_is_where_location_says(call: Api) -> None:
    made = call("POST", "/v1/posts", {"text": "hi"}, Idempotency_Key="k")
    again = call("POST", "/v1/posts", {"text": "hi"}, Idempotency_Key="k")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == made.headers["Location"] == f"/v1/posts/{made.json['id']}"
    assert call("GET", made.headers["Location"]).json["id"] == made.json["id"]
    file = _upload(call)
    assert call("GET", file.headers["Location"]).json["id"] == file.json["media_id"]
    key = call("POST", "/v1/keys", {"name": "k"})
    assert key.headers["Location"] == f"/v1/keys/{key.json['id']}"
    credentials = {"identifier": "bo.bsky.social", "app_password": "abcd-efgh-ijkl-mnop"}
    account = call("POST", "/v1/accounts/connect", {"platform": "bluesky", "metadata": credentials})
    assert account.status == 201, account.json
    assert call("GET", account.headers["Location"]).json["id"] == account.json["id"]


def test_the_document_declares_the_headers() -> None:
    answer = document()["paths"]["/v1/posts"]["post"]["responses"]["201"]
    counted = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    assert set(answer["headers"]) == {"X-Request-ID", "Location", "Idempotent-Replayed"} | counted
    assert "X-Request-ID" in document()["paths"]["/v1/posts"]["post"]["responses"]["400"]["headers"]


def test_a_thread_is_read_back_as_it_was_accepted(call: Api) -> None:
    item = {"source_type": "url", "source": PHOTO, "alt_text": "a view"}
    sent: dict[str, Any] = {
        "segments": [{"text": "two", "media": [item]}, {"text": "three"}],
        "platform_data": {"bluesky": {"languages": ["pt"]}},
        "scheduled_at": "2026-12-24T18:00:00",
        "timezone": "Europe/Berlin",
    }
    made = call.post("one", **sent)
    read = call("GET", f"/v1/posts/{made['id']}").json
    assert read == made
    assert [one["text"] for one in read["segments"]] == ["two", "three"]
    assert read["segments"][0]["media"] == [item]
    assert (read["platform_data"], read["timezone"]) == (sent["platform_data"], "Europe/Berlin")
    edited = call("PATCH", f"/v1/posts/{made['id']}", {"segments": [*read["segments"], {"text": "four"}]}).json
    assert [one["text"] for one in edited["segments"]] == ["two", "three", "four"]


def test_one_file_is_read_whatever_its_status(call: Api) -> None:
    asked = call("GET", "/v1/media/upload-url?filename=a.jpg&media_type=image/jpeg").json
    assert {name.lower(): value for name, value in asked["headers"].items()}["content-type"] == "image/jpeg"
    assert call("GET", f"/v1/media/{asked['media_id']}").json["status"] == "pending"
    ready = call("GET", f"/v1/media/{_upload(call).json['media_id']}").json
    assert (ready["status"], ready["content_type"]) == ("ready", "image/jpeg")
    assert call("GET", "/v1/media/med_nobody").status == 404
