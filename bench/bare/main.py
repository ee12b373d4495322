"""What everything is compared with: a function that reads a pydantic body and writes one, and nothing else."""

from __future__ import annotations

from typing import Literal

import functions_framework
from pydantic import BaseModel, ConfigDict
from werkzeug.wrappers import Request, Response


class Target(BaseModel):
    """Where to."""

    model_config = ConfigDict(extra="forbid")
    account_id: str


class Order(BaseModel):
    """The body that the creation of a post has in the same run."""

    model_config = ConfigDict(extra="forbid")
    text: str
    targets: list[Target]
    scheduled_at: str


class Answer(BaseModel):
    """Some of what was read."""

    id: str = "post_0"
    status: Literal["scheduled"] = "scheduled"
    text: str
    targets: list[Target]


@functions_framework.http
def bare(request: Request) -> Response:
    """Validate, answer; a GET answers without reading."""
    if request.method == "GET":
        return Response("ok", content_type="text/plain")
    order = Order.model_validate_json(request.get_data())
    return Response(Answer(text=order.text, targets=order.targets).model_dump_json(), content_type="application/json")
