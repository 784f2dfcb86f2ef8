"""The effects of an edition on drafts, saved views, and the words of sheets and help pages."""

import pytest

from associations.models import Claim
from associations.services.guide.effects import effects_of, effects_on, with_answers
from guides.comparison import Change, differences
from guides.editions import Edition, read_edition
from guides.models import GuideArea, ProgramGuide
from guides.publishing import new_edition_from
from tests import stories
from tests.factories import ClaimedProductFactory, ClaimFactory, ProductFactory, SavedViewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def before() -> Edition:
    return read_edition(ProgramGuide.objects.get(code="2020-09"))


@pytest.fixture
def draft() -> ProgramGuide:
    return new_edition_from(ProgramGuide.objects.get(code="2020-09"), code="next", title="Next")


def drafts() -> list[Claim]:
    return list(with_answers(Claim.objects.order_by("pk")))


def usage_draft(product: str = "EXO") -> Claim:
    claim = ClaimFactory(solution_area="M365", activity_codes=("M365_USAGE",))
    ClaimedProductFactory(claim=claim, product=ProductFactory(code=product), subscription=None)
    return claim


def test_a_copy_changes_nothing(before, draft):
    usage_draft()

    effects = effects_of(read_edition(draft), before=before)

    assert effects.differences == []
    assert (effects.draft_count, effects.touched_count, effects.needing_answers) == (1, 0, 0)
    assert effects.lost_words == []


def test_a_filed_claim_is_no_draft(before, draft):
    stories.submitted_claim()
    draft.activities.update(opt_out_business_days=7)

    assert effects_of(read_edition(draft), before=before).draft_count == 0


def test_a_draft_is_touched_by_a_changed_rule_of_its_activity_and_needs_no_answer(before, draft):
    usage_draft()
    draft.activities.filter(code="M365_USAGE").update(opt_out_business_days=7)
    draft.activities.filter(code="BA_USAGE").update(opt_out_business_days=9)

    [effect] = effects_on(drafts(), before=before, after=read_edition(draft))

    assert not effect.needs_answers
    assert [each.name for each in effect.changed] == ["Usage (Microsoft 365)"]
    assert [(value.label, value.before, value.after) for value in effect.changed[0].values] == [
        ("Opt-out period in business days", "5", "7")
    ]


def test_a_draft_whose_activity_or_product_ends_needs_another_answer(before, draft):
    usage_draft()
    usage_draft("TEAMS")
    draft.products.filter(product__code="TEAMS").update(activities=[])

    [effect] = effects_on(drafts(), before=before, after=read_edition(draft))
    assert (effect.lost_activities, effect.lost_products) == ((), ("Microsoft Teams",))

    draft.activities.get(code="M365_USAGE").delete()
    effects = effects_of(read_edition(draft), before=before)

    assert (effects.needing_answers, effects.needing_an_activity) == (2, 2)
    assert effects.named_drafts[0].lost_activities == ("Usage",)


def test_a_draft_whose_area_ends_says_so(before, draft):
    usage_draft()
    modern = draft.areas.filter(code="M365")
    modern.update(code="MODERN")

    [effect] = effects_on(drafts(), before=before, after=read_edition(draft))
    assert effect.lost_area == "Microsoft 365"

    draft.areas.filter(code="MODERN").update(succeeds=["M365"])
    assert effects_on(drafts(), before=before, after=read_edition(draft)) == []


def test_an_area_in_place_of_another_is_one_difference_not_one_for_each_of_its_rows(before, draft):
    draft.areas.filter(code="BA").update(code="AIBS", name={"en": "AI Business Solutions"}, succeeds=["BA"])

    found = differences(before, read_edition(draft))

    assert [(each.change, each.name, each.in_place_of) for each in found] == [
        (Change.ADDED, "AI Business Solutions", "Business Applications"),
        (Change.ENDED, "Business Applications", ""),
    ]


def test_a_product_that_moves_to_another_area_is_a_difference(before, draft):
    security = GuideArea.objects.create(guide=draft, code="SEC", name={"en": "Security"}, succeeds=["M365"])
    draft.products.filter(product__code="MDE").update(area=security)

    [_area, product] = differences(before, read_edition(draft))

    assert [(value.label, value.before, value.after) for value in product.values] == [
        ("Solution area", "Microsoft 365", "Security")
    ]


