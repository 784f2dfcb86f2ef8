"""The notice to the customer: recipient, email and answer (ADR 10); and links to all requests."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.text.email_addresses import account_name
from accounts.text.readable import readable_address
from associations.choices import ContactKind, NoticeAnswer, OfficialBy, OptOutReason
from associations.models.claim_parts import Contact
from associations.rules import lifecycle
from associations.rules.customer.acknowledgement import MOST_TRIES
from associations.rules.customer.hand_over import MOST_HAND_OVERS
from notifications.models import UNDELIVERED_STATUSES, EmailStatus, OutboxEmail

if TYPE_CHECKING:
    from associations.models.claim_queries import ClaimQuerySet

# A link to all requests of an address works for this long.
REQUESTS_LINK_LIFETIME = timedelta(hours=24)
REMINDER = "customer_reminder"
# The emails to a customer that print the code of the notice before them.
REPEAT_THE_CODE = (
    REMINDER,
    "acknowledgement_asked",
    "association_active",
    "association_over",
    "hand_over_receipt",
    "opt_out_receipt",
    "request_closed",
    "request_narrowed",
)
HALF_ERASED = Q(contact_email="") & ~Q(answered_by_name="")


class CustomerNoticeQuerySet(models.QuerySet["CustomerNotice"]):
    """Named filters; they can be chained."""

    def current(self) -> "CustomerNoticeQuerySet":
        """Notices whose link still works."""
        return self.filter(revoked_at=None)

    def openable(self) -> "CustomerNoticeQuerySet":
        """Notices whose link opens a page: it still works, or the request was handed over."""
        return self.filter(Q(revoked_at=None) | Q(answer=NoticeAnswer.HANDED_OVER) & ~Q(contact_email=""))

    def handed_over(self) -> "CustomerNoticeQuerySet":
        """Notices whose contact handed the request over to a colleague (domain.md D21)."""
        return self.filter(hand_over_number__isnull=False)

    def heard_but_not_opened(self) -> "CustomerNoticeQuerySet":
        """Notices that the mail server accepted and whose window is not open yet."""
        return self.current().filter(
            opens_at=None, answered_at=None, email__status=EmailStatus.SENT, claim__status__in=lifecycle.UNDECIDED
        )

    def undelivered(self) -> "CustomerNoticeQuerySet":
        """Notices whose email was refused or came back."""
        return self.current().filter(email__status__in=UNDELIVERED_STATUSES)

    def newly_undelivered(self) -> "CustomerNoticeQuerySet":
        """Unanswered notices whose email was refused or came back, not yet recorded on their claims."""
        return self.undelivered().filter(undelivered_at=None, answered_at=None)

    def half_erased(self) -> "CustomerNoticeQuerySet":
        """Notices whose contact was erased while an association in force rested on who answered."""
        return self.filter(HALF_ERASED)

    def sent_to(self, address: str) -> "CustomerNoticeQuerySet":
        """Notices to this address in any spelling; those stopped before they left are left out."""
        name = account_name(address)
        named = self.alias(address=Lower("contact_email")).filter(address__in={name, readable_address(name).lower()})
        return named.exclude(email__status=EmailStatus.CANCELLED)

    def with_code(self, *, claim_id: int, code: str) -> "CustomerNotice | None":
        """Return the notice of this claim that prints *code*, or None; a wrong code takes as long as no such claim."""
        printed = self.filter(claim=claim_id).exclude(code="").values_list("pk", "code")
        found = [pk for pk, own in list(printed) if compare_digest(own, code)]
        return self.select_related("email", "claim__partner", "claim__tenant").filter(pk__in=found).first()

    def maybe_opened(self) -> "CustomerNoticeQuerySet":
        """Notices whose page was opened, and those without a code, which predate the recording of openings."""
        return self.filter(Q(opened_at__isnull=False) | Q(code=""))

    def overdue(self, now: datetime) -> "CustomerNoticeQuerySet":
        """Notices whose email did not leave on the day from which its deadline was counted."""
        return self.current().filter(email__status=EmailStatus.QUEUED, email__send_before__lte=now)


def is_link_never_opened() -> Case:
    """Return whether a claim became official without a reply and nobody ever opened any of its links.

    Reviewers are shown it; no rule depends on it.
    """
    maybe = CustomerNotice.objects.maybe_opened().filter(claim=OuterRef("pk"))
    condition = Q(official_by=OfficialBy.NO_REPLY) & ~Exists(maybe)
    return Case(When(condition, then=Value(True)), default=Value(False))


def answered_for_another_tenant(seen: "ClaimQuerySet") -> Exists:
    """Return a query column of a claim: true if its contact's address answered a *seen* claim of another tenant."""
    answers = CustomerNotice.objects.alias(address=Lower("contact_email")).filter(
        address=Lower(OuterRef("email")), answered_at__isnull=False, claim__in=seen
    )
    contacts = Contact.objects.filter(claim=OuterRef("pk"), kind=ContactKind.CUSTOMER).exclude(email="")
    return Exists(contacts.filter(Exists(answers.exclude(claim__tenant=OuterRef("claim__tenant")))))


