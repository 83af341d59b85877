"""The exchange app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Bring content in, take it out."""

    name = "intranet.exchange"
    label = "exchange"
    verbose_name = _("Exchange")
