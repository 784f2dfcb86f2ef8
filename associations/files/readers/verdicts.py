"""The answer of those readers that only say whether a file is accepted."""

from collections.abc import Callable
from typing import Any

from associations.rules.proof_files import ProofRefused


def verdict(check: Callable[[], None]) -> list[Any]:
    """Return the one line of the answer: `{}`, or `{"refused": CODE}`."""
    try:
        check()
    except ProofRefused as refused:
        return [{"refused": refused.code.value}]
    return [{}]
