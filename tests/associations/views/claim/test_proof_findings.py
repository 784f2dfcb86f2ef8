"""Findings in the files on the partner's pages, and the places that the partner names."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from associations.models import Claim, ProofPointer, ProofReading
from associations.services.files import proof_reading
from tests import stories
from tests.associations.proof_reading.papers import Sheet, pdf_of
from tests.factories import MONDAY, ClaimedProductFactory, ProofFactory, ProofPointerFactory

pytestmark = pytest.mark.django_db

PLACE = "page 4, second paragraph"


def draft() -> Claim:
    """A draft with one file that names the partner and the product."""
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
    ClaimedProductFactory(claim=claim)
    paper = Sheet().lines(f"Partner: {claim.partner.name}", "We deployed Exchange Online for <b>all</b> of them.")
    ProofFactory(claim=claim, file__data=pdf_of(paper), name="sow.pdf")
    return claim


def read(claim: Claim) -> Claim:
    proof_reading.read_proofs(now=MONDAY)
    return claim


def signed_in(claim: Claim) -> Client:
    client = Client()
    client.force_login(claim.created_by)
    return client


def words(html: bytes) -> str:
    section = html.decode().partition('id="findings"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def addresses(claim: Claim) -> list[str]:
    key = [claim.public_id]
    return [
        reverse("claim_step", args=[*key, "proof"]),
        reverse("claim_check", args=key),
        reverse("claim_detail", args=key),
        reverse("claim_findings", args=key),
    ]


def test_every_page_says_what_was_found_and_where():
    claim = read(draft())

    for address in addresses(claim):
        told = words(signed_in(claim).get(address).content)
        assert "sow.pdf , page 1" in told, address
        assert "We deployed Exchange Online for &lt;b&gt;all&lt;/b&gt; of them." in told, address
        assert "Not found" in told, address


def test_while_a_file_is_being_read_the_page_says_so_with_and_without_scripts():
    claim = draft()

    page = signed_in(claim).get(addresses(claim)[0]).content.decode()

    assert "The files are being read." in page
    assert f'data-findings="{reverse("claim_findings", args=[claim.public_id])}"' in page
    assert "js/findings.js" in page
    assert f'<a class="cpor-without-js" href="{addresses(claim)[0]}#findings">' in page
    assert "Save places" not in page


def test_a_page_whose_files_are_read_asks_no_more():
    claim = read(draft())

    assert "data-findings" not in signed_in(claim).get(addresses(claim)[0]).content.decode()


def test_a_claim_without_files_has_no_list():
    claim = stories.draft_claim()

    assert 'id="findings"' not in signed_in(claim).get(addresses(claim)[2]).content.decode()


def test_the_partner_says_where_the_rest_is():
    claim = read(draft())
    client, step = signed_in(claim), addresses(claim)[0]
    page = client.get(step).content.decode()
    assert 'name="work"' not in page.partition('id="findings"')[2]
    assert 'name="acknowledgement"' in page

    answer = client.post(
        reverse("proof_pointers", args=[claim.public_id]), {"acknowledgement": PLACE, "other": "x", "next": step}
    )

    assert (answer.status_code, answer["Location"]) == (302, f"{step}#findings")
    assert list(ProofPointer.objects.values_list("about", "text")) == [("acknowledgement", PLACE)]
    assert f'value="{PLACE}"' in client.get(step).content.decode()
    assert f'href="{step}?next=check#findings"' in client.get(addresses(claim)[1]).content.decode()


def test_a_place_leads_back_to_a_page_of_the_portal_only():
    claim = read(draft())

    answer = signed_in(claim).post(
        reverse("proof_pointers", args=[claim.public_id]), {"work": PLACE, "next": "https://elsewhere.example/"}
    )

    assert answer["Location"] == f"{addresses(claim)[2]}#findings"


def test_a_place_that_is_too_long_is_refused():
    claim = read(draft())

    client = signed_in(claim)
    answer = client.post(reverse("proof_pointers", args=[claim.public_id]), {"work": "x" * 201}, follow=True)

    assert "Use at most 200 characters for each place." in answer.content.decode()
    assert not ProofPointer.objects.exists()


def test_another_company_reads_nothing_and_tells_nothing():
    claim = read(draft())
    stranger = signed_in(stories.draft_claim())

    assert [stranger.get(address).status_code for address in addresses(claim)] == [404] * 4
    answer = stranger.post(reverse("proof_pointers", args=[claim.public_id]), {"work": PLACE})
    assert answer.status_code == 404
    assert not ProofPointer.objects.exists()


def test_words_of_another_companys_file_are_on_no_page_of_a_rival():
    claim = read(draft())
    rival = stories.draft_claim(tenant=claim.tenant, solution_area="M365", activity_codes=("M365_USAGE",))
    ClaimedProductFactory(claim=rival)
    ProofFactory(claim=rival, file__data=pdf_of(Sheet().text("Nothing of interest")), name="other.pdf")
    read(rival)

    for address in addresses(rival):
        assert "We deployed" not in signed_in(rival).get(address).content.decode()


def test_a_closed_claim_shows_the_places_and_asks_for_none():
    claim = stories.rejected_claim()
    ProofPointerFactory(claim=claim, about="work", text=PLACE)
    ProofReading.objects.create(proof=claim.proofs.get(), state="read", read_at=MONDAY)

    page = signed_in(claim).get(addresses(claim)[2]).content

    assert PLACE in words(page)
    assert b"Save places" not in page
