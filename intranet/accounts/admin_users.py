"""Wagtail's user list, adapted to accounts that are named by their e-mail."""

from wagtail.users.apps import WagtailUsersAppConfig


class IntranetUsersConfig(WagtailUsersAppConfig):
    """Groups are not on the user form: memberships are their only source."""

    user_viewset = "intranet.accounts.viewsets.UserViewSet"
