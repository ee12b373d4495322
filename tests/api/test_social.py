"""The social dialect: every verb of every platform, on the simulated networks; and what holds for all of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shared.api.social import rows
from shared.api.social.dialect import PLATFORMS
from shared.operations import accounts
from shared.operations.accounts import Connect, Redirect
from shared.platforms import names, registry
from shared.platforms.verbs import Field, Verb
from tests.api.client import PHOTO, Answer, Api, api
from tests.conformance.stage_social import examples
from tests.operations import flows

ROOT = Path(__file__).parents[2]
SPOKEN = [prefix for prefix in PLATFORMS if rows.verbs(prefix) and prefix not in names.ALIASES.values()]
_ORDER = (
    "accounts",
    "ad_accounts",
    "publish",
    "conversations",
    "act",
    "ad_create",
    "resource",
    "comments",
    "mentions",
    "messages",
    "ad_objects",
    "post_stats",
    "account_stats",
    "ad_stats",
    "ad_status",
    "ad_delete",
    "delete_post",
)
_REFUSED = {("instagram", "media/{media_id}"): 501}  # for connections through Facebook Login only


class Walk:
    """One platform's verbs, one after the other: what one made is what the next is about."""

    def __init__(self, prefix: str) -> None:
        self.call, self.prefix = api(), prefix
        examples(self.call)
        for network in {names.ALIASES.get(prefix, prefix), *(verb.through for verb in rows.verbs(prefix))} - {""}:
            self.call.accounts[network] = _connected(self.call, network)
        self.known: dict[str, Any] = {"level": "campaign"}

    def do(self, verb: Verb) -> Answer:
        """The request of the verb's examples, about what is known."""
        self._prepare(verb)
        given = {one.name: value for one in verb.fields if (value := self._value(one)) is not None}
        path = f"/v1/social/{self.prefix}/" + verb.path.format(**given)
        asked = {name: value for name, value in given.items() if name not in rows.inside(verb)}
        if verb.method == "GET":
            answer = self.call("GET", f"{path}?{urlencode(asked)}" if asked else path)
        else:
            answer = self.call(verb.method, path, asked)
        self._learn(verb, answer)
        return answer

    def _value(self, one: Field) -> Any:
        if one.to == "on" and one.name == "entity_id":
            return self.known["campaign_id"]
        if one.name in self.known and (one.required or one.example is not None):
            return self.known[one.name]
        return self.known.get("account") if one.to == "account" else one.example

    def _prepare(self, verb: Verb) -> None:
        """What no verb of the platform tells: somebody who wrote, a pixel."""
        account = self.call.accounts.get(names.ALIASES.get(self.prefix, self.prefix), "")
        if verb.field_to("on") and verb.verb == "message.send" and "recipient_id" not in self.known:
            talks = self.call("GET", f"/v1/accounts/{account}/conversations").json.get("data")
            self.known |= {"recipient_id": talks[0]["people"][0]["id"]} if talks else {}
        if verb.verb == "ad.create":  # where there are no creatives, a post is one
            self.known.setdefault("creative_id", self.known.get("pin_id") or self.known.get("post_id"))
        if any(one.name == "conversion_pixel_id" for one in verb.fields):
            payer = self.known["ad_account_id"]
            found = self.call("GET", f"/v1/accounts/{account}/resources/ad_pixels?ad_account_id={payer}")
            self.known["conversion_pixel_id"] = found.json["data"][0]["id"]

    def _learn(self, verb: Verb, answer: Answer) -> None:
        if answer.status == 202:
            self.call.sleep(600)
            became = self.call("GET", answer.json["poll"]).json
            made = became["targets"][0]["platform_post_id"] if "targets" in became else became["platform_id"]
            self.known.setdefault(verb.key, made)
        if answer.status != 200:
            return
        found = answer.json.get(verb.key)
        if verb.does == "accounts":
            self.known["account"] = found[0]["id"]
        elif verb.does == "ad_accounts":
            self.known["ad_account_id"] = found[0]["id"]
        elif verb.does == "conversations":
            self.known["conversation_id"] = found[0]["id"]
        elif isinstance(found, str):
            self.known.setdefault(verb.key, found)


