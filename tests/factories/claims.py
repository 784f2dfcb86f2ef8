"""Claims with their parts, and the associations that they become."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from associations import models
from associations.choices import (
    ClaimStatus,
    CommentReplyOutcome,
    ContactKind,
    EventKind,
    HoldKind,
    ScanStatus,
)
from associations.models.proofs import new_path
from associations.rules.actors import Role
from associations.rules.customer.acknowledgement import CODE_LIFETIME
from bench.files import SMALL_PDF
from guides.editions import edition_in_force
from tests.factories.directory import CustomerTenantFactory
from tests.factories.messages import IncomingEmailFactory, OutboxEmailFactory
from tests.factories.people import MONDAY, PartnerFactory, PartnerLocationFactory, UserFactory


class ClaimFactory(DjangoModelFactory):
    """A draft after its first *Continue*."""

    class Meta:
        model = models.Claim

    location = factory.SubFactory(PartnerLocationFactory)
    partner = factory.SelfAttribute("location.partner")
    tenant = factory.SubFactory(CustomerTenantFactory)
    domain_name = factory.LazyAttribute(lambda claim: claim.tenant.domains.get().domain_name)
    status = ClaimStatus.DRAFT
    guide_id = factory.LazyFunction(lambda: edition_in_force(now=MONDAY).id)
    created_at = MONDAY
    changed_at = MONDAY
    created_by = factory.SubFactory(UserFactory)


class ClaimedProductFactory(DjangoModelFactory):
    class Meta:
        model = models.ClaimedProduct

    claim = factory.SubFactory(ClaimFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="EXO"))


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact

    claim = factory.SubFactory(ClaimFactory)
    kind = ContactKind.CUSTOMER
    name = "Carla Bianchi"
    title = "Head of IT"
    email = factory.LazyAttribute(lambda contact: f"{contact.kind}@{contact.claim.domain_name}")
    language = "en"


class ProofFactory(DjangoModelFactory):
    class Meta:
        model = models.ProofOfExecution

    class Params:
        pending = factory.Trait(scan_status=ScanStatus.PENDING, scan_due_at=MONDAY)
        infected = factory.Trait(scan_status=ScanStatus.INFECTED, file="")

    claim = factory.SubFactory(ClaimFactory)
    file = factory.django.FileField(filename="proof.pdf", data=SMALL_PDF)
    name = "statement-of-work.pdf"
    kind = "pdf"
    size = 16
    sha256 = "0" * 64
    uploaded_at = MONDAY
    uploaded_by = factory.SubFactory(UserFactory)


class ProofReadingFactory(DjangoModelFactory):
    """The text of a proof that was read: one page that names the partner."""

    class Meta:
        model = models.ProofReading

    proof = factory.SubFactory(ProofFactory)
    state = "read"
    read_at = MONDAY
    parts = factory.LazyAttribute(
        lambda reading: [
            {
                "kind": "page",
                "number": 1,
                "name": "",
                "source": "text",
                "lines": [[f"Partner: {reading.proof.claim.partner.name}", 0, 0.1, 0.2, 0.5, 0.22]],
                "marks": [],
            }
        ]
    )


class ProofPointerFactory(DjangoModelFactory):
    class Meta:
        model = models.ProofPointer

    claim = factory.SubFactory(ClaimFactory)
    about = "work"
    text = "page 4, second paragraph"
    told_by = factory.SubFactory(UserFactory)
    told_at = MONDAY


class AcknowledgementFactory(DjangoModelFactory):
    class Meta:
        model = models.Acknowledgement

    claim = factory.SubFactory(ClaimFactory)
    asked_at = MONDAY
    asked_by = factory.SubFactory(UserFactory)


class LooseFileFactory(DjangoModelFactory):
    class Meta:
        model = models.LooseFile

    name = factory.LazyFunction(new_path)
    since_at = MONDAY


class ClaimEventFactory(DjangoModelFactory):
    class Meta:
        model = models.ClaimEvent

    claim = factory.SubFactory(ClaimFactory)
    kind = EventKind.CREATED
    actor_role = Role.INCENTIVES_ADMIN
    at = MONDAY


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = models.Comment

    claim = factory.SubFactory(ClaimFactory)
    author = factory.SubFactory(UserFactory)
    author_role = Role.INCENTIVES_ADMIN
    text = "The statement of work is on its way."
    at = MONDAY


class CommentMarkFactory(DjangoModelFactory):
    """A person who has read the only comment on a claim."""

    class Meta:
        model = models.CommentMark

    last_read = factory.SubFactory(CommentFactory)
    claim = factory.SelfAttribute("last_read.claim")
    user = factory.SubFactory(UserFactory)
    read_at = MONDAY


class CommentReplyFactory(DjangoModelFactory):
    """A reply by email that became no comment, for it said nothing."""

    class Meta:
        model = models.CommentReply

    incoming = factory.SubFactory(IncomingEmailFactory, text="")
    claim = factory.SubFactory(ClaimFactory)
    person = factory.SubFactory(UserFactory)
    outcome = CommentReplyOutcome.EMPTY
    handled_at = MONDAY


class AssociationFactory(DjangoModelFactory):
    """An active association with Exchange Online; `subscription=...` for Business Applications."""

    class Meta:
        model = models.Association

    partner = factory.SubFactory(PartnerFactory)
    tenant = factory.SubFactory(CustomerTenantFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="EXO"))
    activity_codes = factory.LazyAttribute(lambda held: (f"{held.product.solution_area}_USAGE",))
    starts_at = MONDAY


class CustomerNoticeFactory(DjangoModelFactory):
    class Meta:
        model = models.CustomerNotice

    claim = factory.SubFactory(ClaimFactory)
    number = 1
    contact_name = "Carla Bianchi"
    contact_email = "carla@customer.example"
    language = "en"
    token_digest = factory.Sequence(lambda n: f"{n:064x}")
    email = factory.SubFactory(OutboxEmailFactory)
    queued_at = MONDAY


class AcknowledgementCodeFactory(DjangoModelFactory):
    class Meta:
        model = models.AcknowledgementCode

    notice = factory.SubFactory(CustomerNoticeFactory)
    number = 1
    digest = "0" * 64
    sent_at = MONDAY
    expires_at = MONDAY + CODE_LIFETIME


class RequestsLinkFactory(DjangoModelFactory):
    class Meta:
        model = models.RequestsLink

    address = "carla@customer.example"
    token_digest = factory.Sequence(lambda n: f"{n:064x}")
    created_at = MONDAY
    expires_at = MONDAY + models.REQUESTS_LINK_LIFETIME


class ClaimHoldFactory(DjangoModelFactory):
    """An open hold, which its claim knows of; what came in is about the newest notice."""

    class Meta:
        model = models.ClaimHold
        skip_postgeneration_save = True

    claim = factory.SubFactory(ClaimFactory)
    kind = HoldKind.CUSTOMER_WROTE
    notice = factory.LazyAttribute(lambda hold: hold.claim.notices.last() or CustomerNoticeFactory(claim=hold.claim))
    incoming = factory.LazyAttribute(lambda hold: IncomingEmailFactory(email=hold.notice.email))
    opened_at = MONDAY
    due_at = MONDAY + timedelta(days=2)

    @factory.post_generation
    def noted(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create and self.settled_at is None:
            models.Claim.objects.filter(pk=self.claim.pk).update(hold_kinds=self.kind, hold_due_at=self.due_at)


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = models.Reminder

    claim = factory.SubFactory(ClaimFactory)
    kind = "draft_unfinished"
    due_at = MONDAY
