"""The entry table, which the embedded engine reads, and the state of each Elasticsearch index."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from search import conf
from search.types import KEY_CHARACTERS, VALUE_CHARACTERS

#: The longest pause before a document is sent again that the server could not take.
LAST_RETRY_SECONDS = 60


class VectorField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's ``tsvector``; it is read and written by the embedded engine's own statements only."""

    def db_type(self, connection: object) -> str:
        return "tsvector"


class Entry(models.Model):
    """One item as search knows it. A row is never deleted or used again: a deleted entry stays as a tombstone.

    ``version`` only grows, by every change that search can see; whoever changes an entry holds its row's lock.
    """

    key = models.CharField(max_length=KEY_CHARACTERS, unique=True)
    kind = models.CharField(max_length=VALUE_CHARACTERS, blank=True, default="")
    rule = models.CharField(max_length=VALUE_CHARACTERS, blank=True, default="")
    date = models.DateTimeField(null=True)
    identifiers = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True, default="")
    version = models.BigIntegerField(default=0)
    written_at = models.DateTimeField(null=True, help_text="When this version was written; None: not known.")
    is_deleted = models.BooleanField(default=True)
    standing = models.CharField(max_length=10, default="current")
    replaced_by = models.CharField(max_length=KEY_CHARACTERS, blank=True, default="")
    is_dated = models.BooleanField(default=False)
    facets = models.JSONField(default=dict, help_text="The rows of EntryFacet at a glance.")

    class Meta:
        indexes = [models.Index(F("date").desc(), F("key"), name="search_entry_latest", condition=Q(is_deleted=False))]

    def __str__(self) -> str:
        return self.key


class EntryToken(models.Model):
    """One token of an entry's effective audience."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="tokens", db_index=False)
    token = models.CharField(max_length=VALUE_CHARACTERS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "token"], name="search_entrytoken_once")]
        indexes = [models.Index(fields=["token", "entry"], name="search_entrytoken_token")]

    def __str__(self) -> str:
        return self.token


class EntryFacet(models.Model):
    """One value of one facet of an entry, the derived ones (kind, language, year) too."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="facet_values", db_index=False)
    name = models.CharField(max_length=40)
    value = models.CharField(max_length=VALUE_CHARACTERS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "name", "value"], name="search_entryfacet_once")]
        indexes = [models.Index(fields=["name", "value", "entry"], name="search_entryfacet_value")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class EntryVersion(models.Model):
    """The texts of an entry in one language."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="versions", db_index=False)
    language = models.CharField(max_length=8)
    title = models.TextField()
    url = models.TextField()
    summary = models.TextField(blank=True)
    headings = models.TextField(blank=True)
    body = models.TextField(blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    published = models.DateTimeField(null=True)
    aliases = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "language"], name="search_entryversion_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class EntryPassage(models.Model):
    """A piece of the text of one of an entry's attachments, in the order of reading."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="passages", db_index=False)
    position = models.PositiveIntegerField()
    document = models.CharField(max_length=VALUE_CHARACTERS)
    title = models.TextField()
    url = models.TextField()
    language = models.CharField(max_length=35, blank=True)
    page = models.PositiveIntegerField(null=True)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "position"], name="search_entrypassage_once")]

    def __str__(self) -> str:
        return f"{self.title}, {self.page or self.position}"


class Stamp(models.Model):
    """Another value after every change of what it is named after: see :mod:`search.stamps`."""

    name = models.CharField(max_length=100, primary_key=True)
    value = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class EntryText(models.Model):
    """The words of an entry for PostgreSQL. (SQLite has a virtual table instead, made in the same migration.)"""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="+")
    document = VectorField()

    class Meta:
        required_db_vendor = "postgresql"

    def __str__(self) -> str:
        return str(self.pk)


class SearchIndex(models.Model):
    """One Elasticsearch index. Queries name the live one by its own name, so that they and its deliveries agree."""

    class State(models.TextChoices):
        BUILDING = "building"
        LIVE = "live"
        RETIRED = "retired"

    name = models.CharField(max_length=200, unique=True)
    prefix = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=State)
    schema = models.CharField(max_length=16, blank=True, default="", help_text="What it was made as.")
    is_filled = models.BooleanField(default=False, help_text="Every entry has its delivery row.")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prefix", "state"], name="search_index_one_per_state", condition=~Q(state="retired")
            )
        ]
        verbose_name_plural = "search indexes"

    def __str__(self) -> str:
        return self.name


#: Of the indexes that every change is sent to.
ACTIVE_STATES = (SearchIndex.State.BUILDING, SearchIndex.State.LIVE)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """What is still to be sent."""

    def behind(self) -> "DeliveryQuerySet":
        """Those whose index does not have the wanted version yet, except documents it refused."""
        return self.filter(wanted__gt=F("version")).exclude(refused__gte=F("wanted"))

    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Those behind that no worker is busy with and whose time for another attempt has come.

        A time that is further away than any can be was noted by a clock that has been put back since.
        """
        last_claim = now + timedelta(seconds=conf.claim_seconds())
        last_retry = now + timedelta(seconds=LAST_RETRY_SECONDS)
        return self.behind().filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | Q(claimed_until__gt=last_claim),
            Q(retry_at__isnull=True) | Q(retry_at__lte=now) | Q(retry_at__gt=last_retry),
        )

    def in_use(self) -> "DeliveryQuerySet":
        """Those to the indexes that readers ask or soon will."""
        return self.filter(index__prefix=conf.index_prefix(), index__state__in=ACTIVE_STATES)

    def refused(self) -> "DeliveryQuerySet":
        """Those that the index refuses as they are."""
        return self.filter(wanted__gt=F("version"), refused__gte=F("wanted"))

    def pending(self) -> "DeliveryQuerySet":
        """Those whose indexed document may say more than the entry: hidden until the index has caught up."""
        return self.filter(restricted__gt=F("version"))


class Delivery(models.Model):
    """How far one entry has got into one index: the outbox.

    ``wanted`` is the version to send, ``restricted`` the last one that took something away, ``version`` and ``rule``
    what the index is known to have. A row with ``claimed_until`` may be in flight: the index may have more.
    """

    index = models.ForeignKey(SearchIndex, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="deliveries")
    wanted = models.BigIntegerField()
    restricted = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    rule = models.CharField(max_length=VALUE_CHARACTERS, blank=True, default="")
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    refused = models.BigIntegerField(default=0, help_text="The version that the index refused.")
    error = models.TextField(blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["index", "entry"], name="search_delivery_once")]
        indexes = [
            models.Index(fields=["index", "id"], name="search_delivery_behind", condition=Q(wanted__gt=F("version"))),
            models.Index(
                fields=["index", "id"], name="search_delivery_pending", condition=Q(restricted__gt=F("version"))
            ),
            models.Index(fields=["index", "rule"], name="search_delivery_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.index_id}"
