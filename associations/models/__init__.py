from associations.models.associations import Association
from associations.models.bulk import BulkRow, BulkRun
from associations.models.calendar_feeds import CalendarFeed
from associations.models.catalogue import IncentiveProgram, Product
from associations.models.claims import Claim, ClaimedProduct, Contact
from associations.models.customers import CustomerTenant, Subscription, TenantDomain
from associations.models.evidence import LooseFile, ProofOfExecution
from associations.models.history import ClaimEvent, Comment
from associations.models.holidays import HolidayOverride
from associations.models.jobs import Job, JobFile, JobRow
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
from associations.models.saved_views import SavedView
from associations.models.watches import SubscriptionWatch

__all__ = [
    "Association",
    "BulkRow",
    "BulkRun",
    "CalendarFeed",
    "Claim",
    "ClaimEvent",
    "ClaimedProduct",
    "Comment",
    "Contact",
    "CustomerNotice",
    "CustomerTenant",
    "HolidayOverride",
    "IncentiveProgram",
    "Job",
    "JobFile",
    "JobRow",
    "LocationEnrolment",
    "LooseFile",
    "Partner",
    "PartnerLocation",
    "PartnerMember",
    "Product",
    "ProofOfExecution",
    "Reminder",
    "SavedView",
    "Subscription",
    "SubscriptionWatch",
    "TenantDomain",
    "locations_open_to",
    "people_at_each",
]
