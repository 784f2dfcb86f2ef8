"""**Products**: what the customer has, with the state of each item, and the subscription where there is a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from associations.choices import ProductGroup
from associations.forms.wizard.closed_options import SelectWithClosedOptions
from associations.forms.wizard.step_form import StepForm
from associations.forms.wizard.tenant_products import TenantProducts
from associations.models import Product, Subscription, SubscriptionWatch
from associations.rules import identifiers
from associations.rules.review.competing import Holding
from associations.services.claim.eligibility import item_problem
from associations.wording.messages import MESSAGES, refusal_of
from associations.wording.purchases import purchase_in_words, purchase_with_id

GROUP_ORDER = [group.value for group in ProductGroup]
# The mildest first.
STATES: dict[Holding, tuple[str, Promise]] = {
    Holding.FREE: ("free", pgettext_lazy("product", "Available")),
    Holding.OWN_OTHER_ACTIVITY: ("own", _("Your company's, for another activity")),
    Holding.OTHERS: ("held", _("Held by another partner")),
    Holding.OWN_DUPLICATE: ("own", _("Your company's")),
}
DUPLICATES = frozenset({"SUB_ALREADY_CLAIMED", "ITEM_DUPLICATE_OWN"})
# What keeps a product from being chosen, in as few words as fit on a badge; an ended subscription is called as it is.
REASONS: dict[str, Promise] = {
    "SUB_NOT_ON_TENANT": _("Not on the customer's tenant"),
    "SUB_IS_CSP": _("Bought through CSP"),
    "SUB_NOT_PROVISIONED": _("Not activated yet"),
    "ITEM_REVENUE_ONLY": _("For a revenue association only"),
    "ITEM_OTHER_ACTIVITY": _("For another activity"),
}


@dataclass(frozen=True, kw_only=True)
class ProductRow:
    """One product as the page shows it: *facts* are the customer's subscriptions to it, in words."""

    product: Product
    facts: list[str]
    status: str
    status_label: Promise | str
    note: Promise | str
    own_claim: UUID | None
    checkbox: forms.BoundField
    pick: forms.BoundField | None
    is_blocked: bool
    is_on_tenant: bool
    is_watchable: bool
    is_watched: bool

    @property
    def is_selected(self) -> bool:
        return bool(self.checkbox.value())

    @property
    def is_closed(self) -> bool:
        """True if the check box is disabled. One that is selected already can be cleared."""
        return self.is_blocked and not self.is_selected

    @property
    def has_notes(self) -> bool:
        """True if the row has notes under its name; a claim of the company is shown next to the pick-list, if any."""
        return bool(self.facts or self.note or (self.own_claim and not self.pick))

    @property
    def is_in_sight(self) -> bool:
        """True if the row is shown at the top, with what the customer has; the others are collapsed."""
        return self.is_on_tenant or self.is_selected


