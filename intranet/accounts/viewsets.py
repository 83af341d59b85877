"""The list of people in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.forms import ModelForm
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter
from wagtail.admin.filters import BooleanRadioSelect, WagtailFilterSet
from wagtail.users.views.users import CreateView, EditView, IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from intranet.accounts.forms import AccountCreationForm, AccountEditForm
from intranet.accounts.models import User
from intranet.accounts.services import create_account, set_account_active


class AccountFilterSet(WagtailFilterSet):
    """Without groups: they only mirror memberships, which are the networks' own business."""

    is_active = BooleanFilter(label=_("Active"), widget=BooleanRadioSelect)

    def __init__(self, *args: Any, is_searching: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    class Meta:
        model = User
        fields = ("is_active",)


class AccountIndexView(IndexView):
    """Nothing is done to many accounts at once."""

    @cached_property
    def columns(self) -> list[Any]:
        return [column for column in super().columns if column.name != "bulk_actions"]

    @cached_property
    def search_fields(self) -> set[str]:
        return {"name", "email"}

    def get_list_more_buttons(self, instance: User) -> list[Any]:
        return []


class AccountCreateView(CreateView):
    """Makes accounts by their service, which keeps the history."""

    def save_instance(self) -> User:
        return create_account(**self.form.cleaned_data, by=self.request.user)


class AccountEditView(EditView):
    """Names, closes and opens accounts."""

    @transaction.atomic
    def save_instance(self) -> User:
        """Closing an account also ends its sessions."""
        account = self.form.instance
        wanted = account.is_active
        account.is_active = User.objects.values_list("is_active", flat=True).get(pk=account.pk)
        account = super().save_instance()
        set_account_active(account, wanted, by=self.request.user)
        return account


class UserViewSet(WagtailUserViewSet):
    """Accounts, for those who may manage accounts: made, named, closed; never deleted, never given rights."""

    filterset_class = AccountFilterSet
    index_view_class = AccountIndexView
    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"
    copy_view_enabled = False
    ordering = "email"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm[User]]:
        return AccountEditForm if for_update else AccountCreationForm
