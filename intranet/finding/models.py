"""What the office pins above the results of a query, what people save to ask again, and what is sought."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.finding.phrases import phrase_key
from search.conf import LANGUAGES
from search.query import TEXT_CHARACTERS
from search.types import KEY_CHARACTERS

MAX_PHRASE = 120
MAX_NAME = 80
MAX_SOUGHT = 100
_ONE_ON_EACH_LINE = _(
    "What people type, one query on each line. Capitals, accents, plurals and the order of words do not matter."
)


class PinnedAnswer(models.Model):
    """An item that stands above the results of certain queries, for those who may see it.

    ``item`` is the key of its search entry; who may see it is asked of the entry's audience whenever it is shown.
    """

    phrases_fr = models.TextField(
        _("queries in French"),
        blank=True,
        help_text=_ONE_ON_EACH_LINE,
    )
    phrases_en = models.TextField(
        _("queries in English"),
        blank=True,
        help_text=_ONE_ON_EACH_LINE,
    )
    item = models.CharField(_("item"), max_length=KEY_CHARACTERS, db_index=True)
    valid_from = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: at once."))
    valid_until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day. Leave empty when no end is planned.")
    )

    class Meta:
        verbose_name = _("pinned answer")
        verbose_name_plural = _("pinned answers")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return ", ".join(phrase for language in LANGUAGES[::-1] for phrase in self.phrases_in(language))

    def phrases_in(self, language: str) -> tuple[str, ...]:
        """The queries in a language, as they were typed."""
        lines = (" ".join(line.split()) for line in getattr(self, f"phrases_{language}").splitlines())
        return tuple(dict.fromkeys(filter(None, lines)))

    def is_valid_on(self, day: datetime.date) -> bool:
        """Whether it is in force on a day."""
        return not (self.valid_from and day < self.valid_from) and not (self.valid_until and day > self.valid_until)

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        for language in LANGUAGES:
            phrases = self.phrases_in(language)
            setattr(self, f"phrases_{language}", "\n".join(phrases))
            wrong = [phrase for phrase in phrases if len(phrase) > MAX_PHRASE or not phrase_key(phrase, language)]
            if wrong:
                errors[f"phrases_{language}"] = _(
                    "“%(text)s” is no query: use words, at most %(maximum)d characters."
                ) % {"text": wrong[0][:MAX_PHRASE], "maximum": MAX_PHRASE}
        if not any(self.phrases_in(language) for language in LANGUAGES):
            errors["phrases_fr"] = _("Give at least one query, in either language.")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            errors["valid_until"] = _("The last day is before the first one.")
        if errors:
            raise ValidationError(errors)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it, and its phrases as they are looked up."""
        super().save(*args, **kwargs)
        self.looked_up.all().delete()
        keys = {phrase_key(phrase, code) for code in LANGUAGES for phrase in self.phrases_in(code)}
        PinnedPhrase.objects.bulk_create(PinnedPhrase(answer=self, key=key) for key in sorted(keys))


class PinnedPhrase(models.Model):
    """A query for which an answer is pinned, under the key by which queries are compared. Written with the answer."""

    answer = models.ForeignKey(PinnedAnswer, on_delete=models.CASCADE, related_name="looked_up")
    key = models.CharField(max_length=500)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "answer"), name="finding_phrase_once"),)

    def __str__(self) -> str:
        return self.key


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Saved searches."""

    def of(self, person: Any) -> Self:
        """The person's own: nobody has anything to do with another one's."""
        return self.filter(person=person.pk)


class SavedSearch(models.Model):
    """A question with a name. What it finds is asked anew whenever it runs, with the person's access of that moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=MAX_NAME)
    text = models.CharField(max_length=TEXT_CHARACTERS, blank=True)
    sort = models.CharField(max_length=10, default="relevance")
    archived = models.BooleanField(default=False)
    exact = models.BooleanField(default=False)
    filters = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "name"), name="finding_saved_name_once"),)
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def query_string(self) -> str:
        """Its parameters, as the search page and the API read them."""
        asked = {"q": self.text} if self.text else {}
        asked |= {"sort": self.sort} if self.sort != "relevance" else {}
        asked |= {name: "1" for name in ("archived", "exact") if getattr(self, name)}
        return urlencode({**asked, **self.filters}, doseq=True)

    def get_absolute_url(self) -> str:
        """Where it runs, in the language in force."""
        return f"{reverse('search')}?{self.query_string}"


class AskedQuery(models.Model):
    """Somebody looked for a query today. Deleted when the day is over, at the latest after 24 hours.

    ``ref`` is a keyed hash of the person, salted with the day and the query (``intranet.finding.asked``).
    """

    ref = models.CharField(primary_key=True, max_length=32)
    day = models.DateField(db_index=True)
    language = models.CharField(max_length=2)
    query = models.CharField(max_length=MAX_SOUGHT)
    hits = models.PositiveIntegerField()
    searches = models.PositiveIntegerField(default=1)
    clicked_rank = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.query


class SoughtQuery(models.Model):
    """What three people or more looked for on one day; on another day the same people count again.

    ``hits`` and ``ranks`` are sums over people, ``without`` counts those who found nothing, ``clicked`` those who
    opened a result.
    """

    day = models.DateField()
    language = models.CharField(max_length=2)
    query = models.CharField(max_length=MAX_SOUGHT)
    people = models.PositiveIntegerField()
    searches = models.PositiveIntegerField()
    hits = models.PositiveBigIntegerField()
    without = models.PositiveIntegerField()
    clicked = models.PositiveIntegerField()
    ranks = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "language", "query"), name="finding_sought_once"),)

    def __str__(self) -> str:
        return self.query


def today() -> datetime.date:
    """The day it is at the national office."""
    return timezone.localdate()
