"""The http port against real sockets on the loopback: one attempt, exact failures, bounded everything."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.backends.live.http import LiveHttp, shown
from shared.ports.http import AnswerLost, Blocked, BodyTooLarge, HttpFailure, NotSent, Request, Response, Stream
from tests.contract.ports.http_server import Handler, Loopback, Received, loopback

Answer = Callable[[Handler, Received], None]


class Net:
    """A server, and an http that may reach it."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.http = LiveHttp(frozenset({("127.0.0.1", server.server_port)}))

    def send(self, method: str = "GET", path: str = "/", **given: object) -> Response:
        return self.http.send(Request(method, self.server.url + path, **given))  # type: ignore[arg-type]


@pytest.fixture
def net() -> Iterator[Callable[[Answer], Net]]:
    with ExitStack() as stack:
        yield lambda answer: Net(stack.enter_context(loopback(answer)))


def test_the_answer_is_complete_whatever_its_status(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.reply(418, b"short and stout", X_Thing="Yes"))
    answer = here.send("POST", "/pot?q=1", body=b"tea", headers={"X-Mine": "1", "Content-Type": "text/plain"})
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (418, b"short and stout", "Yes")
    (got,) = here.server.received
    assert (got.method, got.path, got.body) == ("POST", "/pot?q=1", b"tea")
    assert (got.headers["x-mine"], got.headers["content-length"]) == ("1", "3")


def test_redirects_are_answers(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.reply(302, b"", Location="/elsewhere"))
    assert here.send().headers["location"] == "/elsewhere"
    assert [got.path for got in here.server.received] == ["/"]


def test_cookies_are_not_kept(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.reply(200, b"", Set_Cookie="a=b; Path=/"))
    here.send()
    here.send()
    assert "cookie" not in here.server.received[1].headers


def test_the_environment_has_no_say(net: Callable[[Answer], Net], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert net(lambda handler, _: handler.reply(204)).send().status == 204


def test_a_stream_is_sent_with_its_length(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.reply(200))
    here.send("PUT", body=Stream(300_000, lambda: iter([b"x" * 100_000] * 3)))
    assert here.server.received[0].body == b"x" * 300_000
    assert here.server.received[0].headers["content-length"] == "300000"
    here.send("PUT", body=Stream(0, lambda: iter([])))
    assert here.server.received[1].headers["content-length"] == "0"


def test_a_stream_that_breaks_loses_the_answer(net: Callable[[Answer], Net]) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 100
        raise KeyError("the source broke")

    here = net(lambda handler, _: handler.reply(200))
    for stream in (
        Stream(1000, broken),
        Stream(1000, lambda: iter([b"short"])),
        Stream(3, lambda: iter([b"long"] * 2)),
    ):
        with pytest.raises(AnswerLost):
            here.send("PUT", body=stream)


def test_connections_are_used_again(net: Callable[[Answer], Net]) -> None:
    ports = []
    here = net(lambda handler, _: (ports.append(handler.client_address[1]), handler.reply(200))[1])  # type: ignore[func-returns-value]
    for _ in range(3):
        here.send()
    assert len(set(ports)) == 1


def test_a_closed_port_and_an_unknown_name_were_not_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(NotSent) as raised:
            LiveHttp(frozenset({("127.0.0.1", port)})).send(Request("GET", f"http://127.0.0.1:{port}/"))
        assert not isinstance(raised.value, Blocked)

    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(NotSent):
        LiveHttp(resolver=unknown).send(Request("GET", "https://nowhere.example/"))


def test_what_the_guard_refuses_is_not_sent(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.reply(200))
    port = here.server.server_port
    asked: list[str] = []

    def rebinding(host: str, asked_port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    for url in (
        here.server.url,
        f"https://127.0.0.1:{port}/",
        "https://rebinding.example/",
        "https://u:p@example.com/",
    ):
        with pytest.raises(Blocked):
            LiveHttp(resolver=rebinding).send(Request("GET", url))
    assert asked == ["rebinding.example"]
    assert here.server.received == []


def test_what_an_address_says_of_itself_is_said_without_asking_anybody() -> None:
    """No name is looked up, and the operator's own hosts pass."""

    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    http = LiveHttp(frozenset({("10.0.0.1", 8080)}), resolver=never)
    for url in ("http://example.com/", "https://10.0.0.1/", "https://localhost/", "https://example.com:22/"):
        with pytest.raises(Blocked):
            http.check(url)
    for url in ("https://example.com/x", "http://10.0.0.1:8080/"):
        http.check(url)


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "https://example.com/", headers={"X": "a\r\nY: b"}),
        Request("GET", "https://example.com/", headers={"Host": "evil"}),
        Request("GET", "https://example.com/", headers={"Content-Length": "1"}),
    ],
)
def test_malformed_requests_are_not_sent(request_: Request) -> None:
    with pytest.raises(NotSent):
        LiveHttp(resolver=lambda host, port: ["93.184.215.14"]).send(request_)


