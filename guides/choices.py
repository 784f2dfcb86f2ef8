"""The values that an edition of the program guide chooses from. Each is code with a name (docs/adr/0032)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Grain(TextChoices):
    """The thing that one partner can have of a customer (domain.md R1)."""

    WORKLOAD = "workload", _("Workload")
    SUBSCRIPTION = "subscription", _("Subscription")


class AskedFact(TextChoices):
    """The facts that an activity can ask for, beside those that every claim states (domain.md 2.1, R13)."""

    SELLER_NAME = "seller_name", _("Dynamics solution seller name")
    CUSTOMER_NAME = "customer_name", _("Customer name")
    ISV_PRODUCT = "isv_product", _("ISV product/solution name")
    TRANSACTION_DATE = "transaction_date", _("Date of the transaction")


class ProofElement(TextChoices):
    """The things that a proof of execution can be required to show (domain.md 4.1)."""

    PARTIES = "parties", _("Parties")
    ACKNOWLEDGEMENT = "acknowledgement", _("The customer's signature")
    WORK = "work", _("Work done")
    PRODUCTS = "products", pgettext_lazy("proof", "Products")
    DATES = "dates", _("Dates")


class SignatureKind(TextChoices):
    """The ways to sign a proof of execution."""

    INK = "ink", _("By hand on paper")
    PLATFORM = "platform", _("On a signing service, with its audit trail")
    DRAWN = "drawn", _("Drawn on a screen")
    IMAGE = "image", _("Picture of a signature")


class SalesChannel(TextChoices):
    VOLUME_LICENSING = "VL", _("Volume Licensing")
    WEB_DIRECT = "WEB_DIRECT", _("Web Direct")
    CSP = "CSP", _("CSP")


class ContactPolicy(TextChoices):
    """The consequence of a customer contact that is not confirmed, a rule of the program (domain.md D18)."""

    HOLD = "hold", _("Hold the claim until the contact is confirmed")
    ALLOW = "allow", _("Allow")


class ProductGroup(TextChoices):
    WORKLOAD = "M365", _("Microsoft 365 workloads")
    CUSTOMER_ENGAGEMENT = "CE", _("Customer Engagement")
    FINANCE_OPERATIONS = "FO", _("Finance and Operations")
    SMALL_BUSINESS = "SMB", _("Small and medium business")
    CROSS = "X", _("Across Dynamics 365")
    POWER_PLATFORM = "PP", _("Power Platform")
