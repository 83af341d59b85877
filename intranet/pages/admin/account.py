"""One's own settings in the admin: what is not said elsewhere on the site."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.account import (
    AccountView,
    AvatarSettingsPanel,
    ChangePasswordPanel,
    LocaleSettingsPanel,
    NameEmailSettingsPanel,
    NotificationsSettingsPanel,
)

ELSEWHERE = (
    *(NameEmailSettingsPanel, AvatarSettingsPanel, LocaleSettingsPanel),
    *(ChangePasswordPanel, NotificationsSettingsPanel),
)
"""Name, language, password and e-mails are the account's, for the whole site; pictures of people are not kept."""


class OwnAccountView(AccountView):
    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if not isinstance(panel, ELSEWHERE)]
