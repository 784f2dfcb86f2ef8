"""An upload stops at the first byte too many, before the rest is read."""

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

# Where the handler leaves the file that was too big for the view to find.
CUT_SHORT = "associations.upload_cut_short"


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
