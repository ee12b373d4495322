"""The fields of TikTok's Marketing API v1.3 by their types: what the simulator takes, so that it refuses all else.

As in the models of TikTok's own SDK 1.1.3; the vendor test holds them against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS, NUMBERS, WHOLE, FLAGS, LISTS, OBJECTS = str, (int, float), int, bool, list, dict
Types = Mapping[str, type | tuple[type, ...]]


def _typed(texts: str, numbers: str, flags: str, lists: str, whole: str = "", objects: str = "") -> Types:
    groups = ((texts, TEXTS), (numbers, NUMBERS), (flags, FLAGS), (lists, LISTS), (whole, WHOLE), (objects, OBJECTS))
    return {name: kind for names, kind in groups for name in names.split()}


CAMPAIGN: Final = _typed(
    texts="""
        advertiser_id app_id app_promotion_type bid_type budget_mode campaign_app_profile_page_state campaign_name
        campaign_product_source campaign_type deep_bid_type internal_channel objective_type operation_status
        optimization_goal plugin_partner po_number postback_window_mode request_id rf_campaign_type rta_id
        sales_destination virtual_objective_type
    """,
    numbers="budget roas_bid",
    flags="""
        budget_optimize_on catalog_enabled disable_skan_campaign is_advanced_dedicated_campaign is_search_campaign
        rta_bid_enabled rta_product_selection_enabled
    """,
    lists="special_industries",
)
AD_GROUP: Final = _typed(
    texts="""
        adgroup_app_profile_page_state adgroup_name advertiser_id app_id attribution_event_count audience_type
        bid_display_mode bid_type billing_event brand_safety_partner brand_safety_type budget_mode campaign_id
        catalog_authorized_bc_id catalog_id click_attribution_window creative_material_mode custom_conversion_id
        dayparting deep_bid_type deep_funnel_event_source deep_funnel_event_source_id deep_funnel_optimization_event
        deep_funnel_optimization_status engaged_view_attribution_window gender identity_authorized_bc_id identity_id
        identity_type ios14_targeting message_event_set_id messaging_app_account_id messaging_app_type
        min_android_version min_ios_version operation_status optimization_event optimization_goal pacing
        phone_number phone_region_calling_code phone_region_code pixel_id placement_type product_source
        promotion_target_type promotion_type promotion_website_type request_id saved_audience_id schedule_end_time
        schedule_start_time schedule_type secondary_optimization_event
        shopping_ads_retargeting_custom_audience_relation shopping_ads_retargeting_type shopping_ads_type
        spending_power statistic_type store_authorized_bc_id store_id vbo_window vertical_sensitivity_id
        view_attribution_window
    """,
    numbers="bid_price budget conversion_bid_price deep_cpa_bid frequency frequency_schedule next_day_retention roas_bid",
    flags="""
        automated_keywords_enabled comment_disabled is_hfss is_lhf_compliance search_result_enabled share_disabled
        skip_learning_phase smart_audience_enabled smart_interest_behavior_enabled video_download_disabled
    """,
    lists="""
        actions age_groups app_config audience_ids blocked_pangle_app_ids carrier_ids category_exclusion_ids
        contextual_tag_ids device_model_ids device_price_ranges excluded_audience_ids excluded_custom_actions
        excluded_pangle_audience_package_ids household_income included_custom_actions
        included_pangle_audience_package_ids interest_category_ids interest_keyword_ids isp_ids languages
        location_ids network_types operating_systems placements purchase_intention_keyword_ids search_keywords
        tiktok_subplacements zipcode_ids
    """,
    whole="shopping_ads_retargeting_actions_days",
    objects="audience_rule",
)
CREATIVE: Final = _typed(
    texts="""
        ad_format ad_name ad_text aigc_disclosure_type app_name auto_message_id avatar_icon_web_uri
        brand_safety_postbid_partner brand_safety_vast_url call_to_action call_to_action_id card_id catalog_id
        click_tracking_url cpp_url creative_type dark_post_status deeplink deeplink_format_type deeplink_type
        disclaimer_type display_name dynamic_destination dynamic_format end_card_cta fallback_type
        identity_authorized_bc_id identity_id identity_type impression_tracking_url item_duet_status
        item_stitch_status landing_page_url music_id operation_status phone_number phone_region_calling_code
        phone_region_code playable_url product_set_id product_specific_type schedule_id shopping_ads_deeplink_type
        shopping_ads_fallback_type shopping_ads_video_package_id tiktok_item_id tiktok_page_category tracking_app_id
        tracking_message_event_set_id vertical_video_strategy video_id video_view_tracking_url
        viewability_postbid_partner viewability_vast_url
    """,
    numbers="",
    flags="creative_authorized instant_product_page_used promotional_music_disabled",
    lists="""
        ad_texts auto_disclaimer_types deeplink_utm_params disclaimer_clickable_texts image_ids item_group_ids
        product_display_field_list showcase_products sku_ids tracking_offline_event_set_ids utm_params vehicle_ids
    """,
    whole="carousel_image_index page_id page_image_index tracking_pixel_id",
    objects="disclaimer_text",
)
