"""Every address of the site. Pages live under ``/fr/`` and ``/en/``; plugins add theirs there too."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin import urls as wagtailadmin_urls

from intranet.accounts import urls as account_urls
from intranet.api.urls import api
from intranet.finding import urls as finding_urls
from intranet.networks import urls as network_urls
from intranet.networks.views import joining
from intranet.pages import urls as page_urls
from intranet.pages.admin import urls as page_admin_urls
from intranet.pages.views import errors, pages, status
from intranet.plugins import registry
from intranet.plugins.urls import plugin_urlpatterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.to_home, name="to_home"),
    path("-/live", status.live, name="live"),
    path("-/ready", status.ready, name="ready"),
    path("api/v1/", api.urls),
    path("accounts/", include(account_urls)),
    path("accounts/invitation/<str:secret>/", joining.invitation, name="invitation"),
    path("accounts/join/", joining.open_networks, name="open_networks"),
    path("accounts/join/<slug:slug>/", joining.open_request, name="open_request"),
    *(
        [path("accounts/", include("intranet.notifications.open_urls"))]
        if registry.is_installed("notifications")
        else []
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", errors.to_sign_in),
    path("admin/", include(page_admin_urls)),
    path("admin/", include(wagtailadmin_urls)),
    path("", include(page_urls.guarded_files)),
    *i18n_patterns(
        path(_("search/"), include(finding_urls)),
        path(_("networks/"), include(network_urls)),
        *plugin_urlpatterns(),
        path("", include(page_urls.page_tree)),
    ),
]

handler404 = "intranet.pages.views.errors.not_found"

if settings.DEBUG:
    from django.contrib.staticfiles.urls import staticfiles_urlpatterns

    urlpatterns += staticfiles_urlpatterns()
