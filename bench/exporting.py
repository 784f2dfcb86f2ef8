"""The list of claims as a file, as a worker writes it."""

import csv
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils import timezone

from associations.background.claim_sheet import COLUMNS, ClaimSheet
from associations.files.spreadsheets import csv_pieces, write_xlsx
from associations.models import Claim
from associations.models.claim_queries import ClaimQuerySet
from bench.measuring import Figure, growth_of_a_worker, in_turns
from bench.sizes import Size

CHUNK = 2_000
MOST_MEGABYTES = 50


def export_claims(size: Size) -> Iterator[Figure]:
    """Write the newest claims with all that the sheet says of each, items and words included.

    Floor: the bare writer of the format in a loop over the same columns of the same claims. In turns.
    """
    claims = Claim.objects.order_by("-pk")[: size.exported]
    for what, ours, bare in (("CSV", _csv, _bare_csv), ("XLSX", _xlsx, _bare_xlsx)):
        portal, floor = in_turns(partial(_into_file, ours, claims), partial(_into_file, bare, claims), times=2)
        yield Figure(
            work=f"export of {size.exported:,} claims as {what}",
            floor="bare writer over the same `values_list`",
            ratio=floor / portal,
            budget=0.25,
            wants_more=True,
        )
        yield Figure(
            work=f"memory of that {what} export",
            floor="megabytes",
            ratio=growth_of_a_worker(
                first=f"exporting.write('{what}', 1_000)", then=f"exporting.write('{what}', {size.exported})"
            ),
            budget=MOST_MEGABYTES,
        )


def write(what: str, count: int) -> None:
    """Write so many claims as a worker does."""
    _into_file({"CSV": _csv, "XLSX": _xlsx}[what], Claim.objects.order_by("-pk")[:count])


def _into_file(write: Callable[[ClaimQuerySet, IO[bytes]], None], claims: ClaimQuerySet) -> None:
    with tempfile.TemporaryFile() as file:
        write(claims, file)


def _csv(claims: ClaimQuerySet, file: IO[bytes]) -> None:
    sheet = ClaimSheet(zone=ZoneInfo("Europe/Rome"), now=timezone.now())
    for piece in csv_pieces(sheet.head, sheet.rows(claims), separator=","):
        file.write(piece.encode())


def _xlsx(claims: ClaimQuerySet, file: IO[bytes]) -> None:
    sheet = ClaimSheet(zone=ZoneInfo("Europe/Rome"), now=timezone.now())
    write_xlsx(file, sheet.head, sheet.rows(claims))


def _bare_csv(claims: ClaimQuerySet, file: IO[bytes]) -> None:
    with open(file.fileno(), "w", newline="", closefd=False) as text:
        csv.writer(text).writerows(claims.values_list(*COLUMNS).iterator(chunk_size=CHUNK))


def _bare_xlsx(claims: ClaimQuerySet, file: IO[bytes]) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(claims.values_list(*COLUMNS).iterator(chunk_size=CHUNK)):
            sheet.write_row(number, 0, [str(cell) for cell in row])