def test_a_server_that_says_nothing_loses_the_answer(net: Callable[[Answer], Net]) -> None:
    release = threading.Event()
    here = net(lambda handler, _: (release.wait(5), handler.reply(200))[1])  # type: ignore[func-returns-value]
    started = time.monotonic()
    with pytest.raises(AnswerLost, match="too long"):
        here.send("POST", read_timeout=0.2)
    assert time.monotonic() - started < 2
    assert len(here.server.received) == 1
    release.set()


def test_a_reset_loses_the_answer_and_nothing_is_sent_again(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.cut())
    for method in ("GET", "POST", "PUT"):
        with pytest.raises(AnswerLost):
            here.send(method, body=None if method == "GET" else b"x")
    assert len(here.server.received) == 3


def test_an_answer_cut_off_is_lost(net: Callable[[Answer], Net]) -> None:
    def half(handler: Handler, _: Received) -> None:
        handler.reply(200, b"half of it", content_length="100")
        handler.close_connection = True

    def half_chunk(handler: Handler, _: Received) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf")
        handler.close_connection = True

    def nonsense(handler: Handler, _: Received) -> None:
        handler.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")
        handler.close_connection = True

    for answer in (half, half_chunk, nonsense):
        with pytest.raises(AnswerLost):
            net(answer).send()


def test_a_dripping_answer_ends_at_the_deadline(net: Callable[[Answer], Net]) -> None:
    """Each byte comes in time, the whole never would: neither body nor headers hold us."""

    def drip(handler: Handler, got: Received) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" if got.path == "/body" else b"HTTP/1.1 200 OK\r\nX: "
        handler.wfile.write(head)
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    here = net(drip)
    for path in ("/body", "/headers"):
        started = time.monotonic()
        with pytest.raises(AnswerLost, match="too long"):
            here.send(path=path, connect_timeout=0.1, read_timeout=0.2, max_bytes=10_000)
        assert time.monotonic() - started < 1.5
    started = time.monotonic()
    with pytest.raises(AnswerLost, match="too long"):
        here.send(path="/body", total_timeout=0.3, max_bytes=50_000_000)
    assert time.monotonic() - started < 1.5


def test_a_huge_answer_is_cut(net: Callable[[Answer], Net]) -> None:
    sent: list[int] = []

    def flood(handler: Handler, _: Received) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        for _piece in range(1000):
            handler.wfile.write(b"x" * 100_000)
            sent.append(1)

    with pytest.raises(BodyTooLarge):
        net(flood).send(max_bytes=200_000)
    assert len(sent) < 200
    with pytest.raises(BodyTooLarge):
        net(lambda handler, _: handler.reply(200, b"x" * 1001)).send(max_bytes=1000)
    assert len(net(lambda handler, _: handler.reply(200, b"x" * 1000)).send(max_bytes=1000).body) == 1000
    head = net(lambda handler, _: handler.reply(200, b"", content_length="99999")).send("HEAD", max_bytes=1000)
    assert head.headers["content-length"] == "99999"


def encoded(body: bytes, coding: str) -> Answer:
    return lambda handler, _: handler.reply(200, body, Content_Encoding=coding)