def test_a_draft_without_an_activity_is_not_touched(before, draft):
    ClaimFactory()
    draft.activities.update(opt_out_business_days=7)

    assert effects_on(drafts(), before=before, after=read_edition(draft)) == []


def test_saved_views_follow_a_successor_or_find_nothing(before, draft):
    SavedViewFactory(name="Modern", query="area=M365&sort=-changed")
    SavedViewFactory(name="Business", query="area=BA")
    SavedViewFactory(name="Presales", query="activity=presales")
    SavedViewFactory(name="Mine", query="q=contoso")
    draft.products.all().delete()
    draft.activities.filter(code="BA_PRESALES").delete()
    draft.areas.filter(code="M365").update(code="MODERN", succeeds=["M365"])
    draft.activities.filter(area__code="BA").update(area=GuideArea.objects.get(guide=draft, code="MODERN"))
    draft.areas.get(code="BA").delete()

    effects = effects_of(read_edition(draft), before=before)

    assert effects.view_count == 4
    assert effects.following_views == 1
    assert {view.name for view in effects.lost_views} == {"Business", "Presales"}


def test_words_that_end_are_named_in_every_language_with_their_code(before, draft):
    draft.activities.get(code="BA_REVENUE").delete()

    effects = effects_of(read_edition(draft), before=before)

    assert [lost.word for lost in effects.lost_words] == [
        "Revenue association",
        "Associazione dei ricavi",
        "BA_REVENUE",
    ]


def test_the_old_name_of_a_renamed_product_is_lost_unless_the_edition_keeps_it(before, draft):
    draft.products.filter(product__code="YAMMER").update(name="Viva Engage")
    draft.products.filter(product__code="PBI").update(name="Fabric", former_names=["Power BI"])
    draft.products.filter(product__code="TEAMS").update(name="Teams of tomorrow")

    lost = {each.word: each.pages for each in effects_of(read_edition(draft), before=before).lost_words}

    assert "Microsoft Teams" in lost
    assert not {"Viva Engage", "Power BI", "Fabric", "TEAMS"} & lost.keys()


def test_help_pages_that_say_a_lost_word_are_named(before, draft):
    draft.areas.filter(code="BA").update(name={"en": "AI Business Solutions"})

    lost = {each.word: each.pages for each in effects_of(read_edition(draft), before=before).lost_words}

    assert lost["Business Applications"] == ["/help/proof/"]


def test_help_pages_that_say_a_lost_word_in_italian_are_named_too(client, before, draft):
    client.get("/help/proof/")
    draft.activities.filter(code="BA_PRESALES").update(name={"en": "Pre-sales", "it": "Generazione di interesse"})

    lost = {each.word: each.pages for each in effects_of(read_edition(draft), before=before).lost_words}

    assert lost == {"Prevendita": ["/help/proof/"]}


def test_drafts_are_read_in_two_queries_however_many_there_are(before, draft, django_assert_num_queries):
    after = read_edition(draft)
    usage_draft()
    with django_assert_num_queries(3):
        effects_on(drafts(), before=before, after=after)
    usage_draft("TEAMS")
    with django_assert_num_queries(3):
        effects_on(drafts(), before=before, after=after)


def test_differences_say_what_is_new_what_ends_and_what_changes_in_words(before, draft):
    draft.activities.filter(code="BA_USAGE").update(
        pays=False, asks=["transaction_date"], least_seats=300, name={"en": "Usage recognition"}
    )
    draft.products.get(product__code="SFB").delete()
    GuideArea.objects.create(guide=draft, code="SEC", name={"en": "Security"}, position=2)

    found = differences(before, read_edition(draft))

    assert [(each.change, each.kind, each.name) for each in found] == [
        (Change.ADDED, "Solution area", "Security"),
        (Change.CHANGED, "Activity", "Usage recognition (Business Applications)"),
        (Change.ENDED, "Product or workload", "Skype for Business Online"),
    ]
    assert {value.label: (value.before, value.after) for value in found[1].values} == {
        "Name": ("Usage", "Usage recognition"),
        "Pays incentives": ("Yes", "No"),
        "Asks for": ("nothing", "Date of the transaction"),
        "Least seats": ("no limit", "300"),
    }
