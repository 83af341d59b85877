"""Addresses under ``/accounts/`` that django-allauth does not have."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from intranet.accounts import openid_connect, tokens, views

urlpatterns: list[URLPattern] = [
    # Sign-in and the account have no language in their addresses: one chooses it.
    path("language/", views.choose_language, name="set_language"),
    path("profile/", views.profile, name="profile"),
    # An address is a person's name here: the national office changes it, nobody alone.
    path("email/", RedirectView.as_view(pattern_name="profile")),
    # A provider opens accounts and is linked to none: there is nothing to manage, and nothing to sign up for.
    path("3rdparty/", RedirectView.as_view(pattern_name="profile")),
    path("3rdparty/signup/", RedirectView.as_view(pattern_name="account_signup")),
    path("oidc/<str:provider_id>/login/", openid_connect.login),
    path("oidc/<str:provider_id>/login/callback/", openid_connect.callback),
    path("tokens/", tokens.list_tokens, name="api_tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke_api_token"),
]
