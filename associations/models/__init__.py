from associations.models.associations import Association
from associations.models.catalogue import IncentiveProgram, Product
from associations.models.claims import Claim, ClaimedProduct, Contact
from associations.models.customers import CustomerTenant, Subscription, TenantDomain
from associations.models.evidence import ProofOfExecution
from associations.models.history import ClaimEvent, Comment
from associations.models.jobs import Job, JobFile, JobRow
from associations.models.notices import CustomerNotice
from associations.models.partners import (
    LocationEnrolment,
    Partner,
    PartnerLocation,
    PartnerMember,
    locations_open_to,
    people_at,
)
from associations.models.reminders import Reminder
from associations.models.watches import SubscriptionWatch

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
    "Job",
    "JobFile",
    "JobRow",
    "LocationEnrolment",
    "Partner",
    "PartnerLocation",
    "PartnerMember",
    "Product",
    "ProofOfExecution",
    "Reminder",
    "Subscription",
    "SubscriptionWatch",
    "TenantDomain",
    "locations_open_to",
    "people_at",
]
