"""The ways by which a bomb comes in: through the API's own edge, over the stores of one machine and the real http port."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from werkzeug import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from shared.api.engine.handling import handle
from shared.backends import indexes
from shared.backends.embedded import blobs_wsgi
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.embedded.vault import EmbeddedVault
from shared.backends.live.http import LiveHttp
from shared.backends.live.ids import SystemIds
from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.operations import fetching, media
from shared.operations.webhooks import sending
from shared.runtime.api_edge import DIALECTS
from tests.api.client import Api, api
from tests.security.bombs import MIB, Bomb, images
from tests.support import memory_ports
from tests.support.memory_ports import PUBLIC_URL

Said = tuple[int, str]  # the status, and what was said with it
Act = Callable[[], Said]
SAMPLE = 8
BOUNDARY = "rostrum-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


class Pieces(io.RawIOBase):
    """A request's body that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            found = next(self._pieces, None)
            if found is None:
                return 0
            self._left = found
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


@dataclass(frozen=True)
class World:
    """A workspace on this machine's disk; ``server``: where files can be fetched."""

    call: Api
    server: str
    bluesky: str

    def ask(self, method: str, path: str, kind: str, pieces: Iterator[bytes], length: int | None, **more: str) -> Said:
        """One request, its body streamed; of unknown length where ``length`` is None, as chunked bodies are."""
        headers = Headers(
            {"Authorization": f"Bearer {self.call.test_key}", **{k.replace("_", "-"): v for k, v in more.items()}}
        )
        stream = io.BufferedReader(Pieces(pieces), 65_536)
        bare, _, query = path.partition("?")
        builder = EnvironBuilder(bare, method=method, query_string=query, headers=headers, content_type=kind)
        environ = builder.get_environ()
        environ |= {"wsgi.input": stream, "CONTENT_TYPE": kind}
        environ.pop("CONTENT_LENGTH", None)
        if length is None:
            environ["wsgi.input_terminated"] = True
        else:
            environ["CONTENT_LENGTH"] = str(length)
        if bare.startswith(blobs_wsgi.PREFIX):
            answer = blobs_wsgi.serve(Request(environ), self.call.rig.ports.blobs)  # type: ignore[arg-type]
        else:
            answer = handle(Request(environ), self.call.rig.ports, DIALECTS)
        return answer.status_code, answer.get_data(as_text=True)[:500]

    def say(self, method: str, path: str, body: Any = None) -> Said:
        """One request with a JSON body."""
        data = json.dumps(body).encode() if body is not None else b""
        return self.ask(method, path, "application/json", iter([data]), len(data))

    def look(self, url: str) -> Said:
        """A post with this file, judged; a refusal of the file is said in the answer's rows."""
        found = [{"source_type": "url", "source": url}]
        status, said = self.say(
            "POST", "/v1/posts/validate", {"text": "x", "targets": [{"account_id": self.bluesky}], "media": found}
        )
        return (400 if status == 200 and '"errors":[{' in said.replace(" ", "") else status), said


def world(folder: Path, server: str) -> World:
    """Everything on disk, the outside real but for the one server."""
    rig = memory_ports.rig()
    store = EmbeddedStore(folder / "store.sqlite3", rig.clock, indexes.load(), durability="normal")
    blobs = EmbeddedBlobs(folder / "blobs", PUBLIC_URL, folder / "blobs.key", rig.clock)
    host, _, port = server.removeprefix("http://").partition(":")
    outside = LiveHttp(frozenset({(host, int(port))}))
    ports = replace(
        rig.ports, store=store, blobs=blobs, vault=EmbeddedVault(folder / "vault.key"), http=outside, ids=SystemIds()
    )
    call = api(replace(rig, ports=ports))
    return World(call, server, call.connect("bluesky"))


@dataclass(frozen=True)
class Row:
    """``harmless``: it may be let in. ``ready`` is run before the process that is measured begins."""

    label: str
    harmless: bool
    act: Act
    ready: Callable[[], object] = lambda: None


def everything(folder: Path, server: str, *, full: bool) -> Iterator[Row]:
    """What is tried. A sample sends each file by one of the ways, leaves the largest out, and then takes each eighth row."""
    from PIL import Image  # noqa: F401 - loaded once, before there are forks

    here, kept = world(folder, server), folder / "bombs"
    kept.mkdir(exist_ok=True)
    rows = [*_files(here, kept, full=full), *_requests(here), *_hosts(here)]
    yield from rows if full else rows[::SAMPLE]


def _files(here: World, folder: Path, *, full: bool) -> Iterator[Row]:
    for number, bomb in enumerate(images()):
        if bomb.large and not full:
            continue
        chosen = list(WAYS.items())
        for name, way in chosen if full else [chosen[number % len(chosen)]]:
            label, harmless = f"{bomb.name}, {name}", bomb.harmless or name == "copied"
            yield Row(label, harmless, _bound(way, here, bomb, folder), _making(bomb, folder))


