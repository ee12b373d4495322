"""A PDF through the API: live where a network takes documents, refused with a clear error elsewhere."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.api.client import Api, api
from tests.support import files

TAKES = "linkedin"


def uploaded(call: Api) -> str:
    """A PDF in the library."""
    answer = call("POST", "/v1/media/upload", data={"file": (io.BytesIO(files.pdf()), "slides.pdf", "application/pdf")})
    assert answer.status == 201, answer.json
    return str(answer.json["media_id"])


def document(media_id: str) -> dict[str, Any]:
    return {"source_type": "media_id", "source": media_id, "type": "file"}


def test_a_pdf_goes_live() -> None:
    """Uploaded, posted, published; of the kind that it makes up."""
    call = api()
    post = call.post("Our slides", (TAKES,), media=[document(uploaded(call))], publish_now=True)
    call.settle()
    read = call("GET", f"/v1/posts/{post['id']}").json
    assert [target["status"] for target in read["targets"]] == ["published"]
    assert read["media"][0]["type"] == "file"


@pytest.mark.parametrize("name", ["bluesky", "facebook", "instagram", "threads", "twitter"])
def test_a_pdf_is_refused_elsewhere(name: str) -> None:
    """With the item, the network and the reason, before anything is kept."""
    call = api()
    targets = [{"account_id": call.connect(name)}]
    body = {"text": "Our slides", "targets": targets, "media": [document(uploaded(call))]}
    answer = call("POST", "/v1/posts", body)
    assert answer.status == 400, answer.json
    assert answer.error["code"] == "validation.media_type_mismatch"
    assert answer.meta["field"] == "media[0].source"
    assert "document" in answer.error["message"]
