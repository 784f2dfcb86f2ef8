"""Reviewers see what was found in the files, and open the text with the words marked."""

import pytest
from django.test import Client
from django.urls import reverse

from associations.models import Claim
from associations.services.files import proof_reading
from tests import stories
from tests.associations.proof_reading.papers import Sheet, pdf_of
from tests.factories import MONDAY, PartnerMemberFactory, ProofFactory, ProofPointerFactory, ReviewerFactory

pytestmark = pytest.mark.django_db


def filed() -> Claim:
    claim = stories.submitted_claim()
    paper = Sheet().lines("Agenda", "We deployed Exchange Online for <b>all</b> of them.")
    ProofFactory(claim=claim, file__data=pdf_of(paper), name="sow.pdf")
    proof_reading.read_proofs(now=MONDAY)
    return claim


def desk(claim: Claim) -> str:
    client = Client()
    client.force_login(ReviewerFactory())
    return client.get(reverse("admin:associations_claim_findings", args=[claim.pk])).content.decode()


def test_a_place_on_the_desk_opens_the_text_with_the_words_marked():
    claim = filed()
    page = desk(claim)
    start = page.index("?line=1&amp;start=12&amp;end=27#mark")
    link = page[page.rindex('href="', 0, start) + len('href="') : page.index("#mark", start)]
    assert 'target="proof-text"' in page[start : start + 120]
    client = Client()
    client.force_login(ReviewerFactory())

    answer = client.get(link.replace("&amp;", "&"))

    text = answer.content.decode()
    assert '<p id="mark">We deployed <mark>Exchange Online</mark> for &lt;b&gt;all&lt;/b&gt; of them.</p>' in text
    assert "<h2>page 1</h2>" in text
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


def test_the_desk_shows_where_the_partner_says_it_is():
    claim = filed()
    ProofPointerFactory(claim=claim, about="acknowledgement", text="page 4, second paragraph")

    assert "The partner says where it is: page 4, second paragraph" in desk(claim)


def test_no_reviewer_reads_a_file_of_the_own_company_or_of_a_draft():
    claim, draft = filed(), stories.complete_claim()
    own = ReviewerFactory()
    PartnerMemberFactory(user=own, partner=claim.partner)
    client = Client()
    client.force_login(own)

    for each in (claim, draft):
        address = reverse("admin:associations_claim_proof_text", args=[each.pk, each.proofs.all()[0].public_id])
        assert client.get(address).status_code == 404
