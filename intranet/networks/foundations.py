"""What must exist before the first network: the shared group of each role that may enter the admin.

Written after every ``migrate``, so that a new, a migrated and a flushed database are alike.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_migrate

from intranet.networks.services import ADMIN_ROLES, shared_group_name

ADMIN_PERMISSIONS = (("wagtailadmin", "access_admin"), ("wagtail_localize", "submit_translation"))
"""Model permissions of everyone who works in a section; what they reach there, the grants on the network decide."""


def connect() -> None:
    post_migrate.connect(_write, sender=apps.get_app_config("networks"), dispatch_uid="networks.foundations")


def _write(sender: Any, using: str, **kwargs: Any) -> None:
    # A flushed database has new content types; the cache would still name the old ones.
    ContentType.objects.clear_cache()
    for label in {label for label, _codename in ADMIN_PERMISSIONS} | {"networks"}:
        create_permissions(apps.get_app_config(label), using=using, verbosity=0)
    Group.objects.using(using).filter(name__in=("Editors", "Moderators")).delete()
    permissions = [
        Permission.objects.using(using).get(content_type__app_label=label, codename=codename)
        for label, codename in ADMIN_PERMISSIONS
    ]
    for role in ADMIN_ROLES:
        group, _made = Group.objects.using(using).get_or_create(name=shared_group_name(role))
        group.permissions.add(*permissions)
