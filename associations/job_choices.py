"""The words of acts on many claims, of imports and of exports, as enumerations with their labels. Nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BulkAction(TextChoices):
    """The actions that a partner can take on many claims at once."""

    DISASSOCIATE = "disassociate", _("Disassociate customer")
    RENEW = "renew", _("Renew")
    ADD_PROOF = "add_proof", _("Add a proof of execution")


class BulkOutcome(TextChoices):
    """The outcomes for one claim of a bulk action."""

    DONE = "done", pgettext_lazy("bulk act", "Done")
    NOT_ALLOWED = "not_allowed", _("Your role does not allow it.")
    NOTHING_IN_FORCE = "nothing_in_force", _("It has no association in force.")
    NOTHING_TO_RENEW = "nothing_to_renew", _("No subscription of it has ended or ends within 60 days.")
    CLOSED = "closed", _("It is closed: no proof of execution can be added any more.")
    TOO_MANY_PROOFS = "too_many_proofs", _("It would hold too many files.")
    FAILED = "failed", _("Something went wrong. Nothing was changed on this claim: try again.")


class JobKind(TextChoices):
    """Work that takes longer than a page may."""

    EXPORT = "export", _("Export of customer associations")
    REASSOCIATION = "reassociation", _("Re-association of Microsoft 365 customers")
    MIGRATION = "migration", _("Existing Business Applications associations")
    TENANTS = "tenants", _("Customer tenants")
    SUBSCRIPTIONS = "subscriptions", _("Subscriptions")


class JobPhase(TextChoices):
    """The phases of a job: an import is checked, then carried out, then its drafts are submitted."""

    WRITE = "write", _("Writing the file")
    CHECK = "check", _("Checking the rows")
    APPLY = "apply", _("Importing the rows")
    SUBMIT = "submit", _("Submitting the claims")


class JobState(TextChoices):
    QUEUED = "queued", pgettext_lazy("job", "Queued")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")


class RowOutcome(TextChoices):
    """The outcomes for one row of an imported sheet."""

    WAITING = "waiting", pgettext_lazy("row", "Waiting")
    VALID = "valid", pgettext_lazy("row", "Valid")
    INVALID = "invalid", pgettext_lazy("row", "With errors")
    IMPORTED = "imported", pgettext_lazy("row", "Imported")
    EXISTING = "existing", pgettext_lazy("row", "Already there")
    SUBMITTED = "submitted", pgettext_lazy("row", "Submitted")
    REFUSED = "refused", pgettext_lazy("row", "Not submitted")
