"""Looking for marks first is only a shortcut: what the pattern would cut out is cut out."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from shared.runtime import logs

WORDS = st.sampled_from(
    [
        *("rst_live_abc", "RST_TEST_x", "Bearer abc", "basic xyz==", "DPoP q", "OAuth 0123456789abcdefgh", "whsec_ab"),
        *("access_token=1", "id_jwt: x", '"app_password": "p"', "client_secret=s", "appsecret_proof=1", "token: t"),
        *("code_verifier=v", "api_key=k", "apikey: k", "Authorization: zzz", "set-cookie: a=b", "X-Goog-Signature=1"),
        *("signature=1", "sealed: s", "?code=123", "eyJhbGciOiJ9x.payload.sig", "paſſword=1", "basıc q", "\u212aey"),
        *("req_01M80SVC62SY9RTSN3G353FDZE", "GET /v1/posts/{pid}", "=", ":", " ", '"', "&", "published", "X-"),
    ]
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=6).map("".join))
@example("authorization=abc")
def test_the_shortcut_changes_nothing(text: str) -> None:
    everything = logs._SECRET.sub(lambda found: f"{found.group(found.lastgroup or 0)}[redacted]", text)
    assert logs.redact(text) == everything


@given(WORDS)
def test_every_kind_of_secret_alone(word: str) -> None:
    found = logs._SECRET.search(word)
    assert (logs.redact(word) != word) == (found is not None)