def test_compressed_answers_are_decoded_and_bombs_defused(net: Callable[[Answer], Net]) -> None:
    small, bomb = gzip.compress(b"hello" * 100), gzip.compress(b"\0" * 50_000_000)
    twice = gzip.compress(bomb)
    assert net(lambda handler, _: handler.reply(200, small, Content_Encoding="gzip")).send().body == b"hello" * 100
    for packed, coding in ((bomb, "gzip"), (twice, "gzip, gzip")):
        with pytest.raises(BodyTooLarge):
            net(encoded(packed, coding)).send(max_bytes=1_000_000)
    with pytest.raises(AnswerLost):
        net(lambda handler, _: handler.reply(200, b"not gzip", Content_Encoding="gzip")).send()


def test_many_threads_share_one_http(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, got: handler.reply(200, got.path.encode()))
    wrong: list[str] = []

    def work(n: int) -> None:
        wrong.extend(f"/{n}/{m}" for m in range(10) if here.send(path=f"/{n}/{m}").body != f"/{n}/{m}".encode())

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_logs_and_failures_hold_no_secret(net: Callable[[Answer], Net], caplog: pytest.LogCaptureFixture) -> None:
    here = net(lambda handler, got: handler.cut() if got.method == "POST" else handler.reply(200))
    secret = {"headers": {"Authorization": "Bearer canary-1"}, "body": b"canary-2"}
    with caplog.at_level(logging.DEBUG, logger="shared"):
        here.send("PUT", "/v26.0/17841400/media?access_token=canary-3", **secret)
        with pytest.raises(AnswerLost) as raised:
            here.send("POST", "/bot123:canary-4/send?access_token=canary-3", **secret)
        with pytest.raises(HttpFailure) as blocked:
            here.http.send(Request("GET", "https://127.0.0.1/x?access_token=canary-3"))
    text = " ".join(record.getMessage() for record in caplog.records) + str(raised.value) + str(blocked.value)
    assert "canary" not in text
    assert "PUT 127.0.0.1/v26.0/{}/media 200" in text


def test_paths_are_shown_as_templates() -> None:
    assert shown("https://api.example.com/xrpc/com.atproto.repo.createRecord?x=1") == (
        "api.example.com/xrpc/com.atproto.repo.createRecord"
    )
    assert shown("https://api.example.com/2/tweets/1234567890") == "api.example.com/2/tweets/{}"


@contextmanager
def tls_server(certificate: Path) -> Iterator[tuple[Loopback, list[str | None]]]:
    """A TLS server that notes the name it is asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)
    with loopback(lambda handler, _: handler.reply(200, b"secure")) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server, names


def test_tls_goes_to_the_checked_address_under_its_own_name(tmp_path: Path) -> None:
    """SNI, Host and certificate are the name's, the connection goes to the address; a wrong name's certificate is refused."""
    certificate = make_certificate(tmp_path / "server.pem", "api.example.com")
    with tls_server(certificate) as (server, names):
        port = server.server_port
        http = LiveHttp(
            frozenset({("api.example.com", port), ("other.example.com", port)}),
            resolver=lambda host, asked: ["127.0.0.1"],
            tls=ssl.create_default_context(cafile=str(certificate)),
        )
        assert http.send(Request("GET", f"https://api.example.com:{port}/")).body == b"secure"
        assert names == ["api.example.com"]
        assert server.received[0].headers["host"] == f"api.example.com:{port}"
        with pytest.raises(NotSent, match="certificate"):
            http.send(Request("POST", f"https://other.example.com:{port}/", body=b"x"))
        untrusting = LiveHttp(frozenset({("api.example.com", port)}), resolver=lambda host, asked: ["127.0.0.1"])
        with pytest.raises(NotSent, match="certificate"):
            untrusting.send(Request("GET", f"https://api.example.com:{port}/"))
        assert len(server.received) == 1


def test_a_server_without_tls_was_not_reached(net: Callable[[Answer], Net]) -> None:
    here = net(lambda handler, _: handler.reply(200))
    with pytest.raises(NotSent):
        here.http.send(Request("GET", here.server.url.replace("http:", "https:"), connect_timeout=1))
    assert here.server.received == []


def make_certificate(path: Path, name: str) -> Path:
    """A certificate of its own authority, and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(pem))
    return path
