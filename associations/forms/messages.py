"""The one catalogue of what a partner is told, by code (domain.md 2.3)."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MESSAGES: dict[str, "_StrPromise"] = {
    "MPN_FORMAT": _("An MPN ID has 4 to 10 digits."),
    "MPN_NOT_ENROLLED": _("This location isn't enrolled in the incentive program for this activity."),
    "MPN_IS_GLOBAL": _("Choose a location: the global MPN ID can't be used for incentives."),
    "MPN_NO_ROLE": _("You have no incentives role for this MPN ID. Ask a global admin of your company."),
    "DOMAIN_FORMAT": _("This is not a domain name. Enter one such as contoso.com."),
    "DOMAIN_UNKNOWN": _("No organisation is known for this domain name. Check it with your customer."),
    "DOMAIN_UNCHECKED": _(
        "The domain name could not be checked: the directory does not answer."
        " Your answers are kept; try again in a minute."
    ),
    "DOMAIN_TENANT_MISMATCH": _(
        "The domain and the tenant ID belong to different organisations. Check both with your customer."
    ),
    "TENANT_FORMAT": _("This is not a tenant ID. It looks like 01234567-89ab-cdef-0123-456789abcdef."),
    "SUB_NOT_ON_TENANT": _("The customer's tenant doesn't have this product."),
    "SUB_NOT_DYNAMICS": _("This is not a Dynamics 365 subscription."),
    "SUB_IS_CSP": _("The subscription was bought through CSP and can't be claimed here."),
    "SUB_NOT_PROVISIONED": _(
        "The customer hasn't activated this subscription yet. After activation it can take up to 7 days to appear."
    ),
    "SUB_ALREADY_CLAIMED": _("This subscription has already been claimed."),
    "SUB_BAD_ID": _("This is not a subscription ID."),
    "SUB_INACTIVE": _("The subscription is neither active nor in its grace period."),
    "ITEM_DUPLICATE_OWN": _("Your company already holds this item or has an open claim to it."),
    "ITEM_HELD_BY_OTHER": _(
        "Another partner holds or claims this item. You can submit the claim; a reviewer will then decide between you."
    ),
    "ITEM_NOT_CLAIMABLE": _("This item can't be claimed."),
    "ITEM_REVENUE_ONLY": _("This product can be claimed for a revenue association only."),
    "EMAIL_FREE": _("Enter an address at the customer's organisation: free mail addresses are not accepted."),
    "EMAIL_SAME": _("The customer's contact and your company's contact need different e-mail addresses."),
    "EMAIL_OTHER_DOMAIN": _("The customer contact's e-mail is not at the customer's domain. Say why."),
    "POE_MISSING": _("Add at least one proof of execution."),
    "POE_NOT_CHOSEN": _("Choose a file to upload."),
    "POE_NAME": _("The file needs a name of at most 255 characters."),
    "POE_TYPE": _("This type of file is not accepted. Use PDF, DOCX, XLSX, PPTX, PNG, JPG, TIFF, MSG or CSV."),
    "POE_SIZE": _("The file is too big. The limit is %(limit)s."),
    "POE_EMPTY": _("The file is empty."),
    "POE_CONTENT": _("The content is not what the name of the file says, or the file is damaged."),
    "POE_MACRO": _("Documents with macros are not accepted. Save it without macros."),
    "POE_ENCRYPTED": _("The file is protected by a password. Remove the password."),
    "POE_BOMB": _("The file would unpack to far more than its size. Save it again as a PDF."),
    "POE_INFECTED": _("The file contains a virus and was deleted. Remove it from the list and add a clean one."),
    "POE_SCANNING": _("The file is still being scanned for viruses. Try again in a minute."),
    "POE_NOT_STORED": _(
        "The file could not be stored. What you entered is kept: add the file again in a few minutes."
    ),
    "POE_TOO_MANY": _("A claim can hold %(limit)s files. Remove one first."),
    "SHEET_TYPE": _("This is not a sheet. Use CSV or XLSX."),
    "SHEET_DAMAGED": _("The sheet is damaged, protected by a password, or unpacks to far more than its size."),
    "SHEET_EMPTY": _("The sheet has no row below its heading."),
    "SHEET_ROWS": _("The sheet has more than %(limit)s rows. Split it."),
    "SHEET_SIZE": _("The sheet is bigger than %(limit)s. Split it."),
    "MPN_UNKNOWN": _("No partner has this MPN ID."),
    "SUB_UNKNOWN": _("The directory does not know this subscription. Import the subscriptions first."),
    "SUB_OTHER_TENANT": _("The directory knows this subscription on another tenant."),
    "TENANT_UNKNOWN": _("The directory does not know this tenant. Import the tenants first."),
    "PRODUCT_UNKNOWN": _("The catalogue has no such product."),
    "STATE_CONFLICT": _("The claim changed while you were working. Reload to see the latest version."),
    "COUNTRY_MISMATCH": _(
        "The location you chose is in another country than the customer. Check that it is the right one."
    ),
}


def refusal(code: str) -> ValidationError:
    """Return the message of *code* as a form's error."""
    return ValidationError(MESSAGES[code], code=code)


def refusal_of(name: str, *, code: str, limit: str = "") -> ValidationError:
    """Return the message of *code* about what is called *name*, a file or a product."""
    text = str(MESSAGES[code]) % {"limit": limit}
    return ValidationError("%(name)s: %(text)s", code=code, params={"name": name, "text": text})
