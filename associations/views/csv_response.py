"""A CSV file as a response: streamed, an attachment, kept by nobody on the way."""

from collections.abc import Iterable

from django.http import HttpRequest, StreamingHttpResponse

from associations.files.spreadsheets import CSV_TYPE, Row, csv_pieces, separator_for


def csv_response(request: HttpRequest, *, name: str, head: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """Return *rows* below their *head* as a file called *name*, for the spreadsheet of a reader of this page.

    `?separator=comma`, `semicolon` or `tab` in the address asks for one separator in every language.
    """
    separator = separator_for(request.GET.get("separator", ""))
    return StreamingHttpResponse(
        csv_pieces(head, rows, separator=separator),
        content_type=CSV_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