class CustomerNotice(models.Model):
    """One notice to one contact. Only the digest of its link is kept; a later notice revokes it.

    Whoever answered has a name until they are forgotten, which ends the link too.
    """

    claim = models.ForeignKey("Claim", on_delete=models.PROTECT, related_name="notices", verbose_name=_("claim"))
    number = models.PositiveSmallIntegerField(_("number"))
    contact_name = models.CharField(_("contact"), max_length=120)
    contact_email = models.EmailField(_("email"))
    language = models.CharField(_("language"), max_length=5)
    token_digest = models.CharField(max_length=64, unique=True)
    reminder_token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # Printed on the notice and its reminders; empty on notices sent before there were codes.
    code = models.CharField(_("code"), max_length=8, blank=True, default="", db_default="")
    covers = models.JSONField(default=dict)
    email = models.OneToOneField(OutboxEmail, on_delete=models.PROTECT, related_name="+", verbose_name=_("email"))
    queued_at = models.DateTimeField(_("queued"))
    # The end that the email names, until the period opens and `closes_at` is stored.
    promised_closes_at = models.DateTimeField(_("opt-out promised until"), null=True, blank=True)
    opens_at = models.DateTimeField(_("accepted by the mail server"), null=True, blank=True)
    closes_at = models.DateTimeField(_("opt-out possible until"), null=True, blank=True)
    # A person was on the page behind the link for the first time: no GET, which mail scanners make, sets this.
    opened_at = models.DateTimeField(_("opened by the customer"), null=True, blank=True)
    undelivered_at = models.DateTimeField(_("found undelivered"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=20, choices=NoticeAnswer.choices, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by_name = models.CharField(_("answered by"), max_length=120, blank=True)
    answer_reason = models.CharField(_("reason"), max_length=20, choices=OptOutReason.choices, blank=True)
    answer_text = models.TextField(_("in their words"), blank=True)
    answer_ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    answer_user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    # Of a notice whose request was handed over: the first or the second time for its claim.
    hand_over_number = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    objects: ClassVar = CustomerNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer notice")
        verbose_name_plural = _("customer notices")
        ordering: ClassVar = ["claim", "number"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=HALF_ERASED, name="notices_with_erasure_to_finish"),
            models.Index(Lower("contact_email"), name="notices_by_address"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "number"], name="notices_of_a_claim_are_numbered"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(revoked_at=None), name="claim_has_one_current_notice"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="notice_window_has_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answered_by_name="")
                | Q(answered_at__isnull=False, answer__in=NoticeAnswer.values)
                & (~Q(answered_by_name="") | Q(revoked_at__isnull=False)),
                name="answer_has_time_and_name",
            ),
            models.UniqueConstraint(
                fields=["claim", "hand_over_number"],
                condition=Q(hand_over_number__isnull=False),
                name="hand_overs_of_a_claim_are_numbered",
            ),
            models.CheckConstraint(
                condition=Q(hand_over_number=None) & ~Q(answer=NoticeAnswer.HANDED_OVER)
                | Q(hand_over_number__range=(1, MOST_HAND_OVERS), answer=NoticeAnswer.HANDED_OVER)
                & Q(revoked_at__isnull=False),
                name="hand_over_is_counted_and_ends_the_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} · {self.number}"

    def later_emails(self) -> models.QuerySet[OutboxEmail]:
        """Return the emails after this notice that repeat its code and that a mail server accepted, newest first."""
        meanwhile = Q(created_at__gte=self.queued_at)
        if self.revoked_at:
            meanwhile &= Q(created_at__lt=self.revoked_at)
        of_the_claim = f"claim:{self.claim_id}:"
        # Some are numbered like their notice; the others went out while it was the current one.
        own = Q(key__startswith=f"{of_the_claim}notice:{self.number}:") | meanwhile & ~Q(key__contains=":notice:")
        return OutboxEmail.objects.accepted(of_the_claim).filter(own, template__in=REPEAT_THE_CODE)


class AcknowledgementCode(models.Model):
    """One code by which the reader of a notice acknowledges the work; only the newest of a notice counts.

    Its digest is keyed, because a million codes are tried in no time.
    """

    notice = models.ForeignKey(CustomerNotice, on_delete=models.CASCADE, related_name="acknowledgement_codes")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("code of an acknowledgement")
        verbose_name_plural = _("codes of acknowledgements")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "number"], name="codes_of_a_notice_are_numbered"),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="code_is_tried_so_often_at_most"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("sent_at")), name="code_works_for_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.number}"


class RequestsLinkQuerySet(models.QuerySet["RequestsLink"]):
    """Named filters; they can be chained."""

    def waiting(self) -> "RequestsLinkQuerySet":
        """Links that somebody asked for, of which nobody has looked yet whether the address is known."""
        return self.filter(token_digest=None)

    def working(self, now: datetime) -> "RequestsLinkQuerySet":
        """Links that have not expired."""
        return self.filter(expires_at__gt=now)

    def expired(self, now: datetime) -> "RequestsLinkQuerySet":
        """Links that have expired."""
        return self.filter(expires_at__lte=now)


class RequestsLink(models.Model):
    """A link to all requests that name one address, sent to that address. Only its digest is kept.

    Until a clock has looked at it, it has no digest, and the address is as a stranger typed it.
    """

    address = models.EmailField(_("email"))
    token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))

    objects: ClassVar = RequestsLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to all requests")
        verbose_name_plural = _("links to all requests")
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="requests_links_by_end")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="requests_link_works_for_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} · {self.expires_at}"

    @property
    def email_key(self) -> str:
        """The key of the email that carries the link."""
        return f"requests-link:{self.pk}"
