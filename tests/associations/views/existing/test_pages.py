"""Associations of before this process: seen, strengthened by proofs, renewed by who acts for the whole company."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations import emails
from associations.choices import EndReason, MemberRole
from associations.files.clamd import ScanVerdict
from associations.models import Association, Claim, PartnerLocation, Product, Subscription
from associations.services.association import association
from associations.services.customer import reminders
from associations.services.files import virus_scan
from notifications import in_app
from notifications.models import Notification, OutboxEmail
from notifications.sending import rendering
from tests import files
from tests.factories import (
    MONDAY,
    AssociationFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    ReviewerFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db

LIST = reverse("claim_list") + "?tab=existing"
SOON, LATER = date(2020, 11, 30), date(2021, 6, 30)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def location() -> PartnerLocation:
    place: PartnerLocation = PartnerLocationFactory(mpn_id="1234567", name="Milano")
    return place


@pytest.fixture
def admin(location: PartnerLocation) -> Client:
    return browser(PartnerMemberFactory(partner=location.partner).user)


def taken_over(
    location: PartnerLocation, *, ends_on: date = SOON, product: str = "D365_SALES", **facts: Any
) -> Association:
    tenant = facts.pop("tenant", None) or CustomerTenantFactory(
        name="Città S.p.A.", domain_name=f"{uuid4().hex}.example"
    )
    subscription = SubscriptionFactory(tenant=tenant, product=Product.objects.get(code=product), ends_on=ends_on)
    held: Association = AssociationFactory(
        partner=location.partner,
        tenant=tenant,
        product=subscription.product,
        subscription=subscription,
        is_migrated=True,
        starts_at=MONDAY - timedelta(days=400),
        **facts,
    )
    return held


def page_of(held: Association, name: str = "migrated_detail") -> str:
    return reverse(name, args=[held.pk])


def pdf(name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.pdf())


def test_the_next_to_end_stands_first_and_can_be_renewed(admin: Client, location: PartnerLocation):
    later = taken_over(location, ends_on=LATER)
    soon = taken_over(location, tenant=CustomerTenantFactory(name="Soon Ltd", domain_name="soon.example"))

    page = admin.get(LIST)

    assert [row.held for row in page.context["rows"]] == [soon, later]
    assert [bool(row.renew_url) for row in page.context["rows"]] == [True, False]
    assertContains(page, "Mon 30 Nov 2020")
    assertContains(page, "Ends soon")


@pytest.mark.parametrize("words", ["citta", "SOON.example", "00000000-0000-0000-0000-00000000000b"])
def test_the_list_is_searched_by_customer_domain_and_subscription(
    admin: Client, location: PartnerLocation, words: str
):
    tenant = CustomerTenantFactory(name="Città Nuova", domain_name="soon.example")
    wanted = taken_over(location, tenant=tenant)
    Subscription.objects.filter(association=wanted).update(subscription_id=UUID(int=11))
    taken_over(location, tenant=CustomerTenantFactory(name="Other", domain_name="other.example"))

    page = admin.get(f"{LIST}&q={words}")

    assert [row.held for row in page.context["rows"]] == [wanted]


def test_what_has_ended_is_listed_apart_with_its_reason(admin: Client, location: PartnerLocation):
    ended = taken_over(location, ended_at=MONDAY, end_reason=EndReason.SUBSCRIPTION_EXPIRED)

    assert admin.get(f"{LIST}&state=official").context["rows"] == []
    page = admin.get(f"{LIST}&state=ended")

    assert [row.held for row in page.context["rows"]] == [ended]
    assertContains(page, EndReason.SUBSCRIPTION_EXPIRED.label)
    assertContains(page, page_of(ended, "migrated_renew"))


def test_nobody_else_sees_it(location: PartnerLocation):
    held = taken_over(location)
    proof = ProofFactory(claim=None, association=held)
    strangers = [
        PartnerMemberFactory().user,
        PartnerMemberFactory(partner=location.partner, role=MemberRole.REPORT_VIEWER).user,
        PartnerMemberFactory(partner=location.partner, all_locations=False, locations=[location]).user,
        ReviewerFactory(),
    ]

    for user in strangers:
        client = browser(user)
        assert client.get(LIST).context["rows"] == []
        for name in ("migrated_detail", "migrated_renew"):
            assert client.get(page_of(held, name)).status_code == 404
            assert client.post(page_of(held, name), {"proofs": [pdf()]}).status_code == 404
        assert client.get(reverse("migrated_proof", args=[held.pk, proof.public_id])).status_code == 404
    assert held.proofs.count() == 1


def test_an_association_that_a_claim_made_is_not_among_them(admin: Client, location: PartnerLocation):
    held = AssociationFactory(partner=location.partner)

    assert admin.get(LIST).context["rows"] == []
    assert admin.get(page_of(held)).status_code == 404


def test_a_proof_is_added_and_read_again(admin: Client, location: PartnerLocation):
    held = taken_over(location, ends_on=LATER)

    page = admin.post(page_of(held), {"proofs": [pdf(), pdf("more.pdf")]}, follow=True)

    assertContains(page, "2 files were added.")
    proof = held.proofs.get(name="letter.pdf")
    assertContains(page, reverse("migrated_proof", args=[held.pk, proof.public_id]))
    response: Any = admin.get(reverse("migrated_proof", args=[held.pk, proof.public_id]))
    assert response["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert b"".join(response.streaming_content) == files.pdf()
    assert not Claim.objects.exists()


def test_files_that_are_no_proofs_are_refused_in_their_own_words(
    admin: Client, location: PartnerLocation, settings: Settings
):
    held = taken_over(location)

    nothing = admin.post(page_of(held), {})
    assertContains(nothing, "Add at least one proof of execution.")
    assertNotContains(nothing, "No file was kept.")
    refused = admin.post(page_of(held), {"proofs": [pdf(), SimpleUploadedFile("a.exe", b"MZ")]})
    assertContains(refused, "a.exe: ")
    assertContains(refused, "No file was kept. Choose them again.")
    settings.POE_MAX_FILES = 1
    assertContains(admin.post(page_of(held), {"proofs": [pdf(), pdf("b.pdf")]}), "An association can hold 1 files.")
    assert not held.proofs.exists()


def test_an_observer_reads_and_changes_nothing(location: PartnerLocation):
    held = taken_over(location)
    observer = browser(PartnerMemberFactory(partner=location.partner, role=MemberRole.GLOBAL_ADMIN).user)

    assertNotContains(observer.get(page_of(held)), "Add a proof")
    assert observer.post(page_of(held), {"proofs": [pdf()]}).status_code == 404
    assert observer.get(page_of(held, "migrated_renew")).status_code == 404
    assert not held.proofs.exists()


def test_what_has_ended_takes_no_proof(admin: Client, location: PartnerLocation):
    held = taken_over(location, ended_at=MONDAY, end_reason=EndReason.SUPERSEDED)

    assert admin.post(page_of(held), {"proofs": [pdf()]}).status_code == 404
    assert not held.proofs.exists()


def test_two_clicks_open_the_draft_of_a_renewal(admin: Client, location: PartnerLocation):
    held = taken_over(location, activity_codes=("BA_USAGE", "BA_PRESALES"))

    page = admin.get(page_of(held, "migrated_renew"))
    sent = {"location": location.pk, "draft_id": page.context["draft_id"]}
    for _twice in range(2):
        response = admin.post(page_of(held, "migrated_renew"), sent)

    draft = Claim.objects.get()
    assertRedirects(response, reverse("claim_step", args=[draft.public_id, "products"]))
    assert (draft.status, draft.tenant, draft.location) == ("draft", held.tenant, location)
    assert draft.activity_codes == ("BA_USAGE", "BA_PRESALES")
    assert draft.domain_name == held.tenant.domains.get().domain_name
    assert draft.items.get().product == held.product
    assert draft.items.get().subscription is None
    assert Association.objects.active().get() == held


def test_power_bi_is_renewed_as_what_can_be_claimed_of_it(admin: Client, location: PartnerLocation):
    held = taken_over(location, product="PBI", activity_codes=("BA_USAGE",))

    admin.post(page_of(held, "migrated_renew"), {"location": location.pk})

    draft = Claim.objects.get()
    assert draft.activity_codes == ("BA_REVENUE",)


def test_with_several_locations_one_must_be_chosen(admin: Client, location: PartnerLocation):
    held, other = taken_over(location), PartnerLocationFactory()
    PartnerLocationFactory(partner=location.partner)
    idle = PartnerLocationFactory(partner=location.partner, enrolled=False)

    for choice in ("", other.pk, idle.pk):
        assertContains(admin.post(page_of(held, "migrated_renew"), {"location": choice}), "Choose an MPN ID.")
    assert not Claim.objects.exists()


def test_what_is_safely_in_force_is_not_renewed(admin: Client, location: PartnerLocation):
    held = taken_over(location, ends_on=LATER)

    page = admin.post(page_of(held, "migrated_renew"), {"location": location.pk}, follow=True)

    assertContains(page, "neither has ended nor ends within 60 days")
    assert not Claim.objects.exists()


def told(kind: str) -> list[str]:
    return [in_app.words_of(notice) for notice in Notification.objects.filter(kind=kind).order_by("pk")]


def test_who_may_renew_is_told_sixty_thirty_and_seven_days_before_each_once(location: PartnerLocation):
    anna = PartnerMemberFactory(partner=location.partner).user
    PartnerMemberFactory(partner=location.partner, role=MemberRole.GLOBAL_ADMIN)
    PartnerMemberFactory(partner=location.partner, all_locations=False, locations=[location])
    held = taken_over(location, ends_on=SOON)

    for days in (80, 60, 59, 30, 29, 8, 7, 1, 0):
        reminders.send_due_reminders(now=datetime.combine(SOON, time(9), tzinfo=UTC) - timedelta(days=days))

    words = "Dynamics 365 Sales of Città S.p.A.: the existing association ends with its subscription"
    assert told("migrated_ending") == [f"{words} on 30 November 2020. A renewed one needs a claim."] * 3
    assert {(notice.user, notice.url) for notice in Notification.objects.all()} == {(anna, page_of(held))}
    assert [mail.to for mail in OutboxEmail.objects.all()] == [[anna.email]] * 3


def test_what_is_safely_in_force_or_has_a_claim_is_not_told(location: PartnerLocation):
    PartnerMemberFactory(partner=location.partner)
    taken_over(location, ends_on=LATER)
    taken_over(location)
    Association.objects.filter(subscription__ends_on=SOON).update(is_migrated=False)

    reminders.send_due_reminders(now=MONDAY)

    assert told("migrated_ending") == []


def test_the_end_with_its_subscription_is_told(admin: Client, location: PartnerLocation):
    anna = PartnerMemberFactory(partner=location.partner, user__language="it").user
    held = taken_over(location)

    association.expire_associations(now=MONDAY + timedelta(days=60))

    words = "Dynamics 365 Sales of Città S.p.A.: the existing association has ended."
    assert told("migrated_ended") == [words] * 2
    email = OutboxEmail.objects.get(template="migrated_ended", to=[anna.email])
    assert held.subscription
    assert str(held.subscription.subscription_id) in rendering.render(email).text
    email.locale = "en"
    assert "ended on Friday 18 December 2020" in rendering.render(email).text
    held.refresh_from_db()
    assert held.end_reason == EndReason.SUBSCRIPTION_EXPIRED
    assertContains(admin.get(page_of(held)), page_of(held, "migrated_renew"))


def test_an_infected_file_is_told_to_who_added_it_and_opened_by_nobody(admin: Client, location: PartnerLocation):
    held, anna = taken_over(location), PartnerMemberFactory(partner=location.partner).user
    proof = ProofFactory(claim=None, association=held, uploaded_by=anna, name="bad.pdf", pending=True)

    virus_scan.settle_scan(proof, ScanVerdict.INFECTED, now=MONDAY)

    assert told("imported_proof_infected") == [
        "The file bad.pdf of an existing association contained a virus and was deleted."
    ]
    assert (Notification.objects.get().user, Notification.objects.get().url) == (anna, page_of(held))
    assert admin.get(reverse("migrated_proof", args=[held.pk, proof.public_id])).status_code == 410
    assertNotContains(admin.get(page_of(held)), reverse("migrated_proof", args=[held.pk, proof.public_id]))


@pytest.mark.parametrize(
    ("language", "subject", "day"),
    [
        (
            "en",
            "Dynamics 365 Sales of Città S.p.A.: the association ends on 30 November 2020",
            "Monday 30 November 2020",
        ),
        ("it", "Dynamics 365 Sales di Città S.p.A.: l'associazione termina in data 30 novembre 2020", "lunedì 30"),
    ],
)
def test_the_warning_comes_by_mail_in_the_language_of_its_reader(
    location: PartnerLocation, language: str, subject: str, day: str
):
    PartnerMemberFactory(partner=location.partner, user__language=language)
    held = taken_over(location)

    reminders.send_due_reminders(now=MONDAY)

    mail = rendering.render(OutboxEmail.objects.get(template="migrated_ending"))
    assert mail.subject == subject
    for part in (mail.text, mail.html):
        assert day in part
        assert str(held.subscription and held.subscription.subscription_id) in part
        assert page_of(held) in part


def test_one_association_that_cannot_be_told_of_stops_no_other(
    location: PartnerLocation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    PartnerMemberFactory(partner=location.partner)
    broken, sound = taken_over(location), taken_over(location)
    tell = emails.migrated_ending

    def fail_on_the_first(held: Association, **facts: Any) -> None:
        tell(held, **facts)
        if held == broken:
            raise RuntimeError

    monkeypatch.setattr(emails, "migrated_ending", fail_on_the_first)
    reminders.send_due_reminders(now=MONDAY)

    assert Notification.objects.get().url == page_of(sound)
    assert OutboxEmail.objects.count() == 1
    assert "left for the next run" in caplog.text
