"""Text as it is searched: without what people can't type, so that both engines find the same rows.

Accents, case, width and characters that nobody sees go; all apostrophes are one, and so are all hyphens; letters of
other alphabets that people spell with plain ones are these. What is stored and what is looked for go through the same
function.
"""

import re
import unicodedata
from functools import lru_cache
from uuid import UUID

from accounts.text.characters import is_invisible
from accounts.text.readable import in_own_letters

APOSTROPHES = (
    "\u2018\u2019\u201b\u02bb\u02bc\u02bd\u02be\u02bf\u02b9\u02c8\u02ca\u02cb"
    "\u2032\u2035\u00b4\u0060\uff07\uff40\ua78c\u05f3\u055a"
)
LIKE_HYPHENS = "\u2212\u2043\u02d7"
LIKE_DOTS = "\u3002\uff0e\uff61"
# Letters that no accent tells from the plain ones, as people write them without the key.
SPELLED = {
    "\u0131": "i", "\u0153": "oe", "\u0152": "oe", "\u00e6": "ae", "\u00c6": "ae", "\u00df": "ss", "\u1e9e": "ss",
    "\u00fe": "th", "\u00de": "th", "\u00f0": "d", "\u00d0": "d", "\u014b": "n", "\u014a": "n", "\u0138": "k",
    "\u0259": "e", "\u018f": "e", "\u00b7": "", "\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9",
    "\u0640": "",
}  # fmt: skip
# Told before a text is decomposed, which makes a space of a lone acute accent, and after it.
TYPED = (
    {ord(one): "'" for one in APOSTROPHES}
    | {ord(one): "-" for one in LIKE_HYPHENS}
    | {ord(one): "." for one in LIKE_DOTS}
    | {ord(one): plain for one, plain in SPELLED.items()}
)
# "LATIN SMALL LETTER L WITH STROKE": what follows the letter is drawn through it or hangs from it.
DRESSED = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH .+")
WRAPPERS = "{}()[]<>\"'"
SITE = re.compile(r"https?://([^/?#:]+)")
GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


def search_key(text: str) -> str:
    """Return *text* as it is searched."""
    if text.isascii():
        return text.lower().replace("`", "'")
    small = unicodedata.normalize("NFKD", text.translate(TYPED)).casefold()
    return "".join(map(folded, unicodedata.normalize("NFKD", small)))


def search_words(text: str) -> list[str]:
    """Return the words of a search, each as it is stored: a GUID with its hyphens, a domain name without "https://"."""
    found = guid_in(text)
    return [found] if found else [as_stored(word) for word in search_key(text).split()]


def as_stored(word: str) -> str:
    """Return one *word* of a search without what people paste around it."""
    return guid_in(word) or host_in(word) or word.strip("{}") or word


def host_in(word: str) -> str:
    """Return the name of the site whose address *word* is, without "www."; an empty text if it is none."""
    address = SITE.match(word)
    return address[1].removeprefix("www.") if address else ""


def domain_key(name: str) -> str:
    """Return the text by which a domain name or address is searched, in ASCII and in its own letters."""
    letters = in_own_letters(name)
    return search_key(name if letters == name else f"{name} {letters}")


@lru_cache(maxsize=4096)
def folded(character: str) -> str:
    """Return what *character* of a decomposed text becomes; nothing for an accent and for what nobody sees."""
    if ord(character) in TYPED:
        return TYPED[ord(character)]
    if unicodedata.combining(character) or is_invisible(character):
        return ""
    if unicodedata.category(character) == "Pd":
        return "-"
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    dressed = DRESSED.fullmatch(unicodedata.name(character, ""))
    return dressed[1].lower() if dressed else character


def guid_in(text: str) -> str:
    """Return the GUID that *text* is, with hyphens; an empty text if it is none."""
    digits = "".join(search_key(text).split()).strip(WRAPPERS).removeprefix("urn:uuid:").strip(WRAPPERS)
    return str(UUID(digits)) if GUID.fullmatch(digits) else ""
