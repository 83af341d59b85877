"""Addresses under ``/<language>/networks/``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from intranet.networks.views import directory, history, joining, managing, people

app_name = "networks"
urlpatterns = [
    path("", directory.directory, name="directory"),
    path(_("manage/"), managing.networks, name="manage"),
    path(_("manage/new/"), managing.create_network, name="create"),
    path(_("manage/<int:pk>/"), managing.edit_network, name="edit"),
    path(_("manage/<int:pk>/state/"), managing.set_state, name="state"),
    path(_("manage/<int:pk>/invite/"), managing.invite_coordinator, name="invite_coordinator"),
    path(_("manage/<int:pk>/history/"), history.network_history, name="history"),
    path(_("manage/accounts/"), managing.accounts, name="accounts"),
    path(_("manage/accounts/new/"), managing.create_person, name="create_person"),
    path(_("manage/accounts/<int:pk>/"), history.account, name="account"),
    path(_("manage/accounts/<int:pk>/state/"), managing.set_active, name="set_active"),
    path("<slug:slug>/", directory.network_facts, name="facts"),
    path(_("<slug:slug>/join/"), joining.request_to_join, name="join"),
    path(_("<slug:slug>/people/"), people.network_people, name="people"),
    path(_("<slug:slug>/people/<int:pk>/"), people.member, name="member"),
    path(_("<slug:slug>/people/invitations/<int:pk>/"), people.invitation_action, name="invitation_action"),
    path(_("<slug:slug>/people/requests/<int:pk>/"), people.request_action, name="request_action"),
]
