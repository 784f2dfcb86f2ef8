"""Questions of each path of domain.md 2.1, and the texts of a claim's answers."""

from dataclasses import dataclass

import pytest
from django.utils import translation

from associations.models import Claim, Contact
from associations.questions import (
    COMMENTS,
    CONTACT_ANSWERS,
    DETAILS,
    NAMING_PEOPLE,
    PERSON_NAMES,
    QUESTIONS,
    WORK,
    columns_of,
    facts_of,
    missing_facts,
)
from associations.wording.facts import answers_to
from guides.choices import AskedFact
from tests import stories

pytestmark = pytest.mark.django_db

MICROSOFT_365 = (
    "location",
    "domain_name",
    "tenant",
    "solution_area",
    "activities",
    "name",
    "products",
    "customer_name",
    "customer_title",
    "customer_email",
    "customer_language",
    "partner_name",
    "partner_email",
    "proofs",
)
TECHNICAL = {"technical_name", "technical_title", "technical_email"}
ASKED_FOR_REVENUE = frozenset({AskedFact.SELLER_NAME, AskedFact.CUSTOMER_NAME, AskedFact.ISV_PRODUCT})
REVENUE = {"dynamics_solution_seller_name", "revenue_customer_name", "isv_product_solution_name"}


@dataclass(frozen=True)
class Path:
    claims_subscriptions: bool = False
    claims_dynamics_365: bool = False
    asked: frozenset[AskedFact] = frozenset()

    def asks(self, fact: AskedFact) -> bool:
        return fact in self.asked


def required_on(path: Path) -> list[str]:
    return [fact.name for fact in facts_of(QUESTIONS) if fact.is_required(path)]


def test_microsoft_365_usage_needs_these_facts_in_the_order_of_the_steps():
    assert tuple(required_on(Path())) == MICROSOFT_365


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (Path(claims_subscriptions=True), {"subscriptions"}),
        (Path(claims_subscriptions=True, claims_dynamics_365=True), {"subscriptions", *TECHNICAL}),
        (
            Path(
                claims_subscriptions=True,
                asked=ASKED_FOR_REVENUE,
            ),
            {"subscriptions", *REVENUE},
        ),
    ],
    ids=["business applications", "Dynamics 365", "revenue"],
)
def test_the_other_paths_need_more(path, more):
    assert set(required_on(path)) == {*MICROSOFT_365, *more}


@pytest.mark.parametrize("story", ["complete_claim", "complete_dynamics_claim", "complete_revenue_claim"])
def test_a_complete_claim_misses_nothing(story):
    assert missing_facts(getattr(stories, story)()) == ()


def test_missing_facts_come_in_the_order_of_the_steps():
    claim = stories.complete_revenue_claim()
    claim.proofs.all().delete()
    Claim.objects.filter(pk=claim.pk).update(name="", isv_product_solution_name="")

    assert missing_facts(stories.fresh(claim)) == ("name", "isv_product_solution_name", "proofs")


def test_only_some_questions_can_be_looked_at():
    claim = stories.draft_claim()

    assert missing_facts(claim, WORK) == ("solution_area", "activities")


def test_what_a_copy_has_to_correct_counts_as_not_stated():
    claim = stories.complete_claim()
    claim.to_correct = "location"

    assert missing_facts(claim) == ("location",)


def test_the_answers_of_a_revenue_claim_name_its_three_facts():
    claim = stories.complete_revenue_claim(name="Routes")

    answers = answers_to(DETAILS, claim)

    assert [answer.value for answer in answers] == ["Routes", "Sara Seller", "Northwind Traders", "Route Planner"]


def test_another_claim_is_not_asked_for_them():
    assert [answer.label for answer in answers_to(DETAILS, stories.complete_claim())] == ["Claim name"]


def test_labels_are_in_the_reader_s_language():
    claim = stories.complete_claim()

    with translation.override("it"):
        [answer] = answers_to(DETAILS, claim)

    assert answer.label != "Claim name"


def test_every_question_about_details_is_a_column_with_a_field_of_its_length():
    for question in DETAILS:
        assert question.columns == (question.name,)
        assert getattr(question.form_field(), "max_length", None) == getattr(Claim, question.name).field.max_length


def test_names_of_people_are_among_the_texts_that_name_people():
    assert set(PERSON_NAMES) == {"dynamics_solution_seller_name"}
    assert set(PERSON_NAMES) < set(NAMING_PEOPLE) < set(columns_of(DETAILS))


def test_every_column_of_a_contact_is_an_answer():
    columns = {field.name for field in Contact._meta.get_fields()} - {"id", "claim", "kind"}

    assert set(Contact.FIELDS) == columns
    assert len(CONTACT_ANSWERS) == 3 * len(columns)


@pytest.mark.parametrize(("language", "none"), [("en", "None"), ("it", "Nessuno")])
def test_a_claim_without_comments_says_that_there_are_none(language, none):
    claim = stories.complete_claim()
    claim.comments.all().delete()

    with translation.override(language):
        (fact,) = answers_to(COMMENTS, claim)

    assert fact.value == none
