"""Business messaging: numbers, profiles and templates: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Method, Route
from shared.api.v1.routes_inbox import MESSAGING

PLATFORM = "whatsapp"
_PATH = f"/v1/platforms/{PLATFORM}"
_HANDLERS = "shared.api.v1.handlers_messaging:"
_ASKS = "shared.api.v1.models_messaging:"
_SAYS = "shared.api.v1.views_messaging:"
_PENDING = "shared.api.v1.views_inbox:PendingResponse"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_OWN = ("account.not_found", "account.reconnection_required", "platform.*")
_FIELDS = ("validation.field_required", "validation.field_invalid", "validation.field_unknown")
_ACT = (
    *_OWN,
    *_FIELDS,
    "validation.option_unknown",
    "validation.text_too_long",
    "validation.body_too_large",
    "action.state_invalid",
    "resource.not_supported",
)
_ONE = ("whatsapp.template_not_found", "whatsapp.no_account")
_AT_ONCE = (
    "Asked of the network at once, in one request that is never repeated here; what is sent is kept nowhere. If the network's "
    "answer is lost (502 `platform.no_answer`), it may have been done: look at the number's status."
)
_WAITS = "It is an action: done at most once. The answer waits up to 8 seconds for it; what takes longer goes on, and 202 says where to ask."
_ACCOUNT = "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5"
_COMPONENTS = [{"type": "BODY", "text": "Hello {{1}}, it is ready.", "example": {"body_text": [["Iris"]]}}]


def _number(path: str, handler: str, what: str, body: str = "", **more: Any) -> Route:
    """Setting a number."""
    errors = (*_OWN, "whatsapp.business_app_number") if handler == "register" else _OWN
    return Route(
        "POST",
        f"{_PATH}/phone-numbers/{{id}}/{path}",
        f"{_HANDLERS}{handler}",
        what,
        {204: None},
        scope="accounts:manage",
        body=f"{_ASKS}{body}" if body else None,
        errors=(*errors, *(_FIELDS if body else ()), *_KEYED),
        idempotency="claim",
        description=_AT_ONCE,
        **more,
    )


def _act(method: Method, path: str, handler: str, what: str, answers: dict[int, str | None], **more: Any) -> Route:
    keyed: dict[str, Any] = {"idempotency": "commit"} if method == "POST" else {}
    errors = (*_ACT, *more.pop("also", ()), *(_KEYED if keyed else ()))
    answers = {**answers, 202: _PENDING}
    return Route(
        method,
        f"{_PATH}/{path}",
        f"{_HANDLERS}{handler}",
        what,
        answers,
        errors=errors,
        description=_WAITS,
        **keyed,
        **more,
    )


NUMBERS = (
    _number(
        "request-code",
        "request_code",
        "Have a verification code sent to the number",
        "MessagingRequestCodeRequest",
        example={"method": "SMS", "language": "en_US"},
    ),
    _number(
        "verify-code",
        "verify_code",
        "Hand in the code that came",
        "MessagingVerifyCodeRequest",
        example={"code": "123456"},
    ),
    _number(
        "register",
        "register",
        "Register the number with its PIN, so that it can send",
        "MessagingRegisterRequest",
        example={"pin": "204060"},
    ),
    _number("deregister", "deregister", "Give the number up: it sends nothing any more"),
    Route(
        "GET",
        f"{_PATH}/phone-numbers/{{id}}/status",
        f"{_HANDLERS}status",
        "Whether the number is verified and registered",
        {200: f"{_SAYS}PhoneNumberStatusResponse"},
        scope="accounts:read",
        errors=_OWN,
    ),
    Route(
        "GET",
        f"{_PATH}/phone-numbers/{{id}}/business-profile",
        f"{_HANDLERS}profile",
        "What people see of the business",
        {200: f"{_SAYS}MessagingBusinessProfile"},
        scope="accounts:read",
        errors=_OWN,
        description="`id` is the account's, or the network's own id of the number.",
    ),
    _act(
        "PUT",
        "phone-numbers/{id}/business-profile",
        "update_profile",
        "Change what people see of the business",
        {204: None},
        scope="accounts:manage",
        body=f"{_ASKS}MessagingUpdateBusinessProfileRequest",
        example={"about": "Open daily from nine to five."},
    ),
)

TEMPLATES = (
    Route(
        "GET",
        f"{_PATH}/accounts/{{id}}/templates",
        f"{_HANDLERS}templates",
        "Message templates",
        {200: f"{_SAYS}MessagingTemplateListResponse"},
        scope="accounts:read",
        query=f"{_ASKS}TemplatesQuery",
        errors=(*_OWN, "validation.field_invalid", "validation.cursor_invalid"),
    ),
    _act(
        "POST",
        "accounts/{id}/templates",
        "create_template",
        "Submit a template for review",
        {201: f"{_SAYS}MessagingTemplateCreateResponse"},
        scope="accounts:manage",
        body=f"{_ASKS}MessagingCreateTemplateRequest",
        example={"name": "order_ready", "language": "en_US", "category": "UTILITY", "components": _COMPONENTS},
    ),
    _act(
        "DELETE",
        "accounts/{id}/templates",
        "delete_templates",
        "Delete a template by its name, in all languages",
        {204: None},
        scope="accounts:manage",
        query=f"{_ASKS}TemplateNameQuery",
        also=("whatsapp.template_not_found",),
    ),
    Route(
        "GET",
        f"{_PATH}/templates/{{id}}",
        f"{_HANDLERS}template",
        "One template, by the network's id",
        {200: f"{_SAYS}MessagingTemplateInfo"},
        scope="accounts:read",
        query=f"{_ASKS}TemplateQuery",
        errors=(*_OWN, *_ONE, "validation.field_invalid"),
    ),
    _act(
        "PUT",
        "templates/{id}",
        "edit_template",
        "Replace a template's components; it is reviewed anew",
        {204: None},
        scope="accounts:manage",
        body=f"{_ASKS}MessagingEditTemplateRequest",
        query=f"{_ASKS}TemplateQuery",
        also=_ONE,
        example={"components": _COMPONENTS},
    ),
    Route(
        "POST",
        f"{_PATH}/templates/validate",
        f"{_HANDLERS}validate_template",
        "What would be refused of a template, without asking the network",
        {200: f"{_SAYS}MessagingValidateTemplateResponse"},
        scope="accounts:read",
        body=f"{_ASKS}MessagingCreateTemplateRequest",
        errors=(*_FIELDS, *_KEYED),
        idempotency="claim",
        example={"name": "order_ready", "language": "en_US", "category": "UTILITY", "components": _COMPONENTS},
    ),
    _act(
        "POST",
        "accounts/{id}/send-template",
        "send_template",
        "Send an approved template",
        {200: f"{_SAYS}MessagingSendTemplateResponse"},
        scope="dms:send",
        body=f"{_ASKS}MessagingSendTemplateRequest",
        also=MESSAGING,
        example={"to": "15551234567", "template_name": "hello_world", "language": "en_US"},
    ),
)

ROUTES: tuple[Route, ...] = (*NUMBERS, *TEMPLATES)
