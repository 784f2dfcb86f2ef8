from associations.models.associations import Association
from associations.models.catalogue import IncentiveProgram, Product
from associations.models.claims import Claim, ClaimedProduct, Contact
from associations.models.customers import CustomerTenant, Subscription, TenantDomain
from associations.models.evidence import ProofOfExecution
from associations.models.history import ClaimEvent, Comment
from associations.models.notices import CustomerNotice
from associations.models.partners import (
    LocationEnrolment,
    Partner,
    PartnerLocation,
    PartnerMember,
    locations_open_to,
    people_at_each,
)
from associations.models.reminders import Reminder

__all__ = [
    "Association",
    "Claim",
    "ClaimEvent",
    "ClaimedProduct",
    "Comment",
    "Contact",
    "CustomerNotice",
    "CustomerTenant",
    "IncentiveProgram",
    "LocationEnrolment",
    "Partner",
    "PartnerLocation",
    "PartnerMember",
    "Product",
    "ProofOfExecution",
    "Reminder",
    "Subscription",
    "TenantDomain",
    "locations_open_to",
    "people_at_each",
]
