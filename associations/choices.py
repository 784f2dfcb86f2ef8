"""The words of the business as enumerations with their labels (domain.md 1.6, 3.1-3.4, 4.1). Nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Values of an edition of the program guide, which claims, products and subscriptions store as well.
from guides.choices import ContactPolicy as ContactPolicy
from guides.choices import ProductGroup as ProductGroup
from guides.choices import SalesChannel as SalesChannel


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
    AWAITING_CUSTOMER = "awaiting_customer", _("Validated - opt-out period")
    APPROVED = "approved", pgettext_lazy("claim status", "Approved")
    REJECTED = "rejected", pgettext_lazy("claim status", "Rejected")
    DISPUTED = "disputed", _("Disputed")
    REJECTED_FINAL = "rejected_final", _("Rejected (final)")
    CANCELLED = "cancelled", pgettext_lazy("claim status", "Cancelled")


class ClaimAction(TextChoices):
    """The actions that move a claim from one status to another."""

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
    EXPIRE_ANSWER = "expire_answer", _("Reject: no reply")
    LOSE_ITEM = "lose_item", _("Reject in favour of another partner")
    DISPUTE = "dispute", _("Dispute the rejection")
    UPHOLD_REJECTION = "uphold_rejection", _("Uphold the rejection")
    ACCEPT_DISPUTE = "accept_dispute", _("Accept the dispute")


class EventKind(TextChoices):
    """The kinds of history entries. Actions carry the value of their `ClaimAction`."""

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
    SUBMIT_ASKED = "submit_asked", _("Colleague asked to submit")
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
    NOTICE_BOUNCED = "notice_bounced", _("Notice not delivered, opt-out period stopped")
    NOTICE_RESENT = "notice_resent", _("Notice sent again")
    CONTACT_CORRECTED = "contact_corrected", _("Customer contact corrected")
    CONTACT_REPLACED = "contact_replaced", _("Customer contact replaced")
    CONTACT_UNCONFIRMED = "contact_unconfirmed", _("Customer contact not confirmed, claim on hold")
    CONTACT_CONFIRMED = "contact_confirmed", _("Customer contact confirmed")
    HANDED_OVER = "handed_over", _("Request handed over to a colleague")
    ACKNOWLEDGEMENT_ASKED = "ack_asked", _("Customer asked to acknowledge the work")
    ACKNOWLEDGEMENT_NOT_ASKED = "ack_not_asked", _("Customer no longer asked to acknowledge the work")
    WORK_ACKNOWLEDGED = "work_acknowledged", _("Customer acknowledged the work")
    TIME_STAMP_ADDED = "time_stamp_added", _("Time stamp added to the sealed acknowledgement")
    WINDOW_OPENED = "window_opened", _("Notice delivered, opt-out period started")
    WINDOW_CLOSED = "window_closed", _("Opt-out period ended without an opt-out")
    CUSTOMER_WROTE = "customer_wrote", _("Customer wrote to Microsoft")
    DELIVERY_UNCLEAR = "delivery_unclear", _("Unclear whether the notice arrived")
    HOLD_SETTLED = "hold_settled", _("Hold ended")
    CUSTOMER_APPROVED = "customer_approved", _("Customer approved")
    COMPETING_FOUND = "competing_found", _("Competing claim found")
    COMPETING_SETTLED = "competing_settled", _("Competing claim settled")
    ARBITRATED = "arbitrated", _("Competing claims decided")
    ASSIGNED = "assigned", _("Reviewer assigned")
    ASSOCIATION_ENDED = "association_ended", _("Association ended")
    FORGOTTEN = "forgotten", _("Personal data removed")
    EDITION_CHANGED = "edition_changed", _("Draft continued under the program guide in force")


class ReminderKind(TextChoices):
    """The kinds of reminders (domain.md 1.6 T10, 5)."""

    ANSWER_DUE = "answer_due", _("Answer due soon")
    CUSTOMER_PERIOD_ENDING = "customer_period_ending", _("Opt-out period ending")
    DRAFT_UNFINISHED = "draft_unfinished", _("Draft unfinished")
    SUBSCRIPTION_ENDING = "subscription_ending", _("Subscription ending")


class ConsentStatus(TextChoices):
    """The customer's answer, beside the claim's status (domain.md 1.6)."""

    NOT_SENT = "not_sent", _("Not sent")
    QUEUED = "queued", pgettext_lazy("notice", "Queued")
    OPEN = "sent", _("Opt-out period open")
    BOUNCED = "bounced", _("Not delivered")
    NO_OBJECTION = "no_objection", _("Ended without an opt-out")
    ACKNOWLEDGED = "acknowledged", _("Approved by the customer")
    DECLINED = "declined", _("Customer opted out")


class OfficialBy(TextChoices):
    """The consent that made a claim official (domain.md D24)."""

    NO_REPLY = "no_reply", _("No reply")
    APPROVAL = "approval", _("Approval")


class UndeliveredReason(TextChoices):
    """The reasons why a notice did not arrive, as reported by mail servers (RFC 3463)."""

    ADDRESS_UNKNOWN = "address_unknown", _("The address does not exist")
    DOMAIN_UNKNOWN = "domain_unknown", _("The domain of the address doesn't accept email")
    MAILBOX_FULL = "mailbox_full", _("The mailbox is full")
    MAILBOX_CLOSED = "mailbox_closed", _("The mailbox doesn't accept email")
    NOT_REACHED = "not_reached", _("The customer's mail server could not be reached")
    REFUSED = "refused", _("The customer's mail server refused the email")
    UNKNOWN = "unknown", _("The email couldn't be delivered")


class ReviewOutcome(TextChoices):
    PENDING = "pending", _("Pending")
    VALIDATED = "validated", _("Validated")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", pgettext_lazy("review", "Rejected")


class ReasonCode(TextChoices):
    """The reasons for returning or rejecting a claim (domain.md 4.1)."""

    POE_ALL_MISSING = "POE_ALL_MISSING", _("No proof of execution, or a file unrelated to the claim")
    POE_NO_SIGNATURE = "POE_NO_SIGNATURE", _("The customer's signature is missing")
    POE_DATES = "POE_DATES", _("Dates are missing or too old")
    POE_NO_SERVICE = "POE_NO_SERVICE", _("The partner's service is not described")
    POE_NO_PRODUCT = "POE_NO_PRODUCT", _("A claimed product is not in the proof of execution")
    POE_UNAVAILABLE = "POE_UNAVAILABLE", _("The proof of execution can't be opened")
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
    """The customer's reasons for opting out (domain.md 5)."""

    NO_RELATION = "no_relation", _("We don't work with this partner")
    OTHER_PARTNER = "other_partner", _("Another partner does this work for us")
    UNKNOWN_REQUEST = "unknown_request", _("We don't know what this request is about")
    OTHER = "other", _("Another reason")
    WRITTEN = "written", _("The customer wrote it to Microsoft")


