"""Who acts on a claim, known without a database."""

from dataclasses import dataclass
from enum import StrEnum


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
