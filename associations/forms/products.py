"""**Products**: a ticked list with the state of each item, and the subscription where there is a choice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from associations.choices import ProductGroup, SolutionArea
from associations.forms.asking import StepForm
from associations.forms.messages import MESSAGES, refusal_of
from associations.models import ClaimedProduct, Product, Subscription, SubscriptionWatch
from associations.rules import identifiers
from associations.rules.competing import Holding
from associations.services.competing import holding
from associations.services.submission import item_problem

GROUP_ORDER = [group.value for group in ProductGroup]
STATES: dict[Holding, tuple[str, Promise]] = {
    Holding.FREE: ("free", _("Free")),
    Holding.OWN_OTHER_ACTIVITY: ("own", _("Yours, for another activity")),
    Holding.OTHERS: ("held", _("Held by another partner")),
    Holding.OWN_DUPLICATE: ("own", _("Yours")),
}


@dataclass(frozen=True, kw_only=True)
class ProductRow:
    """One product as the page shows it."""

    product: Product
    subscriptions: list[Subscription]
    status: str
    status_label: Promise
    note: Promise | str
    own_claim: UUID | None
    tick: forms.BoundField
    pick: forms.BoundField | None
    is_watchable: bool
    is_watched: bool

    @property
    def is_ticked(self) -> bool:
        return bool(self.tick.value())

    @property
    def is_closed(self) -> bool:
        """Whether the tick box is shown without effect."""
        return "disabled" in self.tick.field.widget.attrs

    @property
    def only_subscription(self) -> str:
        """The subscription that chooses itself, in words; empty where there is none or a choice."""
        return subscription_in_words(self.subscriptions[0]) if len(self.subscriptions) == 1 else ""


class ProductsForm(StepForm):
    """One tick box per product of the claim's area; a pick-list beside it when several subscriptions fit."""

    def prepare(self) -> None:
        stored, self.initial = self.initial, {}
        self.choices: dict[str, int | None] = {}
        self.products = self.offered(stored)
        self.subscriptions = self.on_the_tenant()
        for product in self.products:
            self.add_fields(product, stored)

    def offered(self, stored: Mapping[str, Any]) -> list[Product]:
        """Return the products that can be claimed in the area, and those chosen before, in the order of the page."""
        area = Product.objects.filter(solution_area=self.claim.solution_area)
        waiting = SubscriptionWatch.objects.filter(claim=self.claim, watcher=self.asked.user, told_at=None)
        watched = Exists(waiting.filter(product=OuterRef("pk")))
        products = area.filter(Q(is_claimable=True) | Q(pk__in=[int(pk) for pk in stored])).annotate(watched=watched)
        self.watched = {product.pk for product in products if product.watched}
        return sorted(products, key=lambda product: (GROUP_ORDER.index(product.group), product.name))

    def on_the_tenant(self) -> list[Subscription]:
        """Return every subscription of the customer's tenant."""
        if self.claim.solution_area != SolutionArea.BA:
            return []
        found = list(Subscription.objects.filter(tenant=self.claim.tenant_id).select_related("product").order_by("pk"))
        for subscription in found:
            subscription.tenant = self.claim.tenant
        return found

    def add_fields(self, product: Product, stored: Mapping[str, Any]) -> None:
        """Add the tick box of *product*, and the pick-list if there is something to pick."""
        tick = forms.BooleanField(label=product.name, required=False)
        if self.blocking_code(product):
            tick.widget.attrs["disabled"] = True
        self.fields[f"product_{product.pk}"] = tick
        self.initial[f"product_{product.pk}"] = str(product.pk) in stored
        own = self.subscriptions_of(product)
        if len(own) > 1:
            options = [("", _("Choose")), *((str(held.subscription_id), self.option(held)) for held in own)]
            label = _t("Subscription ID of %(product)s") % {"product": product.name}
            pick = forms.CharField(
                label=label, required=False, widget=forms.Select(attrs={"class": "form-select"}, choices=options)
            )
            self.fields[f"subscription_{product.pk}"] = pick
            chosen = (held for held in own if held.pk == stored.get(str(product.pk)))
            self.initial[f"subscription_{product.pk}"] = next((str(held.subscription_id) for held in chosen), "")

    def subscriptions_of(self, product: Product) -> list[Subscription]:
        return [held for held in self.subscriptions if held.product_id == product.pk]

    def option(self, subscription: Subscription) -> str:
        """Return how a subscription is named in the pick-list."""
        standing = self.holding(subscription.product_id, subscription.pk)
        words = [subscription_in_words(subscription)]
        if standing is not Holding.FREE:
            words.append(str(STATES[standing][1]))
        return " · ".join(words)

    def holding(self, product_id: int, subscription_id: int | None) -> Holding:
        """Return how an item stands towards the claim's company and activities."""
        holders = (self.asked.holders or {}).get((product_id, subscription_id), [])
        return holding(holders, partner_id=self.claim.partner_id, activities=self.claim.activities)

    def standings(self, product: Product) -> set[Holding]:
        """Return how the items that a tick of *product* could mean stand."""
        if self.claim.solution_area != SolutionArea.BA:
            return {self.holding(product.pk, None)}
        return {self.holding(product.pk, held.pk) for held in self.subscriptions_of(product)}

    def blocking_code(self, product: Product) -> str | None:
        """Return why no tick of *product* can be accepted, or None."""
        code = item_problem(self.claim, ClaimedProduct(product=product))
        if code is None and self.standings(product) == {Holding.OWN_DUPLICATE}:
            return self.duplicate_code
        return code

    @property
    def duplicate_code(self) -> str:
        return "SUB_ALREADY_CLAIMED" if self.claim.solution_area == SolutionArea.BA else "ITEM_DUPLICATE_OWN"

    def groups(self) -> list[tuple[str, list[ProductRow]]]:
        """Return the rows of the page under the names of their groups."""
        by_group = groupby(self.products, key=lambda product: str(product.get_group_display()))
        return [(name, [self.row(product) for product in products]) for name, products in by_group]

    def row(self, product: Product) -> ProductRow:
        """Return what the page says of one product."""
        status, label, note = self.state(product)
        pick = f"subscription_{product.pk}"
        return ProductRow(
            product=product,
            subscriptions=self.subscriptions_of(product),
            status=status,
            status_label=label,
            note=note,
            own_claim=self.own_claim(product),
            tick=self[f"product_{product.pk}"],
            pick=self[pick] if pick in self.fields else None,
            is_watchable=self.is_watchable(product),
            is_watched=product.pk in self.watched,
        )

    def state(self, product: Product) -> tuple[str, Promise, Promise | str]:
        """Return the badge of a product and the sentence that explains it."""
        code = self.blocking_code(product)
        standings = self.standings(product)
        if code in ("ITEM_REVENUE_ONLY", "ITEM_NOT_CLAIMABLE"):
            return "cannot_start", _("Not claimable"), MESSAGES[code]
        if not standings:
            return "cannot_start", _("Not on the customer's tenant"), ""
        if code is None and (cause := self.cause_of_the_only_subscription(product)):
            return "cannot_start", _("Not claimable"), MESSAGES[cause]
        mildest = next(standing for standing in STATES if standing in standings)
        notes = {Holding.OTHERS: MESSAGES["ITEM_HELD_BY_OTHER"], Holding.OWN_DUPLICATE: MESSAGES[self.duplicate_code]}
        return *STATES[mildest], notes.get(mildest, "")

    def cause_of_the_only_subscription(self, product: Product) -> str | None:
        """Return why a tick of *product* will be refused for the one subscription it can mean, or None."""
        own = self.subscriptions_of(product)
        return (
            item_problem(self.claim, ClaimedProduct(product=product, subscription=own[0])) if len(own) == 1 else None
        )

    def is_watchable(self, product: Product) -> bool:
        """Whether waiting may make *product* claimable: it is unknown on the tenant yet, or not activated."""
        if self.claim.solution_area != SolutionArea.BA or self.blocking_code(product):
            return False
        return not self.standings(product) or self.cause_of_the_only_subscription(product) == "SUB_NOT_PROVISIONED"

    def own_claim(self, product: Product) -> UUID | None:
        """Return the open claim of the same company to *product*, if one blocks it."""
        if Holding.OWN_DUPLICATE not in self.standings(product):
            return None
        keys = [(product.pk, None), *((product.pk, held.pk) for held in self.subscriptions_of(product))]
        holders = [holder for key in keys for holder in (self.asked.holders or {}).get(key, [])]
        own = (holder.claim_public_id for holder in holders if holder.partner_id == self.claim.partner_id)
        return next((public_id for public_id in own if public_id), None)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        ticked = [product for product in self.products if answers.get(f"product_{product.pk}")]
        if not ticked and self.products and not self.is_for_later:
            self.add_error(f"product_{self.products[0].pk}", _("Choose at least one product."))
        for product in ticked:
            self.judge(product, answers)
        held = [product.name for product in ticked if self.is_held_by_others(product)]
        if held:
            self.warnings.append(f"{', '.join(held)}: {MESSAGES['ITEM_HELD_BY_OTHER']}")
        return answers

    def judge(self, product: Product, answers: Mapping[str, Any]) -> None:
        """Take a ticked product among the choices, or say in exact words why it can't be."""
        try:
            subscription = self.picked(product, answers)
            self.refuse_unclaimable(product, subscription)
        except forms.ValidationError as error:
            pick = f"subscription_{product.pk}"
            self.add_error(pick if pick in self.fields else f"product_{product.pk}", error)
            return
        self.choices[str(product.pk)] = subscription.pk if subscription else None

    def picked(self, product: Product, answers: Mapping[str, Any]) -> Subscription | None:
        """Return the subscription that a tick of *product* means; None for a workload or when left for later."""
        if self.claim.solution_area != SolutionArea.BA or item_problem(self.claim, ClaimedProduct(product=product)):
            return None
        own = self.subscriptions_of(product)
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
        found = (held for held in self.subscriptions if held.subscription_id == subscription_id)
        subscription = next(found, None)
        if subscription is None:
            raise refusal_of(product.name, code="SUB_NOT_ON_TENANT")
        return subscription

    def refuse_unclaimable(self, product: Product, subscription: Subscription | None) -> None:
        """Raise the refusal of an item that can't be claimed, or that the company claims already."""
        code = item_problem(self.claim, ClaimedProduct(product=product, subscription=subscription))
        standing = self.holding(product.pk, subscription.pk if subscription else None)
        if code is None and standing is Holding.OWN_DUPLICATE:
            code = self.duplicate_code
        if code:
            raise refusal_of(product.name, code=code)

    def is_held_by_others(self, product: Product) -> bool:
        key = str(product.pk)
        return key in self.choices and self.holding(product.pk, self.choices[key]) is Holding.OTHERS

    def facts(self) -> dict[str, Any]:
        return self.choices


def subscription_in_words(subscription: Subscription) -> str:
    """Return "<id> · <region> · <state> · <channel>"."""
    parts: Iterable[str] = (
        str(subscription.subscription_id),
        subscription.region,
        str(subscription.get_state_display()),
        str(subscription.get_channel_display()),
    )
    return " · ".join(part for part in parts if part)
