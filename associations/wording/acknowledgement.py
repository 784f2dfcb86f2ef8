"""The state of the customer's acknowledgement of the work, and why it can't be given on a link, in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from associations.models import Acknowledgement
from associations.rules.customer.acknowledgement import NoAcknowledgement
from associations.status_words.dates import day_in_words

REFUSED: dict[NoAcknowledgement, Promise] = {
    NoAcknowledgement.NOT_ASKED: gettext_lazy("The partner doesn't ask you to acknowledge the work."),
    NoAcknowledgement.DECIDED: gettext_lazy(
        "The request is decided, so the work can't be acknowledged here any more. Nothing was acknowledged."
    ),
    NoAcknowledgement.WINDOW_ENDED: gettext_lazy(
        "The opt-out period has ended, so the work can't be acknowledged here any more. Nothing was acknowledged."
    ),
}


def acknowledgement_in_words(asked: Acknowledgement | None) -> str:
    """Return one sentence for partners and reviewers; empty if the customer was not asked."""
    if asked is None:
        return ""
    if asked.given_at is None:
        return _("Asked of the customer on %(day)s.") % {"day": day_of(asked.asked_at)}
    told = {"day": day_of(asked.given_at), "name": asked.signer_name or _("the customer")}
    if asked.sealed_at is None:
        return _("Acknowledged by %(name)s on %(day)s. The sealed document is being written.") % told
    if asked.stamped_at is None:
        return _("Acknowledged by %(name)s on %(day)s. The document is sealed.") % told
    return _("Acknowledged by %(name)s on %(day)s. The document is sealed, with a time stamp.") % told


def day_of(moment: datetime) -> str:
    """Return the day of *moment* in the zone of the page."""
    day = moment.astimezone(timezone.get_current_timezone()).date()
    return day_in_words(day, shape=pgettext("date format", "D j M Y"))


def why_not_acknowledged(reason: NoAcknowledgement | None) -> str:
    """Return in one sentence why the work can't be acknowledged on a link; empty where that needs no words."""
    return str(REFUSED.get(reason, "")) if reason else ""