def _making(bomb: Bomb, folder: Path) -> Callable[[], None]:
    """Make the file, the only one of the folder, in a process of its own: what that takes is not the bomb's."""

    def make() -> None:
        if bomb.path(folder).exists():
            return
        for before in folder.iterdir():
            before.unlink()
        child = os.fork()
        if child == 0:
            try:
                bomb.at(folder)
            finally:
                os._exit(0)
        os.waitpid(child, 0)

    return make


def _bound(way: Callable[[World, Bomb, Path], Said], here: World, bomb: Bomb, folder: Path) -> Act:
    return lambda: way(here, bomb, bomb.path(folder))


# --------------------------------------------------------------------------------------------------- files


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(65_536):
            yield piece


def _multipart(here: World, address: str, kind: str, path: Path) -> Said:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: {kind}\r\n\r\n'
    tail = f"\r\n--{BOUNDARY}--\r\n"

    def pieces() -> Iterator[bytes]:
        yield head.encode()
        yield from _read(path)
        yield tail.encode()

    return here.ask("POST", address, MULTIPART, pieces(), len(head) + path.stat().st_size + len(tail))


def _uploaded(here: World, bomb: Bomb, path: Path) -> Said:
    return _multipart(here, "/v1/media/upload", bomb.content_type, path)


def _with_thumbnails(here: World, bomb: Bomb, path: Path) -> Said:
    return _multipart(here, "/api/v1/creator/social/media/upload", bomb.content_type, path)


def _put(here: World, bomb: Bomb, path: Path) -> Said:
    status, said = here.say("GET", f"/v1/media/upload-url?filename=a&media_type={bomb.content_type}")
    if status != 200:
        return status, said
    caller = here.call.caller
    made = media.upload_url(here.call.rig.ports, caller, filename="a", media_type=bomb.content_type)
    address = made.url.removeprefix(PUBLIC_URL)
    put = here.ask("PUT", address, bomb.content_type, _read(path), path.stat().st_size)
    return here.say("POST", f"/v1/media/{made.media.id}/verify") if put[0] == 200 else put


def _by_url(here: World, bomb: Bomb, path: Path) -> Said:
    return here.look(f"{here.server}/file/{path.name}")


def _copied(here: World, bomb: Bomb, path: Path) -> Said:
    """As publishing does: the bytes are taken over, whatever they are, and nothing of them is decoded."""
    facts = MediaFacts(MediaType.IMAGE, bomb.content_type, path.stat().st_size)
    url = f"{here.server}/file/{path.name}"
    try:
        media.copy_to_blobs(here.call.rig.ports, here.call.caller.space, url, facts, sandbox=True)
    except Invalid as error:
        return 400, error.message
    return 200, "a copy, not looked at"


WAYS: dict[str, Callable[[World, Bomb, Path], Said]] = {
    "uploaded": _uploaded,
    "with thumbnails": _with_thumbnails,
    "put and verified": _put,
    "by URL": _by_url,
    "copied": _copied,
}


# ------------------------------------------------------------------------------------------------- requests


def _part(name: str, value: bytes = b"x", more: bytes = b"") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n'.encode()
    return head + more + b"\r\n" + value + b"\r\n"


