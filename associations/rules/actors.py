"""The actor on a claim, known without a database."""

from dataclasses import dataclass
from enum import StrEnum

from associations.choices import MemberRole


class Role(StrEnum):
    """The capacities in which a claim is acted on (domain.md 1.2, 7)."""

    INCENTIVES_ADMIN = "incentives_admin"
    INCENTIVES_USER = "incentives_user"
    OBSERVER = "observer"
    REVIEWER = "reviewer"
    CUSTOMER = "customer"
    PORTAL = "portal"


@dataclass(frozen=True)
class Actor:
    """One person, or the portal itself, in the capacity in which they act. Customers have a name but no account."""

    role: Role
    user_id: int | None = None
    name: str = ""

    @property
    def account_id(self) -> int:
        """Return the id of the person's account; raise ValueError for the customer and the portal, who have none."""
        if self.user_id is None:
            raise ValueError(f"The {self.role} has no account.")
        return self.user_id


PORTAL = Actor(Role.PORTAL)

# The capacity in which a member of a company acts on its claims; a member with another role sees none (domain.md 7).
ROLES: dict[str, Role] = {
    MemberRole.INCENTIVES_ADMIN.value: Role.INCENTIVES_ADMIN,
    MemberRole.INCENTIVES_USER.value: Role.INCENTIVES_USER,
    MemberRole.GLOBAL_ADMIN.value: Role.OBSERVER,
    MemberRole.BILLING_ADMIN.value: Role.OBSERVER,
}


def member_actor(user_id: int, *, role: str) -> Actor:
    """Return the person with this *role* in a company as an actor on its claims; raise KeyError if it sees none."""
    return Actor(ROLES[role], user_id)
