"""An upload stops at the first byte too many, before the rest is read."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.utils.translation import ngettext

from accounts.rate_limits import limited

# Where the handler leaves the file that was too big for the view to find.
CUT_SHORT = "associations.upload_cut_short"
PIECE = 64 * 1024


class LimitedUpload(TemporaryFileUploadHandler):
    """Stores each file in a temporary file, and ends the upload when one is over `POE_MAX_BYTES`.

    Fields before that file are read as usual; what follows is not.
    """

    # gunicorn receives up to 1 MB at once and copies the rest of it at each read: small reads are slow.
    chunk_size = 1024 * 1024

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        size = start + len(raw_data)
        if size > settings.POE_MAX_BYTES and self.request is not None:
            cut_short = UploadedFile(ContentFile(b""), name=self.file_name, size=size)
            self.request.META[CUT_SHORT] = (self.field_name, cut_short)
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def files_of(request: HttpRequest) -> MultiValueDict[str, Any]:
    """Return the uploaded files; one that was cut short is among them, without content, so that a form refuses it."""
    files = request.FILES.copy()
    if CUT_SHORT in request.META:
        files.appendlist(*request.META[CUT_SHORT])
    return files


def brings_files(request: HttpRequest) -> bool:
    """Return whether *request* posts a file; a form that could have brought one and saves only words does not."""
    return request.method == "POST" and bool(request.FILES or CUT_SHORT in request.META)


# How often a person may upload: `CPOR_LIMIT_UPLOADS` counts requests with files and no others.
uploads_limited = limited("upload", when=brings_files)


def report_added_files(request: HttpRequest, names: Sequence[str]) -> None:
    """Say in one sentence which files were kept, beside one that was refused."""
    if names:
        text = ngettext("%(names)s was added.", "Added: %(names)s.", len(names))
        messages.success(request, text % {"names": ", ".join(names)})


class DrainRejectedUploads:
    """Middleware that reads and discards the rest of an upload that is too large, so that the browser shows our page.

    If the server closed the connection right after its answer, the browser would show an error of its own. More than
    a claim's files may have together is still cut off.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        if CUT_SHORT in request.META:
            finish = response.close

            def close() -> None:
                throw_away(request)
                finish()

            # The server calls this when it has sent the answer.
            response.close = close
        return cast(HttpResponseBase, response)


def throw_away(request: HttpRequest) -> None:
    """Read the rest of the request, up to the size of all files of a claim, and keep none of it."""
    left = settings.POE_MAX_BYTES * settings.POE_MAX_FILES
    with contextlib.suppress(UnreadablePostError):
        while left > 0 and (piece := request.read(PIECE)):
            left -= len(piece)
