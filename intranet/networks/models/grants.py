"""What follows from memberships: groups, and django-guardian's grants on the network."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from intranet.networks.models.memberships import Role
from intranet.networks.models.networks import Network


class NetworkUserObjectPermission(UserObjectPermissionBase):
    """Direct foreign-key grants to a person; none is ever made, roles go through groups."""

    content_object = models.ForeignKey(Network, on_delete=models.CASCADE)


class NetworkGroupObjectPermission(GroupObjectPermissionBase):
    """Direct foreign-key grants to the group of a network's role."""

    content_object = models.ForeignKey(Network, on_delete=models.CASCADE)


class NetworkRole(models.Model):
    """The group that holds the grants of one role in one network. Written by ``services`` alone."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=12, choices=Role.choices)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="network_role")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("network", "role"), name="networks_role_once"),)

    def __str__(self) -> str:
        return self.group.name
