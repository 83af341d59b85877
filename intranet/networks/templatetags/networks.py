"""What pages of other apps ask about networks."""

from __future__ import annotations

from django import template

from intranet.networks.models import Network

register = template.Library()


@register.simple_tag
def has_open_networks() -> bool:
    """Whether people without an account may ask to join a network."""
    return Network.objects.open_to_requests().exists()
