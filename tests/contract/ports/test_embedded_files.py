"""What the embedded vault and blobs promise beyond their ports: key files, rotation, tampering, signed URLs by the letter."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import Client, EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

from shared.backends import crypto
from shared.backends.embedded import secretfile
from shared.backends.embedded.blobs import AlreadyStored, EmbeddedBlobs
from shared.backends.embedded.blobs_wsgi import serve
from shared.backends.embedded.vault import EmbeddedVault
from shared.ports.blobs import BlobTooLarge
from shared.ports.vault import Place, SecretForged, SecretGone, VaultUnavailable
from tests.contract.ports.conftest import ManualClock

ROOT = Path(__file__).parents[3]
HERE = Place("ws_1", "acc_1", "access_token")
KEY = "t/ws_1.test/med_01"
HOUR = timedelta(hours=1)


def test_the_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vault.key"
    reference = EmbeddedVault(path).seal(HERE, b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert EmbeddedVault(path).open(HERE, reference) == b"secret"
    path.chmod(0o640)
    with pytest.raises(VaultUnavailable, match="chmod 600"):
        EmbeddedVault(path).open(HERE, reference)


def test_processes_that_race_end_with_one_key(tmp_path: Path) -> None:
    text = (
        "import sys\nfrom shared.backends.embedded.vault import EmbeddedVault\nfrom shared.ports.vault import Place\n"
        f"print(EmbeddedVault({str(tmp_path / 'vault.key')!r}).seal(Place('ws_1', 'acc_1', 'access_token'), b'secret'))\n"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", text], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    references = [racer.communicate(timeout=60)[0].strip() for racer in racers]
    vault = EmbeddedVault(tmp_path / "vault.key")
    assert [vault.open(HERE, reference) for reference in references] == [b"secret"] * 4


def test_whoever_makes_a_secret_file_first_has_made_it(tmp_path: Path) -> None:
    """The other process comes between looking and making."""
    path = tmp_path / "secret"

    def late() -> bytes:
        assert secretfile.read_or_make(path, lambda: b"first") == b"first"
        return b"second"

    assert secretfile.read_or_make(path, late) == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_after_rotation_the_newest_key_seals_and_all_open(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    vault = EmbeddedVault(path)
    old = vault.seal(HERE, b"old")
    vault.rotate()
    new = vault.seal(HERE, b"new")
    assert old.split(".")[1] != new.split(".")[1]
    again = EmbeddedVault(path)
    assert (again.open(HERE, old), again.open(HERE, new)) == (b"old", b"new")
    content = json.loads(path.read_text())
    del content["keys"][old.split(".")[1]]
    path.write_text(json.dumps(content))
    with pytest.raises(SecretGone):
        EmbeddedVault(path).open(HERE, old)


def test_a_running_process_follows_the_key_file(tmp_path: Path) -> None:
    """Another process has rotated: what it seals opens here, and what is sealed here is under its key."""
    running, operator = EmbeddedVault(tmp_path / "vault.key"), EmbeddedVault(tmp_path / "vault.key")
    running.seal(HERE, b"secret")
    made = operator.rotate()
    assert running.open(HERE, operator.seal(HERE, b"new")) == b"new"
    assert running.key_of(running.seal(HERE, b"secret")) == made
    (tmp_path / "vault.key").unlink()  # whoever moves it away does not make the running process make another
    assert running.key_of(running.seal(HERE, b"secret")) == made


def test_keys_that_are_added_at_once_are_all_kept(tmp_path: Path) -> None:
    vaults = [EmbeddedVault(tmp_path / "vault.key") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda vault: [vault.rotate() for _ in range(5)], vaults))
    assert {one for some in made for one in some} < set(vaults[0].keys().ids)
    assert len(vaults[0].keys().ids) == 21


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"newest": "a", "keys": {"a": "00"}}', '{"newest": "a", "keys": {}}']
)
def test_a_damaged_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "vault.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(VaultUnavailable, match=r"vault\.key"):
        EmbeddedVault(path).seal(HERE, b"secret")


def test_no_altered_text_opens(tmp_path: Path) -> None:
    vault = EmbeddedVault(tmp_path / "vault.key")
    reference = vault.seal(HERE, b"secret")
    for at in range(len(reference)):
        for other in ("A", "B", "_"):
            if reference[at] != other:
                with pytest.raises((SecretForged, SecretGone)):
                    vault.open(HERE, reference[:at] + other + reference[at + 1 :])
    for text in (reference[:-1], reference + "A", reference + "=", " " + reference, reference + "\n"):
        with pytest.raises((SecretForged, SecretGone)):
            vault.open(HERE, text)


def test_places_are_told_apart_whatever_they_are_called() -> None:
    keyring = crypto.Keyring({"k": bytes(32)}, "k")
    sealed = crypto.seal(keyring, Place("a|1:b", "c", "d"), b"secret")
    for place in (
        Place("a", "1:b|c", "d"),
        Place("a", "1:b", "c|d"),
        Place("a|1:b", "c|1:d", ""),
        Place("", "a|1:b", "c"),
    ):
        with pytest.raises(SecretForged):
            crypto.open_(keyring, place, sealed)


def test_nonces_are_fresh_and_keys_do_not_show() -> None:
    keyring = crypto.Keyring({"k": b"K" * 32}, "k")
    assert len({crypto.seal(keyring, HERE, b"secret") for _ in range(200)}) == 200
    assert "KKK" not in repr(keyring)
    with pytest.raises(ValueError, match="newest"):
        crypto.Keyring({}, "k")
    with pytest.raises(ValueError, match="32"):
        crypto.Keyring({"k": b"short"}, "k")


@pytest.fixture
def blobs(tmp_path: Path, clock: ManualClock) -> EmbeddedBlobs:
    return EmbeddedBlobs(tmp_path / "blobs", "https://rostrum.example", tmp_path / "blobs.key", clock)


def ask(blobs: EmbeddedBlobs, method: str, url: str, body: bytes | None = None, **headers: str) -> TestResponse:
    """What a request to a signed URL gets, without a network between."""
    parts = urlsplit(url)
    given = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
    client = Client(Request.application(lambda request: serve(request, blobs)))
    response = client.open(parts.path, method=method, query_string=parts.query, headers=given, data=body)
    response.get_data()
    response.close()
    return response


def files(blobs: EmbeddedBlobs) -> list[Path]:
    return [path for root in (blobs._data, blobs._info) for path in root.rglob("*") if path.is_file()]


def test_upload_urls_refuse_with_the_reason(blobs: EmbeddedBlobs, clock: ManualClock) -> None:
    url = blobs.upload_url(KEY, "image/png", 10, HOUR)
    for answer, status, reason in (
        (ask(blobs, "PUT", url, b"x" * 11, Content_Type="image/png"), 413, "10"),
        (ask(blobs, "PUT", url, b"x", Content_Type="image/jpeg"), 400, "image/png"),
        (ask(blobs, "PUT", url, b"x", Content_Type="image/png; a=b"), 400, "image/png"),
        (
            ask(blobs, "PUT", url.replace("max_bytes=10", "max_bytes=99"), b"x", Content_Type="image/png"),
            403,
            "signature",
        ),
        (ask(blobs, "PUT", url.replace("med_01", "med_02"), b"x", Content_Type="image/png"), 403, "signature"),
        (
            ask(blobs, "PUT", url[:-1] + ("0" if url[-1] != "0" else "1"), b"x", Content_Type="image/png"),
            403,
            "signature",
        ),
        (ask(blobs, "PUT", url.split("?")[0], b"x", Content_Type="image/png"), 403, "signature"),
        (ask(blobs, "GET", url), 403, "signature"),
        (ask(blobs, "POST", url, b"x", Content_Type="image/png"), 405, "PUT"),
    ):
        assert (answer.status_code, reason in answer.get_data(as_text=True)) == (status, True), answer.get_data()
        said = json.loads(answer.get_data())
        assert said["error"]["code"].startswith("media.")
        assert answer.headers["X-Request-ID"] == said["request_id"]
        assert answer.content_length == len(answer.get_data())
    assert files(blobs) == []
    clock.pass_(minutes=59)
    assert ask(blobs, "PUT", url, b"x" * 10, Content_Type="image/png").status_code == 200
    assert ask(blobs, "PUT", url, b"y", Content_Type="image/png").status_code == 412
    assert blobs.read(KEY) == b"x" * 10
    clock.pass_(minutes=1)
    expired = ask(blobs, "PUT", url, b"y", Content_Type="image/png")
    assert (expired.status_code, "expired" in expired.get_data(as_text=True)) == (403, True)


def test_every_answer_has_an_id(blobs: EmbeddedBlobs) -> None:
    """The caller's own, where it makes sense, as the API's."""
    url = blobs.upload_url(KEY, "image/png", 10, HOUR)
    refused = ask(blobs, "GET", url, X_Request_ID="mine-1")
    assert (refused.headers["X-Request-ID"], json.loads(refused.get_data())["request_id"]) == ("mine-1", "mine-1")
    odd = ask(blobs, "GET", url, X_Request_ID="no <id>").headers["X-Request-ID"]
    assert odd.startswith("req_")
    assert (
        ask(blobs, "PUT", url, b"x", Content_Type="image/png", X_Request_ID="mine-2").headers["X-Request-ID"]
        == "mine-2"
    )


def test_of_two_uploads_at_once_one_is_kept(blobs: EmbeddedBlobs) -> None:
    """Both found nothing there when they began."""

    def slow() -> Iterator[bytes]:
        blobs.put_once(KEY, [b"quick"], "text/plain", 10)
        yield b"slow"

    with pytest.raises(AlreadyStored):
        blobs.put_once(KEY, slow(), "text/plain", 10)
    assert blobs.read(KEY) == b"quick"
    assert len(files(blobs)) == 2


def test_an_upload_without_a_length_is_counted_while_it_streams(blobs: EmbeddedBlobs) -> None:
    url = blobs.upload_url(KEY, "image/png", 1000, HOUR)
    parts = urlsplit(url)
    environ = EnvironBuilder(parts.path, method="PUT", query_string=parts.query, content_type="image/png").get_environ()
    environ.pop("CONTENT_LENGTH", None)
    assert serve(Request(environ), blobs).status_code == 411
    environ |= {"wsgi.input_terminated": True, "wsgi.input": BytesIO(b"x" * 1001), "HTTP_TRANSFER_ENCODING": "chunked"}
    assert serve(Request(dict(environ)), blobs).status_code == 413
    assert files(blobs) == []
    environ["wsgi.input"] = BytesIO(b"x" * 1000)
    assert serve(Request(dict(environ)), blobs).status_code == 200


def test_an_upload_cut_off_leaves_nothing(blobs: EmbeddedBlobs) -> None:
    parts = urlsplit(blobs.upload_url(KEY, "image/png", 1000, HOUR))
    environ = EnvironBuilder(parts.path, method="PUT", query_string=parts.query, content_type="image/png").get_environ()
    environ |= {"CONTENT_LENGTH": "500", "wsgi.input": BytesIO(b"x" * 100)}
    assert serve(Request(environ), blobs).status_code == 400
    assert files(blobs) == []


def test_download_urls_are_for_one_blob_and_a_while(blobs: EmbeddedBlobs, clock: ManualClock) -> None:
    blobs.put(KEY, [b"<script>"], "text/html", 100)
    url = blobs.download_url(KEY, HOUR)
    answer = ask(blobs, "GET", url)
    assert (answer.status_code, answer.get_data()) == (200, b"<script>")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    head = ask(blobs, "HEAD", url)
    assert (head.status_code, head.get_data(), head.headers["Content-Length"]) == (200, b"", "8")
    assert ask(blobs, "GET", url, Range="bytes=100-").status_code == 416
    assert ask(blobs, "GET", url, If_None_Match=answer.headers["ETag"]).status_code == 304
    assert ask(blobs, "PUT", url, b"x", Content_Type="").status_code == 403
    assert ask(blobs, "GET", blobs.download_url("t/ws_1.test/absent", HOUR)).status_code == 404
    clock.pass_(hours=1)
    assert ask(blobs, "GET", url).status_code == 403


@pytest.mark.parametrize("path", ["../blobs.key", "..%2f..%2fblobs.key", "/etc/passwd", "t/../../blobs.key", "", "."])
def test_no_path_leads_out(blobs: EmbeddedBlobs, path: str) -> None:
    query = urlsplit(blobs.download_url(KEY, HOUR)).query
    for method in ("GET", "PUT"):
        answer = ask(blobs, method, f"https://rostrum.example/_blobs/{path}?{query}", b"x" if method == "PUT" else None)
        assert 400 <= answer.status_code < 500


def test_writers_of_one_key_do_not_take_each_other_s_bytes(blobs: EmbeddedBlobs) -> None:
    """Two networks that need a copy of the same file make it at the same moment."""

    def interrupted() -> Iterator[bytes]:
        yield b"first"
        blobs.put(KEY, [b"second"], "text/plain", 10)

    blobs.put(KEY, interrupted(), "text/plain", 10)
    assert blobs.read(KEY) == b"first"
    assert len(files(blobs)) == 2

    def deleted() -> Iterator[bytes]:
        yield b"third"
        blobs.delete(KEY)

    blobs.put(KEY, deleted(), "text/plain", 10)
    assert blobs.read(KEY) == b"third"


def test_replaced_and_broken_uploads_leave_no_files_behind(blobs: EmbeddedBlobs) -> None:
    for n in range(3):
        blobs.put(KEY, [b"x" * n], "text/plain", 10)
    assert len(files(blobs)) == 2

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 5

    with pytest.raises(BlobTooLarge):
        blobs.put(KEY, endless(), "text/plain", 10)
    assert len(files(blobs)) == 2
    orphan = blobs._data / f"{hashlib.sha256(KEY.encode()).hexdigest()}.of-a-crash"
    orphan.write_bytes(b"never named")
    os.utime(orphan, (0, 0))
    blobs.delete(KEY)
    assert files(blobs) == []


def test_the_signing_secret_is_kept_and_private(tmp_path: Path, clock: ManualClock, blobs: EmbeddedBlobs) -> None:
    path = tmp_path / "blobs.key"
    assert path.stat().st_mode & 0o077 == 0
    again = EmbeddedBlobs(tmp_path / "blobs", "https://rostrum.example", path, clock)
    assert again.download_url(KEY, HOUR) == blobs.download_url(KEY, HOUR)
