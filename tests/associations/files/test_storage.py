"""The private files on a real S3 server and on a disk: the same to the portal, private to everybody else."""

import tracemalloc
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile

from associations.files import storage
from associations.files.storage import StorageUnavailable
from bench.files import SMALL_PDF
from tests.associations.conftest import use_bucket

NAME = "proofs/0123456789abcdef"
CONTENT = SMALL_PDF
MEGABYTE = 1024 * 1024


def save(content: bytes = CONTENT) -> None:
    storage.save(NAME, ContentFile(content, name="sow.pdf"))


def uploaded(size: int) -> TemporaryUploadedFile:
    """A file as the upload handler leaves it: on disk."""
    file = TemporaryUploadedFile("large.pdf", "application/pdf", size, None)
    for _piece in range(size // MEGABYTE):
        file.write(bytes(MEGABYTE))
    file.seek(0)
    return file


def test_a_bucket_keeps_a_file_until_it_is_deleted(bucket):
    save()

    with storage.read(NAME) as file:
        assert file.read() == CONTENT
    storage.delete(NAME)
    with pytest.raises(StorageUnavailable):
        storage.read(NAME)


def test_a_bucket_is_told_nothing_of_a_file(bucket):
    save()

    stored = bucket.Object(NAME)
    assert (stored.content_type, stored.metadata) == ("application/octet-stream", {})


def test_a_bucket_overwrites_nothing(bucket):
    save()

    with pytest.raises(StorageUnavailable):
        save(b"other")

    assert bucket.Object(NAME).get()["Body"].read() == CONTENT


def test_deleting_a_file_that_is_gone_is_no_error(bucket):
    save()

    for _time in range(2):
        storage.delete(NAME)

    assert list(bucket.objects.all()) == []


def test_a_browser_gets_an_address_that_saves_the_file_under_its_name(bucket):
    save()

    address = storage.address_for_browsers(NAME, shown_as="Città\r\nX: 1.pdf")

    with urllib.request.urlopen(address) as response:  # noqa: S310 - the test's own server
        assert response.read() == CONTENT
        assert response.headers["Content-Disposition"] == "attachment; filename*=utf-8''Citt%C3%A0X%3A%201.pdf"
        assert response.headers["Content-Type"] == "application/octet-stream"
    asked = parse_qs(urlsplit(address).query)
    assert asked["X-Amz-Expires"] == ["60"]


def test_the_address_of_a_long_name_fits_the_headers_of_a_proxy(bucket):
    save()

    assert len(storage.address_for_browsers(NAME, shown_as="\U0001f600" * 255 + ".pdf")) < 2000


def test_the_address_is_signed(bucket):
    asked = parse_qs(urlsplit(storage.address_for_browsers(NAME, shown_as="sow.pdf")).query)

    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert len(asked["X-Amz-Signature"][0]) == 64


def test_browsers_may_reach_the_bucket_elsewhere_than_the_portal(settings, s3_endpoint, bucket):
    use_bucket(settings, s3_endpoint, public_endpoint="https://files.portal.example")

    address = storage.address_for_browsers(NAME, shown_as="sow.pdf")

    assert address.startswith(f"https://files.portal.example/proofs/{NAME}?")


def test_a_disk_has_no_addresses():
    assert storage.address_for_browsers(NAME, shown_as="sow.pdf") == ""


def test_a_disk_keeps_a_file_until_it_is_deleted(settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": on_disk(tmp_path)}
    save()

    with storage.read(NAME) as file:
        assert file.read() == CONTENT
    storage.delete(NAME)
    with pytest.raises(StorageUnavailable):
        storage.read(NAME)


def test_a_disk_that_takes_no_more_is_a_storage_that_fails(settings, tmp_path):
    (tmp_path / "proofs").write_text("a file stands where the folder would be")
    settings.STORAGES = {**settings.STORAGES, "default": on_disk(tmp_path)}

    with pytest.raises(StorageUnavailable):
        save()


def on_disk(folder):
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder), "base_url": None},
    }


def test_a_store_that_does_not_answer_fails_within_its_timeouts(settings, credentials):
    use_bucket(settings, "http://127.0.0.1:1")

    with pytest.raises(StorageUnavailable):
        save()
    with pytest.raises(StorageUnavailable):
        storage.read(NAME)
    with pytest.raises(StorageUnavailable):
        storage.delete(NAME)


def test_25_megabytes_go_to_the_store_in_one_request_and_cost_little_memory(store):
    with uploaded(25 * MEGABYTE) as file:
        tracemalloc.start()
        storage.save(NAME, file)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (store.uploads, store.received) == (1, 25 * MEGABYTE)
    assert peak < 20 * MEGABYTE