# What a customer chooses from; the last one is for reviewers, who record what the customer wrote (domain.md D19).
CUSTOMERS_REASONS = tuple(reason for reason in OptOutReason if reason is not OptOutReason.WRITTEN)


class HoldKind(TextChoices):
    """The kinds of holds: a reviewer decides before the claim can become official (domain.md D19, D20)."""

    CUSTOMER_WROTE = "customer_wrote", _("Customer wrote")
    DELIVERY_UNCLEAR = "delivery_unclear", _("Delivery unclear")


class HoldOutcome(TextChoices):
    """The outcomes of a hold: a reviewer's decision, or something else that made it unnecessary."""

    OPTED_OUT = "opted_out", _("Opt-out recorded")
    SENT_AGAIN = "sent_again", _("Link sent again")
    LIFTED = "lifted", _("Hold lifted")
    ARRIVED = "arrived", _("The notice arrived")
    NOT_ARRIVED = "not_arrived", _("The notice did not arrive")
    OVERTAKEN = "overtaken", _("No longer needed")


# The hold that no email opens: it is in columns of the claim's own.
CONTACT_NOT_CONFIRMED = _("Contact not confirmed")


class CommentReplyOutcome(TextChoices):
    """The outcomes of a reply by email to an email about a comment (domain.md D25)."""

    ADDED = "added", _("Comment added")
    WRONG_SENDER = "wrong_sender", _("Not from the address of the account")
    NO_ACCESS = "no_access", _("The person can no longer comment")
    EMPTY = "empty", _("No text above the quoted email")
    TOO_LONG = "too_long", _("Longer than a comment can be")
    CLOSED = "closed", _("The claim is closed")
    TOO_MANY = "too_many", _("Too many replies in an hour")


class ConfirmedBy(TextChoices):
    """The proof that a claim's contact is of the customer (domain.md D18)."""

    DOMAIN = "domain", _("Domain name of the customer")
    REVIEWER = "reviewer", _("Reviewer")


class ListedBy(TextChoices):
    """The source of a tenant's domain name (domain.md D18). A name that a partner typed alone has none."""

    DIRECTORY = "directory", _("Public directory")
    REVIEWER = "reviewer", _("Reviewer")
    ADMIN = "admin", _("Platform admin")
    EARLIER = "earlier", _("Listed before sources were kept")


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
    HANDED_OVER = "handed_over", _("Handed over to a colleague")


class EndReason(TextChoices):
    CUSTOMER_OPT_OUT = "customer_opt_out", _("The customer opted out")
    PARTNER_DISASSOCIATED = "partner_disassociated", _("Ended by the partner")
    SUBSCRIPTION_EXPIRED = "subscription_expired", _("The subscription expired")
    SUPERSEDED = "superseded", _("Another partner was preferred")
    REVOKED = "revoked_by_microsoft", _("Revoked by Microsoft")
