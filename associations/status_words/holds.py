"""The holds of a claim in words, for partners and for reviewers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from associations.choices import CONTACT_NOT_CONFIRMED, HoldKind
from associations.rules.customer.opt_out import Hold

HOLDS: dict[Hold, Promise] = {
    Hold.STATUS: gettext_lazy("The reviewer is waiting for your reply."),
    Hold.COMPETING_CLAIM: gettext_lazy(
        "Another partner holds or claims one of these items. Microsoft compares the proofs of execution and decides."
    ),
    Hold.NOTICE_NOT_DELIVERED: gettext_lazy("The notice has not reached the customer yet."),
    Hold.DELIVERY_UNCLEAR: gettext_lazy(
        "It is unclear whether the notice reached the customer. A Microsoft reviewer finds out."
    ),
    Hold.CUSTOMER_WROTE: gettext_lazy(
        "The customer wrote to Microsoft about this request. A Microsoft reviewer reads it and decides."
    ),
    Hold.CONTACT_NOT_CONFIRMED: gettext_lazy(
        "The contact's email isn't at a domain name of the customer. A Microsoft reviewer confirms the contact."
    ),
    Hold.VALIDATION_MISSING: gettext_lazy("This incentive program needs a Microsoft reviewer's validation."),
    Hold.WINDOW_OPEN: gettext_lazy("The customer can still opt out."),
    Hold.DECLINED: gettext_lazy("The customer opted out."),
}
HOLDS_FOR_REVIEWERS = HOLDS | {
    Hold.STATUS: gettext_lazy("The partner has to answer first."),
    Hold.COMPETING_CLAIM: gettext_lazy("Another partner holds or claims the same item."),
    Hold.DELIVERY_UNCLEAR: gettext_lazy("A report about the notice has to be read: did it arrive?"),
    Hold.CUSTOMER_WROTE: gettext_lazy("The customer wrote by email, which a reviewer has to read."),
    Hold.CONTACT_NOT_CONFIRMED: gettext_lazy("The contact has to be confirmed: is this person of the customer?"),
}
# The short names of holds, which stand beside the status of a claim.
HOLD_NAMES: dict[Hold, Promise] = {
    Hold.STATUS: gettext_lazy("Reply needed"),
    Hold.COMPETING_CLAIM: gettext_lazy("Competing claim"),
    Hold.NOTICE_NOT_DELIVERED: gettext_lazy("Notice not delivered"),
    Hold.DELIVERY_UNCLEAR: HoldKind.DELIVERY_UNCLEAR.label,
    Hold.CUSTOMER_WROTE: HoldKind.CUSTOMER_WROTE.label,
    Hold.CONTACT_NOT_CONFIRMED: CONTACT_NOT_CONFIRMED,
    Hold.VALIDATION_MISSING: gettext_lazy("Validation needed"),
    Hold.WINDOW_OPEN: gettext_lazy("Opt-out period"),
    Hold.DECLINED: gettext_lazy("Customer opted out"),
}

# A claim has these only while a time is set by which a reviewer decides.
READ_BY_A_REVIEWER = frozenset({Hold.CUSTOMER_WROTE, Hold.DELIVERY_UNCLEAR})
