"""A row of a migration: an association that existed before this process (domain.md R5)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import TextField
from associations.choices import SubscriptionState
from associations.forms.imports.rows import REQUIRED, SEPARATOR, BackedRow, day_field
from associations.forms.wizard.step_form import required
from associations.models import Association, Partner, PartnerLocation, Subscription
from associations.rules import identifiers
from associations.rules.activities import codes_of
from associations.wording.messages import refusal
from guides.choices import Grain


class MigrationRow(BackedRow):
    """An association that existed before this process: valid until its subscription ends (domain.md R5)."""

    mpn_id = TextField(error_messages=required(REQUIRED))
    subscription_id = TextField(error_messages=required(REQUIRED))
    tenant_id = TextField(required=False)
    activities = TextField(required=False)
    starts_on = day_field()

    subscription: Subscription | None = None

    @property
    def key(self) -> str:
        return str(self.subscription.subscription_id) if self.subscription else ""

    def clean_mpn_id(self) -> Partner:
        try:
            mpn_id = identifiers.normalise_mpn_id(self.cleaned_data["mpn_id"])
        except identifiers.NotAnMpnId as error:
            raise refusal(error.code) from error
        location = PartnerLocation.objects.filter(mpn_id=mpn_id).select_related("partner").first()
        partner = location.partner if location else Partner.objects.filter(global_mpn_id=mpn_id).first()
        if partner is None:
            raise refusal("MPN_UNKNOWN")
        return partner

    def clean_subscription_id(self) -> Subscription:
        try:
            number = identifiers.normalise_subscription_id(self.cleaned_data["subscription_id"])
        except identifiers.NotASubscriptionId as error:
            raise refusal(error.code) from error
        found = Subscription.objects.select_related("product", "tenant").filter(subscription_id=number).first()
        if found is None:
            raise refusal("SUB_UNKNOWN")
        known = self.desk.edition.products_by_code.get(found.product.code)
        if found.product.code != "PBI" and not (known and known.is_dynamics_365):
            raise refusal("SUB_NOT_DYNAMICS")
        is_past = found.ends_on is not None and found.ends_on < self.now.date()
        if is_past or found.state in (SubscriptionState.EXPIRED, SubscriptionState.DEPROVISIONED):
            raise refusal("SUB_INACTIVE")
        self.subscription = found
        return found

    def clean_activities(self) -> tuple[str, ...]:
        words = {word.strip().casefold() for word in SEPARATOR.split(self.cleaned_data["activities"]) if word.strip()}
        known = self.activity_words()
        unknown = sorted(words - known.keys())
        if unknown:
            raise forms.ValidationError(_("Unknown activity: %(name)s"), params={"name": unknown[0]})
        stated = {known[word] for word in words} or {known.get("usage", next(iter(known.values())))}
        return codes_of(self.desk.edition.activities_named(stated))

    def activity_words(self) -> dict[str, str]:
        """Return the code behind each word: codes, kinds and names in every language, the product's area first.

        The words of the first edition go on meaning the same kinds.
        """
        edition = self.desk.edition
        bought = edition.products_by_code.get(self.subscription.product.code) if self.subscription else None
        offered = [activity for activity in edition.activities if activity.grain is Grain.SUBSCRIPTION]
        words: dict[str, str] = {}
        for activity in sorted(offered, key=lambda activity: bought is None or activity.area != bought.area):
            for word in (activity.code, activity.kind, *activity.name.texts.values()):
                words.setdefault(word.casefold(), activity.code)
        for word, kind in EARLIER_WORDS.items():
            if kind in words:
                words.setdefault(word, words[kind])
        return words

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        subscription = answers.get("subscription_id")
        if not subscription:
            return answers
        tenant_id = answers.get("tenant_id")
        if tenant_id and identifiers.guid_in(tenant_id) != subscription.tenant.tenant_id:
            self.refuse("tenant_id", "SUB_NOT_ON_TENANT")
        held = Association.objects.active().filter(subscription=subscription).first()
        partner = answers.get("mpn_id")
        if held and partner and held.partner_id != partner.pk:
            self.refuse("subscription_id", "SUB_ALREADY_CLAIMED")
        proof = answers.get("proof")
        self.is_known = held is not None and (proof is None or held.has_proof_named(proof.name))
        return answers


EARLIER_WORDS = {
    "utilizzo": "usage",
    "pre-sales": "presales",
    "prevendita": "presales",
    "revenue association": "revenue",
    "ricavi": "revenue",
}
