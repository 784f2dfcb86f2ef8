"""Reviewers see what was found in the files, and open the text with the words marked."""

import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from associations.models import Claim
from associations.rules.proof_files import ProofKind
from associations.services.files import proof_reading
from tests import stories
from tests.associations.proof_reading.papers import Sheet, docx_of, pdf_of
from tests.factories import MONDAY, PartnerMemberFactory, ProofFactory, ProofPointerFactory, ReviewerFactory

pytestmark = pytest.mark.django_db


PAPER = pdf_of(Sheet().lines("Agenda", "We deployed Exchange Online for <b>all</b> of them."))


def filed(data: bytes = PAPER, name: str = "sow.pdf", kind: ProofKind = ProofKind.PDF) -> Claim:
    claim = stories.submitted_claim()
    ProofFactory(claim=claim, file__data=data, name=name, kind=kind.value)
    proof_reading.read_proofs(now=MONDAY)
    return claim


def desk(claim: Claim) -> str:
    client = Client()
    client.force_login(ReviewerFactory())
    return client.get(reverse("admin:associations_claim_findings", args=[claim.pk])).content.decode()


def reviewer() -> Client:
    client = Client()
    client.force_login(ReviewerFactory())
    return client


def link_in(page: str, start: str) -> str:
    """Return the first address on the page that has *start* in it."""
    return next(each for each in map(unescape, re.findall(r'(?:href|src)="([^"]+)"', page)) if start in each)


def test_a_place_in_a_pdf_opens_its_page_with_the_words_marked():
    claim = filed()
    answer = reviewer().get(link_in(desk(claim), "/page/1/"))

    page = answer.content.decode()
    assert re.search(r'<rect id="mark" x="\d+\.\d" y="\d+\.\d" width="\d+\.\d" height="\d+\.\d"/>', page)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    picture = reviewer().get(link_in(page, "/picture/"))
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert reviewer().get(link_in(page, "/picture/").replace("/page/1/", "/page/2/")).status_code == 404


def test_the_marks_lie_on_the_words():
    claim = filed()
    address = link_in(desk(claim), "/page/1/")
    (told,) = parse_qs(urlsplit(address).query)["box"][:1]
    left, top, right, bottom = map(float, told.split(","))
    picture = link_in(reviewer().get(address).content.decode(), "/picture/")

    around = reviewer().get(f"{picture}?box={left:.4f},{top:.4f},{right:.4f},{bottom:.4f}").content
    beside = reviewer().get(f"{picture}?box=0.8,{top:.4f},0.95,{bottom:.4f}").content

    assert min(Image.open(io.BytesIO(around)).convert("L").tobytes()) < 100
    assert min(Image.open(io.BytesIO(beside)).convert("L").tobytes()) > 200


@pytest.mark.parametrize("box", ["", "a,b,c,d", "0,0,1", "nan,0,1,1", "0.5,0,0.2,1", "-1,0,1,1", "0,0,1,9"])
def test_an_address_with_an_odd_rectangle_shows_the_page_without_marks(box):
    claim = filed()
    proof = claim.proofs.get(name="sow.pdf")
    page = reverse("admin:associations_claim_proof_page", args=[claim.pk, proof.public_id, 1])

    answer = reviewer().get(page, {"box": box})

    assert answer.status_code == 200
    assert b"<rect" not in answer.content


def test_an_id_that_was_read_unsurely_is_shown_as_it_looks():
    claim = filed()
    reading = claim.proofs.get(name="sow.pdf").reading
    spot = {
        "kind": "page",
        "number": 1,
        "name": "",
        "words": "3f25O4e0",
        "sort": "unsure",
        "boxes": [[0.1, 0.1, 0.4, 0.2]],
    }
    reading.evidence = reading.evidence | {"places": reading.evidence["places"] | {"tenant": [spot]}}
    reading.save()

    page = desk(claim)

    cut = link_in(page, "/picture/?box=0.0800%2C0.0920%2C0.4200%2C0.2080")
    assert reviewer().get(cut)["Content-Type"] == "image/png"
    assert str(claim.tenant.tenant_id) in page


def test_a_place_in_a_document_opens_its_text_with_the_words_marked():
    claim = filed(docx_of("Agenda", "We deployed Exchange Online for <b>all</b> of them."), "sow.docx", ProofKind.DOCX)

    answer = reviewer().get(link_in(desk(claim), "/text/?line=1&start=12"))

    text = answer.content.decode()
    assert '<p id="mark">We deployed <mark>Exchange Online</mark> for &lt;b&gt;all&lt;/b&gt; of them.</p>' in text
    assert "<h2>paragraph 2</h2>" in text
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
        key = [each.pk, each.proofs.all()[0].public_id]
        assert client.get(reverse("admin:associations_claim_proof_text", args=key)).status_code == 404
        assert client.get(reverse("admin:associations_claim_proof_page", args=[*key, 1])).status_code == 404
        assert client.get(reverse("admin:associations_claim_proof_picture", args=[*key, 1])).status_code == 404
