"""Business messaging: what callers send."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.api.engine.models import Body
from shared.operations.inbox.cursors import MAX as MAX_CURSOR

Category = Literal["MARKETING", "UTILITY", "AUTHENTICATION"]
Vertical = Literal[
    "OTHER",
    "AUTO",
    "BEAUTY",
    "APPAREL",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GROCERY",
    "GOVT",
    "HOTEL",
    "HEALTH",
    "NONPROFIT",
    "PROF_SERVICES",
    "RETAIL",
    "TRAVEL",
    "RESTAURANT",
    "ALCOHOL",
]
Language = Annotated[str, Field(min_length=2, max_length=16)]
Six = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class MessagingRequestCodeRequest(Body):
    """How the code comes, and in which language (``en_US``)."""

    method: Literal["SMS", "VOICE"]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")]


class MessagingVerifyCodeRequest(Body):
    """The code that came."""

    code: Six


class MessagingRegisterRequest(Body):
    """The number's PIN of two-step verification; kept nowhere."""

    pin: Six


class MessagingUpdateBusinessProfileRequest(Body):
    """What changes; the rest stays."""

    about: str | None = Field(None, min_length=1, max_length=139)
    address: str | None = Field(None, max_length=256)
    description: str | None = Field(None, max_length=512)
    email: str | None = Field(None, max_length=128)
    profile_picture_handle: str | None = Field(None, min_length=1, max_length=4096)
    vertical: Vertical | None = None
    websites: list[Annotated[str, Field(max_length=256)]] | None = Field(None, max_length=2)


class TemplatesQuery(Body):
    """Which page."""

    limit: int = Field(25, ge=1, le=100)
    cursor: str = Field("", max_length=MAX_CURSOR)


class TemplateNameQuery(Body):
    """Which template, in all of its languages."""

    name: str = Field(min_length=1, max_length=512)


class TemplateQuery(Body):
    """Whose template, where several accounts are connected; they are asked in turn if left out."""

    account_id: str = Field("", max_length=128)


class MessagingTemplateButtonDef(Body):
    """A button of a template."""

    type: Literal["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"]
    text: str | None = Field(None, max_length=200)
    url: str | None = Field(None, max_length=4096)
    phone_number: str | None = Field(None, max_length=64)
    example: Any = None


class MessagingTemplateComponentDef(Body):
    """A part of a template."""

    type: Literal["HEADER", "BODY", "FOOTER", "BUTTONS"]
    format: Literal["TEXT", "IMAGE", "VIDEO", "DOCUMENT"] | None = None
    text: str | None = Field(None, max_length=4096)
    buttons: list[MessagingTemplateButtonDef] | None = Field(None, max_length=20)
    example: dict[str, Any] | None = None


class MessagingCreateTemplateRequest(Body):
    """A new template; WhatsApp reviews it."""

    name: str = Field(min_length=1, max_length=1024)
    language: Language
    category: Category
    components: list[MessagingTemplateComponentDef] = Field(min_length=1, max_length=10)


class MessagingEditTemplateRequest(Body):
    """All components: they replace those that stand."""

    components: list[MessagingTemplateComponentDef] = Field(min_length=1, max_length=10)


class MessagingTemplateParameter(Body):
    """What stands for a variable; ``parameter_name`` where the template's variables have names."""

    type: Literal["text"] = "text"
    text: str = Field(max_length=1024)
    parameter_name: str | None = Field(None, max_length=64)


class MessagingTemplateComponent(Body):
    """The values of a part. Of a button: which (``index``, from 0) and its ``sub_type``."""

    type: Literal["header", "body", "button"]
    parameters: list[MessagingTemplateParameter] | None = Field(None, max_length=32)
    sub_type: Literal["quick_reply", "url", "copy_code"] | None = None
    index: int | None = Field(None, ge=0, le=9)


class MessagingSendTemplateRequest(Body):
    """An approved template, with its values, to a number with its country's code (``15551234567``)."""

    to: str = Field(min_length=5, max_length=32)
    template_name: str = Field(min_length=1, max_length=512)
    language: Language
    components: list[MessagingTemplateComponent] | None = Field(None, max_length=32)
