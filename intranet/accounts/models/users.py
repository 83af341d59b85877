"""The person behind every membership, receipt and token."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.accounts.signals import account_state_changed


def normalise_email(email: str) -> str:
    """The one spelling under which an address is stored and compared: trimmed, lower case."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Makes and finds accounts by their e-mail address, whatever its spelling."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalise_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password it can only be entered by a link sent by e-mail.

        Raises:
            ValueError: ``email`` is empty.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An administrator of the machine; the title opens no network's section."""
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, named by the e-mail address."""

    class Language(models.TextChoices):
        FRENCH = "fr", _("French")
        ENGLISH = "en", _("English")

    email = models.EmailField(
        _("e-mail address"), unique=True, error_messages={"unique": _("This e-mail address already has an account.")}
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("preferred language"), max_length=5, choices=Language.choices, default=Language.FRENCH
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("An inactive account cannot sign in and sees nothing.")
    )
    is_staff = models.BooleanField(_("administrator of the machine"), default=False)
    date_joined = models.DateTimeField(_("account created"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    last_visit_ended_at = models.DateTimeField(null=True, editable=False)
    """When the visit before this one ended; both are written by ``accounts.visits``, and shown to nobody else."""

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "email")
        constraints = (models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci"),)

    def __str__(self) -> str:
        return self.name or self.email

    state_changed_by: Any = None
    """Who opens or closes the account with the next save, for the history. Not stored on the account."""

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also keeps the history: whatever door the account was opened or closed by, a dated row says so."""
        fields = kwargs.get("update_fields")
        before = None
        if self.pk and (fields is None or "is_active" in fields):
            before = User.objects.filter(pk=self.pk).values_list("is_active", flat=True).first()
        with transaction.atomic():
            super().save(*args, **kwargs)
            if before is not None and before != self.is_active:
                kind = AccountEvent.Kind.REACTIVATED if self.is_active else AccountEvent.Kind.DEACTIVATED
                AccountEvent.objects.create(person=self, kind=kind, by=self.state_changed_by)
                account_state_changed.send(sender=User, person=self)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class AccountEvent(models.Model):
    """A dated row for each change that decides whether an account reaches anything; never changed, never deleted."""

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        DEACTIVATED = "deactivated", _("deactivated")
        REACTIVATED = "reactivated", _("reactivated")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account_events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("at", "pk")
