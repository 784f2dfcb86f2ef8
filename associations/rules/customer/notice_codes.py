"""The code on a notice, by which a customer checks that the email is genuine: eight letters and digits.

Its alphabet has no I, L, O and U, so that no two of its characters look alike on paper or on the phone.
"""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
MEANT = str.maketrans("ILOU", "110V")


def read_code(typed: str) -> str:
    """Return the code that somebody typed in any case and with any blanks or hyphens; empty if it can't be one."""
    characters = [one for one in unicodedata.normalize("NFKC", typed).upper() if one.isalnum()]
    code = "".join(characters).translate(MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def printed_code(code: str) -> str:
    """Return *code* as people read it, in two halves; empty for a notice without one."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}" if code else ""
