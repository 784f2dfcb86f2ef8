"""Editions as YAML: there and back, and each file that doesn't fit refused with its line."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from guides.guide_files import GuideFileRefused, exported, import_guide
from guides.models import ProgramGuide

pytestmark = pytest.mark.django_db


@pytest.fixture
def text() -> str:
    return exported(ProgramGuide.objects.get()).replace("edition: 2020-09", "edition: 2027-07")


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def test_an_edition_goes_out_and_comes_back_as_a_draft_that_says_the_same(text, tmp_path: Path):
    file = tmp_path / "guide.yaml"
    file.write_text(text)
    out = StringIO()

    call_command("import_guide", str(file), stdout=out)

    assert "Edition 2027-07 is a draft" in out.getvalue()
    assert not ProgramGuide.objects.get(code="2027-07").is_published
    out = StringIO()
    call_command("export_guide", "2027-07", stdout=out)
    assert out.getvalue() == text


@pytest.mark.parametrize(
    ("stated", "instead", "problem"),
    [
        ("grain: workload", "grain: tenant", "grain: Value 'tenant' is not a valid choice."),
        ("choice_group: revenue", "choice_group: not a code", "choice_group: Enter a valid"),
        ("pays: false", "pays: perhaps", "pays: true or false is expected."),
        ("late_filing_days: 90", "late_filing_days: ninety", "late_filing_days: a whole number is expected."),
        ("late_filing_days: 90", "late_filing_days: 0", "late_filing_days: Ensure this value is greater"),
        ("program: OSA_SELL", "program: NONE", "program: NONE is not known."),
        ("  - product: EXO", "  - product: EXOO", "product: EXOO is not known."),
        ("asks: [seller_name, customer_name, isv_product]", "asks: [shoe_size]", "asks: Unknown: shoe_size"),
        ("asks: [seller_name, customer_name, isv_product]", "asks: seller_name", "asks: a list of texts is expected."),
        ("      it: Prevendita", "      xx: Prevendita", "name: a text for each language is expected."),
        ("      it: Prevendita", "      it: 7", "name: a text for each language is expected."),
        ("valid_from: 2020-09-01", "valid_from: someday", "valid_from: a day such as 2027-07-01 is expected."),
        ("valid_from: 2020-09-01", "valid_from: 2027-13-01", "month must be in 1..12."),
        ("edition: 2027-07", "edition: 2020-09", "edition: Edition with this Code already exists."),
        ("choice_group: revenue", "choice_groups: revenue", "choice_groups is not a key"),
        ("    group: CE", "    group: CE\n    group: CE", "group is stated twice."),
        ("proof_age_months: 12", "proof_age_months: true", "proof_age_months: a whole number is expected."),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_line_and_nothing_is_kept(text, stated, instead, problem):
    line = line_with(text, stated.strip())
    if "is stated twice" in problem:
        line += 1
    if problem.startswith("name:"):
        line -= 2

    with pytest.raises(GuideFileRefused) as refused:
        import_guide(text.replace(stated, instead, 1))

    assert str(refused.value).startswith(f"Line {line}: {problem}")
    assert ProgramGuide.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("- a list\n", 1),
        ("edition: 2027-07\ntitle: [open\n", 3),
        ("edition: 2027-07\ntitle: \x07\n", 2),
        ("edition: 2027-07\n\ttitle: tab\n", 2),
        ("edition: !!python/object:os.system {}\n", 1),
    ],
)
def test_what_is_no_yaml_of_an_edition_is_refused_with_its_line(text, line):
    with pytest.raises(GuideFileRefused) as refused:
        import_guide(text)

    assert refused.value.line == line


def test_a_missing_key_is_refused_with_the_line_of_its_row(text):
    line = line_with(text, "- code: BA_PRESALES")

    start = text.index("  - code: BA_PRESALES")

    with pytest.raises(GuideFileRefused, match=f"^Line {line}: grain is missing"):
        import_guide(text[:start] + text[start:].replace("    grain: subscription\n", "", 1))


def test_a_command_says_the_line_and_which_editions_there_are(tmp_path: Path):
    file = tmp_path / "guide.yaml"
    file.write_text("edition: 2027-07\nnonsense: 1\n")

    with pytest.raises(CommandError, match=r"^Line 2: nonsense is not a key"):
        call_command("import_guide", str(file))
    with pytest.raises(CommandError, match="There are: 2020-09"):
        call_command("export_guide", "1999-01")
