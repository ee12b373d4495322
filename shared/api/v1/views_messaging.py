"""Business messaging: what callers are sent. The words are the network's own."""

from __future__ import annotations

from typing import Any

from shared.api.engine.models import View


class PhoneNumberStatusResponse(View):
    """Whether a number was verified by a code, and whether it is registered to send."""

    verified: bool
    registered: bool


class MessagingBusinessProfile(View):
    """What people see of the business."""

    about: str | None = None
    address: str | None = None
    description: str | None = None
    email: str | None = None
    messaging_product: str | None = None
    profile_picture_url: str | None = None
    vertical: str | None = None
    websites: list[str] | None = None


class MessagingTemplateInfo(View):
    """A message template."""

    id: str
    name: str
    language: str | None = None
    category: str | None = None
    status: str | None = None
    components: Any = None


class MessagingCursors(View):
    """``after``: send it as ``cursor``."""

    after: str | None = None


class MessagingTemplateListPaging(View):
    """Where it goes on; ``next``: the path of the next page."""

    cursors: MessagingCursors
    next: str | None = None


class MessagingTemplateListResponse(View):
    """Message templates."""

    data: list[MessagingTemplateInfo]
    paging: MessagingTemplateListPaging


class MessagingTemplateCreateResponse(View):
    """The template as WhatsApp took it."""

    id: str
    status: str | None = None
    category: str | None = None


class MessagingContact(View):
    """Whom the message went to: as it was written, and WhatsApp's id."""

    input: str
    wa_id: str | None = None


class MessagingMessageRef(View):
    """The message."""

    id: str
    message_status: str | None = None


class MessagingSendTemplateResponse(View):
    """WhatsApp has taken the message; whether it arrived is told by events. ``message_id``: our id of it."""

    messaging_product: str | None = None
    contacts: list[MessagingContact]
    messages: list[MessagingMessageRef]
    message_id: str


class MessagingTemplateValidationIssue(View):
    """A finding, and the component that it is about."""

    component_index: int | None = None
    field: str
    message: str


class MessagingValidateTemplateResponse(View):
    """What WhatsApp would refuse, and what it often does."""

    valid: bool
    errors: list[MessagingTemplateValidationIssue]
    warnings: list[MessagingTemplateValidationIssue]
