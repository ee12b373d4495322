"""Media: one function per route."""

from __future__ import annotations

import json

from shared.api.creator import models_media as models
from shared.api.engine.exchange import Exchange, Reply
from shared.domain.errors import Invalid
from shared.domain.media import CONTENT_TYPES, Media
from shared.operations import compatibility, media, networks, thumbnails
from shared.ports.world import Ports

MAX_HINTS = 30


def upload(x: Exchange[models.UploadFields, None]) -> Reply:
    """POST /media/upload"""
    if x.file is None:
        raise Invalid("validation.field_required", "file: send the file in this field.", field="file")
    hints = _hints(x.body.platform_hints)
    kept = media.upload(
        x.ports,
        x.caller,
        filename=x.file.filename,
        content_type=x.file.content_type,
        chunks=x.file.chunks(),
        alt_text=x.body.alt_text,
        hints=hints,
    )
    return Reply(201, _shown(x.ports, kept))


def get(x: Exchange[None, None]) -> Reply:
    """GET /media/{media_id}"""
    return Reply(200, _shown(x.ports, media.get(x.ports, x.caller, x.path["media_id"])))


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /media/{media_id}"""
    media.delete(x.ports, x.caller, x.path["media_id"])
    return Reply(204)


def _hints(given: str | list[str]) -> list[str]:
    """Public names of networks, each once. Raises Invalid naming the item."""
    names = given if isinstance(given, list) else _listed(given.strip())
    if len(names) > MAX_HINTS:
        text = f"platform_hints: at most {MAX_HINTS} networks."
        raise Invalid("validation.field_invalid", text, field="platform_hints")
    found = [networks.resolved(name, f"platform_hints[{index}]") for index, name in enumerate(names)]
    return list(dict.fromkeys(found))


def _listed(text: str) -> list[str]:
    if not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        text = (
            "platform_hints: write names with commas between, or a JSON list of them (GET /v1/platforms has them all)."
        )
        raise Invalid("validation.field_invalid", text, field="platform_hints")
    return value


def _shown(ports: Ports, one: Media) -> models.MediaResponse:
    held = thumbnails.with_thumbnails(ports, one)
    facts, small = one.facts, media.thumbnail_urls(ports, held)
    return models.MediaResponse(
        media_id=one.id,
        type=str(facts.type if facts else CONTENT_TYPES[one.content_type]),
        status=one.status,
        url=media.preview_url(ports, one) if one.status == "ready" else None,
        thumbnails=models.Thumbnails(**small) if small else None,
        dimensions=models.Dimensions(width=facts.width, height=facts.height)
        if facts and facts.width and facts.height
        else None,
        alt_text=facts.alt_text or None if facts else None,
        platform_compatibility=_compatibility(one),
        created_at=one.created_at,
    )


def _compatibility(one: Media) -> dict[str, models.PlatformCompatibility]:
    """For the networks that were named at the upload."""
    judged = [compatibility.judge(name, one.facts) for name in one.hints] if one.facts else []
    return {
        found.platform: models.PlatformCompatibility(
            compatible=found.compatible,
            optimized=found.optimized,
            kinds=list(found.kinds),
            reason=found.reason or None,
            suggestion=found.suggestion or None,
        )
        for found in judged
    }
