"""The edition of September 2020: what the founding document and domain.md 3.1 to 3.6 say."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from associations.choices import ContactPolicy, SalesChannel
from associations.rules.editions import Activity, Area, AskedFact, Edition, Grain, SignatureKind
from guides.choices import ProofElement

M365_USAGE = Activity(
    code="M365_USAGE",
    area="M365",
    name=_("Usage"),
    choose_when=_("You drive adoption and use of an eligible workload."),
    choice_group="usage",
    grain=Grain.WORKLOAD,
    program="OSU_M365",
    pays=True,
    gives_recognition=True,
    asks=frozenset(),
    opt_out_business_days=5,
    needs_validation=False,
    review_business_days=5,
    answer_business_days=5,
    dispute_days=30,
    late_filing_days=None,
    least_seats=150,
    template_required=False,
    proof_age_months=12,
    proof_elements=frozenset(ProofElement),
    signature_kinds=frozenset(SignatureKind),
    sales_channels=frozenset(SalesChannel),
    contact_policy=ContactPolicy.HOLD,
)
BA_USAGE = replace(
    M365_USAGE,
    code="BA_USAGE",
    area="BA",
    choose_when=_("You drive adoption and use of an eligible product."),
    grain=Grain.SUBSCRIPTION,
    program="OSU_BA",
    least_seats=None,
    sales_channels=frozenset({SalesChannel.VOLUME_LICENSING, SalesChannel.WEB_DIRECT}),
)
BA_PRESALES = replace(
    BA_USAGE,
    code="BA_PRESALES",
    name=_("Pre-sales"),
    choose_when=_("You influenced the purchase."),
    program="OSA_SELL",
    gives_recognition=False,
    late_filing_days=90,
)
BA_REVENUE = replace(
    BA_USAGE,
    code="BA_REVENUE",
    name=_("Revenue association"),
    choose_when=_("You influenced the choice of the product as a Business Influencer, often with your own solution."),
    choice_group="revenue",
    program="REV_ASSOC",
    pays=False,
    asks=frozenset({AskedFact.SELLER_NAME, AskedFact.CUSTOMER_NAME, AskedFact.ISV_PRODUCT}),
)
EDITION_2020_09 = Edition(
    code="2020-09",
    areas=(Area(code="M365", name=_("Microsoft 365")), Area(code="BA", name=_("Business Applications"))),
    activities=(M365_USAGE, BA_USAGE, BA_PRESALES, BA_REVENUE),
)
