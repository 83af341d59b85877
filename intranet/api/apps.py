"""The API's app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The programming interface under ``/api/v1/``."""

    name = "intranet.api"
    label = "api"
    verbose_name = _("API")
