"""The private files, wherever they lie: stored, read, handed out and deleted. The one module that knows storages.

Only `save`, `open`, `url` and `delete` of Django's storages are used, so that another store can replace the bucket.
"""

from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage, storages
from django.utils.http import content_disposition_header

from associations.rules.proof_files import download_name

NEUTRAL_TYPE = "application/octet-stream"


class StorageUnavailable(Exception):
    """The file could not be stored, read or deleted: the storage is full, slow, unreachable, or lost it."""


def save(name: str, file: "File[bytes]") -> None:
    """Store *file* whole under *name*, or raise StorageUnavailable."""
    try:
        stored_as = default_storage.save(name, file)
    # Each storage has exceptions of its own, and whatever it raises, the file is not stored.
    except Exception as error:
        raise StorageUnavailable(name) from error
    if stored_as != name:
        raise StorageUnavailable(name)


def read(name: str) -> IO[bytes]:
    """Return the stored file, open at its start, or raise StorageUnavailable."""
    try:
        file = default_storage.open(name, "rb")
        # A bucket is asked for the file at the first read only.
        file.seek(0)
    except Exception as error:
        raise StorageUnavailable(name) from error
    return file


def delete(name: str) -> None:
    """Delete the stored file; one that is gone is no error. Raise StorageUnavailable."""
    try:
        default_storage.delete(name)
    except Exception as error:
        raise StorageUnavailable(name) from error


def address_for_browsers(name: str, *, shown_as: str) -> str:
    """Return an address that holds for a minute and makes a browser save the file under *shown_as*.

    It is empty where files have no address, as on a disk: then the portal serves what `read` returns.
    """
    if not settings.S3_BUCKET:
        return ""
    parameters = {
        "ResponseContentDisposition": content_disposition_header(True, download_name(shown_as)),
        "ResponseContentType": NEUTRAL_TYPE,
    }
    bucket: Any = storages["for_browsers"]
    return str(bucket.url(name, parameters=parameters))
