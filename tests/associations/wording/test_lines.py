"""Files and comments are described alike wherever they are listed."""

import pytest

from associations.choices import ScanStatus
from associations.models import Comment
from associations.wording.lines import comment_line, file_line
from tests.factories import MONDAY, ProofFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_photo_is_a_jpg_in_every_list():
    assert file_line(ProofFactory(kind="jpeg")).kind == "JPG"


def test_a_file_can_be_opened_after_its_scan():
    proof = ProofFactory()
    waiting = ProofFactory(pending=True)
    infected = ProofFactory(scan_status=ScanStatus.INFECTED)

    assert [file_line(each, url="/file/").url for each in (proof, waiting, infected)] == ["/file/", "", ""]


def test_a_forgotten_file_and_comment_say_that_they_were_removed():
    comment = Comment(author=UserFactory(), text="", at=MONDAY)

    assert file_line(ProofFactory(name="")).name == "File removed"
    assert comment_line(comment, author="Anna Rossi").text == "Text removed"


@pytest.mark.parametrize(("scanner", "status"), [("", ""), ("tcp://127.0.0.1:3310", "not_scanned")])
def test_a_file_is_called_not_scanned_only_where_a_scanner_is_expected(settings, scanner, status):
    settings.CLAMD_URL = scanner

    assert file_line(ProofFactory()).status == status
    assert file_line(ProofFactory(infected=True)).status == "infected"
