"""The characters that nobody sees: which come off a text, which stay, and what is left of a name."""

import re
import unicodedata

import idna

JOINERS = "\u200c\u200d"

# Default_Ignorable_Code_Point of Unicode: nothing is drawn for these, whatever their category.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
VARIATION_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Prepended_Concatenation_Mark: the only format characters that are drawn, such as the Arabic number sign.
DRAWN_FORMAT_CHARACTERS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# A flag of a region is a black flag and tags, which a cancel tag ends (UTS 51).
FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
BLANK_BRAILLE = "\u2800"
# Word and Excel break a line by a vertical tab.
SPACES = {0x0B: " ", 0x0C: " ", 0x85: " "}
# Of the control characters, what lays a text out; a NUL is left for the field to refuse.
LAYOUT = "\t\n\r\0"
VIRAMA = 9


def is_invisible(character: str) -> bool:
    """Return whether nothing is drawn for *character* and it is no space: a format character or one to ignore."""
    return bool(IGNORABLE.match(character)) or unicodedata.category(character) == "Cf"


def without_invisible(text: str, *, keep: str = "") -> str:
    """Return *text* without every character that is drawn as nothing, the blank Braille cell too, but for *keep*."""
    if text.isascii():
        return text
    return "".join(one for one in text if one in keep or not (is_invisible(one) or one == BLANK_BRAILLE))


def without_idle_joiners(text: str) -> str:
    """Return *text* without each U+200C and U+200D that changes nothing where it stands (RFC 5892, appendix A)."""
    return "".join(one for place, one in enumerate(text) if one not in JOINERS or joins(text, place))


def joins(text: str, place: int) -> bool:
    """Return whether the joiner at *place* has an effect on its neighbors (RFC 5892, appendix A.1 and A.2)."""
    try:
        return idna.valid_contextj(text, place)
    except ValueError:
        # A neighbor that the tables of the library don't know.
        return False


def readable_text(text: str) -> str:
    """Return *text* as it is kept: without what is drawn as nothing, and without blanks around it.

    Joiners and variation selectors stay where a script or an emoji needs them. A text with nothing to see in it is
    returned as an empty one.
    """
    if not (text.isascii() and text.isprintable()):
        text = text.translate(SPACES)
        flags = [found.span() for found in FLAG.finditer(text)]
        text = "".join(one for place, one in enumerate(text) if stays(text, place, flags))
        text = without_blank_ends(text)
    return text if any(is_drawn(one) for one in text) else ""


def stays(text: str, place: int, flags: list[tuple[int, int]]) -> bool:
    """Return whether the character at *place* is drawn, or changes how its neighbors are drawn."""
    one = text[place]
    if unicodedata.category(one) == "Cc":
        return one in LAYOUT
    if not is_invisible(one) or one in DRAWN_FORMAT_CHARACTERS:
        return True
    if one in JOINERS:
        return joins(text, place) or shapes(text, place)
    if VARIATION_SELECTORS.match(one):
        return place > 0 and has_variants(text[place - 1], following=text[place + 1 : place + 2])
    return any(start < place < end for start, end in flags)


def shapes(text: str, place: int) -> bool:
    """Return whether the joiner at *place* stands before a virama, as in Bengali, or binds two emoji."""
    before, after = text[:place].rstrip("\ufe0f"), text[place + 1 : place + 2]
    if not before or not after:
        return False
    if unicodedata.combining(after) == VIRAMA:
        return True
    return is_pictogram(before[-1]) and is_pictogram(after)


def is_pictogram(character: str) -> bool:
    """Return whether *character* is a symbol such as an emoji, or the skin tone of one."""
    return unicodedata.category(character) == "So" or "\U0001f3fb" <= character <= "\U0001f3ff"


def has_variants(character: str, *, following: str) -> bool:
    """Return whether a variation selector may follow *character*: a symbol, a letter without case, a keycap."""
    is_keycap = character in "0123456789#*" and following == "\u20e3"
    return is_keycap or unicodedata.category(character) in ("So", "Sm", "Po", "Lo")


def without_blank_ends(text: str) -> str:
    """Return *text* without spaces around it; the blank cell of Braille is one."""
    return text.strip().strip(BLANK_BRAILLE).strip()


def is_drawn(character: str) -> bool:
    """Return whether *character* alone leaves ink: a letter, a digit, a sign; no space and no lone accent."""
    return unicodedata.category(character)[0] in "LNPS" and not is_invisible(character) and character != BLANK_BRAILLE


def has_letter(text: str) -> bool:
    """Return whether *text* holds a letter of any script, as the name of a person does."""
    return any(character.isalpha() and not is_invisible(character) for character in text)
