"""What pages of an account show."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from ua_parser import parse_os, parse_user_agent

register = template.Library()
COMMON_NAMES = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
"""Of systems, where the library keeps an older one."""
_SAID_BY_THE_SYSTEM = {"Mobile", "iOS"}


@register.filter
def device_name(user_agent: str) -> str:
    """Browser and system in words, as in “Firefox on Android”, from the line that a browser sends."""
    browser, system = parse_user_agent(user_agent), parse_os(user_agent)
    words = browser.family.split() if browser else []
    name = " ".join(word for word in words if word not in _SAID_BY_THE_SYSTEM) or _("Unknown browser")
    if not system:
        return name
    return _("%(browser)s on %(system)s") % {
        "browser": name,
        "system": COMMON_NAMES.get(system.family, system.family),
    }
