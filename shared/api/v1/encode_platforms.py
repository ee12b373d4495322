"""From manifests to this dialect's answers: the limits in their common shape, and everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shared.api.v1 import views_platforms
from shared.api.v1 import views_posts as views
from shared.domain import codec
from shared.domain.content import Kind
from shared.platforms.manifest import (
    FEATURES,
    Action,
    ApiVersion,
    Feature,
    KindLimit,
    Manifest,
    MediaLimit,
    NotOffered,
    Resource,
)

_SEVERAL = (Kind.CAROUSEL, Kind.IMAGE)


def constraints(manifest: Manifest) -> views.PlatformConstraints:
    """A network's limits over all its kinds."""
    media = [kind.media for kind in manifest.kinds if kind.media]
    return views.PlatformConstraints(
        text=views.TextConstraints(
            max_length=manifest.text.max_length,
            counting_mode=manifest.text.counted_in,
            max_bytes=manifest.text.max_bytes,
            max_hashtags=manifest.text.max_hashtags or 0,
        ),
        media=_media(media),
        carousel=_carousel(manifest.kinds),
        scheduling=views.SchedulingConstraints(supported=True, mode="server_side"),
        supports_platform_attachment_id=False,
        supports_mixed_media=any(kind.mixed for kind in manifest.kinds),
    )


def platform(manifest: Manifest) -> views_platforms.PlatformResponse:
    """All that is known of a network."""
    return views_platforms.PlatformResponse(
        name=manifest.name,
        title=manifest.title,
        aliases=list(manifest.aliases),
        api_version=manifest.api.name,
        api_sunset=manifest.api.sunset.isoformat() if manifest.api.sunset else None,
        connect=views_platforms.ConnectInfo(
            style=manifest.oauth.style,
            scopes=list(manifest.oauth.scopes),
            fields=[_option(option) for option in (*manifest.oauth.fields, *manifest.oauth.extra)],
        ),
        apis=[_api(api) for api in (manifest.api, *manifest.apis)],
        publishes=manifest.publishes,
        features={name: _feature(manifest.feature(name)) for name in FEATURES},
        actions=[_action(action) for action in manifest.actions],
        resources=[_resource(resource) for resource in manifest.resources],
        facets={name: "offered" if facet == "offered" else facet.reason for name, facet in manifest.facets.items()},
        text=constraints(manifest).text,
        kinds=[_kind(manifest, kind) for kind in manifest.kinds],
        options=[_option(option) for option in manifest.options],
        thread_max_items=manifest.thread,
        first_comment=manifest.first_comment,
        deletes=manifest.deletes,
        rate_limits=dict(manifest.rate_limits),
        sources=sorted({kind.media.source.url for kind in manifest.kinds if kind.media} | {manifest.text.source.url}),
        checked_on=max(_dates(manifest)),
    )


def _media(limits: Sequence[MediaLimit]) -> views.MediaConstraints:
    return views.MediaConstraints(
        supported_image_types=sorted({kind for limit in limits for kind in limit.image_types}),
        supported_video_types=sorted({kind for limit in limits for kind in limit.video_types}),
        max_image_size_bytes=_most(limit.max_image_bytes for limit in limits),
        max_video_size_bytes=_most(limit.max_video_bytes for limit in limits),
        min_video_duration_sec=_least(limit.min_seconds for limit in limits),
        max_video_duration_sec=_most(limit.max_seconds for limit in limits),
    )


def _carousel(kinds: Sequence[KindLimit]) -> views.CarouselConstraints:
    several = [kind for kind in kinds if kind.kind in _SEVERAL and kind.max_items > 1]
    video = any(kind.media and kind.media.video_types for kind in several)
    return views.CarouselConstraints(
        supported=bool(several),
        min_items=min((max(kind.min_items, 2) for kind in several), default=0),
        max_items=max((kind.max_items for kind in several), default=0),
        images_only=bool(several) and not video,
        photos_only=bool(several) and not video,
        allow_video=video,
    )


def _kind(manifest: Manifest, limit: KindLimit) -> views_platforms.KindInfo:
    media: dict[str, Any] = codec.encode(limit.media) if limit.media else {}
    media.pop("source", None)
    shown = {name: value for name, value in media.items() if value not in (None, [], {})}
    return views_platforms.KindInfo(
        kind=str(limit.kind),
        min_items=limit.min_items,
        max_items=limit.max_items,
        mixed=limit.mixed,
        first_comment=manifest.first_comment and limit.first_comment,
        media=shown,
    )


def _api(api: ApiVersion) -> views_platforms.ApiInfo:
    sunset = api.sunset.isoformat() if api.sunset else None
    return views_platforms.ApiInfo(version=api.name, sunset=sunset, source=api.source.url)


def _feature(feature: Feature | None) -> views_platforms.FeatureInfo:
    if not isinstance(feature, NotOffered):
        return views_platforms.FeatureInfo(offered=feature == "offered")
    source = feature.source
    return views_platforms.FeatureInfo(
        offered=False, reason=feature.reason, source=source.url, checked_on=source.on.isoformat()
    )


def _action(action: Action) -> views_platforms.ActionInfo:
    return views_platforms.ActionInfo(
        verb=action.verb,
        max_text=action.text.max_length if action.text else None,
        arguments=[_option(option) for option in action.options],
        max_media=action.max_media,
        repeatable=action.repeatable,
    )


def _resource(resource: Resource) -> views_platforms.ResourceInfo:
    return views_platforms.ResourceInfo(
        name=resource.name,
        description=resource.description,
        arguments=[_option(option) for option in resource.arguments],
    )


def _option(option: Any) -> views_platforms.OptionInfo:
    return views_platforms.OptionInfo(
        name=option.name,
        type=option.type,
        description=option.description,
        enum=list(option.enum) or None,
        required=option.required,
    )


def _dates(manifest: Manifest) -> list[str]:
    found = [manifest.text.source.on, manifest.api.source.on, manifest.timing.source.on]
    return [one.isoformat() for one in found]


def _most(values: Iterable[float | None]) -> int:
    """The largest known value; 0 when there is none, or no limit is known for one."""
    found = [value for value in values if value is not None]
    return int(max(found, default=0))


def _least(values: Iterable[float | None]) -> int:
    found = [value for value in values if value is not None]
    return int(min(found, default=0))
