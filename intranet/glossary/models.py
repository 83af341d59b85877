"""Terms, and the table in which their forms are looked up."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from intranet.glossary import words
from intranet.networks.access import EVERYONE, tokens_for

LANGUAGES = ("en", "fr")
AUDIENCE = frozenset({EVERYONE})
"""Terms are the vocabulary of the whole federation: whoever has this token sees them."""
_ONE_ON_EACH_LINE = _("One on each line.")


def is_audience(user: Any) -> bool:
    """Whether terms are meant for ``user``."""
    return not AUDIENCE.isdisjoint(tokens_for(user))


class TermQuerySet(models.QuerySet["Term"]):
    """Terms, with the audience predicate."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> Self:
        """The active terms, for those whose tokens meet the terms' audience."""
        return self.active() if is_audience(user) else self.none()

    def having(self, text: str) -> Self:
        """Those one of whose forms, in whatever language, has this text; accents and capitals are of no account."""
        wanted = words.sort_key(text)[:240]
        found = TermForm.objects.filter(term=models.OuterRef("pk"), sorted_as__contains=wanted)
        return self.filter(models.Exists(found)) if wanted else self


@dataclass(frozen=True)
class Form:
    """One way to say a term."""

    text: str
    language: str
    kind: str

    @property
    def is_exact(self) -> bool:
        """An acronym stands in texts exactly as it is written."""
        return self.kind == TermForm.Kind.ACRONYM or words.is_acronym(self.text)

    @property
    def key(self) -> str:
        """Under which it is looked up."""
        return words.acronym_key(self.text) if self.is_exact else words.form_key(self.text, self.language)


