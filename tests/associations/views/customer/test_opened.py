"""A person on the customer's page is noted once; loading the page, as mail scanners do, is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from associations.models import CustomerNotice
from associations.services.customer.notice import send_notice
from tests.associations.views.customer.customer_pages import APPROVE, CONFIRM, DECISION, OPT_OUT, filed

pytestmark = pytest.mark.django_db

OPENED = "/c/opened/"


def opened_at(claim):
    return claim.notices.current().get().opened_at


def test_loading_the_page_or_sending_it_empty_notes_nothing(client):
    claim, link = filed()

    client.get(link, follow=True)
    client.head(DECISION)
    client.get(CONFIRM)
    client.post(DECISION, {"claim": claim.number})
    client.post(DECISION, {"claim": claim.number, "name": "Carla Bianchi"})

    assert opened_at(claim) is None


def test_the_page_says_where_its_script_tells_that_a_person_is_there(client):
    _claim, link = filed()

    page = client.get(link, follow=True).content.decode()

    assert f'data-opened="{OPENED}"' in page
    assert "js/opened" in page


def test_the_script_s_word_is_noted_once(client):
    claim, link = filed()
    client.get(link)

    first = client.post(OPENED, {"claim": claim.number})
    noted = opened_at(claim)
    second = client.post(OPENED, {"claim": claim.number})

    assert (first.status_code, second.status_code) == (204, 204)
    assert timezone.now() - noted < timedelta(minutes=1)
    assert opened_at(claim) == noted
    assert claim.notices.get().answer == ""


@pytest.mark.parametrize("answer", [APPROVE, OPT_OUT])
def test_without_scripts_the_chosen_answer_is_noted(client, answer):
    claim, link = filed()
    client.get(link)

    client.post(DECISION, answer | {"claim": claim.number})

    assert opened_at(claim) is not None


def test_who_opened_no_link_notes_nothing(client):
    claim, _link = filed()

    assert client.post(OPENED, {"claim": claim.number}).status_code == 404
    assert opened_at(claim) is None


def test_a_notice_that_was_replaced_notes_nothing_more(client):
    claim, link = filed()
    client.get(link)
    send_notice(claim, now=timezone.now())

    assert client.post(OPENED, {"claim": claim.number}).status_code == 404
    assert not CustomerNotice.objects.filter(opened_at__isnull=False).exists()


def test_who_opens_the_address_by_hand_comes_to_the_page(client):
    _claim, link = filed()
    client.get(link)

    assert client.get(OPENED)["Location"] == DECISION
    assert not CustomerNotice.objects.filter(opened_at__isnull=False).exists()
