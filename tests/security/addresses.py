"""Addresses that nobody may make a server of ours connect to, in every spelling that ever pointed one at itself.

Three lists: URLs that say by themselves where they lead, names that mean this machine or its network, and bare addresses
as a resolver may answer them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from functools import cache

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
# Loopback, private, carrier-grade NAT, link-local with the metadata servers, protocol assignments, documentation,
# 6to4 relays, benchmarks, multicast, reserved, broadcast.
V4 = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254"),
    *("192.168.0.1", "192.168.255.254", "100.64.0.1", "100.127.255.254", "100.100.100.200", "169.254.169.254"),
    *("169.254.170.2", "192.0.0.1", "192.0.0.9", "192.0.0.192", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
    *("192.88.99.1", "198.18.0.1", "198.19.255.254", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
)
# Loopback, unspecified, unique local with the metadata servers, link-local, site-local, multicast, documentation (the
# block of 2024 too), discard, benchmarks, ORCHID, segment routing, AS112, translated, and NAT64 of a network's own.
V6 = (
    *("::1", "::", "fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::a9fe:a9fe", "febf::1"),
    *("fec0::1", "feff::1", "ff02::1", "ff05::2", "ff0e::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "100::1"),
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:1::1", "5f00::1", "2620:4f:8000::1", "4000::1", "::ffff:0:7f00:1"),
    *("64:ff9b:1::808:808", "64:ff9b:1:7f00:0:100:808:808", "64:ff9b:1:a9fe:a9:fe00::", "1::1"),
)
NAMES = (
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain", "ip6-localhost", "intranet"),
    *("metadata", "metadata.google.internal", "Metadata.Google.Internal.", "metadata.goog", "instance-data", "db.lan"),
    *("instance-data.ec2.internal", "printer.local", "nas.home.arpa", "kubernetes.default.svc.cluster.local"),
    *(
        "db.internal",
        "wiki.intranet",
        "ｌｏｃａｌｈｏｓｔ",
        "ｌocalhost。",
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        "loc\u00adalhost",
        "local\u200bhost",
    ),
)
_SHAPES = (
    # schemes
    *("http://public.example/a.jpg", "ftp://public.example/a.jpg", "file:///etc/passwd", "file://localhost/etc/passwd"),
    *(
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/stats",
        "ldap://127.0.0.1/",
        "data:image/png;base64,AAAA",
    ),
    *("javascript:alert(1)", "jar:https://127.0.0.1!/", "unix:///var/run/docker.sock", "https+unix://%2Frun%2Fs.sock/"),
    *(
        "//127.0.0.1/",
        "///127.0.0.1/",
        "https:127.0.0.1",
        "https:/127.0.0.1/",
        "https:///127.0.0.1/",
        "127.0.0.1/",
        "https://",
    ),
    # what two parsers read in two ways
    *("https://public.example@127.0.0.1/", "https://127.0.0.1@public.example/", "https://user:pw@public.example/"),
    *("https://@127.0.0.1/", "https://public.example\\@127.0.0.1/", "https://127.0.0.1\\@public.example/"),
    *("https://127.0.0.1#@public.example/", "https://127.0.0.1?@public.example/"),
    *(
        "https://127.0.0.1;@public.example/",
        "https://127.0.0.1%2f@public.example/",
        "https://public.example%00.127.0.0.1/",
    ),
    *(
        "https://127.0.0.1\t/",
        "https://127.0.0\n.1/",
        "https://127.0.0.1\r\nHost:public.example/",
        "https://\t127.0.0.1/",
    ),
    *(
        "\thttps://127.0.0.1/",
        " https://127.0.0.1/",
        "https:\\\\127.0.0.1\\",
        "https:/\\127.0.0.1/",
        "https://127.0.0.1 /",
    ),
    *(
        "https://%31%32%37.0.0.1/",
        "https://127%2e0%2e0%2e1/",
        "https://%6c%6f%63alhost/",
        "https://public.example,127.0.0.1/",
    ),
    *(
        "https://[::1",
        "https://[::1]x/",
        "https://[public.example]/",
        "https://[127.0.0.1]/",
        "https://[v1.127.0.0.1]/",
    ),
    # international spellings of digits and dots
    *(
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://127．0．0．1/",
        "https://１２７.0.0.1/",
        "https://١٢٧.0.0.1/",
    ),
    *("https://127｡0｡0｡1/", "https://𝟏𝟐𝟕.𝟎.𝟎.𝟏/", "https://169.254.169.②⑤④/"),
    # ports
    *(
        "https://public.example:80/",
        "https://public.example:22/",
        "https://public.example:6379/",
        "https://public.example:0/",
    ),
    *(
        "https://public.example:65536/",
        "https://public.example:/",
        "https://public.example:443x/",
        "https://public.example:-1/",
    ),
    *("https://127.0.0.1:443/", "https://127.0.0.1:8443/", "https://[::1]:443/", "https://localhost:8443/"),
    # zones
    *("https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[fe80::1%251]/", "https://[::1%25lo]/"),
    # short and odd addresses
    *(
        "https://127.1/",
        "https://127.0.1/",
        "https://127.0.0.1./",
        "https://0/",
        "https://0x7f.1/",
        "https://00/",
        "https://1/",
    ),
    *(
        "https://127.0.0.01/",
        "https://127.0.0.256/",
        "https://0127.0.0.1/",
        "https://127.0.0.1.1/",
        "https://127..0.1/",
    ),
)


def tunnelled(v4: str) -> tuple[str, ...]:
    """IPv6 addresses whose packets end at this IPv4 address: mapped, compatible, 6to4, Teredo, NAT64, ISATAP."""
    number = int(ipaddress.IPv4Address(v4))
    high, low = number >> 16, number & 0xFFFF
    hidden = number ^ 0xFFFFFFFF
    return (
        f"::ffff:{v4}",
        f"::ffff:{high:x}:{low:x}",
        f"0:0:0:0:0:ffff:{high:04x}:{low:04x}",
        f"::{v4}",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:808:808:0:0:{hidden >> 16:x}:{hidden & 0xFFFF:x}",
        f"2001:0:{high:x}:{low:x}:0:0:f7f7:f7f7",
        f"64:ff9b::{high:x}:{low:x}",
        f"64:ff9b:1::{high:x}:{low:x}",
        f"2607:f8b0::5efe:{high:x}:{low:x}",
        f"2607:f8b0::200:5efe:{high:x}:{low:x}",
        f"2607:f8b0::300:5efe:{high:x}:{low:x}",
    )


def numbers(v4: str) -> tuple[str, ...]:
    """An IPv4 address as inet_aton reads it: one decimal, octal or hexadecimal number, and parts in other bases."""
    number, parts = int(ipaddress.IPv4Address(v4)), [int(part) for part in v4.split(".")]
    return (
        str(number),
        hex(number),
        f"0x{number:08X}",
        f"0{number:o}",
        ".".join(f"0{part:o}" for part in parts),
        ".".join(hex(part) for part in parts),
        f"{parts[0]}.{parts[1]}.{parts[2] << 8 | parts[3]}",
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.0x{number & 0xFFFFFF:x}",
    )


@cache
def answers() -> tuple[str, ...]:
    """Addresses that a resolver may answer, none of a public server."""
    return tuple(dict.fromkeys([*V4, *V6, *(one for v4 in V4 for one in tunnelled(v4)), "fe80::1%eth0", "no address"]))


@cache
def urls() -> tuple[str, ...]:
    """URLs that say by themselves that they may not be asked for."""
    return tuple(dict.fromkeys(_urls()))


def _urls() -> Iterator[str]:
    for v4 in V4:
        yield f"https://{v4}/a.jpg"
        yield from (f"https://[{one}]/a.jpg" for one in tunnelled(v4))
        yield from (f"https://{one}/a.jpg" for one in numbers(v4))
    yield from (f"https://[{one}]/a.jpg" for one in V6)
    yield from (f"https://{name}/a.jpg" for name in NAMES)
    yield from _SHAPES
