"""The lines of the exchange format: what each may say, and what an absent field means."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from intranet.accounts.models.users import normalise_email
from intranet.networks.days import EARLIEST_YEAR, LATEST_YEAR
from intranet.networks.models import Network, Region, Role
from intranet.networks.models.networks import validate_time_zone

GUESTS = "guests"
NETWORK_PREFIX = "network:"
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def _fail(message: Any) -> PydanticCustomError:
    """An error whose message is ours, to be translated when it is read."""
    return PydanticCustomError("ours", "{reason}", {"reason": message})


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise _fail(_("use letters without accents, digits, hyphens and underscores"))
    return value


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise _fail(_("use 2 to 12 capital letters or digits, a letter first"))
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise _fail(_("it is empty"))
    return value.strip()


def _language_tag(value: str) -> str:
    if value and (len(value) > 35 or not _LANGUAGE_TAG.fullmatch(value)):
        raise _fail(_("this is not a language tag such as fr, en or iu"))
    return value


def _site_language(value: str) -> str:
    known = [code for code, _name in settings.LANGUAGES]
    if value not in known:
        raise _one_of(known)
    return value


def _one_of(known: list[str]) -> PydanticCustomError:
    return PydanticCustomError("unknown_value", "{known}", {"known": ", ".join(known)})


def _email(value: str) -> str:
    try:
        validate_email(value.strip())
    except DjangoValidationError:
        raise _fail(_("this is not an e-mail address")) from None
    return normalise_email(value)


def _time_zone(value: str) -> str:
    try:
        validate_time_zone(value)
    except DjangoValidationError:
        raise _fail(_("this is not a time zone such as America/Halifax")) from None
    return value


def _day(value: Any) -> date:
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise _fail(_("this is not a date such as 2026-03-31")) from None
        if EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            return day
    raise _fail(_("this is not a date such as 2026-03-31"))


def moment_of(value: Any) -> datetime:
    """A date with its time (ISO 8601), and with its zone if it has one.

    Raises:
        TypeError, ValueError: it is none, or long before anybody wrote such a thing.
    """
    moment = datetime.fromisoformat(value)
    if moment.year < EARLIEST_YEAR:
        raise ValueError(value)
    return moment


def _moment(value: Any) -> datetime:
    """A date with its time; without a zone it is UTC."""
    with suppress(TypeError, ValueError):
        moment = moment_of(value)
        if moment.year <= LATEST_YEAR:
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise _fail(_("this is not a date with its time such as 2026-03-02T14:00:00Z"))


def _audience(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str):
        if value not in AUDIENCES:
            raise _one_of([*AUDIENCES])
        return value
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        raise _fail(_('use a word such as members, or a list such as ["network:halifax", "guests"]'))
    for part in value:
        if part != GUESTS and not _SLUG.fullmatch(part.removeprefix(NETWORK_PREFIX)):
            raise _fail(_("in a list each entry is “guests” or “network:” with a short name"))
        if part != GUESTS and not part.startswith(NETWORK_PREFIX):
            raise _fail(_("in a list each entry is “guests” or “network:” with a short name"))
    return tuple(sorted(set(value), key=lambda part: (part == GUESTS, part)))


def _choice(*values: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in values:
            raise _one_of([value for value in values if value])
        return value

    return AfterValidator(check)


AUDIENCES = ("section", "members", "partners", "everyone")
Slug = Annotated[str, Field(max_length=60), AfterValidator(_slug)]
LongSlug = Annotated[str, Field(max_length=80), AfterValidator(_slug)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
Id = Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Tag = Annotated[str, AfterValidator(_language_tag)]
Audience = Annotated[str | tuple[str, ...], BeforeValidator(_audience)]


class LinePart(BaseModel):
    """A JSON object. ``null`` is as good as absent; unknown fields are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if inner is not None}
        return value


class Names(LinePart):
    en: Name
    fr: Name


class SectionTexts(LinePart):
    summary: Annotated[str, Field(max_length=500)] = ""
    content_note: Annotated[str, Field(max_length=250)] = ""
    introduction: str = ""


class SectionPart(LinePart):
    """What editors write at the head of a network's section."""

    en: SectionTexts = Field(default_factory=SectionTexts)
    fr: SectionTexts = Field(default_factory=SectionTexts)
    audience: Audience | None = None
    logo: Annotated[str, Field(max_length=1000), AfterValidator(_not_blank)] | None = None


class NetworkLine(LinePart):
    slug: Slug
    kind: Annotated[str, _choice(*Network.Kind.values)]
    name: Names
    code: Annotated[str, AfterValidator(_code)] | None = None
    listed: bool | None = None
    state: Annotated[str, _choice(*Network.State.values)] = Network.State.ACTIVE
    region: Annotated[str, _choice("", *Region.values)] = ""
    languages: list[Tag] = Field(default_factory=lambda: ["fr", "en"])
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "America/Toronto"
    joining: Annotated[str, _choice(*Network.Joining.values)] = Network.Joining.INVITATION
    may_ask_others: bool = False
    section: SectionPart | None = None


class MembershipPart(LinePart):
    network: Slug
    role: Annotated[str, _choice(*Role.values)]
    starts_on: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    ended: Moment | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> MembershipPart:
        if self.starts_on and self.until and self.until < self.starts_on:
            raise _fail(_("the last day is before the first day"))
        return self


class PersonLine(LinePart):
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)]
    name: Annotated[str, Field(max_length=150)] = ""
    language: Annotated[str, AfterValidator(_site_language)] = "fr"
    password: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    active: bool = True
    memberships: list[MembershipPart] = Field(default_factory=list)
    memberships_in: list[Slug] = Field(default_factory=list)


class TopicLine(LinePart):
    slug: LongSlug
    name: Names


class AttachmentPart(LinePart):
    path: Annotated[str, Field(max_length=1000), AfterValidator(_not_blank)]
    title: Annotated[str, Field(max_length=255)] = ""
    language: Tag = ""
    network: Slug | None = None
    listed: bool = True


class ItemLine(LinePart):
    id: Id
    kind: str
    network: Slug
    language: Annotated[str, AfterValidator(_site_language)]
    title: Annotated[str, Field(max_length=255), AfterValidator(_not_blank)]
    parent: Id | None = None
    translation_of: Id | None = None
    summary: Annotated[str, Field(max_length=500)] = ""
    body: str = ""
    audience: Audience | None = None
    topics: list[Annotated[str, Field(max_length=120), AfterValidator(_not_blank)]] = Field(default_factory=list)
    published: Moment | None = None
    expires: Moment | None = None
    attachments: list[AttachmentPart] = Field(default_factory=list)
    slug: Annotated[str, Field(max_length=255), AfterValidator(_slug)] | None = None
    content_note: Annotated[str, Field(max_length=250)] = ""
    contributing_networks: list[Slug] = Field(default_factory=list)
    contributors: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ended_is_a_draft(self) -> ItemLine:
        if self.published and self.expires:
            if self.expires <= self.published:
                raise _fail(_("“expires” is not after “published”"))
            if self.expires <= timezone.now():
                self.published = None
        return self


LINE_TYPES: dict[str, type[BaseModel]] = {
    "network": NetworkLine,
    "person": PersonLine,
    "topic": TopicLine,
    "item": ItemLine,
}
