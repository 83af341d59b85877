"""The models of networks."""

from intranet.networks.models.grants import NetworkGroupObjectPermission, NetworkRole, NetworkUserObjectPermission
from intranet.networks.models.items import AudienceEvent, AudienceToken, Item
from intranet.networks.models.joining import Invitation, JoinRequest
from intranet.networks.models.memberships import Membership, Role
from intranet.networks.models.names import BilingualName
from intranet.networks.models.networks import Network, NetworkEvent, Region

__all__ = [
    "AudienceEvent",
    "AudienceToken",
    "BilingualName",
    "Invitation",
    "Item",
    "JoinRequest",
    "Membership",
    "Network",
    "NetworkEvent",
    "NetworkGroupObjectPermission",
    "NetworkRole",
    "NetworkUserObjectPermission",
    "Region",
    "Role",
]
