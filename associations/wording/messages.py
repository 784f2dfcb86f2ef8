"""Errors with a code, in the words that partners read (domain.md 2.3).

The texts for a field left empty stand beside the field in `forms`, those of questions in `questions`.
"""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MESSAGES: dict[str, "StrPromise"] = {
    "MPN_FORMAT": _("An MPN ID has 4 to 10 digits."),
    "MPN_NOT_ENROLLED": _("This location isn't enrolled in the incentive program for this activity."),
    "MPN_IS_GLOBAL": _("Choose a location: the global MPN ID can't be used for incentives."),
    "MPN_NO_ROLE": _("You have no incentives role for this MPN ID. Ask a global admin of your company."),
    "DOMAIN_FORMAT": _("This is not a domain name. Enter one such as contoso.com."),
    "DOMAIN_UNKNOWN": _("No organization is known for this domain name. Check it with your customer."),
    "DOMAIN_UNCHECKED": _(
        "The domain name could not be checked: the directory does not answer."
        " Your answers are kept; try again in a minute."
    ),
    "DOMAIN_TENANT_MISMATCH": _(
        "The domain and the tenant ID belong to different organizations. Check both with your customer."
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
    "ITEM_OTHER_ACTIVITY": _("This product can't be claimed for every activity of this claim."),
    "EMAIL_FREE": _("Enter an address at the customer's organization: free email addresses are not accepted."),
    "HAND_OVER_SAME": _("This notice already went to that address. Enter your colleague's."),
    "HAND_OVER_ELSEWHERE": _(
        "We can't confirm that this address is of your organization. Enter one at %(domain_name)s, or at another"
        " domain name of the same directory."
    ),
    "EMAIL_SAME": _("The customer's contact and your company's contact need different email addresses."),
    "EMAIL_OTHER_DOMAIN": _("The customer contact's email is not at the customer's domain. Say why."),
    "CONTACT_KNOWN": _("This address is at a domain name of the customer."),
    "CONTACT_OTHER": _("This address isn't at a domain name that we know as the customer's."),
    "CONTACT_HELD": _(
        "This address isn't at a domain name that we know as the customer's. You can submit the claim, but it will be"
        " on hold: it can't become official until a Microsoft reviewer confirms the contact. An address at the"
        " customer's own domain name needs no reviewer."
    ),
    "CONTACT_STILL_HELD": _(
        "This address isn't at a domain name that we know as the customer's. The claim can't become official until a"
        " Microsoft reviewer confirms the contact. An address at the customer's own domain name needs no reviewer."
    ),
    "CONTACT_SAME": _("This is the address of the current contact. Enter another one."),
    "POE_MISSING": _("Add at least one proof of execution."),
    "POE_NOT_CHOSEN": _("Choose a file to upload."),
    "POE_NAME": _(
        "The name of the file is missing or too long. Rename it: at most 255 characters with the extension."
    ),
    "POE_TYPE": _("This type of file is not accepted. Use PDF, DOCX, XLSX, PPTX, PNG, JPG, TIFF, MSG, EML or CSV."),
    "POE_SIZE": _("The file is too big. The limit is %(limit)s."),
    "POE_EMPTY": _("The file is empty."),
    "POE_CONTENT": _("The content is not what the name of the file says, or the file is damaged."),
    "POE_MACRO": _("Documents with macros are not accepted. Save it without macros."),
    "POE_ENCRYPTED": _(
        "The file is protected: it opens only with a password or for certain people."
        " Save it without protection, or print it to a PDF, and add that."
    ),
    "POE_LABELLED": _(
        "The file is protected by a sensitivity label, so the reviewers can't open it."
        " Select a label without encryption, save the file, and add it again."
    ),
    "POE_DAMAGED": _(
        "The file is damaged or incomplete. Open it to see that all of it is there, save it again, and add that."
    ),
    "POE_HEIC": _(
        "This is a photo in the HEIC or AVIF format, which many programs can't show."
        ' Export it as JPG or PNG, or set the camera of the phone to "Most compatible", and add that.'
    ),
    "POE_BUSY": _(
        "The portal is busy checking other files. What you entered is kept: add the file again in a minute."
    ),
    "POE_BOMB": _("The file would unpack to far more than its size. Save it again as a PDF."),
    "POE_INFECTED": _("The file contains a virus and was deleted. Remove it from the list and add a clean one."),
    "POE_SCANNING": _("The file is still being scanned for viruses. Try again in a minute."),
    "POE_NOT_STORED": _(
        "The file could not be stored. What you entered is kept: add the file again in a few minutes."
    ),
    "POE_TOO_MANY": _("A claim can hold %(limit)s files. Not added: %(names)s."),
    "SHEET_TYPE": _("This is not a sheet. Use CSV or XLSX."),
    "SHEET_OLD": _("This is a workbook of an older Excel (.xls). Save it as XLSX or CSV."),
    "SHEET_BINARY": _("This is a binary workbook (.xlsb). Save it as XLSX or CSV."),
    "SHEET_OPEN_DOCUMENT": _("This is an OpenDocument sheet (.ods). Save it as XLSX or CSV."),
    "SHEET_PASSWORD": _("The workbook is protected by a password or a sensitivity label. Remove the protection."),
    "SHEET_DAMAGED": _("The sheet is damaged, or unpacks to far more than its size. Save it again as XLSX or CSV."),
    "SHEET_ENCODING": _(
        "Line %(line)s of the sheet is damaged: it has bytes that are no letters. Save it as CSV UTF-8."
    ),
    "SHEET_CUT_OFF": _("The sheet can't be read from line %(line)s on: quotation marks are opened and never closed."),
    "SHEET_BUSY": _("Too many files are being read at the moment. Upload the sheet again in a minute."),
    "SHEET_EMPTY": _("The sheet has no row below its heading."),
    "SHEET_EMPTY_ROWS": _("The sheet has far too many empty rows. Delete the rows below the last one that is filled."),
    "SHEET_CHARACTERS": _("The sheet holds too much text. Split it, or delete the columns that are not imported."),
    "SHEET_ROWS": _("The sheet has more than %(limit)s rows. Split it."),
    "SHEET_SIZE": _("The sheet is bigger than %(limit)s. Split it."),
    "CELL_ERROR": _("The cell shows an error of the spreadsheet, %(cell)s. Enter the value itself."),
    "CELL_LETTERS": _("Letters of this cell were lost earlier. Enter it again, and save the sheet as CSV UTF-8."),
    "DAY_NONE": _("This is not a day such as 2026-12-31."),
    "DAY_TWO": _("%(day)s can be %(one)s or %(other)s: select how the days of this column are read."),
    "COUNT_NONE": _("This is not a whole number from 0."),
    "COUNT_TWO": _("%(number)s can be two numbers: select how the numbers of this column are read."),
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


def refusal(code: str, **facts: str) -> ValidationError:
    """Return the message of *code* as a form's error, with the *facts* that it names."""
    return ValidationError(MESSAGES[code], code=code, params=facts or None)


def refusal_of(name: str, *, code: str, limit: str = "", line: int = 0) -> ValidationError:
    """Return the message of *code* about what is called *name*, a file or a product."""
    text = str(MESSAGES[code]) % {"limit": limit, "line": line}
    return ValidationError("%(name)s: %(text)s", code=code, params={"name": name, "text": text})
