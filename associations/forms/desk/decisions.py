"""Forms of the reviewer's decisions (domain.md 4.1, T7, T16, T19, T20).

A form's `cleaned_data` is what the service of the decision takes.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.text.readable import address_in_full, domain_in_full
from associations.choices import ContactKind, ReasonCode
from associations.directory import listed_owners
from associations.forms.desk import reply_templates
from associations.forms.text_fields import LongTextField
from associations.models import Claim, Comment, Partner, reviewers_besides
from associations.questions import contact_in_words
from associations.rules.customer.contact_domain import domains_of
from associations.rules.review.checklist import without_unrequired
from associations.services.customer.confirmation import notice_to_confirm
from associations.services.files.proof_findings import products_not_found
from associations.wording.facts import Fact
from associations.wording.guide_rules import FOR_REVIEWERS, conditions_of, required_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Posted = MultiValueDict[str, str]

RETURN_REASONS = (
    ReasonCode.POE_ALL_MISSING,
    ReasonCode.POE_NO_SIGNATURE,
    ReasonCode.POE_DATES,
    ReasonCode.POE_NO_SERVICE,
    ReasonCode.POE_NO_PRODUCT,
    ReasonCode.POE_UNAVAILABLE,
    ReasonCode.DATA_MISMATCH,
)
REJECTION_REASONS = (*RETURN_REASONS, ReasonCode.COMPETING_CLAIM_LOST)
LONGEST_TEXT = Comment._meta.get_field("text").max_length
PARTNER_READS_THIS = _("The partner reads this in an email and on the claim page.")


def reasons_field(*reasons: ReasonCode) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("Reasons"),
        choices=[(reason.value, reason.label) for reason in reasons],
        coerce=ReasonCode,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reason.")},
    )


def text_field(label: "StrPromise", *, help_text: "StrPromise", missing: "StrPromise", rows: int = 6) -> LongTextField:
    return LongTextField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        rows=rows,
        error_messages={"required": missing},
    )


def language_of_partner(claim: Claim) -> str:
    """Return the language of the person who submitted the claim, in which the partner is written to."""
    submitter = claim.submitted_by
    return (submitter.language if submitter else "") or settings.LANGUAGE_CODE


class ChecklistForm(forms.Form):
    """The elements that a proof must show, selected by the reviewer while reading. They decide nothing."""

    shown = forms.MultipleChoiceField(
        label=_("The files show"),
        help_text=_("Anything you leave unselected becomes a reason if you ask for more or reject."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Posted | None = None, *, claim: Claim, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        rules, field = claim.rules, cast(forms.ChoiceField, self.fields["shown"])
        field.choices = [(element.value, label) for element, label in required_of(rules, FOR_REVIEWERS).items()]
        field.help_text = " ".join([str(field.help_text), *(f"{each}." for each in conditions_of(rules))])


class DecisionForm(forms.Form):
    """The questions of one decision on one claim."""

    use_required_attribute = False

    def __init__(
        self,
        data: Posted | None = None,
        *,
        claim: Claim,
        preselected: Sequence[ReasonCode] = (),
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, auto_id=auto_id)
        self.claim = claim
        # What the page shows above the questions.
        self.facts: list[Fact] = []
        self.prepare(preselected)

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        """Fill in what depends on the claim and on the checklist."""


class ConfirmForm(DecisionForm):
    """A decision that needs no words."""


class ReasonedForm(DecisionForm):
    """Reasons, and the text to the partner, prefilled with the usual text for them."""

    offered: ClassVar[tuple[ReasonCode, ...]]

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        offered = self.offered_for(self.claim)
        cast(forms.ChoiceField, self.fields["reasons"]).choices = [(each.value, each.label) for each in offered]
        chosen = [reason for reason in offered if reason in preselected]
        self.initial["reasons"] = [reason.value for reason in chosen]
        self.complete_text("", chosen)

    def complete_text(self, typed: str, reasons: Sequence[ReasonCode]) -> None:
        self.initial["text"] = reply_templates.completed(
            typed,
            reasons=reasons,
            months=self.claim.rules.proof_age_months,
            language=language_of_partner(self.claim),
            not_found=products_not_found(self.claim) if ReasonCode.POE_NO_PRODUCT in reasons else (),
        )

    @classmethod
    def offered_for(cls, claim: Claim) -> list[ReasonCode]:
        """Return the reasons that can be given: none of an element that the edition of the claim doesn't require."""
        return without_unrequired(cls.offered, required=claim.rules.proof_elements)

    @classmethod
    def with_texts(cls, data: Posted, *, claim: Claim) -> "ReasonedForm":
        """Return the form as it was posted, unchecked, with the usual text of every chosen reason."""
        chosen = [reason for reason in cls.offered_for(claim) if reason.value in data.getlist("reasons")]
        form = cls(claim=claim, preselected=chosen)
        form.complete_text(data.get("text", ""), chosen)
        return form


