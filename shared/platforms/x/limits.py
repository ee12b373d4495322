"""How X counts a text: weighted characters, as its open counting rules (version 3) have them.

280 weighted characters; code points of the Latin-like ranges weigh 1, all others 2; an emoji weighs 2 however many
code points it is made of; a URL weighs 23 however long it is; the text is brought to NFC first.
Source: docs.x.com/fundamentals/counting-characters and github.com/twitter/twitter-text (config/v3.json), 2026-11-22.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

import regex

MAX_WEIGHT: Final = 280
URL_WEIGHT: Final = 23
MAX_ALT_TEXT: Final = 1000
_HEAVY: Final = 2
_LIGHT_RANGES: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_MAX_URL: Final = 4096

# A bare «example.com» becomes a link too, but only below a top-level domain that X knows. These are the country codes
# and the generic domains in wide use: with a rarer one and no https:// the count is that of its characters.
_COUNTRIES: Final = (
    "ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc "
    "cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg es et eu fi fj fm fo fr ga gb gd ge "
    "gf gg gh gi gl gm gn gp gq gr gt gu gw gy hk hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km "
    "kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my "
    "mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd "
    "se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy "
    "uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_GENERIC: Final = (
    "com org net edu gov mil int info biz name pro aero coop museum mobi jobs travel tel asia cat post arpa app dev page "
    "blog shop store online site website tech cloud digital agency media news live video studio design art music film "
    "photo photos social community club group team games world global city tokyo london berlin paris nyc amsterdam xyz "
    "top vip link click space fun icu wiki email host press academy school university company business consulting "
    "solutions services systems network software support events tours deals sale market marketing finance money fund "
    "capital bank insurance legal health care clinic dental fitness yoga food restaurant cafe bar pub pizza coffee wine "
    "beer bio eco green energy solar house homes land estate realty properties rent hotel holiday fashion style "
    "clothing shoes beauty jewelry gift gifts toys pet dog kids family life love dating wedding guru ninja expert "
    "today how one new zone center place rocks cool best tips guide review reviews report foundation charity church"
)
_KNOWN: Final = "|".join(sorted((_COUNTRIES + " " + _GENERIC).split(), key=len, reverse=True))
_LABEL: Final = r"[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}])?"
_NAME: Final = r"[\p{L}\p{N}\p{So}](?:[\p{L}\p{M}\p{N}\p{So}-]*[\p{L}\p{M}\p{N}\p{So}])?"
_PLAIN: Final = r"[\p{Latin}0-9](?:[\p{Latin}0-9-]*[\p{Latin}0-9])?"
_DOMAIN_END: Final = r"(?![0-9a-zA-Z@+\-_])"
_PATH: Final = r"(?:/[\p{Latin}\p{Cyrillic}\p{M}0-9!*';:=+,.$/%#\[\]\-–_~@|&()]*)?"
_QUERY: Final = r"(?:\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*)?"
_URL: Final = regex.compile(
    r"(?<![\p{Latin}0-9@＠$#＃])(?:"
    rf"(?P<scheme>https?://)(?P<host>(?:{_LABEL}\.)*{_NAME}\.(?:xn--[a-z0-9-]+|[a-z]{{2,}}|\p{{L}}{{2,}})){_DOMAIN_END}"
    r"(?::[0-9]+)?"
    rf"|(?<![-_./])(?P<bare>(?:{_PLAIN}\.)+(?:{_KNOWN})){_DOMAIN_END})"
    rf"{_PATH}{_QUERY}",
    regex.IGNORECASE,
)
_LOOSE_END: Final = regex.compile(r"[!*';:,.$%\[\]~|&@–?]+$")
_PICTURE: Final = r"\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:[\U000E0020-\U000E007E]+\U000E007F)?"
_EMOJI: Final = regex.compile(
    rf"[0-9#*]\uFE0F?\u20E3|\p{{Regional_Indicator}}{{2}}|{_PICTURE}(?:\u200D{_PICTURE}){{0,7}}",
)


def count(text: str) -> int:
    """The weighted length of a text, to be compared with 280."""
    normal = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for start, end in url_spans(normal):
        total += _weigh(normal[at:start]) + URL_WEIGHT
        at = end
    return total + _weigh(normal[at:])


def url_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where X would see a link in the text: (start, end) of each."""
    for match in _URL.finditer(text):
        end = _trimmed_end(match)
        if end - match.start() <= _MAX_URL and _resolvable(match["host"] or match["bare"]):
            yield match.start(), end


def _weigh(text: str) -> int:
    emoji = sum(_HEAVY for _ in _EMOJI.finditer(text))
    return emoji + sum(_weight_of(char) for char in _EMOJI.sub("", text))


def _weight_of(char: str) -> int:
    return 1 if any(low <= ord(char) <= high for low, high in _LIGHT_RANGES) else _HEAVY


def _trimmed_end(match: regex.Match[str]) -> int:
    """Punctuation at a URL's end belongs to the sentence, and so does a bracket that it did not open."""
    url, start = match.group(), match.start()
    host_end = match.end("host") if match["host"] else match.end("bare")
    while start + len(url) > host_end:
        shorter = _LOOSE_END.sub("", url)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == url:
            break
        url = shorter
    return max(start + len(url), host_end)


def _resolvable(host: str) -> bool:
    """Whether each label fits into 63 octets once it is written in ASCII."""
    try:
        return all(0 < len(label.encode("idna")) <= 63 for label in host.split("."))
    except UnicodeError:
        return False
