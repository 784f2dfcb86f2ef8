"""A file made to harm its reader costs a few seconds of one child, and nobody else notices."""

import contextlib
import resource
import time
import tracemalloc
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from associations.files.child import MEMORY
from associations.files.proofs import check_proof
from associations.files.sandbox import LONGEST_WAIT
from associations.rules.proof_files import ProofRefused
from tests import stories
from tests.associations.files.checking import LIMIT, in_sandbox
from tests.associations.files.hostile import HOSTILE, arrays_in_arrays, jpeg_of_65_500_by_65_500, laughs
from tests.files import EML, JPEG, MSG, document, pdf

pytestmark = pytest.mark.processes

MAKERS = [(extension, maker) for extension, makers in HOSTILE.items() for maker in makers]
# What only takes long to read, or says nothing wrong, is a proof of nothing; that is for a reviewer to say.
HARMLESS = frozenset(
    {
        "tables_in_a_circle",
        "png_of_chunks_without_end",
        "jpeg_of_markers",
        "packages_in_packages",
        "elements_in_elements",
        "attributes_without_end",
        "message_of_many_streams",
        "email_of_parts_without_end",
        "email_with_headers_without_end",
    }
)


def test_there_are_more_than_thirty():
    assert len(MAKERS) > 30


def largest_self() -> int:
    """Return the largest size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def largest_child() -> int:
    """Return the most memory in bytes that a child of this process has used, of those that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


@pytest.mark.parametrize(("extension", "maker"), MAKERS, ids=[maker.__name__ for _extension, maker in MAKERS])
def test_a_hostile_file_is_read_within_bounds(extension: str, maker: Callable[[], bytes]):
    data = maker()
    # The largest child so far may be one of another test, such as a browser. A new one has our size until it starts.
    largest = max(largest_child(), MEMORY + 64 * 1024 * 1024, largest_self())
    started = time.monotonic()

    told = in_sandbox(data, f"sow.{extension}")

    assert time.monotonic() - started < LONGEST_WAIT
    assert told.startswith("POE_") != (maker.__name__ in HARMLESS), told
    assert largest_child() <= largest


@pytest.mark.django_db
def test_the_page_answers_a_hostile_upload_and_keeps_the_good_file(client):
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",), name="Adoption")
    client.force_login(claim.created_by)
    files = [
        SimpleUploadedFile("deep.pdf", arrays_in_arrays()),
        SimpleUploadedFile("huge.jpg", jpeg_of_65_500_by_65_500()),
        SimpleUploadedFile("laughs.docx", laughs()),
        SimpleUploadedFile("sow.pdf", pdf()),
    ]

    response = client.post(reverse("claim_step", args=[claim.public_id, "proof"]), {"proofs": files})

    assert response.status_code == 200
    assert len(response.context["form"].errors["proofs"]) == 3
    assert [proof.name for proof in claim.proofs.all()] == ["sow.pdf"]


@pytest.mark.parametrize(
    ("name", "start"),
    [("sow.pdf", pdf()), ("a.docx", document()), ("a.jpg", JPEG), ("a.msg", MSG), ("a.eml", EML), ("a.csv", b"a")],
)
def test_a_large_file_costs_the_web_process_little_memory(name, start, tmp_path):
    large = tmp_path / name
    large.write_bytes(start + (b"a" * 1023 + b"\n") * (LIMIT // 1024 - len(start) // 1024 - 1))
    with large.open("rb") as file:
        tracemalloc.start()
        with contextlib.suppress(ProofRefused):
            check_proof(file=file, name=name, size=1, max_bytes=LIMIT)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 2_000_000
