"""The answer of the page that checks what came from us."""

from collections.abc import Sequence
from dataclasses import dataclass

from associations.wording.facts import Fact


@dataclass(frozen=True)
class VerificationResult:
    """The answer as the page prints it, above the way to All my requests; only that to what is genuine has facts."""

    tone: str
    title: str
    text: str
    facts: Sequence[Fact] = ()
