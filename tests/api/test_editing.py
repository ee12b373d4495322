"""Until when a post can be edited: up to the first request that could make it visible."""

from __future__ import annotations

from shared.operations import publishing
from shared.ports.store import Write
from tests.api.client import PHOTO, Api, document


def _preparing(call: Api) -> str:
    """A post whose file is being prepared by the network."""
    media = [{"source_type": "url", "source": PHOTO}]
    made = call.post("one", ("instagram",), media=media, publish_now=True)
    for _ in range(20):
        if call.stored("targets")[0].data["state"] == "preparing":
            return str(made["id"])
        for task in call.rig.queue.take(call.rig.clock.now()):
            publishing.advance(call.rig.ports, dict(task.body))
    raise AssertionError("it was never prepared")


def test_a_post_can_be_edited_while_it_is_being_prepared(call: Api) -> None:
    path = f"/v1/posts/{_preparing(call)}"
    assert call("GET", path).json["status"] == "publishing"
    edited = call("PATCH", path, {"text": "two"})
    assert (edited.status, edited.json["text"]) == (200, "two")
    call.settle()
    after = call("GET", path).json
    assert (after["status"], after["targets"][0]["attempts"]) == ("published", 1)
    assert call.stored("targets")[0].data["pieces"][0]["text"] == "two"
    shown = [one for one in call.rig.sandbox.sent if one.url.endswith("/media_publish")]
    assert len(shown) == 1
    assert "until the first request" in document()["paths"]["/v1/posts/{pid}"]["patch"]["description"]


def test_from_then_on_it_cannot(call: Api) -> None:
    path = f"/v1/posts/{_preparing(call)}"
    doc = call.stored("targets")[0]
    for state in ("armed", "confirming", "unknown", "reconciling", "needs_review"):
        call.rig.store.commit([Write("set", doc.path, {**doc.data, "state": state})])
        answer = call("PATCH", path, {"text": "two"})
        assert (answer.status, answer.error["code"]) == (409, "post.state_invalid"), state
