"""An upload stops at the first byte too many, before the rest is read."""

import contextlib
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict

# Where the handler leaves the file that was too big for the view to find.
CUT_SHORT = "associations.upload_cut_short"
PIECE = 64 * 1024


class UploadLimit(FileUploadHandler):
    """Passes every file on to the handlers that store it, and ends the upload when one is over `POE_MAX_BYTES`.

    What stood in the form before that file is read as usual; what follows never is.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        size = start + len(raw_data)
        if size > settings.POE_MAX_BYTES and self.request is not None:
            cut_short = UploadedFile(ContentFile(b""), name=self.file_name, size=size)
            self.request.META[CUT_SHORT] = (self.field_name, cut_short)
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the finished file to the next handler."""


def files_of(request: HttpRequest) -> MultiValueDict[str, Any]:
    """Return the uploaded files; one that was cut short is among them, without content, so that a form refuses it."""
    files = request.FILES.copy()
    if CUT_SHORT in request.META:
        files.appendlist(*request.META[CUT_SHORT])
    return files


class LetBrowsersFinish:
    """Middleware: once the answer to an upload that was cut short is on its way, throws away what still comes in.

    A server that closed the connection at that point would reset it, and the browser would show its own error instead
    of our page. What is more than a claim's files together is cut off all the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        if CUT_SHORT in request.META:
            # The server closes these when it has sent the answer.
            response._resource_closers.append(lambda: throw_away(request))
        return cast(HttpResponseBase, response)


def throw_away(request: HttpRequest) -> None:
    """Read the rest of the request, up to the size of all files of a claim, and keep none of it."""
    left = settings.POE_MAX_BYTES * settings.POE_MAX_FILES
    with contextlib.suppress(UnreadablePostError):
        while left > 0 and (piece := request.read(PIECE)):
            left -= len(piece)
