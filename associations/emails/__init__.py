"""One function per message: to whom, in which language, and with which facts. Nothing is sent here.

`customers`, `partners`, `staff` and `people` hold the messages to each of them, `migrated` what is told without a
claim, `facts` what they have in common.

The ids are those of domain.md 5. Instants go out as ISO text under names that end in `_at`; the outbox gives them back
to the templates as instants in the zone named by `zone`.
"""

from associations.emails.customers import (
    associations_active,
    customer_notice,
    customer_notice_copy,
    customer_reminder,
    opt_out_receipt,
    preview_customer_notice,
    request_closed,
)
from associations.emails.facts import (
    claim_path,
    contact_of,
    end_of_local_day,
    item_name,
    item_names,
    promised_date,
    technical_contact,
)
from associations.emails.migrated import endings_told, migrated_ended, migrated_ending
from associations.emails.partners import (
    MANDATORY_NOTICES,
    NOTICES,
    action_required,
    answer_reminder,
    association_ended,
    claim_received,
    claim_rejected,
    claims_approved,
    competing_found,
    competing_settled,
    dispute_accepted,
    draft_reminder,
    forget_bounced_notice,
    forget_reminders,
    notice_bounced,
    proof_infected,
    review_started,
    settle_notices,
    subscription_claimable,
    subscription_ending,
)
from associations.emails.people import (
    access_request,
    forget_access_request,
    forget_invitation,
    has_requested_access,
    invitation,
)
from associations.emails.staff import TO_REVIEWERS, answer_arrived, dispute_arrived, review_digest

__all__ = [
    "MANDATORY_NOTICES",
    "NOTICES",
    "TO_REVIEWERS",
    "access_request",
    "action_required",
    "answer_arrived",
    "answer_reminder",
    "association_ended",
    "associations_active",
    "claim_path",
    "claim_received",
    "claim_rejected",
    "claims_approved",
    "competing_found",
    "competing_settled",
    "contact_of",
    "customer_notice",
    "customer_notice_copy",
    "customer_reminder",
    "dispute_accepted",
    "dispute_arrived",
    "draft_reminder",
    "end_of_local_day",
    "endings_told",
    "forget_access_request",
    "forget_bounced_notice",
    "forget_invitation",
    "forget_reminders",
    "has_requested_access",
    "invitation",
    "item_name",
    "item_names",
    "migrated_ended",
    "migrated_ending",
    "notice_bounced",
    "opt_out_receipt",
    "preview_customer_notice",
    "promised_date",
    "proof_infected",
    "request_closed",
    "review_digest",
    "review_started",
    "settle_notices",
    "subscription_claimable",
    "subscription_ending",
    "technical_contact",
]
