"""A stranger's file harms nobody: the process that reads it can do nothing else, and its answer is bounded."""

import io
import tempfile
import time

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile

from associations.files import sandbox
from associations.files.sandbox import SandboxBusy, Unreadable, a_place, ask

READER = "tests.associations.files.misbehaving"


def answers(deed, file=None, **bounds):
    return list(ask(READER, file or io.BytesIO(b"content"), options={"deed": deed}, **bounds))


def test_the_child_knows_nothing_but_the_file():
    environment, files, modules, content = answers("surroundings")

    assert (set(environment) - {"LC_CTYPE"}, files, modules, content) == (set(), [], [], "content")


@pytest.mark.parametrize(
    "deed",
    ["opens_a_file", "opens_a_socket", "starts_a_process", "loads_a_module", "writes_to_its_file"],
)
def test_the_child_reaches_nothing_but_the_file(deed, caplog):
    with tempfile.TemporaryFile() as file:
        file.write(b"content")
        with pytest.raises(Unreadable):
            answers(deed, file)
        file.seek(0)
        assert file.read() == b"content"
    assert "Error" in caplog.text


def test_a_child_that_can_wait_lets_others_go_first():
    (own,) = answers("priority")
    (nice,) = answers("priority", niceness=10)

    assert nice == max(own, 10)


@pytest.mark.parametrize("deed", ["takes_memory", "aborts", "reads_nowhere", "fails"])
def test_a_child_that_dies_is_a_file_that_could_not_be_read(deed):
    with pytest.raises(Unreadable):
        answers(deed)


@pytest.mark.parametrize("deed", ["sleeps", "closes_its_mouth"])
def test_a_child_that_does_not_end_is_ended(deed):
    started = time.monotonic()

    with pytest.raises(Unreadable):
        answers(deed, seconds=0.5)

    assert time.monotonic() - started < 5


@pytest.mark.parametrize("deed", ["says_without_end", "says_no_json", "says_nested_json"])
def test_what_the_child_says_is_bounded_and_must_be_json(deed):
    with pytest.raises(Unreadable):
        answers(deed)


def test_the_log_names_the_trouble_and_nothing_of_the_file(caplog):
    with pytest.raises(Unreadable):
        answers("fails")

    assert "ValueError" in caplog.text
    assert "misbehaving.py" in caplog.text
    assert "what stands in the file" not in caplog.text


@pytest.mark.parametrize("kind", ["memory", "disk", "upload"])
def test_the_caller_can_read_its_file_afterwards(kind):
    with held(b"content" * 5_000, kind=kind) as file:
        assert answers("surroundings", file)[-1] == "content" * 5_000

        file.seek(0)
        assert file.read() == b"content" * 5_000


def held(content, *, kind):
    if kind == "disk":
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        file.write(content)
        return file
    memory = io.BytesIO(content)
    return memory if kind == "memory" else InMemoryUploadedFile(memory, "f", "sow.pdf", "", len(content), None)


def test_a_third_file_waits_for_a_place_and_then_is_told_so(monkeypatch):
    monkeypatch.setattr(sandbox, "LONGEST_QUEUE", 0.1)

    with a_place(), a_place(), pytest.raises(SandboxBusy):
        answers("surroundings")

    assert answers("surroundings")


def test_an_answer_of_many_rows_has_a_bound_of_its_own():
    rows = answers("says_many_rows", most_bytes=1_000_000)

    assert (len(rows), rows[-1]) == (5_000, [4_999, "\u00e8" * 20])
    with pytest.raises(Unreadable):
        answers("says_many_rows")
