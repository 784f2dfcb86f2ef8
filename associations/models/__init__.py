from associations.models.associations import Association
from associations.models.claim_parts import ClaimedProduct, Contact, SubmitRequest
from associations.models.claims import Claim
from associations.models.customers import CustomerTenant, Subscription, TenantDomain
from associations.models.history import ClaimEvent, Comment, CommentMark, CommentReply
from associations.models.holds import ClaimHold
from associations.models.jobs import BulkRow, BulkRun, Job, JobFile, JobRow
from associations.models.notices import REQUESTS_LINK_LIFETIME, AcknowledgementCode, CustomerNotice, RequestsLink
from associations.models.partners import (
    LocationEnrolment,
    Partner,
    PartnerLocation,
    PartnerMember,
    locations_open_to,
    notified_people_at,
    reviewers_besides,
)
from associations.models.personal import CalendarFeed, ReviewDraft, SavedView
from associations.models.proofs import Acknowledgement, LooseFile, ProofOfExecution, ProofPointer, ProofReading
from associations.models.reference import HolidayOverride, IncentiveProgram, Product, SealCertificate
from associations.models.reminders import DigestLine, Reminder, SubscriptionWatch

__all__ = [
    "REQUESTS_LINK_LIFETIME",
    "Acknowledgement",
    "AcknowledgementCode",
    "Association",
    "BulkRow",
    "BulkRun",
    "CalendarFeed",
    "Claim",
    "ClaimEvent",
    "ClaimHold",
    "ClaimedProduct",
    "Comment",
    "CommentMark",
    "CommentReply",
    "Contact",
    "CustomerNotice",
    "CustomerTenant",
    "DigestLine",
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
    "ProofPointer",
    "ProofReading",
    "Reminder",
    "RequestsLink",
    "ReviewDraft",
    "SavedView",
    "SealCertificate",
    "SubmitRequest",
    "Subscription",
    "SubscriptionWatch",
    "TenantDomain",
    "locations_open_to",
    "notified_people_at",
    "reviewers_besides",
]
