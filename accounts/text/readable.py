"""Domain names and addresses as people read them: in their own letters, with the form of the wire beside it.

A name may be drawn like another one. So a label is shown in its own letters only where browsers do so too: all of its
letters are of one script, or of scripts that are written together in Japanese, Chinese or Korean (the "highly
restrictive" level of UTS 39), and it is not made of letters that all look like Latin ones. Any other label stays in
ASCII. Where the two forms differ, the ASCII form always stands beside the other.
"""

import unicodedata

import idna

from accounts.text.domains import PREFIX, NoAsciiForm, ascii_domain

LATIN = "LATIN"
WRITTEN_TOGETHER = (
    {LATIN, "CJK", "HIRAGANA", "KATAKANA"},
    {LATIN, "CJK", "BOPOMOFO"},
    {LATIN, "CJK", "HANGUL"},
)
# Signs that belong to no script, or to the writing of several.
COMMON = {"DIGIT", "HYPHEN-MINUS", "COMBINING", "MIDDLE", "ZERO", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}
# Small letters of other scripts that are drawn like Latin ones; a label of nothing else is a trap.
LOOKALIKES = {
    "CYRILLIC": frozenset("асԁеԍһіјӏорԗԛѕԝхуъьҽпгѵѡкмтвнԏ"),
    "GREEK": frozenset("αγικνορτυχηωε"),
    "ARMENIAN": frozenset("հոսցզքօաեյո"),
}


def readable_domain(name: str) -> str:
    """Return *name* in its own letters, but in ASCII each label that could be taken for another one."""
    if name.isascii() and PREFIX not in name.lower():
        return name
    try:
        labels = ascii_domain(name).split(".")
    except NoAsciiForm:
        return name
    return ".".join(readable_label(label) for label in labels)


def in_own_letters(name: str) -> str:
    """Return a stored domain name or address in its own letters, traps too: for what is searched and not read."""
    local_part, at, domain = name.rpartition("@")
    return local_part + at + ".".join(map(letters_of, domain.split("."))) if PREFIX in domain else name


def readable_address(address: str) -> str:
    """Return an email address with its domain in its own letters."""
    local_part, at, domain = address.rpartition("@")
    return f"{local_part}{at}{readable_domain(domain)}" if at else address


def domain_in_full(name: str) -> str:
    """Return *name* as people read it, with the ASCII form beside it where that is another one."""
    if name.isascii() and PREFIX not in name.lower():
        return name
    try:
        on_the_wire = ascii_domain(name)
    except NoAsciiForm:
        return name
    readable = readable_domain(on_the_wire)
    return readable if readable == on_the_wire else f"{readable} ({on_the_wire})"


def address_in_full(address: str) -> str:
    """Return an email address as people read it, with the ASCII form of its domain beside it where they differ."""
    local_part, at, domain = address.rpartition("@")
    return f"{local_part}{at}{domain_in_full(domain)}" if at else address


def masked_address(address: str) -> str:
    """Return an email address with the first letter of its mailbox alone: enough for whoever has it to know it."""
    local_part, at, domain = address.rpartition("@")
    return f"{local_part[:1]}***@{domain_in_full(domain)}" if at else ""


def readable_label(label: str) -> str:
    """Return one label in its own letters, or as it is when that could mislead."""
    letters = letters_of(label)
    return label if misleads(letters) else letters


def letters_of(label: str) -> str:
    """Return one ASCII label in its own letters, or as it is when it has none."""
    if not label.startswith(PREFIX):
        return label
    try:
        return idna.ulabel(label)
    except UnicodeError:
        return label


def misleads(label: str) -> bool:
    """Return whether *label* mixes scripts that are not written together, or only looks like a Latin one."""
    scripts = {script for one in label if (script := script_of(one)) not in COMMON}
    if len(scripts) > 1 and not any(scripts <= together for together in WRITTEN_TOGETHER):
        return True
    return any(set(label) <= {*"0123456789-", *lookalikes} for lookalikes in LOOKALIKES.values())


def script_of(character: str) -> str:
    """Return the script of *character* as its Unicode name begins; the standard library knows no property for it."""
    return unicodedata.name(character, "ZERO").partition(" ")[0]