@pytest.mark.parametrize("prefix", SPOKEN)
def test_every_verb_of_a_platform_does_what_it_says(prefix: str) -> None:
    walk = Walk(prefix)
    for verb in sorted(rows.verbs(prefix), key=lambda one: _ORDER.index(one.does)):
        answer = walk.do(verb)
        wanted = _REFUSED.get((prefix, verb.path))
        said = f"{verb.method} {prefix}/{verb.path}: {answer.status} {answer.json}"
        assert answer.status == wanted if wanted else answer.status in (200, 202), said
        assert answer.json["success"] is (wanted is None), said


@pytest.mark.parametrize("prefix", SPOKEN)
def test_verbs_name_only_what_the_manifest_has_and_all_that_it_needs(prefix: str) -> None:
    for verb in rows.verbs(prefix):
        manifest = registry.manifest(verb.through or _network(prefix))
        given = {one.to.split(".")[1] for one in verb.fields if one.to.startswith("option.")} | set(verb.sets)
        if verb.does == "resource":
            assert verb.resource in {one.name for one in manifest.resources}, verb.path
        elif verb.verb:
            action = manifest.action(verb.verb)
            assert action is not None, verb.path
            assert given <= {one.name for one in action.options}, verb.path
            needed = {one.name for one in action.options if one.required and one.name != "ad_account_id"}
            assert needed <= given, verb.path
            assert action.max_media or not verb.field_to("media"), verb.path
        elif verb.does == "publish":
            assert given <= {one.name for one in manifest.options}, verb.path


def test_of_several_accounts_the_one_that_made_a_post_is_meant() -> None:
    walk = Walk("bluesky")
    by_path = {verb.path: verb for verb in rows.verbs("bluesky") if verb.method != "DELETE"}
    flows.signed_in(walk.call.rig, walk.call.caller, "bob")
    walk.do(by_path["accounts"])
    assert walk.do(by_path["publish"]).status == 200
    post = walk.known["post_id"]
    assert walk.call("GET", f"/v1/social/bluesky/post-stats?{urlencode({'post_id': post})}").status == 200
    assert walk.call("DELETE", "/v1/social/bluesky/post", {"post_id": post}).status == 200
    unknown = walk.call("DELETE", "/v1/social/bluesky/post", {"post_id": f"{post}x"})
    assert (unknown.status, unknown.json["meta"]["field"]) == (400, "account_id")


def test_a_listing_shows_what_was_published_through_the_same_dialect() -> None:
    walk = Walk("bluesky")
    by_path = {verb.path: verb for verb in rows.verbs("bluesky") if verb.method != "DELETE"}
    for path in ("accounts", "publish"):
        assert walk.do(by_path[path]).status == 200
    (one,) = walk.do(by_path["posts"]).json["posts"]
    assert one["id"] == walk.known["post_id"]
    assert one["text"] == "Good morning"


def test_what_takes_longer_than_anybody_waits_is_accepted_and_can_be_polled() -> None:
    call, page = _page()
    call.rig.clock.while_asleep = call.rig.clock.advance  # no worker works meanwhile
    answer = _publish(call, page, Idempotency_Key="slow")
    assert answer.status == 202
    assert answer.json["status"] == "publishing"
    assert call("GET", answer.json["poll"]).json["status"] == "publishing"
    call.settle()
    assert call("GET", answer.json["poll"]).json["status"] == "published"
    again = _publish(call, page, Idempotency_Key="slow")
    assert (again.status, again.data) == (202, answer.data)