def _forever(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def _forms() -> dict[str, Callable[[], bytes]]:
    """Multipart bodies."""
    end = f"--{BOUNDARY}--\r\n".encode()
    return {
        "10,000 parts": lambda: b"".join(_part(f"a{n}") for n in range(10_000)) + end,
        "300,000 parts": lambda: _part("a") * 300_000 + end,
        "10,000 files": lambda: (
            _part("file", b"x", b"").replace(b'name="file"', b'name="file"; filename="a"') * 10_000 + end
        ),
        "a part's header of 8 MB": lambda: _part("file", b"x", b"X-Long: " + b"a" * 8 * MIB + b"\r\n") + end,
        "a part with 100,000 headers": lambda: _part("file", b"x", b"X-A: b\r\n" * 100_000) + end,
        "a field of 8 MB": lambda: _part("alt_text", b"a" * 8 * MIB) + end,
        "8 MB of almost boundaries": lambda: _part("file", (b"\r\n--" + BOUNDARY.encode()[:-1]) * 400_000) + end,
        "no boundary in 8 MB": lambda: b"\r\n" * 4 * MIB,
        "a header that never ends": lambda: f"--{BOUNDARY}\r\n".encode() + b"a" * 8 * MIB,
    }


def _bodies(here: World) -> dict[str, Callable[[], bytes]]:
    """JSON bodies."""
    return {
        "500,000 levels of lists": lambda: b"[" * 500_000,
        "100,000 levels of objects": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "deep and well-formed": lambda: b'{"text":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "a number of a million digits": lambda: b'{"text": ' + b"9" * 1_000_000 + b"}",
        "a number of 10^999999999": lambda: b'{"text": 1e999999999}',
        "100,000 names": lambda: b"{" + b",".join(b'"a%d": 1' % n for n in range(60_000)) + b"}",
        "100,000 targets": lambda: b'{"targets": [' + b",".join([b'{"a":1}'] * 100_000) + b"]}",
        "60,000 options": lambda: _post(
            here, b'"platform_data": {%s}' % b",".join(b'"a%d": 1' % n for n in range(60_000))
        ),
        "a text of 170,000 addresses": lambda: _post(here, b'"text": "%s"' % (b"a.co " * 170_000)),
        "a text of 300,000 tags": lambda: _post(here, b'"text": "%s"' % (b"#a " * 300_000)),
        "a text of 300,000 names": lambda: _post(here, b'"text": "%s"' % (b"@a " * 300_000)),
        "a megabyte for a name": lambda: b'{"%s": 1}' % (b"text" * 250_000),
        "a million escapes": lambda: b'{"text": "' + b"\\u0041" * 170_000 + b'"}',
        "a megabyte of spaces": lambda: b'{"text":' + b" " * 1_000_000 + b"1}",
    }


def _requests(here: World) -> Iterator[Row]:
    upload, posts = "/v1/media/upload", "/v1/posts"
    for name, data in _forms().items():
        yield Row(f"multipart, {name}", False, _asking(here, upload, MULTIPART, data))
    for name, data in _bodies(here).items():
        yield Row(f"JSON, {name}", False, _asking(here, posts, "application/json", data))
    form = "application/x-www-form-urlencoded"
    for name, data in {
        "100,000 fields": lambda: b"&".join(b"a%d=1" % n for n in range(100_000)),
        "names 100,000 deep": lambda: b"a" + b"[b]" * 100_000 + b"=1",
        "a megabyte of brackets": lambda: b"[" * 1_000_000,
        "a megabyte of ampersands": lambda: b"&" * 1_000_000,
    }.items():
        yield Row(f"form, {name}", False, _asking(here, "/api/get/social-pages/", form, data))
    act = _asking(here, posts, "application/json", _packed, Content_Encoding="gzip")
    yield Row("JSON, packed a thousandfold (gzip)", False, act)
    for name, path, kind, piece in (
        ("JSON", posts, "application/json", b'{"text": "' + b"a" * 65_000),
        ("a form", "/api/get/social-pages/", form, b"a=1&" * 16_000),
        ("multipart, a field", upload, MULTIPART, _part("alt_text")),
        ("multipart, a file", upload, MULTIPART, b"a" * 65_536),
    ):
        yield Row(f"endless, {name}", False, lambda p=path, k=kind, c=piece: here.ask("POST", p, k, _forever(c), None))  # type: ignore[misc]
    yield Row("endless, a file's bytes", False, lambda: _endless_file(here))
    yield Row("endless, a PUT", False, lambda: _endless_put(here))


def _packed() -> bytes:
    """A body of 10 MB in 10 kB."""
    return gzip.compress(json.dumps({"text": "x" * 10_000_000}).encode())


def _post(here: World, more: bytes) -> bytes:
    """A post that would be one, but for this."""
    return b'{"targets": [{"account_id": "%s"}], %s}' % (here.bluesky.encode(), more)


def _asking(here: World, path: str, kind: str, made: Callable[[], bytes], **more: str) -> Act:
    def act() -> Said:
        data = made()
        return here.ask("POST", path, kind, (data[at : at + MIB] for at in range(0, len(data), MIB)), len(data), **more)

    return act


def _endless_file(here: World) -> Said:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()

    def pieces() -> Iterator[bytes]:
        yield head
        yield from _forever(b"\xff\xd8" + b"a" * 65_534)

    return here.ask("POST", "/v1/media/upload", MULTIPART, pieces(), None)


def _endless_put(here: World) -> Said:
    made = media.upload_url(here.call.rig.ports, here.call.caller, filename="a", media_type="image/png")
    return here.ask("PUT", made.url.removeprefix(PUBLIC_URL), "image/png", _forever(bytes(65_536)), None)


# ---------------------------------------------------------------------------------------------------- hosts


def _hosts(here: World) -> Iterator[Row]:
    """What a server may answer that a caller named: files that never end, that drip, that unpack, that lie. An endpoint's 2xx is
    its own word: what counts is what it cost."""
    for name in ("endless", "endless-packed", "packed", "packed-again", "drip", "lying", "headers", "ranges"):
        yield Row(f"a host, {name}", False, lambda name=name: _host(here, name))  # type: ignore[misc]
        yield Row(f"a webhook endpoint, {name}", True, lambda name=name: _endpoint(here, name))  # type: ignore[misc]


def _host(here: World, name: str) -> Said:
    fetching.LOOK_SECONDS = 0.5  # of a host that drips: what is measured is that it ends
    return here.look(f"{here.server}/{name}")


def _endpoint(here: World, name: str) -> Said:
    sending.SECONDS = 0.5
    from shared.domain.webhooks import secret_of

    made = sending.attempt(here.call.rig.ports, f"{here.server}/{name}", (secret_of(1),), "evt_1", "{}")
    return (400, made.error_message) if not made.succeeded else (200, made.error_message)
