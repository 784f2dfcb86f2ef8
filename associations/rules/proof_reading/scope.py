"""Words that say what was part of the work and what was not, and the headings of both."""

import re

OUT_OF_SCOPE = re.compile(
    r"\b(?:not (?:be )?(?:in|within|part of(?: the| this)?|under) (?:the |this )?"
    r"(?:scope|project|engagement|work|contract)"
    r"|out[ -]of[ -](?:the )?scope|outside (?:of )?(?:the |this )?(?:scope|project|engagement)"
    r"|exclu(?:ded?|sions?|ding|des)\b|not includ(?:ed|ing)"
    r"|(?:does|do|did|will) not (?:include|cover|extend to|comprise)"
    r"|(?:is|are|was|were) not (?:covered|included|deployed|claimed|used|part|affected|touched|in use)"
    r"|not (?:covered|deployed|claimed)|(?:future|later|next) (?:phases?|projects?|stages?)"
    r"|not yet (?:started|deployed|part|in use)|without any work on"
    r"|no (?:work|activit\w+|services?) (?:on|for|with|in)\b"
    r"|with the exception of|apart from|other than|has not been|have not been|instead of"
    r"|fuori (?:dal|dall|dallo|dalla)?['’ ]?\s?(?:ambito|perimetro|progetto|scopo)|esclus\w+|esclud\w+|eccezione"
    r"|non (?:è |sono |era |erano |fa |fanno |faceva\w* )?(?:stat[oaie] )?"
    r"(?:inclus|compres|previst|copert|parte|oggett|interessat|distribuit|utilizzat|inclu[dn]|compren|riguard|preved|copr)\w*"
    r"|non in ambito|non rientran?o?\b|non (?:è|sono) stat[oaie]|fas[ei] (?:futur|successiv)\w+"
    r"|(?:futura|successiva) fase|nessuna attività (?:su|per))",
    re.IGNORECASE,
)
# A product is only named where somebody has licenses or a trademark.
NAMED_ONLY = re.compile(
    r"\b(?:trade ?marks?|brand names?|march(?:io|i) (?:registrat|commercial|di propriet)\w*)\b", re.IGNORECASE
)
INVENTORY = re.compile(
    r"\b(?:price list|listino(?: prezzi)?|licen[cs]es?\b.{0,40}\b(?:owns?|owned|bought|purchased|holds?|held)"
    r"|(?:owned|purchased|existing|current) licen[cs]es"
    r"|licenze\b.{0,40}\b(?:possied\w+|possedut\w+|acquistat\w+|detenut\w+|esistenti|attuali))\b",
    re.IGNORECASE,
)
IN_SCOPE = re.compile(
    r"\b(?:in scope|included|work (?:done|performed)|deliverables|inclus[oaie]|in ambito|attivit[àa] svolte)\b", re.I
)
# The headings of what a proof shows, which end the list before them.
SECTION = re.compile(
    r"^\W*(?:\d{1,2}[.)]?\s*)?(?:the |le |i |gli |la |il )?(?:parties|dates?|period|timeline|schedule|duration"
    r"|products|workloads|work|activities|services|summary|deliverables|signatures?|acceptance|sign-?off|approval"
    r"|for the (?:customer|partner)|parti|data|periodo|tempi|durata|calendario|prodotti|carichi|lavor[oi]|attività"
    r"|servizi|firm[ae]|accettazione|per il (?:cliente|partner)|descrizione|contatti|contacts?)\b[^,;]{0,30}$",
    re.IGNORECASE,
)
WORDS_OF_A_HEADING = 10
WORDS_OF_A_PARAGRAPH, WORDS_OF_A_SENTENCE = 12, 9


def enumerates(text: str, found: re.Match[str]) -> bool:
    """Return whether names follow on the same line; *not included in the project* is the end of a heading."""
    rest = text[found.end() :].strip(" .-–—\t*)")
    words = rest.partition(":")[2] if ":" in rest else rest
    return any(word[0].isupper() or word[0].isdigit() for word in words.split())


def is_heading(text: str) -> bool:
    return len(text.split()) <= WORDS_OF_A_HEADING or ":" in text


def is_paragraph(text: str) -> bool:
    words = len(text.split())
    return words >= WORDS_OF_A_PARAGRAPH or (words >= WORDS_OF_A_SENTENCE and text.rstrip().endswith("."))
