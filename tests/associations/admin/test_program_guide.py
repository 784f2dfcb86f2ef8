"""The platform admin's work on the program guide, through the pages alone."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.models import Product
from guides.editions import portal_day, read_edition
from guides.models import ProgramGuide
from guides.publishing import new_edition_from, publish
from notifications.models import Notification
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import (
    GuideAreaFactory,
    PartnerMemberFactory,
    ReviewerFactory,
    UserFactory,
)
from tests.guides.pages import posted

pytestmark = pytest.mark.django_db

EDITIONS = reverse("admin:guides_programguide_changelist")


@pytest.fixture
def root(client, django_user_model):
    boss = django_user_model.objects.create_superuser("root@microsoft.example", "cpor-demo")
    signed_in_just_now(boss, client=client)
    return boss


@pytest.fixture
def first() -> ProgramGuide:
    return ProgramGuide.objects.get(code="2020-09")


@pytest.fixture
def draft(first) -> ProgramGuide:
    return new_edition_from(first, code="2027-07", title="July 2027")


@pytest.fixture
def tomorrow() -> date:
    return portal_day(timezone.now()) + timedelta(days=1)


def page_of(guide: ProgramGuide) -> str:
    return reverse("admin:guides_programguide_change", args=[guide.pk])


def act(guide: ProgramGuide, name: str) -> str:
    return reverse(f"admin:guides_programguide_{name}", args=[guide.pk])


@pytest.mark.parametrize("name", ["new", "check", "effects", "publish", "withdraw"])
def test_the_program_guide_is_closed_to_reviewers(client, first, name):
    client.force_login(ReviewerFactory())

    assert client.get(EDITIONS).status_code == 403
    assert client.get(page_of(first)).status_code == 403
    assert client.get(act(first, name)).status_code == 403


def test_an_edition_lists_its_parts_and_each_has_a_page(client, root, first):
    page = client.get(page_of(first))

    for rows in (first.areas, first.activities, first.products):
        for row in rows.all():
            address = reverse(f"admin:guides_{row._meta.model_name}_change", args=[row.pk])
            assertContains(page, f'href="{address}"')
    for row in (first.areas.first(), first.activities.first(), first.products.first()):
        shown = client.get(reverse(f"admin:guides_{row._meta.model_name}_change", args=[row.pk]))
        assertContains(shown, str(row))
        assertNotContains(shown, 'name="_save"')


def test_a_published_activity_is_shown_in_words_of_every_language(client, root, first):
    row = first.activities.get(code="BA_REVENUE")

    page = client.get(reverse("admin:guides_guideactivity_change", args=[row.pk]))

    assertContains(page, "Revenue association")
    assertContains(page, "Associazione dei ricavi")
    assertContains(page, "Dynamics solution seller name, Customer name, ISV product/solution name")


def test_a_new_edition_is_a_copy_under_a_new_code(client, root, first):
    response = client.post(act(first, "new"), {"code": "2027-07", "title": "July 2027"})

    copy = ProgramGuide.objects.get(code="2027-07")
    assertRedirects(response, page_of(copy))
    assert copy.products.count() == first.products.count()
    assert LogEntry.objects.get().object_id == str(copy.pk)
    again = client.post(act(first, "new"), {"code": "2027-07", "title": "July 2027"})
    assertContains(again, "There is an edition with this code.", status_code=422)


def test_names_have_one_field_per_language_and_missing_ones_fall_back(client, root, draft):
    area = draft.areas.get(code="BA")
    address = reverse("admin:guides_guidearea_change", args=[area.pk])
    assertContains(client.get(address), 'name="name_en"')
    assertContains(client.get(address), 'name="name_it"')

    response = client.post(address, posted(area, client) | {"name_en": "AI Business Solutions", "name_it": ""})

    assertRedirects(response, page_of(draft))
    area.refresh_from_db()
    assert area.name == {"en": "AI Business Solutions"}
    refused = client.post(address, posted(area, client) | {"name_en": "", "name_it": "Soluzioni"})
    assertContains(refused, "Enter the text in English.")


def test_the_list_of_areas_has_no_way_to_rows_without_an_edition(client, root, draft):
    row = draft.activities.first()

    page = client.get(reverse("admin:guides_guideactivity_change", args=[row.pk]))

    assertContains(page, "Choose it when:")
    assertNotContains(page, 'id="add_id_area"')
    assertNotContains(page, 'id="delete_id_area"')


def test_an_activity_and_a_product_of_a_draft_are_changed(client, root, draft):
    activity = draft.activities.get(code="BA_PRESALES")
    product = draft.products.get(product__code="PBI")

    client.post(
        reverse("admin:guides_guideactivity_change", args=[activity.pk]),
        posted(activity, client)
        | {"opt_out_business_days": 7, "least_seats": "", "proof_elements": ["dates", "work"]},
    )
    client.post(
        reverse("admin:guides_guideproduct_change", args=[product.pk]),
        posted(product, client) | {"activities": ["BA_USAGE"], "former_names": "Power BI\nPower BI, Pro"},
    )

    edition = read_edition(draft)
    presales = edition.activities_named(["BA_PRESALES"])[0]
    assert (presales.opt_out_business_days, presales.least_seats) == (7, None)
    assert {element.value for element in presales.proof_elements} == {"dates", "work"}
    assert edition.products_by_code["PBI"].activities == {"BA_USAGE"}
    assert edition.products_by_code["PBI"].former_names == ("Power BI", "Power BI, Pro")


def test_an_area_is_added_to_a_draft_once(client, root, draft, first):
    add = f"{reverse('admin:guides_guidearea_add')}?guide={draft.pk}"
    row = {"code": "SEC", "name_en": "Security", "name_it": "Sicurezza", "position": 2, "succeeds": "M365"}

    assertRedirects(client.post(add, row), page_of(draft))

    assert draft.areas.get(code="SEC").succeeds == ["M365"]
    assertContains(client.post(add, row), "The edition has it already.")
    assert client.get(f"{reverse('admin:guides_guidearea_add')}?guide={first.pk}").status_code == 404
    assert client.get(reverse("admin:guides_guidearea_add")).status_code == 404


def test_a_workload_that_is_new_is_added_and_only_areas_of_the_edition_are_offered(client, root, draft):
    product = Product.objects.create(code="COPILOT", name="Copilot", solution_area="M365", group="M365")
    add = f"{reverse('admin:guides_guideproduct_add')}?guide={draft.pk}"
    area = draft.areas.get(code="M365")
    row = {"product": product.pk, "group": "M365", "name": "Copilot", "activities": ["M365_USAGE"]}
    foreign = GuideAreaFactory()

    assert client.post(add, row | {"area": foreign.pk}).status_code == 200
    assertRedirects(client.post(add, row | {"area": area.pk}), page_of(draft))

    assert "COPILOT" in {each.code for each in read_edition(draft).products_for("M365_USAGE")}


def test_published_rows_can_be_neither_changed_nor_deleted(client, root, first):
    row = first.activities.first()
    change = reverse("admin:guides_guideactivity_change", args=[row.pk])

    assert client.post(change, {"code": "OTHER"}).status_code == 403
    assert client.post(reverse("admin:guides_guideactivity_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert (
        client.post(reverse("admin:guides_programguide_delete", args=[first.pk]), {"post": "yes"}).status_code == 403
    )


def test_check_lists_problems_with_a_link_to_their_row(client, root, draft):
    draft.products.update(activities=[])
    row = draft.activities.get(code="BA_USAGE")

    page = client.get(act(draft, "check"))

    assertContains(page, "No product can be claimed for the activity.")
    assertContains(page, f'href="{reverse("admin:guides_guideactivity_change", args=[row.pk])}"')
    assertContains(client.get(act(new_edition_from(draft, code="b", title="B"), "check")), "No product can be claimed")


def test_an_edition_with_a_problem_is_not_published_and_the_page_says_which_row(client, root, draft, tomorrow):
    draft.products.update(activities=[])

    page = client.post(act(draft, "publish"), {"valid_from": tomorrow.isoformat()})

    assertContains(page, "The edition has problems.", status_code=422)
    row = draft.activities.get(code="BA_USAGE")
    assertContains(page, reverse("admin:guides_guideactivity_change", args=[row.pk]), status_code=422)
    draft.refresh_from_db()
    assert not draft.is_published


@pytest.mark.parametrize("days", [1, 30])
def test_a_day_that_has_come_is_refused(client, root, draft, tomorrow, days):
    page = client.post(act(draft, "publish"), {"valid_from": (tomorrow - timedelta(days=days)).isoformat()})

    assertContains(page, "Select a day after today", status_code=422)


def test_publishing_notifies_partners_once_and_withdrawing_takes_it_back(client, root, draft, tomorrow):
    member = PartnerMemberFactory()
    PartnerMemberFactory(user=member.user)
    outsider = UserFactory()

    response = client.post(act(draft, "publish"), {"valid_from": tomorrow.isoformat()})

    assertRedirects(response, page_of(draft))
    draft.refresh_from_db()
    assert (draft.valid_from, draft.published_by) == (tomorrow, root)
    notification = Notification.objects.get(user=member.user)
    assert notification.url == f"{reverse('program_guide')}#edition-2027-07"
    assert not Notification.objects.filter(user=outsider).exists()
    assertContains(client.get(page_of(draft)), act(draft, "withdraw"))

    client.post(act(draft, "withdraw"))

    draft.refresh_from_db()
    assert not draft.is_published
    assert not Notification.objects.exists()
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        f"Published from {tomorrow.isoformat()}",
        "Withdrawn",
    ]


def test_publishing_twice_and_a_second_edition_for_the_day_are_refused(client, root, draft, first, tomorrow):
    other = new_edition_from(first, code="other", title="Other")
    day = {"valid_from": tomorrow.isoformat()}
    client.post(act(draft, "publish"), day)

    assertContains(client.post(act(draft, "publish"), day), "published already", status_code=422)
    assertContains(client.post(act(other, "publish"), day), "Another edition begins on this day.", status_code=422)


def test_the_edition_in_force_can_not_be_withdrawn(client, root, first):
    assertNotContains(client.get(page_of(first)), act(first, "withdraw"))

    client.post(act(first, "withdraw"))

    first.refresh_from_db()
    assert first.is_published


def test_looking_changes_nothing(client, root, draft, first, tomorrow):
    publish(guide_id=draft.pk, valid_from=tomorrow, by=root, now=timezone.now())

    for name in ("new", "check", "effects", "publish", "withdraw"):
        assert client.get(act(draft, name)).status_code == 200

    draft.refresh_from_db()
    assert draft.is_published
    assert ProgramGuide.objects.count() == 2


def test_pages_take_a_constant_number_of_queries(client, root, draft, django_assert_max_num_queries):
    client.get(page_of(draft))

    for address in (page_of(draft), act(draft, "check"), act(draft, "effects"), EDITIONS):
        with django_assert_max_num_queries(15):
            client.get(address)
