"""The text that a customer acknowledges: all that a proof of execution must show, drawn from the claim."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text.readable import domain_in_full
from associations import emails
from associations.models import Claim

# The work as the reader of proofs finds it: a sentence that says what was carried out.
WORK: dict[str, Promise] = {
    "usage": gettext_lazy(
        "%(partner)s deployed and configured the products for %(customer)s, or trained and supported their users."
    ),
    "presales": gettext_lazy("%(partner)s advised %(customer)s before the purchase and demonstrated the products."),
    "revenue": gettext_lazy(
        "%(partner)s implemented its own solution together with the products for %(customer)s, or supported it."
    ),
}
ANY_WORK = gettext_lazy("%(partner)s delivered services for the products to %(customer)s.")


def statement_of(claim: Claim) -> dict[str, Any]:
    """Return the text in the active language, as plain values.

    ``facts`` are pairs of a label and its lines, ``work`` the sentences about the work, ``products`` their names.
    """
    names = {"partner": claim.partner.name, "customer": claim.tenant.name}
    kinds = dict.fromkeys(activity.kind for activity in claim.activities)
    return {
        **names,
        "claim": claim.number,
        "facts": [
            [_("Partner"), [claim.partner.name]],
            [_("MPN ID"), [claim.location.mpn_id]],
            [_("Customer"), [claim.tenant.name]],
            [_("Domain name"), [domain_in_full(claim.domain_name)]],
            [_("Tenant ID (directory ID)"), [str(claim.tenant.tenant_id)]],
            [_("Solution area"), [claim.edition.area_name(claim.solution_area)]],
            [_("Activity"), [str(activity.name) for activity in claim.activities]],
            [_("Claim number"), [claim.number]],
        ],
        "work": [str(WORK.get(kind, ANY_WORK)) % names for kind in kinds],
        "products": emails.item_names(claim),
    }
