"""The products of one customer as a claim finds them: what the tenant has, who holds it, and what can't be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from associations.models import Claim, Product, Subscription
from associations.rules.review.competing import Holding
from associations.services.claim.eligibility import item_problem
from associations.services.review.competing_claims import Holder, Item, holding


@dataclass(frozen=True, kw_only=True)
class TenantProducts:
    """The subscriptions of a claim's customer, and the holders of each item on the tenant.

    By the grain of the claim's activities an item is a subscription, or the workload itself, which every tenant may
    have: subscriptions only say then how many seats were bought.
    """

    claim: Claim
    subscriptions: tuple[Subscription, ...]
    holders: Mapping[Item, list[Holder]]

    def subscriptions_of(self, product: Product) -> list[Subscription]:
        return [held for held in self.subscriptions if held.product_id == product.pk]

    def has(self, product: Product) -> bool:
        """Return whether the tenant has *product*, as far as the portal knows."""
        return not self.claim.claims_subscriptions or bool(self.subscriptions_of(product))

    def items_of(self, product: Product) -> list[Subscription | None]:
        """Return the items that a claim to *product* can mean, each as its subscription; None is the workload."""
        return list(self.subscriptions_of(product)) if self.claim.claims_subscriptions else [None]

    def holding(self, product: Product, subscription: Subscription | None) -> Holding:
        """Return the standing of an item for the claim's company and activities."""
        held = self.holders.get((product.pk, subscription.pk if subscription else None), ())
        return holding(held, partner_id=self.claim.partner_id, activities=self.claim.activity_codes)

    def standings(self, product: Product) -> set[Holding]:
        """Return the standings of the claimable items of *product*, or of all when none is claimable."""
        items = self.items_of(product)
        open_items = [item for item in items if not self.refusal_code(product, item)]
        return {self.holding(product, item) for item in open_items or items}

    def refusal_code(self, product: Product, subscription: Subscription | None) -> str | None:
        """Return why the claim can't ask for an item, or None."""
        code = item_problem(self.claim, product, subscription)
        if code is None and self.holding(product, subscription) is Holding.OWN_DUPLICATE:
            return "SUB_ALREADY_CLAIMED" if self.claim.claims_subscriptions else "ITEM_DUPLICATE_OWN"
        return code

    def blocking_code(self, product: Product) -> str | None:
        """Return why *product* can't be chosen at all, or None; of several causes the one of the first item."""
        code = item_problem(self.claim, product)
        if code or not self.has(product):
            return code or "SUB_NOT_ON_TENANT"
        codes = [self.refusal_code(product, item) for item in self.items_of(product)]
        return None if None in codes else codes[0]

    def is_watchable(self, product: Product) -> bool:
        """Return whether waiting may make *product* claimable on a draft: it is missing, or not activated yet."""
        if self.claim.submitted_at or not self.claim.claims_subscriptions or item_problem(self.claim, product):
            return False
        codes = {self.refusal_code(product, item) for item in self.items_of(product)}
        return not codes or codes == {"SUB_NOT_PROVISIONED"}

    def own_claim(self, product: Product) -> UUID | None:
        """Return an open claim of the same company that already asks for *product*, if it is in the way."""
        for item in self.items_of(product):
            if self.holding(product, item) is Holding.OWN_DUPLICATE:
                held = self.holders[product.pk, item.pk if item else None]
                own = (holder.claim_public_id for holder in held if holder.partner_id == self.claim.partner_id)
                return next((public_id for public_id in own if public_id), None)
        return None
