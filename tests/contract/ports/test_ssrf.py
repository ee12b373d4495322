"""The SSRF guard against everything that ever pointed a server at itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared.backends.live.ssrf import Guard, is_public
from shared.ports.http import Blocked, NotSent

PUBLIC = "93.184.215.14"
BLOCKED_URLS = [
    # schemes and shapes
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "//example.com/",
    "example.com",
    "https:example.com",
    "https:///path",
    "https://",
    "",
    "javascript:alert(1)",
    # user information and parsers' quarrels
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com\\.evil.test/",
    "https://exa mple.com/",
    "https://example.com/\r\nHost: evil",
    "https://example.com\t/",
    "https://example.com%2f@127.0.0.1/",
    "https://%6c%6f%63alhost/",
    "https://[::1/",
    "https://[example.com]/",
    # ports
    "https://example.com:80/",
    "https://example.com:22/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:/",
    "https://example.com:443x/",
    # this machine and its network by address
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.01/",
    "https://127.0.0.256/",
    "https://1.2.3/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://192.0.0.9/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://240.0.0.1/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fd20:ce::254]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://[2001:0:0:0:0:0:5601:5601]/",
    "https://[2001:db8::1]/",
    "https://[2607:f8b0::5efe:7f00:1]/",
    # this machine and its network by name
    "https://localhost/",
    "https://LOCALHOST./",
    "https://a.localhost/",
    "https://ｌｏｃａｌｈｏｓｔ/",
    "https://metadata.google.internal/",
    "https://Metadata.Google.Internal./",
    "https://metadata/",
    "https://metadata.goog/",
    "https://instance-data/",
    "https://printer.local/",
    "https://intranet/",
    "https://db.internal/",
    "https://-a.example.com/",
    "https://a..example.com/",
]


def answering(*addresses: str) -> Guard:
    """A guard whose resolver knows one answer for every name."""
    return Guard(frozenset(), lambda host, port: addresses)


@pytest.mark.parametrize("url", BLOCKED_URLS)
def test_a_url_that_leads_astray_is_blocked(url: str) -> None:
    with pytest.raises(Blocked):
        answering(PUBLIC).check(url)


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("https://example.com", "https://example.com"),
        ("https://EXAMPLE.com:443/A?b=c#d", "https://example.com/A?b=c"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("https://example.com./x", "https://example.com/x"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/ü"),
        ("https://93.184.215.14/", "https://93.184.215.14/"),
        ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/"),
        ("https://under_score.example.com/", "https://under_score.example.com/"),
    ],
)
def test_public_urls_pass_in_one_form(url: str, checked: str) -> None:
    guard = answering(PUBLIC)
    target = guard.check(url)
    assert target.url == checked
    assert guard.addresses(target.host, target.port)


@pytest.mark.parametrize(
    "answers",
    [
        ("127.0.0.1",),
        (PUBLIC, "127.0.0.1"),
        ("10.0.0.1", PUBLIC),
        ("::1",),
        ("::ffff:169.254.169.254",),
        ("::ffff:a9fe:a9fe",),
        ("64:ff9b::7f00:1",),
        ("2002:7f00:1::",),
        ("fe80::1%eth0",),
        ("fd00:ec2::254",),
        ("0.0.0.0",),
        ("224.0.0.1",),
        ("not an address",),
    ],
)
def test_a_name_is_blocked_when_any_of_its_addresses_is(answers: tuple[str, ...]) -> None:
    with pytest.raises(Blocked):
        answering(*answers).addresses("example.com", 443)


def test_a_name_without_an_address_was_certainly_not_reached() -> None:
    def fails(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    for guard in (answering(), Guard(frozenset(), fails)):
        with pytest.raises(NotSent) as raised:
            guard.addresses("example.com", 443)
        assert not isinstance(raised.value, Blocked)


def test_allowed_hosts_pass_with_their_port_only() -> None:
    guard = Guard(frozenset({("localhost", 8080), ("NAS.lan", 443), ("::1", 9000)}), lambda host, port: ["127.0.0.1"])
    assert guard.check("http://localhost:8080/x").trusted
    assert guard.addresses("localhost", 8080) == ["127.0.0.1"]
    assert guard.check("https://nas.lan/").trusted
    assert guard.check("http://[::1]:9000/").url == "http://[::1]:9000/"
    for url in ("http://localhost:8081/", "http://nas.lan:80/", "http://127.0.0.1:8080/", "https://localhost/"):
        with pytest.raises(Blocked):
            guard.check(url)
    with pytest.raises(Blocked):
        guard.addresses("localhost", 8081)


def test_public_addresses_are_public() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2001:4860:4860::8888")
    assert is_public("64:ff9b::808:808")
    assert is_public("::ffff:8.8.8.8")
