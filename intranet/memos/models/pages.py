"""Service memos and post-training notes as pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail_localize.fields import SynchronizedField

from intranet.memos.models.keeping import KeptPage
from intranet.memos.models.records import MemoRecord
from intranet.memos.practice.blocks import PracticeStepsBlock
from intranet.memos.replacing import is_circle
from intranet.networks.models import Network
from intranet.pages.models.base import BasePage
from intranet.pages.models.pages import BodyPage
from intranet.pages.streams import text_in

KEEPING_PANEL = MultiFieldPanel(
    [FieldPanel("responsible"), FieldPanel("deputy"), FieldPanel("review_on")], heading=_("Who looks after it")
)

BEFORE_PUBLISHING_PANEL = HelpPanel(template="memos/admin/before_publishing_link.html", heading=_("Before publishing"))


class MemoPage(KeptPage, BodyPage):
    """A service memo: a rule, a new law, a procedure, a deadline."""

    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_(
            "Who answers questions: a name, a position or an e-mail address. The address of somebody in your own "
            "network lets that person answer what is asked here, beside the owner and the deputy."
        ),
    )
    replaces = models.ForeignKey(
        "memos.MemoPage",
        verbose_name=_("replaces"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The memo that this one replaces."),
    )
    acknowledge = models.BooleanField(
        _("ask for an acknowledgement"),
        default=False,
        help_text=_(
            "Each person confirms having read the memo. "
            "Beyond your own network, this needs a grant of the national office."
        ),
    )
    acknowledge_by = models.DateField(_("to acknowledge by"), null=True, blank=True)
    asked_roles = models.JSONField(_("only these roles"), default=list, blank=True)
    asked_networks = ParentalManyToManyField(
        Network,
        verbose_name=_("only people of these networks"),
        blank=True,
        related_name="+",
        help_text=_("Nothing chosen: everyone who can see the memo."),
    )
    declaration = models.JSONField(
        default=dict, editable=False, help_text="What the editor says of the change: see intranet.memos.editions."
    )

    is_creatable = True
    # What is said of one version is not said of its translation, nor of a copy.
    exclude_fields_in_copy: ClassVar[list[str]] = ["declaration"]
    subpage_types: ClassVar[list[str]] = []
    template = "memos/memo_page.html"
    is_listed_in_section: ClassVar[bool] = False
    is_published_by_copy: ClassVar[bool] = False
    kept_once_published: ClassVar[bool] = True
    announced_as: ClassVar[str] = ""

    # Dates, contact and what is asked are the memo's, not one language's: a translation takes them over, and what is
    # published in one language holds for all (intranet.memos.facts).
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("effective_on", overridable=False),
        SynchronizedField("contact", overridable=False),
        SynchronizedField("replaces", overridable=False),
        SynchronizedField("acknowledge", overridable=False),
        SynchronizedField("acknowledge_by", overridable=False),
        SynchronizedField("asked_roles", overridable=False),
        SynchronizedField("asked_networks", overridable=False),
        SynchronizedField("responsible", overridable=False),
        SynchronizedField("deputy", overridable=False),
        SynchronizedField("review_on", overridable=False),
    ]

    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        # These are fields of the form alone: intranet.memos.forms.
        MultiFieldPanel(
            [FieldPanel("change"), FieldPanel("changed_fr"), FieldPanel("changed_en")],
            heading=_("What has changed since the memo was published"),
        ),
        MultiFieldPanel([FieldPanel("missing_reason")], heading=_("One language only")),
        MultiFieldPanel(
            [
                FieldPanel("effective_on"),
                FieldPanel("contact"),
                PageChooserPanel("replaces", "memos.MemoPage"),
                FieldPanel("acknowledge"),
                FieldPanel("acknowledge_by"),
                FieldPanel("asked_roles"),
                FieldPanel("asked_networks"),
            ],
            heading=_("About this memo"),
        ),
        FieldPanel("body"),
        KEEPING_PANEL,
        *BasePage.credit_panels,
        BEFORE_PUBLISHING_PANEL,
    ]

    class Meta:
        verbose_name = _("service memo")
        verbose_name_plural = _("service memos")

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.acknowledge_by and not self.acknowledge:
            errors["acknowledge_by"] = _(
                "A date is set but no acknowledgement is asked. Ask for it, or remove the date."
            )
        if self.replaces_id and self.replaces.translation_key == self.translation_key:
            errors["replaces"] = _("A memo cannot replace itself.")
        elif self.replaces_id and is_circle(self.translation_key, self.replaces.translation_key):
            errors["replaces"] = _("These memos would replace one another in a circle. Choose another memo, or none.")
        if errors:
            raise ValidationError(errors)

    given_number: str = ""
    """A number that the memo had elsewhere, kept at its first publication here. Not stored on the page."""
    given_withdrawal: ClassVar[dict[str, Any]] = {}
    """``at``, ``reason`` and ``language`` of a withdrawal elsewhere, set on the object. Not stored on the page."""

    def after_placing(self) -> None:
        from intranet.memos import archiving, facts, keeping, services

        # What is archived already tells nobody that it is published.
        archiving.take_over_archiving(self)
        record = services.record_publication(self, number=self.given_number)
        if record is not None and self.given_withdrawal:
            services.take_over_withdrawal(record, **self.given_withdrawal)
        keeping.record_keeping(self)
        facts.share_facts(self)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.memos.keeping import review_facts
        from intranet.memos.presenting import memo_facts, trainings_on
        from intranet.memos.questions.presenting import questions_context

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        facts = memo_facts(self, request.user, is_read=not getattr(request, "is_preview", False))
        facts["memo"]["audience"] = context.get("audience", "")
        urls = {link["code"]: link["url"] for link in context["languages"]}
        facts["memo"]["change_url"] = urls.get(facts["memo"].get("missing_language"), "")
        if "record" in facts:
            facts |= questions_context(facts["record"], request.user)
        trainings = trainings_on(self, request.user)
        return {**context, **facts, **review_facts(self, request.user), "trainings": trainings}

    @property
    def can_be_deleted(self) -> bool:
        """False for a version that was published; a draft translation of a published memo may go."""
        if self.first_published_at is None:
            return True
        return not MemoRecord.objects.filter(item=self.translation_key).exists()


class TrainingNotePage(KeptPage, BodyPage):
    """A post-training note: what was learned, and how to put it into practice."""

    session_title = models.CharField(_("session"), max_length=250, blank=True)
    session_on = models.DateField(_("date of the session"), null=True, blank=True)
    session_hours = models.DecimalField(
        _("length in hours"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(200)],
        help_text=_("For example 1.5. The figures for funders are made of it."),
    )
    hosts = models.CharField(_("hosts"), max_length=300, blank=True)
    partners = models.CharField(_("partners"), max_length=300, blank=True)
    learnings = RichTextField(_("what we learned"), blank=True, features=["bold", "italic", "ul", "ol", "link"])
    practice_steps = RichTextField(
        _("to put it into practice"),
        blank=True,
        features=["bold", "italic", "link", "document-link"],
        help_text=_("What is to be said before the steps."),
    )
    steps = StreamField(
        PracticeStepsBlock(),
        verbose_name=_("steps"),
        blank=True,
        help_text=_("Each society says of each step whether it is planned, in practice, or not for it."),
    )
    related_memos = ParentalManyToManyField(MemoPage, verbose_name=_("related memos"), blank=True, related_name="+")

    given_people: ClassVar[dict[Network, int]] = {}
    given_marks: ClassVar[list[dict[str, Any]]] = []
    """What became of the training elsewhere, set on the object: ``practice.exchange``. Not stored on the page."""

    is_creatable = True
    subpage_types: ClassVar[list[str]] = []
    template = "memos/training_note_page.html"
    is_listed_in_section: ClassVar[bool] = False
    is_published_by_copy: ClassVar[bool] = False
    announced_as: ClassVar[str] = "memos.note"

    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("session_on", overridable=False),
        SynchronizedField("session_hours", overridable=False),
        SynchronizedField("responsible", overridable=False),
        SynchronizedField("deputy", overridable=False),
        SynchronizedField("review_on", overridable=False),
    ]

    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("session_title"),
                FieldPanel("session_on"),
                FieldPanel("session_hours"),
                FieldPanel("hosts"),
                FieldPanel("partners"),
            ],
            heading=_("The session"),
        ),
        FieldPanel("learnings"),
        FieldPanel("practice_steps"),
        FieldPanel("steps"),
        FieldPanel("body"),
        FieldPanel("related_memos"),
        KEEPING_PANEL,
        *BasePage.credit_panels,
        BEFORE_PUBLISHING_PANEL,
    ]

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.memos.keeping import review_facts
        from intranet.memos.practice.presenting import practice_facts
        from intranet.memos.presenting import related_memos

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {
            **context,
            **practice_facts(self, request.user),
            **review_facts(self, request.user),
            "related": related_memos(self, request.user),
        }

    def after_placing(self) -> None:
        from intranet.memos import archiving, facts, keeping
        from intranet.memos.practice.exchange import take_over
        from intranet.memos.practice.services import record_steps

        keeping.record_keeping(self)
        facts.share_facts(self)
        record_steps(self.translation_key)
        archiving.take_over_archiving(self)
        if self.live:
            take_over(self)

    class Meta:
        verbose_name = _("post-training note")
        verbose_name_plural = _("post-training notes")

    @property
    def session_hours_counted(self) -> int:
        """The number that “hour” agrees with: French has its plural from two on, English for all but one."""
        hours = self.session_hours or 0
        return int(hours) if hours == 1 or hours >= 2 else 0

    def search_text(self) -> tuple[str, str]:
        headings, body = super().search_text()
        parts = [self.session_title, self.hosts, self.partners, text_in(self.learnings), text_in(self.practice_steps)]
        return headings, "\n".join(part for part in [*parts, text_in(self.steps), body] if part)