class Term(models.Model):
    """A term of the field: how it is said in English and in French, and what it means."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    form_en = models.CharField(_("term in English"), max_length=120, blank=True)
    form_fr = models.CharField(_("term in French"), max_length=120, blank=True)
    acronyms_en = models.TextField(_("acronyms in English"), blank=True, help_text=_ONE_ON_EACH_LINE)
    acronyms_fr = models.TextField(_("acronyms in French"), blank=True, help_text=_ONE_ON_EACH_LINE)
    variants_en = models.TextField(
        _("also said in English"),
        blank=True,
        help_text=_("Other words for the same thing, one on each line. Plurals are understood."),
    )
    variants_fr = models.TextField(
        _("also said in French"),
        blank=True,
        help_text=_("Other words for the same thing, one on each line. Plurals are understood."),
    )
    definition_en = models.TextField(
        _("definition in English"), max_length=500, blank=True, help_text=_("One or two plain sentences.")
    )
    definition_fr = models.TextField(
        _("definition in French"), max_length=500, blank=True, help_text=_("One or two plain sentences.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("A term that is not active is neither shown nor searched with.")
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The form in the language in force, else the one that there is."""
        return self.form_in(self.name_language)

    @property
    def name_language(self) -> str:
        """The language of ``name``."""
        here, there = _languages_from((get_language() or "fr")[:2])
        return here if self.form_in(here) else there

    def form_in(self, language: str) -> str:
        """The form in a language; empty where it has none."""
        return str(getattr(self, f"form_{language}"))

    def acronyms_in(self, language: str) -> tuple[str, ...]:
        return _lines(getattr(self, f"acronyms_{language}"))

    def variants_in(self, language: str) -> tuple[str, ...]:
        return _lines(getattr(self, f"variants_{language}"))

    def definition_in(self, language: str) -> str:
        return str(getattr(self, f"definition_{language}"))

    def forms(self) -> list[Form]:
        """Every form; one that comes to the same as an earlier one is left out."""
        found: dict[tuple[str, str], Form] = {}
        for language in LANGUAGES:
            for form in self._forms_in(language):
                found.setdefault((language, form.key), form)
        return list(found.values())

    def _forms_in(self, language: str) -> Iterable[Form]:
        if main := self.form_in(language):
            yield Form(main, language, TermForm.Kind.MAIN)
        for acronym in self.acronyms_in(language):
            yield Form(acronym, language, TermForm.Kind.ACRONYM)
        for variant in self.variants_in(language):
            yield Form(variant, language, TermForm.Kind.VARIANT)

    def get_absolute_url(self) -> str:
        return reverse("glossary:term", args=[self.slug])

    def url_in(self, language: str) -> str:
        """The term's address in a language."""
        with override(language):
            return self.get_absolute_url()

    def clean(self) -> None:
        for language in LANGUAGES:
            setattr(self, f"form_{language}", " ".join(self.form_in(language).split()))
            setattr(self, f"acronyms_{language}", "\n".join(self.acronyms_in(language)))
            setattr(self, f"variants_{language}", "\n".join(self.variants_in(language)))
            setattr(self, f"definition_{language}", self.definition_in(language).strip())
        errors = {name: reason for language in LANGUAGES for name, reason in self._shape_errors(language)}
        if not errors:
            errors = self._clashes()
        if errors:
            raise ValidationError(errors)

    def _shape_errors(self, language: str) -> Iterable[tuple[str, str]]:
        """What is wrong with the forms in one language, whatever other terms there are."""
        if not any(self.form_in(code) for code in LANGUAGES):
            yield f"form_{language}", gettext("Give the term in English or in French, or in both.")
            return
        for name in ("acronyms", "variants"):
            if getattr(self, f"{name}_{language}") and not self.form_in(language):
                yield f"form_{language}", gettext("There are other forms in this language: give the term itself too.")
        for acronym in self.acronyms_in(language):
            if len(acronym) > 30 or len(acronym.split()) > 1 or len(words.letters(acronym)) < 2:
                yield (
                    f"acronyms_{language}",
                    gettext("“%(text)s” is no acronym: use 2 to 30 letters or digits without a blank.")
                    % {"text": acronym},
                )
        for form in self._forms_in(language):
            if len(form.text) > 120 or (not form.is_exact and not 1 <= words.count_words(form.text) <= words.MAX_WORDS):
                yield (
                    _field_of(form),
                    gettext("“%(text)s” is not 1 to %(maximum)d words long, at most 120 characters.")
                    % {"text": form.text, "maximum": words.MAX_WORDS},
                )

    def _clashes(self) -> dict[str, str]:
        """The forms that another term has in the same language, each with that term."""
        forms = self.forms()
        taken = TermForm.objects.filter(key__in=[form.key for form in forms]).exclude(term=self.pk)
        others = {(held.language, held.key): held.term for held in taken.select_related("term")}
        return {
            _field_of(form): (
                gettext("“%(text)s” is a form of the term “%(other)s” already. Take it out of one of them.")
                if other.is_active
                else gettext("“%(text)s” is a form of the term “%(other)s”, which is not active. Activate that one.")
            )
            % {"text": form.text, "other": other.name}
            for form in forms
            if (other := others.get((form.language, form.key)))
        }

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the term, its forms as they are looked up, and its search entry."""
        from intranet.glossary.search_sources import index_terms

        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)
        self._save_forms()
        index_terms([self.pk])

    def _free_slug(self) -> str:
        base = slugify(self.form_en or self.form_fr)[:70] or "term"
        slug, number = base, 1
        while Term.objects.filter(slug=slug).exclude(pk=self.pk).exists():
            number += 1
            slug = f"{base}-{number}"
        return slug

    def _save_forms(self) -> None:
        rows = [TermForm.of(self, form, position) for position, form in enumerate(self.forms())]
        held = list(self.looked_up.order_by("position"))
        if [row.values() for row in rows] != [row.values() for row in held]:
            self.looked_up.all().delete()
            TermForm.objects.bulk_create(rows)


class TermFormQuerySet(models.QuerySet["TermForm"]):
    """Forms, with their terms."""

    def active(self) -> Self:
        """Those of active terms."""
        return self.filter(term__is_active=True).select_related("term")

    def listed_in(self, language: str) -> Self:
        """Names and acronyms in a language, and those in the other one of terms that have no name in it."""
        return self.active().filter(
            models.Q(language=language) | models.Q((f"term__form_{language}", "")),
            kind__in=(TermForm.Kind.MAIN, TermForm.Kind.ACRONYM),
        )


class TermForm(models.Model):
    """One form of a term, under the key by which texts are compared with it. Written with the term."""

    class Kind(models.TextChoices):
        MAIN = "main"
        ACRONYM = "acronym"
        VARIANT = "variant"

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="looked_up")
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=7, choices=Kind)
    text = models.CharField(max_length=120)
    key = models.CharField(max_length=500)
    first = models.CharField(max_length=100, db_index=True)
    """The key of its first word: a long text is asked about its words, not about every run of them."""
    letter = models.CharField(max_length=1)
    sorted_as = models.CharField(max_length=240)
    position = models.PositiveSmallIntegerField()

    objects = TermFormQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "language"), name="glossary_form_once"),)
        indexes = (models.Index(fields=("letter", "sorted_as"), name="glossary_form_letter"),)
        ordering = ("term", "position")

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, term: Term, form: Form, position: int) -> TermForm:
        """The row of a form, not saved."""
        sorted_as = words.sort_key(form.text)
        return cls(
            term=term,
            language=form.language,
            kind=form.kind,
            text=form.text,
            key=form.key,
            first=words.first_key(form.key),
            letter=sorted_as[:1] if sorted_as[:1].isalpha() else "0",
            sorted_as=sorted_as[:240],
            position=position,
        )

    def values(self) -> tuple[object, ...]:
        """What a row says, to compare it with another."""
        return (self.language, self.kind, self.text, self.key, self.first, self.letter, self.sorted_as, self.position)

    @property
    def is_exact(self) -> bool:
        """Whether it is an acronym, which stands in texts exactly as it is written."""
        return self.key.startswith("=")


def _languages_from(language: str) -> tuple[str, str]:
    """A language, and the other one."""
    return ("en", "fr") if language == "en" else ("fr", "en")


def _field_of(form: Form) -> str:
    field = {TermForm.Kind.MAIN: "form", TermForm.Kind.ACRONYM: "acronyms", TermForm.Kind.VARIANT: "variants"}
    return f"{field[TermForm.Kind(form.kind)]}_{form.language}"


def _lines(text: str) -> tuple[str, ...]:
    """The lines that say something, without needless blanks."""
    return tuple(dict.fromkeys(line for line in (" ".join(line.split()) for line in text.splitlines()) if line))