class RequestActionForm(ReasonedForm):
    """The details that the partner must add or correct."""

    offered = RETURN_REASONS

    reasons = reasons_field(*RETURN_REASONS)
    text = text_field(
        _("What the partner must add or correct"),
        help_text=PARTNER_READS_THIS,
        missing=_("Write what the partner must add or correct."),
        rows=10,
    )


class RejectForm(ReasonedForm):
    """The reason for a rejection."""

    offered = REJECTION_REASONS

    reasons = reasons_field(*REJECTION_REASONS)
    text = text_field(
        _("Why the claim is rejected"),
        help_text=PARTNER_READS_THIS,
        missing=_("Write why the claim is rejected."),
        rows=10,
    )


class UpholdForm(DecisionForm):
    """The reason for upholding a rejection."""

    text = text_field(
        _("Why the rejection stands"), help_text=PARTNER_READS_THIS, missing=_("Write why the rejection stands.")
    )


class AcceptForm(DecisionForm):
    """The effect of an accepted dispute."""

    text = text_field(
        _("Why the claim is reviewed again"),
        help_text=PARTNER_READS_THIS,
        missing=_("Write why the claim is reviewed again."),
    )


class AssignForm(DecisionForm):
    """The reviewer of the claim."""

    reviewer_id = forms.TypedChoiceField(
        label=_("Reviewer"), coerce=int, error_messages={"required": _("Choose a reviewer.")}
    )

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        reviewers = reviewers_besides(self.claim.partner)
        people = [(user.pk, f"{user.get_full_name()} ({address_in_full(user.email)})") for user in reviewers]
        cast(forms.ChoiceField, self.fields["reviewer_id"]).choices = [("", _("Choose a reviewer")), *people]
        self.initial["reviewer_id"] = self.claim.reviewer_id


class ConfirmContactForm(DecisionForm):
    """The reason why the contact is of the customer, and whether the domain of the address is the customer's."""

    contact_email = forms.CharField(widget=forms.HiddenInput)
    text = text_field(
        _("Why the contact is of the customer"),
        help_text=_("Say how you know. The partner reads this in the History."),
        missing=_("Write why the contact is of the customer."),
    )
    lists_domain = forms.BooleanField(required=False)

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        notice = notice_to_confirm(self.claim)
        self.initial["contact_email"] = email = notice.contact_email if notice else ""
        self.facts = contact_facts(self.claim) if notice else []
        names = domains_of(email)
        owner = listed_owners(names[:1]).get(names[0]) if names else None
        if not names or owner not in (None, self.claim.tenant.tenant_id):
            self.fields["lists_domain"].widget = forms.HiddenInput()
            return
        whose = {"domain": domain_in_full(names[0]), "customer": self.claim.tenant.name}
        self.fields["lists_domain"].label = _("%(domain)s is a domain name of %(customer)s") % whose
        self.fields["lists_domain"].help_text = _(
            "Select this only if nobody else has addresses there. Contacts at this domain need no confirmation then."
        )


def contact_facts(claim: Claim) -> list[Fact]:
    """Return who the contact is, and which domain names are the customer's."""
    contact = claim.contacts.get(kind=ContactKind.CUSTOMER)
    domains = claim.tenant.domains.listed().order_by("domain_name").values_list("domain_name", flat=True)
    return [
        Fact(str(ContactKind.CUSTOMER.label), lines=contact_in_words(contact)),
        Fact(str(_("Customer")), claim.tenant.name),
        Fact(
            str(_("Domain names of the customer")),
            lines=[domain_in_full(name) for name in domains] or [pgettext_lazy("domain name", "None")],
        ),
    ]


class ReviewerCommentForm(DecisionForm):
    """A remark on a claim that is not closed."""

    text = text_field(
        _("Comment"),
        help_text=_("The partner and the reviewers see this, the customer never does."),
        missing=_("Write a comment."),
        rows=4,
    )


class ArbitrationForm(forms.Form):
    """The preferred one of the competing partners, and the reason."""

    use_required_attribute = False

    winner_id = forms.TypedChoiceField(
        label=_("Which partner is preferred"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the partner that is preferred.")},
    )
    text = text_field(
        _("Why this partner is preferred"),
        help_text=_("All partners involved read this, so name none of them."),
        missing=_("Write why this partner is preferred."),
    )

    def __init__(self, data: Posted | None = None, *, partners: Sequence[Partner]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["winner_id"]).choices = [(side.pk, side.name) for side in partners]
