"""Topics: one bilingual list for the whole federation, kept by the national office."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from intranet.networks.models import BilingualName


class Topic(BilingualName, models.Model):
    """A subject that items are about."""

    tagged_keys: set[uuid.UUID]
    """The keys of its items, while it is being deleted. Not stored."""

    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("slug",)
