"""Composes emails: a function for each says to whom, in which language and with which facts. None sends or decides.

`customers` and `endings`, `staff` and `people` write to customers, reviewers and users; `claim`, `review` and
`association` to the partner, through `partners`; `comments` and `acknowledgements` to either side; `migrated` tells of
associations without a claim; `reminders` and the weekly digest are a person's choice. `facts` holds what they share.

The codes are those of domain.md 5. Instants are ISO text under names that end in `_at`; templates get them as instants
in the zone that `zone` names.
"""

from associations.emails.acknowledgements import acknowledgement_asked, acknowledgement_code, work_acknowledged
from associations.emails.association import association_ended, claims_approved, subscription_ending
from associations.emails.claim import (
    claim_received,
    customer_message,
    forget_bounced_notice,
    forget_reminders,
    notice_bounced,
    proof_infected,
    request_handed_over,
    settle_notifications,
    submit_asked,
    subscription_claimable,
)
from associations.emails.comments import (
    ABOUT_COMMENTS,
    TO_REVIEWER_IN_CHARGE,
    comment_added,
    comment_reply_answer,
    comments_read,
)
from associations.emails.customers import (
    HEARD,
    NO_CODE,
    associations_active,
    customer_notice,
    customer_notice_copy,
    customer_reminder,
    hand_over_receipt,
    opt_out_receipt,
    preview_customer_notice,
    request_closed,
    requests_link,
)
from associations.emails.endings import association_over, request_narrowed
from associations.emails.facts import (
    claim_path,
    contact_of,
    desk_path,
    end_of_local_day,
    item_name,
    item_names,
    promised_date,
    promised_window,
    technical_contact,
)
from associations.emails.migrated import endings_told, migrated_ended, migrated_ending, renewers_of
from associations.emails.partners import MANDATORY_NOTIFICATIONS, NOTIFICATIONS, readers_of
from associations.emails.people import (
    access_request,
    account_invitation,
    forget_access_request,
    forget_account_invitation,
    forget_invitation,
    has_requested_access,
    invitation,
)
from associations.emails.reminders import draft_reminder, wants_draft_reminders, weekly_digest
from associations.emails.review import (
    action_required,
    answer_reminder,
    claim_rejected,
    competing_found,
    competing_settled,
    dispute_accepted,
    review_started,
)
from associations.emails.staff import (
    DUE_BY,
    TO_REVIEWERS,
    answer_arrived,
    contact_to_confirm,
    dispute_arrived,
    hold_opened,
    review_digest,
    settle_hold,
)

__all__ = [
    "ABOUT_COMMENTS",
    "DUE_BY",
    "HEARD",
    "MANDATORY_NOTIFICATIONS",
    "NOTIFICATIONS",
    "NO_CODE",
    "TO_REVIEWERS",
    "TO_REVIEWER_IN_CHARGE",
    "access_request",
    "account_invitation",
    "acknowledgement_asked",
    "acknowledgement_code",
    "action_required",
    "answer_arrived",
    "answer_reminder",
    "association_ended",
    "association_over",
    "associations_active",
    "claim_path",
    "claim_received",
    "claim_rejected",
    "claims_approved",
    "comment_added",
    "comment_reply_answer",
    "comments_read",
    "competing_found",
    "competing_settled",
    "contact_of",
    "contact_to_confirm",
    "customer_message",
    "customer_notice",
    "customer_notice_copy",
    "customer_reminder",
    "desk_path",
    "dispute_accepted",
    "dispute_arrived",
    "draft_reminder",
    "end_of_local_day",
    "endings_told",
    "forget_access_request",
    "forget_account_invitation",
    "forget_bounced_notice",
    "forget_invitation",
    "forget_reminders",
    "hand_over_receipt",
    "has_requested_access",
    "hold_opened",
    "invitation",
    "item_name",
    "item_names",
    "migrated_ended",
    "migrated_ending",
    "notice_bounced",
    "opt_out_receipt",
    "preview_customer_notice",
    "promised_date",
    "promised_window",
    "proof_infected",
    "readers_of",
    "renewers_of",
    "request_closed",
    "request_handed_over",
    "request_narrowed",
    "requests_link",
    "review_digest",
    "review_started",
    "settle_hold",
    "settle_notifications",
    "submit_asked",
    "subscription_claimable",
    "subscription_ending",
    "technical_contact",
    "wants_draft_reminders",
    "weekly_digest",
    "work_acknowledged",
]
