"""Cuts a person's answer off above the email that it quotes, whatever mail program wrote it.

The forms are those of Gmail, Outlook, Apple Mail and Thunderbird, in the languages that partners' programs speak.
Well-kept libraries for this need minutes for a hostile email of twenty kilobytes; these rules look at each line a few
times.
"""

import re
from collections.abc import Sequence

from notifications.own_addresses import from_address

QUOTED = re.compile(r"^ {0,3}>")
# A rule of Outlook, "-----Original Message-----", or what Apple Mail writes above an email that it forwards.
DIVIDER = re.compile(
    r"^(?:_{20,}|-{2,} ?(?:original message|messaggio originale|forwarded message|messaggio inoltrato"
    r"|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|message d['\u2019]origine|message original"
    r"|message transféré|mensaje original|mensaje reenviado|mensagem original|oorspronkelijk bericht) ?-{2,}"
    r"|begin forwarded message:|inizio messaggio inoltrato:)$",
    re.IGNORECASE,
)
HEADER = re.compile(r"^\*?(?:from|da|von|de|van)[ \u00a0]?:\*? ", re.IGNORECASE)
MORE_HEADERS = re.compile(
    r"^\*?(?:sent|date|to|cc|subject|inviato|data|a|oggetto|gesendet|datum|an|betreff|envoyé|à|objet|enviado|enviada"
    r"|enviada em|fecha|para|asunto|assunto|verzonden|aan|onderwerp)[ \u00a0]?:\*? ",
    re.IGNORECASE,
)
# What a phone or a program adds below every email.
DEVICE = re.compile(
    r"^(?:sent from (?:my|outlook|mail)\b|get outlook for\b|scarica outlook per\b|ottieni outlook per\b"
    r"|inviato da(?:l mio)? (?:dispositivo|smartphone|iphone|ipad|outlook|posta per|cellulare|telefono)\b"
    r"|von meinem .{1,40} gesendet|gesendet von outlook|envoyé de mon\b"
    r"|enviado desde mi\b|verzonden vanaf mijn\b).{0,80}$",
    re.IGNORECASE,
)
SIGNATURE = frozenset({"--", "-- "})
LINES_OF_ATTRIBUTION = 3


def text_above_quotation(text: str) -> str:
    """Return what a person wrote above the email they answer, without a signature; nothing if they wrote nothing."""
    lines = text.splitlines()
    for position, line in enumerate(lines):
        if line in SIGNATURE or _starts_quotation(lines, position):
            lines = lines[:position]
            break
    while lines and (not lines[-1].strip() or DEVICE.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines).strip()


def _starts_quotation(lines: Sequence[str], position: int) -> bool:
    line = lines[position].strip()
    if QUOTED.match(lines[position]) or DIVIDER.match(line):
        return True
    if HEADER.match(line):
        following = [each.strip() for each in lines[position + 1 : position + 6]]
        return sum(1 for each in following if MORE_HEADERS.match(each)) >= 2
    return bool(line) and _is_attribution(lines, position)


def _is_attribution(lines: Sequence[str], position: int) -> bool:
    """Return whether "On Monday ... wrote:" begins here: in up to three lines, with a date and a colon at the end.

    It names our address, or a quoted line follows. So it is known in any language.
    """
    for end in range(position + 1, min(position + LINES_OF_ATTRIBUTION, len(lines)) + 1):
        if not lines[end - 1].strip():
            return False
        words = " ".join(each.strip() for each in lines[position:end])
        if words.endswith(":"):
            following = next((each for each in lines[end:] if each.strip()), "")
            is_ours = from_address().address.casefold() in words.replace("< ", "<").casefold()
            return any(map(str.isdigit, words)) and (is_ours or bool(QUOTED.match(following)))
    return False
