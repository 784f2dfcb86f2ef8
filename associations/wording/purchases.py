"""Says what a customer bought of a product."""

from django.utils.translation import ngettext

from associations.models import Subscription


def purchase_in_words(subscription: Subscription) -> str:
    """Return "<seats> · <channel> · <region> · <state>" without what is unknown."""
    seats, parts = subscription.seats_available, []
    if seats:
        parts.append(ngettext("%(count)s seat", "%(count)s seats", seats) % {"count": seats})
    parts += [str(subscription.get_channel_display()), subscription.region, str(subscription.get_state_display())]
    return " · ".join(part for part in parts if part)


def purchase_with_id(subscription: Subscription) -> str:
    """Return the same with the subscription ID at the end."""
    return f"{purchase_in_words(subscription)} · {subscription.subscription_id}"
