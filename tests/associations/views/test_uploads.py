"""An upload stops at the first byte too many, and the page says so in its own words."""

import contextlib
import io
import tracemalloc
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from associations.views.uploads import DrainRejectedUploads, files_of
from tests import files, stories

MEGABYTE = 1024 * 1024
BOUNDARY = "----cpor"


class Stream(io.RawIOBase):
    """A form with files of any size, made while it is read, and how much of it was read."""

    def __init__(self, *parts: tuple[str, int], token: str = "") -> None:
        self.pieces = self.made(parts, token)
        self.waiting = b""
        self.taken = 0
        self.length = sum(len(piece) for piece in self.made(parts, token))

    @staticmethod
    def made(parts, token):
        yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode()
        for name, size in parts:
            head = f'Content-Disposition: form-data; name="proofs"; filename="{name}"'
            yield f"--{BOUNDARY}\r\n{head}\r\nContent-Type: application/pdf\r\n\r\n".encode()
            yield b"%PDF-1.4\n"
            for start in range(0, size - 9, 64 * 1024):
                yield bytes(min(64 * 1024, size - 9 - start))
            yield b"\r\n"
        yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="then"\r\n\r\nstay\r\n--{BOUNDARY}--\r\n'.encode()

    def read(self, size: int = -1, /) -> bytes:
        while (size < 0 or len(self.waiting) < size) and (piece := next(self.pieces, b"")):
            self.waiting += piece
        size = len(self.waiting) if size < 0 else size
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        self.taken += len(taken)
        return taken


def request_with(stream: Stream):
    served: dict[str, Any] = {
        "wsgi.input": stream,
        "CONTENT_LENGTH": str(stream.length),
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
    }
    return RequestFactory().generic("POST", "/", **served)


def test_the_rest_of_a_file_that_is_too_big_is_not_read(settings):
    settings.POE_MAX_BYTES = MEGABYTE
    stream = Stream(("good.pdf", 1000), ("big.pdf", 50 * MEGABYTE), ("after.pdf", 1000))

    with contextlib.closing(request_with(stream)) as request:
        sent = files_of(request).getlist("proofs")

    assert [(file.name, file.size > MEGABYTE) for file in sent] == [("good.pdf", False), ("big.pdf", True)]
    assert stream.taken < 3 * MEGABYTE


def test_a_file_of_the_very_size_is_taken_whole(settings):
    settings.POE_MAX_BYTES = MEGABYTE
    stream = Stream(("good.pdf", MEGABYTE))

    with contextlib.closing(request_with(stream)) as request:
        assert [file.size for file in files_of(request).getlist("proofs")] == [MEGABYTE]
        assert request.POST["then"] == "stay"
    assert stream.taken == stream.length


def test_an_upload_of_25_megabytes_costs_little_memory(settings):
    with contextlib.closing(request_with(Stream(("large.pdf", 25 * MEGABYTE)))) as request:
        tracemalloc.start()
        [file] = files_of(request).getlist("proofs")
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert file.size == 25 * MEGABYTE
    assert peak < 4 * MEGABYTE


@pytest.mark.django_db
def test_what_the_browser_still_sends_is_thrown_away_after_the_answer(settings):
    settings.POE_MAX_BYTES, settings.POE_MAX_FILES = MEGABYTE, 6
    stream = Stream(("big.pdf", 5 * MEGABYTE))

    with contextlib.closing(request_with(stream)) as request:
        response = DrainRejectedUploads(answer)(request)
        read_before_the_answer = stream.taken
        response.close()

    assert read_before_the_answer < 3 * MEGABYTE
    assert stream.taken == stream.length


@pytest.mark.django_db
def test_a_browser_that_sends_without_end_is_cut_off(settings):
    settings.POE_MAX_BYTES, settings.POE_MAX_FILES = MEGABYTE, 6

    stream = Stream(("big.pdf", 50 * MEGABYTE))
    with contextlib.closing(request_with(stream)) as request:
        DrainRejectedUploads(answer)(request).close()

    assert stream.taken < 9 * MEGABYTE


def answer(request):
    files_of(request)
    return HttpResponse()


@pytest.mark.django_db
def test_the_page_names_the_file_that_is_too_big_and_keeps_the_good_one(client, settings):
    settings.POE_MAX_BYTES = MEGABYTE
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",), name="Adoption")
    client.force_login(claim.created_by)
    good = io.BytesIO(files.pdf())
    good.name = "good.pdf"
    big = io.BytesIO(files.pdf(length=2 * MEGABYTE))
    big.name = "big.pdf"

    response = client.post(reverse("claim_step", args=[claim.public_id, "proof"]), {"proofs": [good, big]})

    assert response.status_code == 200
    assert response.context["form"].errors == {"proofs": ["big.pdf: The file is too big. The limit is 1.0\xa0MB."]}
    assert [proof.name for proof in claim.proofs.all()] == ["good.pdf"]