class ProductsForm(StepForm):
    """One check box per product of the claim's area; a pick-list beside it when several subscriptions fit."""

    def prepare(self) -> None:
        stored, self.initial = self.initial, {}
        self.choices: dict[str, int | None] = {}
        self.tenant = TenantProducts(
            claim=self.claim, subscriptions=tuple(self.on_the_tenant()), holders=self.asked.holders or {}
        )
        self.products = self.offered(stored)
        for product in self.products:
            self.add_fields(product, stored)

    def offered(self, stored: Mapping[str, Any]) -> list[Product]:
        """Return the products that can be claimed in the area, and those chosen before, those of the tenant first."""
        known, area = self.claim.edition.products_by_code, self.claim.solution_area
        claimable = [code for code, each in known.items() if each.area == area and each.activities]
        waiting = SubscriptionWatch.objects.filter(claim=self.claim, watcher=self.asked.user, told_at=None)
        watched = Exists(waiting.filter(product=OuterRef("pk")))
        chosen = Q(pk__in=[int(pk) for pk in stored])
        products = Product.objects.filter(chosen | Q(code__in=claimable)).annotate(watched=watched)
        for product in products:
            if each := known.get(product.code):
                product.name, product.group = each.name, each.group
        self.watched = {product.pk for product in products if product.watched}
        return sorted(products, key=self.place_on_the_page)

    def place_on_the_page(self, product: Product) -> tuple[bool, bool, int, str]:
        """Return by what products are sorted: what the tenant has comes first, and of that what can be chosen."""
        is_blocked = self.tenant.blocking_code(product) is not None
        return not self.tenant.has(product), is_blocked, GROUP_ORDER.index(product.group), product.name

    def on_the_tenant(self) -> list[Subscription]:
        """Return every subscription of the customer's tenant."""
        found = list(Subscription.objects.filter(tenant=self.claim.tenant_id).select_related("product").order_by("pk"))
        for subscription in found:
            subscription.tenant = self.claim.tenant
        return found

    def add_fields(self, product: Product, stored: Mapping[str, Any]) -> None:
        """Add the check box of *product*, and the pick-list if there is something to pick."""
        self.fields[f"product_{product.pk}"] = forms.BooleanField(label=product.name, required=False)
        self.initial[f"product_{product.pk}"] = str(product.pk) in stored
        items = [held for held in self.tenant.items_of(product) if held]
        if len(items) < 2:
            return
        options = [("", _("Choose")), *((str(held.subscription_id), self.option(product, held)) for held in items)]
        pick = forms.CharField(
            label=gettext("Subscription ID of %(product)s") % {"product": product.name},
            required=False,
            widget=SelectWithClosedOptions(attrs={"class": "form-select"}, choices=options),
        )
        can_be_picked = [held for held in items if not self.tenant.refusal_code(product, held)]
        chosen = [held for held in items if held.pk == stored.get(str(product.pk))]
        if not chosen and len(can_be_picked) == 1:
            chosen = can_be_picked
        pick.widget.closed = frozenset(
            str(held.subscription_id) for held in items if held not in can_be_picked and held not in chosen
        )
        self.fields[f"subscription_{product.pk}"] = pick
        self.initial[f"subscription_{product.pk}"] = str(chosen[0].subscription_id) if chosen else ""

    def option(self, product: Product, subscription: Subscription) -> str:
        """Return a subscription in the words of the pick-list, with its state if it is not free."""
        code = self.tenant.refusal_code(product, subscription)
        standing = self.tenant.holding(product, subscription)
        words = [purchase_with_id(subscription)]
        if code and code not in DUPLICATES:
            words.append(str(REASONS.get(code, _("Not claimable"))))
        elif standing is not Holding.FREE:
            words.append(str(STATES[standing][1]))
        return " · ".join(words)

    @cached_property
    def rows(self) -> list[ProductRow]:
        """Every product as the page shows it."""
        return [self.row(product) for product in self.products]

    def rows_in_sight(self) -> list[ProductRow]:
        return [row for row in self.rows if row.is_in_sight]

    def watched_rows(self) -> list[ProductRow]:
        return [row for row in self.rows if row.is_watched and not row.is_in_sight]

    def folded_rows(self) -> list[ProductRow]:
        return [row for row in self.rows if not (row.is_watched or row.is_in_sight)]

    def row(self, product: Product) -> ProductRow:
        """Return what the page says of one product."""
        tenant, code = self.tenant, self.tenant.blocking_code(product)
        status, label, note = self.state(product, code)
        pick = f"subscription_{product.pk}"
        is_picked = pick in self.fields and code is None
        return ProductRow(
            product=product,
            facts=[] if is_picked else self.purchases(product, with_ids=code is None),
            status=status,
            status_label=label,
            note=note,
            own_claim=tenant.own_claim(product),
            checkbox=self[f"product_{product.pk}"],
            pick=self[pick] if is_picked else None,
            is_blocked=code is not None,
            is_on_tenant=tenant.has(product),
            is_watchable=tenant.is_watchable(product),
            is_watched=product.pk in self.watched,
        )

    def purchases(self, product: Product, *, with_ids: bool) -> list[str]:
        """Return the customer's subscriptions to *product*, in words."""
        in_words = purchase_with_id if with_ids else purchase_in_words
        found = [in_words(held) for held in self.tenant.subscriptions_of(product)]
        return found + self.too_few_seats(product) + self.no_payment(product)

    def too_few_seats(self, product: Product) -> list[str]:
        """Say from how many seats on the activities pay, if the customer has fewer of *product* (domain.md R14)."""
        bought = sum(held.seats_available for held in self.tenant.subscriptions_of(product))
        least = max((activity.least_seats or 0 for activity in self.claim.activities), default=0)
        if not 0 < bought < least:
            return []
        text = gettext("The program guide pays from %(seats)s seats on. You can claim the product all the same.")
        return [text % {"seats": least}]

    def no_payment(self, product: Product) -> list[str]:
        """Say that *product* doesn't count for payment, where the claim pays for others."""
        known = self.claim.edition.products_by_code.get(product.code)
        if self.claim.is_recognition_only or known is None or known.counts_for_payment or not known.activities:
            return []
        return [gettext("Doesn't count for payment. You can claim it all the same.")]

    def state(self, product: Product, code: str | None) -> tuple[str, Promise | str, Promise | str]:
        """Return the badge of a product that is blocked for *code*, or is not, and the sentence that explains it."""
        if code and code not in DUPLICATES:
            return "cannot_start", self.reason(product, code), MESSAGES[code] if code == "SUB_NOT_PROVISIONED" else ""
        standings = self.tenant.standings(product)
        mildest = next(standing for standing in STATES if standing in standings)
        return *STATES[mildest], MESSAGES["ITEM_HELD_BY_OTHER"] if mildest is Holding.OTHERS else ""

    def reason(self, product: Product, code: str) -> Promise | str:
        """Return in a few words why *product* can't be chosen."""
        if code == "SUB_INACTIVE":
            return self.tenant.subscriptions_of(product)[0].get_state_display()
        return REASONS.get(code, _("Not claimable"))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        selected = [product for product in self.products if answers.get(f"product_{product.pk}")]
        if not selected and self.products and not self.is_for_later:
            self.ask_for_one()
        for product in selected:
            self.judge(product, answers)
        held = [product.name for product in selected if self.is_held_by_others(product)]
        if held:
            self.warnings.append(f"{', '.join(held)}: {MESSAGES['ITEM_HELD_BY_OTHER']}")
        return answers

    def ask_for_one(self) -> None:
        """Say at the first product that can be chosen that one is missing, or that the customer has none of them."""
        box = next((f"product_{row.product.pk}" for row in self.rows if not row.is_blocked), None)
        self.add_error(box, _("Select at least one product.") if box else _("The customer has no product to claim."))

    def judge(self, product: Product, answers: Mapping[str, Any]) -> None:
        """Take a selected product among the choices, or say in exact words why it can't be."""
        try:
            subscription = self.picked(product, answers)
            self.refuse_unclaimable(product, subscription)
        except forms.ValidationError as error:
            pick = f"subscription_{product.pk}"
            is_picked = pick in self.fields and not self.tenant.blocking_code(product)
            self.add_error(pick if is_picked else f"product_{product.pk}", error)
            return
        self.choices[str(product.pk)] = subscription.pk if subscription else None

    def picked(self, product: Product, answers: Mapping[str, Any]) -> Subscription | None:
        """Return the subscription that selecting *product* means; None for a workload or when left for later."""
        if not self.claim.claims_subscriptions or item_problem(self.claim, product):
            return None
        own = self.tenant.subscriptions_of(product)
        if len(own) == 1:
            return own[0]
        if not own:
            raise refusal_of(product.name, code="SUB_NOT_ON_TENANT")
        return self.named(product, answers.get(f"subscription_{product.pk}", ""))

    def named(self, product: Product, text: str) -> Subscription | None:
        """Return the subscription of the tenant that *text* names."""
        if not text and self.is_for_later:
            return None
        if not text:
            raise forms.ValidationError(_("%(product)s: choose the subscription."), params={"product": product.name})
        try:
            subscription_id = identifiers.normalise_subscription_id(text)
        except identifiers.NotASubscriptionId as error:
            raise refusal_of(product.name, code=error.code) from error
        found = (held for held in self.tenant.subscriptions if held.subscription_id == subscription_id)
        subscription = next(found, None)
        if subscription is None:
            raise refusal_of(product.name, code="SUB_NOT_ON_TENANT")
        return subscription

    def refuse_unclaimable(self, product: Product, subscription: Subscription | None) -> None:
        """Raise the refusal of an item that can't be claimed, or that the company claims already."""
        if code := self.tenant.refusal_code(product, subscription):
            raise refusal_of(product.name, code=code)

    def is_held_by_others(self, product: Product) -> bool:
        key = str(product.pk)
        if key not in self.choices:
            return False
        chosen = (held for held in self.tenant.subscriptions if held.pk == self.choices[key])
        return self.tenant.holding(product, next(chosen, None)) is Holding.OTHERS

    def facts(self) -> dict[str, Any]:
        return self.choices
