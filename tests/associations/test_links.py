"""The token of the customer's link."""

import re

from associations import links


def test_a_token_is_43_letters_that_need_no_escape_in_an_address():
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", links.make_token())


def test_no_token_is_made_twice():
    assert len({links.make_token() for _ in range(1000)}) == 1000


def test_the_digest_is_sha_256_in_hex():
    assert links.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_digest_takes_whatever_stands_in_an_address():
    assert len(links.digest("è\x00/../%ff" * 500)) == 64
