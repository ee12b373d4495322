"""Business messaging: one function per route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import awaited, encode_inbox
from shared.api.v1 import models_messaging as models
from shared.api.v1 import views_messaging as views
from shared.api.v1.models_inbox import plain
from shared.api.v1.routes_messaging import PLATFORM
from shared.domain.accounts import Account
from shared.domain.errors import Invalid
from shared.domain.posts import Target
from shared.operations.engaging.commands import Order
from shared.operations.inbox import business
from shared.platforms.contract_inbox import Fault

_Bare = Exchange[None, None]


# ----------------------------------------------------------------------------------------------------- numbers


def request_code(x: Exchange[models.MessagingRequestCodeRequest, None]) -> Reply:
    """POST /v1/platforms/whatsapp/phone-numbers/{id}/request-code"""
    return _set(x, "request_code", {"method": x.body.method, "language": x.body.language})


def verify_code(x: Exchange[models.MessagingVerifyCodeRequest, None]) -> Reply:
    """POST /v1/platforms/whatsapp/phone-numbers/{id}/verify-code"""
    return _set(x, "verify_code", {"code": x.body.code})


def register(x: Exchange[models.MessagingRegisterRequest, None]) -> Reply:
    """POST /v1/platforms/whatsapp/phone-numbers/{id}/register"""
    return _set(x, "register", {"pin": x.body.pin})


def deregister(x: _Bare) -> Reply:
    """POST /v1/platforms/whatsapp/phone-numbers/{id}/deregister"""
    return _set(x, "deregister", {})


def _set(x: Exchange[Any, Any], name: str, arguments: Mapping[str, str]) -> Reply:
    with awaited.spelled():
        business.change(x.ports, x.caller, _account(x), name, arguments)
    return Reply(204)


def status(x: _Bare) -> Reply:
    """GET /v1/platforms/whatsapp/phone-numbers/{id}/status"""
    number = business.number(x.ports, x.caller, _account(x))
    verified = number.get("code_verification_status") == "VERIFIED"
    registered = number.get("status") in ("LINKED", "CONNECTED")  # the first in Meta's document, the second seen
    return Reply(200, views.PhoneNumberStatusResponse(verified=verified, registered=registered))


def profile(x: _Bare) -> Reply:
    """GET /v1/platforms/whatsapp/phone-numbers/{id}/business-profile"""
    return Reply(200, _view(views.MessagingBusinessProfile, business.profile(x.ports, x.caller, _account(x))))


def update_profile(x: Exchange[models.MessagingUpdateBusinessProfileRequest, None]) -> Reply:
    """PUT /v1/platforms/whatsapp/phone-numbers/{id}/business-profile"""
    given = x.body.model_dump(exclude_none=True)
    account = _account(x)
    if not given:
        text = "about: give at least one field to change."
        raise Invalid("validation.field_required", text, field="about")
    return awaited.one(x, Order(account.id, "profile.update", arguments=given), lambda _: Reply(204))


# --------------------------------------------------------------------------------------------------- templates


def templates(x: Exchange[None, models.TemplatesQuery]) -> Reply:
    """GET /v1/platforms/whatsapp/accounts/{id}/templates"""
    account, q = _account(x), x.query
    page = business.templates(x.ports, x.caller, account, q.limit, q.cursor)
    following = None
    if page.next:
        query = urlencode({"limit": q.limit, "cursor": page.next})
        following = f"/v1/platforms/{PLATFORM}/accounts/{account.id}/templates?{query}"
    paging = views.MessagingTemplateListPaging(cursors=views.MessagingCursors(after=page.next or None), next=following)
    rows = [_view(views.MessagingTemplateInfo, row) for row in page.items]
    return Reply(200, views.MessagingTemplateListResponse(data=rows, paging=paging))


def create_template(x: Exchange[models.MessagingCreateTemplateRequest, None]) -> Reply:
    """POST /v1/platforms/whatsapp/accounts/{id}/templates"""
    account, given = _account(x), _definition(x.body)
    business.refuse_faults(PLATFORM, "template.create", given)
    return awaited.one(x, Order(account.id, "template.create", arguments=given), _created)


def _created(target: Target) -> Reply:
    live = target.first
    raw = live.raw if live else {}
    shown = views.MessagingTemplateCreateResponse(
        id=live.id if live else "", status=raw.get("status"), category=raw.get("category")
    )
    return Reply(201, shown)


def delete_templates(x: Exchange[None, models.TemplateNameQuery]) -> Reply:
    """DELETE /v1/platforms/whatsapp/accounts/{id}/templates"""
    account = _account(x)
    return awaited.one(x, Order(account.id, "template.delete_all", x.query.name), lambda _: Reply(204))


def template(x: Exchange[None, models.TemplateQuery]) -> Reply:
    """GET /v1/platforms/whatsapp/templates/{id}"""
    with awaited.spelled():
        _, row = business.template(x.ports, x.caller, PLATFORM, x.path["id"], x.query.account_id)
    return Reply(200, _view(views.MessagingTemplateInfo, row))


def edit_template(x: Exchange[models.MessagingEditTemplateRequest, models.TemplateQuery]) -> Reply:
    """PUT /v1/platforms/whatsapp/templates/{id}"""
    given = _definition(x.body)
    with awaited.spelled():
        account, row = business.template(x.ports, x.caller, PLATFORM, x.path["id"], x.query.account_id)
    business.refuse_faults(PLATFORM, "template.edit", given)
    return awaited.one(x, Order(account.id, "template.edit", str(row["id"]), arguments=given), lambda _: Reply(204))


def validate_template(x: Exchange[models.MessagingCreateTemplateRequest, None]) -> Reply:
    """POST /v1/platforms/whatsapp/templates/validate"""
    found = business.examine(PLATFORM, "template.create", _definition(x.body))
    errors, warnings = [one for one in found if one.severe], [one for one in found if not one.severe]
    shown = views.MessagingValidateTemplateResponse(
        valid=not errors, errors=_issues(errors), warnings=_issues(warnings)
    )
    return Reply(200, shown)


def send_template(x: Exchange[models.MessagingSendTemplateRequest, None]) -> Reply:
    """POST /v1/platforms/whatsapp/accounts/{id}/send-template"""
    account, body = _account(x), x.body
    given: dict[str, Any] = {"name": body.template_name, "language": {"code": body.language}}
    if body.components:
        given["components"] = plain(body.components)
    order = Order(account.id, "message.send", body.to, arguments={"template": given})
    return awaited.one(x, order, _sent)


def _sent(target: Target) -> Reply:
    live = target.first
    made, raw = (live.id, live.raw) if live else ("", {})
    shown = views.MessagingSendTemplateResponse(
        messaging_product=raw.get("messaging_product"),
        contacts=[_view(views.MessagingContact, one) for one in raw.get("contacts") or ()],
        messages=[_view(views.MessagingMessageRef, one) for one in raw.get("messages") or ()],
        message_id=encode_inbox.new_id("message", target.platform, made),
    )
    return Reply(200, shown)


# ------------------------------------------------------------------------------------------------------- parts


def _account(x: Exchange[Any, Any]) -> Account:
    return business.account_of(x.ports, x.caller, PLATFORM, x.path["id"])


def _definition(body: models.MessagingCreateTemplateRequest | models.MessagingEditTemplateRequest) -> dict[str, Any]:
    return body.model_dump(exclude_none=True)


def _view(of: type[Any], row: Mapping[str, Any]) -> Any:
    """Of the network's row what the dialect names."""
    return of.model_validate({name: row[name] for name in of.model_fields if row.get(name) is not None})


def _issues(found: Iterable[Fault]) -> list[views.MessagingTemplateValidationIssue]:
    return [
        views.MessagingTemplateValidationIssue(component_index=one.index, field=one.field, message=one.message)
        for one in found
    ]
