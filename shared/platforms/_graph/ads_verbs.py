"""Meta's ads in verbs: one Marketing API for all of its networks, told apart by placements."""

from __future__ import annotations

from shared.platforms._graph.currencies import WHOLE_UNITS
from shared.platforms._verbs import file, option
from shared.platforms._verbs_ads import FIGURES, AdVerbs, daily_budget, lifetime_budget, times
from shared.platforms.verbs import Column, Field, Says

# The objectives of before 2022, and what took their place:
# https://developers.facebook.com/docs/marketing-api/reference/ad-campaign-group#objectives, read 2026-11-22.
OBJECTIVES = {
    "LINK_CLICKS": "traffic",
    "CONVERSIONS": "sales",
    "REACH": "awareness",
    "POST_ENGAGEMENT": "engagement",
    "LEAD_GENERATION": "leads",
    "APP_INSTALLS": "app_promotion",
    "VIDEO_VIEWS": "video_views",
    "BRAND_AWARENESS": "awareness",
    "PAGE_LIKES": "engagement",
    "EVENT_RESPONSES": "engagement",
    "MESSAGES": "engagement",
    "PRODUCT_CATALOG_SALES": "sales",
    "STORE_VISITS": "awareness",
    "OUTCOME_TRAFFIC": "traffic",
    "OUTCOME_SALES": "sales",
    "OUTCOME_AWARENESS": "awareness",
    "OUTCOME_ENGAGEMENT": "engagement",
    "OUTCOME_LEADS": "leads",
    "OUTCOME_APP_PROMOTION": "app_promotion",
}
_REACH = Column("reach", "extra.reach", "integer", zero=True)


def _targeting(example: dict[str, object]) -> Field:
    told = "Meta's targeting object: geo_locations, age_min, age_max, publisher_platforms …"
    return option(
        "targeting",
        "targeting.network",
        required=True,
        type="object",
        description=told,
        example=example,
        without=("platforms",),
    )


def _group(budget: int, goal: str, example: dict[str, object]) -> tuple[Field, ...]:
    return (
        daily_budget(budget),
        lifetime_budget(),
        *times(),
        option("billing_event", example="IMPRESSIONS"),
        option("optimization_goal", example=goal),
        _targeting(example),
    )


_AUDIENCE: dict[str, object] = {"geo_locations": {"countries": ["US", "CA"]}, "age_min": 18, "age_max": 45}
OWN = AdVerbs(  # of the network that the ad accounts belong to
    objectives=OBJECTIVES,
    campaign=(option("special_ad_categories", type="strings"),),
    group=_group(1500, "REACH", _AUDIENCE),
    creative=(
        option("title", "headline", example="Amazing Offer"),
        option("body", example="Get 50% OFF today!"),
        file("image_url", required=False, example="https://example.com/image.jpg"),
        option("link_url", "link", example="https://your-landing-page.com"),
        option("call_to_action"),
    ),
    decimals=dict.fromkeys(WHOLE_UNITS, 0),
)


def elsewhere(through: str, placement: str) -> AdVerbs:
    """The ads of another of Meta's networks: made by ``through``'s accounts, shown on ``placement`` alone."""
    invalid = Says("TARGETING_INVALID", f"Targeting settings must include {placement.title()} as a platform.")
    audience = {
        "publisher_platforms": [placement],
        "geo_locations": {"countries": ["US"]},
        "age_min": 18,
        "age_max": 24,
    }
    return AdVerbs(
        objectives=OBJECTIVES,
        campaign=(option("special_ad_categories", type="strings"),),
        group=_group(2000, "ENGAGED_USERS", audience),
        group_sets={"placements": [placement]},
        creative=(
            file("image_url", required=False, example="https://example.com/image.jpg"),
            option("caption", "body", example="Try our new features!"),
            option("link_url", "link", example="https://yourwebsite.com"),
            option("account_id", f"{placement}_user_id", description="The account that the ad shows."),
        ),
        figures=(*FIGURES[:2], _REACH, *FIGURES[2:]),
        decimals=dict.fromkeys(WHOLE_UNITS, 0),
        through=through,
        placements=(placement,),
        demands=(("targeting.publisher_platforms|targeting.platforms", placement, invalid),),
        no_accounts=Says("NO_ACCOUNTS_FOUND", "No eligible ad accounts found for the authenticated user."),
        deleted="Ad successfully deleted.",
    )
