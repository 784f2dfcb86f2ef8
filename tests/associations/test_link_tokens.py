"""The token of the customer's link, and the code on their notice."""

import re

from associations import link_tokens
from associations.rules.customer.notice_codes import read_code


def test_a_token_is_43_letters_that_need_no_escape_in_an_address():
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", link_tokens.make_token())


def test_no_token_is_made_twice():
    assert len({link_tokens.make_token() for _ in range(1000)}) == 1000


def test_the_digest_is_sha_256_in_hex():
    assert link_tokens.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_digest_takes_whatever_stands_in_an_address():
    assert len(link_tokens.digest("è\x00/../%ff" * 500)) == 64


def test_a_code_is_read_as_it_was_made():
    codes = {link_tokens.make_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert {read_code(code) for code in codes} == codes