def test_the_same_key_is_answered_the_same_and_published_once() -> None:
    call, page = _page()
    first = _publish(call, page, Idempotency_Key="one")
    again = _publish(call, page, Idempotency_Key="one")
    assert first.status == 200
    assert (again.status, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = _publish(call, page, "Something else", Idempotency_Key="one")
    assert (other.status, other.json["error_code"]) == (409, "IDEMPOTENCY/KEY_REUSED")
    assert len(call.stored("posts")) == 1


def test_a_refusal_of_the_network_is_kept_under_the_key_because_the_post_is_there() -> None:
    call = api()
    caption = "x [[sandbox:rejected]]"
    body = {"account_id": call.connect("instagram"), "image_url": PHOTO, "caption": caption}
    first = call("POST", "/v1/social/instagram/publish-post", body, Idempotency_Key="refused")
    again = call("POST", "/v1/social/instagram/publish-post", body, Idempotency_Key="refused")
    assert (first.status, first.json["error_code"]) == (400, "INSTAGRAM/INVALID_IMAGE")
    assert (again.status, again.data) == (400, first.data)
    assert len(call.stored("posts")) == 1


def test_an_unknown_field_names_the_nearest_in_this_dialects_spelling() -> None:
    call, page = _page()
    answer = call("POST", "/v1/social/facebook/publish", {"page_id": page, "mesage": "Hello"})
    assert (answer.status, answer.json["error_code"]) == (400, "VALIDATION/FIELD_UNKNOWN")
    assert answer.json["meta"]["did_you_mean"] == "message"


def test_an_operations_refusal_names_the_field_as_it_is_called_here() -> None:
    call, page = _page()
    body = {"page_id": page, "media_url": "https://sandbox.rostrum.test/media/none.jpg"}
    answer = call("POST", "/v1/social/facebook/publish", body)
    assert answer.json["error_code"] == "FACEBOOK/INVALID_MEDIA"
    assert answer.json["meta"]["field"] == "media_url"
    assert answer.json["message"].startswith("media_url")


def test_what_an_adapter_says_of_an_argument_names_the_field_as_it_is_called_here() -> None:
    walk = Walk("tiktok")
    by_path = {f"{verb.method} {verb.path}": verb for verb in rows.verbs("tiktok")}
    for path in ("GET ads/accounts", "POST ads/campaigns", "POST ads/adsets", "POST ads/creatives"):
        assert walk.do(by_path[path]).status == 200
    known = {name: walk.known[name] for name in ("ad_account_id", "adset_id", "creative_id")}
    refused = walk.call("POST", "/v1/social/tiktok/ads/ads", {**known, "name": "Ad", "body": "Look"})
    assert (refused.status, refused.json["meta"]["field"]) == (400, "link_url")
    assert refused.json["message"].startswith("link_url:")


@pytest.mark.parametrize("prefix", SPOKEN)
def test_another_workspaces_account_is_not_found_by_any_verb(prefix: str) -> None:
    mine = Walk(prefix)
    theirs = api(mine.call.rig)
    for verb in rows.verbs(prefix):
        if verb.does in ("accounts", "ad_accounts"):
            continue
        given = {one.name: _foreign(mine, one) for one in verb.fields if one.required or one.to == "account"}
        path = f"/v1/social/{prefix}/" + verb.path.format(**given)
        asked = {name: value for name, value in given.items() if name not in rows.inside(verb)}
        query = f"?{urlencode(asked)}" if verb.method == "GET" and asked else ""
        answer = theirs(verb.method, path + query, None if verb.method == "GET" else asked)
        if verb.only_ours:
            assert answer.status == 403
            continue
        assert answer.status == 404, f"{verb.method} {prefix}/{verb.path}: {answer.json}"
        assert answer.json["error_code"].endswith("/ACCOUNT_NOT_FOUND"), answer.json


def test_a_key_of_another_brand_finds_nothing_of_this_one() -> None:
    call, page = _page()
    brand = call("POST", "/v1/brands", {"name": "Other"}).json["id"]
    key = call("POST", "/v1/keys", {"name": "other", "mode": "test", "brand_ids": [brand]}).json["raw_key"]
    assert call("GET", "/v1/social/facebook/pages", key=key).json["pages"] == []
    assert call("GET", f"/v1/social/facebook/photos?page_id={page}", key=key).status == 404
    refused = call("POST", "/v1/social/facebook/publish", {"page_id": page, "message": "Hello"}, key=key)
    assert (refused.status, refused.json["error_code"]) == (404, "FACEBOOK/ACCOUNT_NOT_FOUND")


def test_a_restricted_key_reaches_the_verbs_of_its_scopes_only() -> None:
    call, page = _page()
    made = call("POST", "/v1/keys", {"name": "reader", "mode": "test", "scopes": ["accounts:read"]})
    key = made.json["raw_key"]
    assert call("GET", f"/v1/social/facebook/photos?page_id={page}", key=key).status == 200
    body = {"page_id": page, "message": "Hello"}
    refused = call("POST", "/v1/social/facebook/publish", body, key=key)
    assert (refused.status, refused.json["error_code"]) == (403, "AUTH/INSUFFICIENT_SCOPE")
    assert call("POST", "/v1/social/facebook/publish", body, key=None).status == 401


def test_deleting_takes_the_id_of_a_post_of_ones_own_and_nothing_else() -> None:
    call = api()
    account = call.connect("bluesky")
    did = call("GET", "/v1/social/bluesky/accounts").json["accounts"][0]["id"]
    for given in (
        f"at://{did}/app.bsky.actor.profile/self",
        "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k",
        "me/x",
    ):
        answer = call("DELETE", "/v1/social/bluesky/post", {"account_id": account, "post_id": given})
        assert (answer.status, answer.json["meta"]["field"]) == (400, "post_id")
    assert all(sent.method != "POST" or "deleteRecord" not in sent.url for sent in call.rig.sandbox.sent)


def test_a_key_that_may_not_delete_comments_deletes_only_what_was_made_here() -> None:
    call, page = _page()
    made = call("POST", "/v1/keys", {"name": "writer", "mode": "test", "scopes": ["posts:write"]})
    key, post = made.json["raw_key"], _publish(call, page).json["post_id"]
    refused = call("DELETE", f"/v1/social/facebook/post/{page}_17", {"page_id": page}, key=key)
    assert (refused.status, refused.json["error_code"]) == (403, "AUTH/INSUFFICIENT_SCOPE")
    assert call("DELETE", f"/v1/social/facebook/post/{post}", {"page_id": page}, key=key).status == 200


def test_a_pages_token_is_shown_to_nobody_whose_key_does_not_name_the_scope() -> None:
    call, _ = _page()
    (page,) = call("GET", "/v1/social/facebook/pages").json["pages"]
    assert "access_token" not in page


def test_asking_for_one_platform_imports_no_other() -> None:
    code = (
        "import sys; from shared.api.engine.routing import match; from shared.api.social.dialect import SOCIAL;"
        "from shared.api.engine.routes import load;"
        "route = match(SOCIAL, 'POST', '/v1/social/tiktok/publish-video').route; load(route.body); load(route.handler);"
        "print(sorted({name.split('.')[2] for name in sys.modules if name.startswith('shared.platforms.')}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(ast.literal_eval(run.stdout)) & {*names.NAMES.values()}
    assert loaded == {"tiktok"}


def test_a_path_that_no_platform_has_is_told_the_nearest() -> None:
    answer = api()("POST", "/v1/social/facebook/publsh", {})
    assert answer.status == 404
    assert "/v1/social/facebook/publish" in answer.json["message"]


def test_an_alias_is_the_same_network() -> None:
    call = api()
    call.connect("twitter")
    assert call("GET", "/v1/social/x/accounts").json == call("GET", "/v1/social/twitter/accounts").json


def _connected(call: Api, network: str) -> str:
    """An account, with what its person hands over beside the consent (TikTok's ads have a consent of their own)."""
    extra = {option.name for option in registry.manifest(network).oauth.extra}
    if not extra:
        return call.connect(network)
    seeded = registry.simulator(network).seed(call.rig.sandbox.world(network), "rostrum")
    metadata = {name: value for name, value in seeded.items() if name in extra}
    begun = accounts.connect(call.rig.ports, call.caller, Connect(network, metadata=metadata))
    assert isinstance(begun, Redirect)
    return accounts.callback(call.rig.ports, network, flows.consent(call.rig, begun)).account_id


def _foreign(mine: Walk, one: Field) -> Any:
    """What a request needs, about the other workspace's account."""
    return mine.call.accounts[_network(mine.prefix)] if one.to == "account" else one.example or "1"


def _network(prefix: str) -> str:
    return names.ALIASES.get(prefix, prefix)


def _page() -> tuple[Api, str]:
    call = api()
    call.connect("facebook")
    return call, str(call("GET", "/v1/social/facebook/pages").json["pages"][0]["id"])


def _publish(call: Api, page: str, message: str = "Hello", **headers: str) -> Answer:
    body: Mapping[str, Any] = {"page_id": page, "message": message, "media_url": PHOTO}
    return call("POST", "/v1/social/facebook/publish", body, **headers)
