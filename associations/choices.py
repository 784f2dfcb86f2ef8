"""The words of the business as enumerations with their labels (domain.md 1.6, 3.1-3.4, 4.1). Nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SolutionArea(TextChoices):
    M365 = "M365", _("Microsoft 365")
    BA = "BA", _("Business Applications")


class Activity(TextChoices):
    M365_USAGE = "M365_USAGE", _("Usage")
    BA_USAGE = "BA_USAGE", _("Usage")
    BA_PRESALES = "BA_PRESALES", _("Pre-sales")
    BA_REVENUE = "BA_REVENUE", _("Revenue association")


class ProductGroup(TextChoices):
    WORKLOAD = "M365", _("Microsoft 365 workloads")
    CUSTOMER_ENGAGEMENT = "CE", _("Customer Engagement")
    FINANCE_OPERATIONS = "FO", _("Finance and Operations")
    SMALL_BUSINESS = "SMB", _("Small and medium business")
    CROSS = "X", _("Across Dynamics 365")
    POWER_PLATFORM = "PP", _("Power Platform")


class EnrolmentStatus(TextChoices):
    ACTION_REQUIRED = "action_required", _("Action required")
    DISCONTINUED = "discontinued", _("Discontinued")
    ENROLLED = "enrolled", _("Enrolled")
    ENROLLING = "enrolling", _("Enrolling")
    INACTIVE = "inactive", _("Inactive")
    INVITED = "invited", _("Invited")
    VALIDATING = "validating", _("Validating enrolment")


class SubscriptionState(TextChoices):
    ACTIVE = "Active", pgettext_lazy("subscription", "Active")
    IN_GRACE = "InGracePeriod", _("In grace period")
    DISABLED = "Disabled", _("Disabled")
    SUSPENDED = "Suspended", _("Suspended")
    DEPROVISIONED = "Deprovisioned", _("Deprovisioned")
    EXPIRED = "Expired", _("Expired")


class SalesChannel(TextChoices):
    VOLUME_LICENSING = "VL", _("Volume Licensing")
    WEB_DIRECT = "WEB_DIRECT", _("Web Direct")
    CSP = "CSP", _("CSP")


class MemberRole(TextChoices):
    INCENTIVES_ADMIN = "incentives_admin", _("Incentives admin")
    INCENTIVES_USER = "incentives_user", _("Incentives user")
    GLOBAL_ADMIN = "global_admin", _("Global admin")
    BILLING_ADMIN = "billing_admin", _("Billing admin")
    REPORT_VIEWER = "report_viewer", _("Report viewer")
    EXEC_REPORT_VIEWER = "exec_report_viewer", _("Executive report viewer")


class ClaimStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", pgettext_lazy("claim status", "Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    ACTION_REQUIRED = "action_required", _("Action required")
    AWAITING_CUSTOMER = "awaiting_customer", _("Validated - customer period")
    APPROVED = "approved", pgettext_lazy("claim status", "Approved")
    REJECTED = "rejected", pgettext_lazy("claim status", "Rejected")
    DISPUTED = "disputed", _("Disputed")
    REJECTED_FINAL = "rejected_final", _("Rejected (final)")
    CANCELLED = "cancelled", pgettext_lazy("claim status", "Cancelled")


class ClaimAction(TextChoices):
    """What moves a claim from one status to another."""

    SUBMIT = "submit", _("Submit claim")
    CANCEL_DRAFT = "cancel_draft", _("Delete draft")
    WITHDRAW = "withdraw", _("Withdraw claim")
    START_REVIEW = "start_review", _("Start review")
    REQUEST_ACTION = "request_action", _("Ask for more")
    RESUBMIT = "resubmit", _("Resubmit claim")
    VALIDATE = "validate", _("Validate")
    REJECT = "reject", _("Reject")
    DECLINE = "decline", _("Opt out")
    APPROVE = "approve", _("Make official")
    EXPIRE_ANSWER = "expire_answer", _("Reject for want of an answer")
    LOSE_ITEM = "lose_item", _("Reject in favour of another partner")
    DISPUTE = "dispute", _("Dispute the rejection")
    UPHOLD_REJECTION = "uphold_rejection", _("Uphold the rejection")
    ACCEPT_DISPUTE = "accept_dispute", _("Accept the dispute")


class EventKind(TextChoices):
    """What a line of the History says. Actions carry the value of their `ClaimAction`."""

    CREATED = "created", _("Draft created")
    COPIED = "copied", _("Answers copied from another claim")
    CHANGED = "changed", _("Answers changed")
    PRODUCTS_CHANGED = "products_changed", _("Products changed")
    CONTACTS_CHANGED = "contacts_changed", _("Contacts changed")
    PROOF_ADDED = "proof_added", _("Proof of execution added")
    PROOF_REMOVED = "proof_removed", _("Proof of execution removed")
    PROOF_INFECTED = "proof_infected", _("Virus found, file removed")
    COMMENTED = "commented", _("Comment added")
    EDIT_REFUSED = "edit_refused", _("Change refused: the claim is locked")
    SUBMITTED = "submit", _("Claim submitted")
    DRAFT_CANCELLED = "cancel_draft", _("Draft deleted")
    WITHDRAWN = "withdraw", _("Claim withdrawn")
    REVIEW_STARTED = "start_review", _("Review started")
    ACTION_REQUESTED = "request_action", _("More information requested")
    RESUBMITTED = "resubmit", _("Claim resubmitted")
    VALIDATED = "validate", _("Claim validated")
    REJECTED = "reject", _("Claim rejected")
    DECLINED = "decline", _("Customer opted out")
    APPROVED = "approve", _("Association official")
    ANSWER_EXPIRED = "expire_answer", _("Claim rejected: no answer in time")
    ITEM_LOST = "lose_item", _("Claim rejected: another partner was preferred")
    DISPUTED = "dispute", _("Rejection disputed")
    REJECTION_UPHELD = "uphold_rejection", _("Rejection upheld")
    DISPUTE_ACCEPTED = "accept_dispute", _("Dispute accepted")
    NOTICE_QUEUED = "notice_queued", _("Notice to the customer queued")
    NOTICE_REVOKED = "notice_revoked", _("Earlier notice revoked")
    NOTICE_BOUNCED = "notice_bounced", _("Notice not delivered, customer period stopped")
    NOTICE_RESENT = "notice_resent", _("Notice sent again")
    CONTACT_CORRECTED = "contact_corrected", _("Customer contact corrected")
    WINDOW_OPENED = "window_opened", _("Notice delivered, customer period started")
    WINDOW_CLOSED = "window_closed", _("Customer period ended without an opt-out")
    CUSTOMER_APPROVED = "customer_approved", _("Customer approved")
    COMPETING_FOUND = "competing_found", _("Competing claim found")
    COMPETING_SETTLED = "competing_settled", _("Competing claim settled")
    ARBITRATED = "arbitrated", _("Competing claims decided")
    ASSIGNED = "assigned", _("Reviewer assigned")
    ASSOCIATION_ENDED = "association_ended", _("Association ended")
    FORGOTTEN = "forgotten", _("Personal data removed")


class ReminderKind(TextChoices):
    """What a person is reminded of when its time comes (domain.md 1.6 T10, 5)."""

    ANSWER_DUE = "answer_due", _("Answer due soon")
    CUSTOMER_PERIOD_ENDING = "customer_period_ending", _("Customer period ending")
    DRAFT_UNFINISHED = "draft_unfinished", _("Draft unfinished")
    SUBSCRIPTION_ENDING = "subscription_ending", _("Subscription ending")


class ConsentStatus(TextChoices):
    """How the customer's answer stands, beside the claim's status (domain.md 1.6)."""

    NOT_SENT = "not_sent", _("Not sent")
    QUEUED = "queued", pgettext_lazy("notice", "Queued")
    OPEN = "sent", _("Customer period open")
    BOUNCED = "bounced", _("Not delivered")
    NO_OBJECTION = "no_objection", _("Ended without an opt-out")
    ACKNOWLEDGED = "acknowledged", _("Approved by the customer")
    DECLINED = "declined", _("Customer opted out")


class UndeliveredReason(TextChoices):
    """Why a notice did not arrive, as far as the mail servers told (RFC 3463)."""

    ADDRESS_UNKNOWN = "address_unknown", _("The address does not exist")
    DOMAIN_UNKNOWN = "domain_unknown", _("The domain of the address takes no mail")
    MAILBOX_FULL = "mailbox_full", _("The mailbox is full")
    MAILBOX_CLOSED = "mailbox_closed", _("The mailbox takes no mail")
    NOT_REACHED = "not_reached", _("The customer's mail server could not be reached")
    REFUSED = "refused", _("The customer's mail server refused the mail")
    UNKNOWN = "unknown", _("The mail could not be delivered")


class ReviewOutcome(TextChoices):
    PENDING = "pending", _("Pending")
    VALIDATED = "validated", _("Validated")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", pgettext_lazy("review", "Rejected")


class ReasonCode(TextChoices):
    """Why a claim was returned or rejected (domain.md 4.1)."""

    POE_ALL_MISSING = "POE_ALL_MISSING", _("No proof of execution, or a file unrelated to the claim")
    POE_NO_SIGNATURE = "POE_NO_SIGNATURE", _("The customer's signature is missing")
    POE_DATES = "POE_DATES", _("Dates are missing or too old")
    POE_NO_SERVICE = "POE_NO_SERVICE", _("The partner's service is not described")
    POE_NO_PRODUCT = "POE_NO_PRODUCT", _("A claimed product is not in the proof of execution")
    POE_UNAVAILABLE = "POE_UNAVAILABLE", _("The proof of execution cannot be opened")
    DATA_MISMATCH = "DATA_MISMATCH", _("The parties in the proof of execution differ from the claim")
    NO_PARTNER_RESPONSE = "NO_PARTNER_RESPONSE", _("No answer in time")
    CUSTOMER_DECLINED = "CUSTOMER_DECLINED", _("The customer opted out")
    PARTNER_REQUEST = "PARTNER_REQUEST", _("Withdrawn by the partner")
    COMPETING_CLAIM_LOST = "COMPETING_CLAIM_LOST", _("Another partner's claim was preferred")


class WithdrawalReason(TextChoices):
    WRONG_MPN = "wrong_mpn", _("Wrong MPN ID")
    WRONG_ACTIVITY = "wrong_activity", _("Wrong activity")
    NOT_OUR_CUSTOMER = "not_our_customer", _("We no longer work with this customer")


class OptOutReason(TextChoices):
    """Why a customer opts out (domain.md 5)."""

    NO_RELATION = "no_relation", _("We don't work with this partner")
    OTHER_PARTNER = "other_partner", _("Another partner does this work for us")
    UNKNOWN_REQUEST = "unknown_request", _("We don't know what this request is about")
    OTHER = "other", _("Another reason")


class ContactKind(TextChoices):
    CUSTOMER = "customer", _("Customer contact")
    TECHNICAL = "technical", _("Technical contact")
    PARTNER = "partner", _("Your company's contact")


class ScanStatus(TextChoices):
    NOT_SCANNED = "not_scanned", _("Not scanned")
    PENDING = "pending", pgettext_lazy("malware scan", "Being scanned")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Infected")


class NoticeAnswer(TextChoices):
    APPROVED = "approved", pgettext_lazy("customer's answer", "Approved")
    OPTED_OUT = "opted_out", pgettext_lazy("customer's answer", "Opted out")


class EndReason(TextChoices):
    CUSTOMER_OPT_OUT = "customer_opt_out", _("The customer opted out")
    PARTNER_DISASSOCIATED = "partner_disassociated", _("Ended by the partner")
    SUBSCRIPTION_EXPIRED = "subscription_expired", _("The subscription expired")
    SUPERSEDED = "superseded", _("Another partner was preferred")
    REVOKED = "revoked_by_microsoft", _("Revoked by Microsoft")


class BulkAction(TextChoices):
    """What a partner does to many claims at once."""

    DISASSOCIATE = "disassociate", _("Disassociate customer")
    RENEW = "renew", _("Renew")
    ADD_PROOF = "add_proof", _("Add a proof of execution")


class BulkOutcome(TextChoices):
    """What became, or would become, of one claim among many."""

    DONE = "done", _("Done")
    NOT_ALLOWED = "not_allowed", _("Your role does not allow it.")
    NOTHING_IN_FORCE = "nothing_in_force", _("It has no association in force.")
    NOTHING_TO_RENEW = "nothing_to_renew", _("No subscription of it has ended or ends within 60 days.")
    CLOSED = "closed", _("It is closed: no proof of execution can be added any more.")
    TOO_MANY_PROOFS = "too_many_proofs", _("It would hold too many files.")
    FAILED = "failed", _("Something went wrong. Nothing was changed on this claim: try again.")


class JobKind(TextChoices):
    """Work that takes longer than a page may."""

    EXPORT = "export", _("Export of customer associations")
    REASSOCIATION = "reassociation", _("Re-association of Microsoft 365 customers")
    MIGRATION = "migration", _("Existing Business Applications associations")
    TENANTS = "tenants", _("Customer tenants")
    SUBSCRIPTIONS = "subscriptions", _("Subscriptions")


class JobPhase(TextChoices):
    """What a job does now, or did last: an import is checked, then carried out, then its drafts are submitted."""

    WRITE = "write", _("Writing the file")
    CHECK = "check", _("Checking the rows")
    APPLY = "apply", _("Importing the rows")
    SUBMIT = "submit", _("Submitting the claims")


class JobState(TextChoices):
    QUEUED = "queued", pgettext_lazy("job", "Queued")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")


class RowOutcome(TextChoices):
    """What became of one row of an imported sheet."""

    WAITING = "waiting", pgettext_lazy("row", "Waiting")
    VALID = "valid", pgettext_lazy("row", "Valid")
    INVALID = "invalid", pgettext_lazy("row", "With errors")
    IMPORTED = "imported", pgettext_lazy("row", "Imported")
    EXISTING = "existing", pgettext_lazy("row", "Already there")
    SUBMITTED = "submitted", pgettext_lazy("row", "Submitted")
    REFUSED = "refused", pgettext_lazy("row", "Not submitted")
