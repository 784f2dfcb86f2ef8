"""A table of text is taken in whatever encoding a spreadsheet wrote it; what is no text is not."""

import pytest

from tests.associations.files.checking import verdict
from tests.files import JPEG, office, pdf

TABLE = "Utente;Attività\r\nAnna;Formazione\r\n"
JAPANESE = "製品,利用者\r\n東京商事,十\r\n"
CZECH = "Zákazník;Účet\r\nPlátky;sieť\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TABLE, "utf-8"),
        (TABLE, "utf-8-sig"),
        (TABLE, "utf-16"),
        ("\ufeff" + TABLE, "utf-16-be"),
        (TABLE, "utf-16-le"),
        (TABLE, "utf-16-be"),
        (TABLE, "utf-32"),
        (TABLE, "cp1252"),
        (TABLE, "cp850"),
        (TABLE, "mac-roman"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859-2"),
        ("Заказчик;Счёт\r\n", "cp1251"),
        ("Заказчик;Счёт\r\n", "koi8-r"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso2022_jp"),
        (JAPANESE, "utf-16"),
        ("客户;数量\r\n", "gb18030"),
        ("客戶;數量\r\n", "big5"),
        ("고객;수량\r\n", "cp949"),
        ("العميل;الكمية\r\n", "cp1256"),
    ],
)
def test_a_table_is_taken_in_the_encoding_of_any_country(text, encoding):
    assert verdict(text.encode(encoding), "usage.csv") == "csv"


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\r\n1;2\r\n\x1a",
        b'a;b\r\n"Milano\x0bRoma";2\r\n',
        b"a;b\r\n1;2\r\n\x0c\r\n3;4",
        b"a;b\r\nco\x1eoperate;\x1f2\r\n",
        "Customer,City\r\nContoso,M\ufffdnchen\r\n".encode(),
        "a;b\r\n\x1a".encode("utf-16"),
        b"a;b\r\n1;2\x7f\r\n",
        b"a,b\r1,2\r",
        b"\xef\xbb\xbfsep=;\r\na;b\r\n",
        b"\xff\xfea;",
    ],
)
def test_what_old_and_odd_programs_leave_in_a_table_is_no_matter(data):
    assert verdict(data, "usage.csv") == "csv"


def test_a_large_table_is_read_across_its_pieces():
    assert verdict((JAPANESE * 20_000).encode("cp932"), "usage.csv") == "csv"
    assert verdict((TABLE * 20_000).encode("utf-16"), "usage.csv") == "csv"
    assert verdict((TABLE * 20_000).encode() + b"\x01", "usage.csv") == "POE_CONTENT"


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\x00c",
        b"\xff\xfe\x01\x00\x02\x00",
        b"\x1b[2J",
        b"MZ\x90\0\3\0\0\0",
        b"\x7fELF\2\1\1\0",
        JPEG,
        office(),
        pdf(),
        b"<!DOCTYPE html><p>",
        b"\n <HTML>",
        "<html>".encode("utf-16"),
        b"{\\rtf1 }",
        b"MIME-Version: 1.0",
        b"SQLite format 3\0",
        b"\xff\xfe\x00\xd8\x00\x00",
    ],
)
def test_what_is_no_table_of_text_is_refused(data):
    assert verdict(data, "usage.csv") == "POE_CONTENT"


@pytest.mark.parametrize("data", [b"  \r\n ", b"\xef\xbb\xbf", b"\xff\xfe", "\r\n".encode("utf-16")])
def test_a_table_of_blanks_is_refused_as_empty(data):
    assert verdict(data, "usage.csv") == "POE_EMPTY"
