"""The blobs port: storing, reading, and the two kinds of signed URLs over real HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from shared.ports.blobs import BlobNotFound, Blobs, BlobsError, BlobTooLarge

KEY = "t/ws_1.test/med_01"
BODY = bytes(range(256)) * 40
HOUR = timedelta(hours=1)


def chunks(body: bytes = BODY) -> Iterator[bytes]:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


def test_what_was_put_is_known_and_read(blobs: Blobs) -> None:
    made = blobs.put(KEY, chunks(), "image/png", 20_000)
    assert blobs.info(KEY) == made
    assert (made.key, made.size, made.content_type) == (KEY, len(BODY), "image/png")
    assert made.md5 == hashlib.md5(BODY).hexdigest()
    assert abs(made.created_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert blobs.read(KEY) == BODY
    assert blobs.read(KEY, 300) == BODY[300:]
    assert blobs.read(KEY, 300, 10) == BODY[300:310]
    assert blobs.read(KEY, len(BODY) - 5, 100) == BODY[-5:]


def test_absent_blobs(blobs: Blobs) -> None:
    assert blobs.info("t/ws_1.test/absent") is None
    with pytest.raises(BlobNotFound):
        blobs.read("t/ws_1.test/absent")
    blobs.delete("t/ws_1.test/absent")


def test_putting_again_replaces(blobs: Blobs) -> None:
    blobs.put(KEY, chunks(), "image/png", 20_000)
    blobs.put(KEY, [b"new"], "text/plain", 20_000)
    assert blobs.read(KEY) == b"new"
    info = blobs.info(KEY)
    assert info is not None
    assert info.content_type == "text/plain"


def test_a_deleted_blob_is_gone(blobs: Blobs) -> None:
    blobs.put(KEY, chunks(), "image/png", 20_000)
    blobs.delete(KEY)
    assert blobs.info(KEY) is None


def test_a_stream_over_its_limit_leaves_nothing(blobs: Blobs) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 100_000

    with pytest.raises(BlobTooLarge):
        blobs.put(KEY, endless(), "image/png", 250_000)
    assert len(taken) < 100
    assert blobs.info(KEY) is None


def test_a_stream_that_breaks_leaves_what_was_there(blobs: Blobs) -> None:
    blobs.put(KEY, [b"old"], "text/plain", 100)

    def broken() -> Iterator[bytes]:
        yield b"new"
        raise KeyError("the source broke")

    with pytest.raises(KeyError):
        blobs.put(KEY, broken(), "text/plain", 100)
    assert blobs.read(KEY) == b"old"


@pytest.mark.parametrize("key", ["", "/a", "a//b", "a/", "../a", "a/../b", "a/./b", "a\\b", "a b", "a\x00", "ü", "a?b"])
def test_malformed_keys_are_refused(blobs: Blobs, key: str) -> None:
    with pytest.raises(BlobsError):
        blobs.put(key, [b"x"], "text/plain", 10)


def test_an_upload_url_takes_one_put(blobs: Blobs) -> None:
    headers = blobs.upload_headers("image/png", 20_000)
    url = blobs.upload_url(KEY, "image/png", 20_000, HOUR)
    assert requests.put(url, data=BODY, headers=headers, timeout=10).status_code == 200
    assert blobs.read(KEY) == BODY
    assert requests.put(url, data=b"other", headers=headers, timeout=10).status_code >= 400
    assert blobs.read(KEY) == BODY


def test_an_upload_url_wants_its_content_type(blobs: Blobs) -> None:
    url = blobs.upload_url(KEY, "image/png", 20_000, HOUR)
    headers = {**blobs.upload_headers("image/png", 20_000), "Content-Type": "text/html"}
    answer = requests.put(url, data=BODY, headers=headers, timeout=10)
    assert 400 <= answer.status_code < 500
    assert blobs.info(KEY) is None


def test_a_download_url_serves_get_head_and_ranges(blobs: Blobs) -> None:
    blobs.put(KEY, chunks(), "image/png", 20_000)
    url = blobs.download_url(KEY, HOUR)
    whole = requests.get(url, timeout=10)
    assert (whole.status_code, whole.content, whole.headers["Content-Type"]) == (200, BODY, "image/png")
    head = requests.head(url, timeout=10)
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(BODY)))
    part = requests.get(url, headers={"Range": "bytes=100-199"}, timeout=10)
    assert (part.status_code, part.content) == (206, BODY[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(BODY)}"
    tail = requests.get(url, headers={"Range": "bytes=-7"}, timeout=10)
    assert (tail.status_code, tail.content) == (206, BODY[-7:])


def test_urls_live_seven_days_at_most(blobs: Blobs) -> None:
    assert blobs.download_url(KEY, timedelta(days=7))
    with pytest.raises(ValueError, match="7 days"):
        blobs.download_url(KEY, timedelta(days=7, seconds=1))
