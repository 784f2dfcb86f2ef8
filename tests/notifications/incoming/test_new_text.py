"""Covers what a person wrote above the email they answer, as each mail program writes it."""

import time

import pytest

from notifications.incoming.new_text import text_above_quotation

OURS = "CPOR portal <no-reply@portal.example>"
FORMS = {
    "gmail, english": f"Anna did.\n\nOn Mon, Nov 30, 2026 at 6:00 PM {OURS}\nwrote:\n\n> Who signed?\n",
    "gmail, italian": "Anna did.\n\nIl giorno lun 30 nov 2026 alle ore 18:00 CPOR portal <\nno-reply@portal.example>"
    " ha scritto:\n\n> Who signed?\n",
    "gmail, from its html": f"Anna did.\n\nOn Mon, Nov 30, 2026 at 6:00 PM {OURS} wrote:\n\nWho signed?\n",
    "iphone, english": f"Anna did.\n\nSent from my iPhone\n\n> On 30 Nov 2026, at 18:00, {OURS} wrote:\n> \n> Who?",
    "iphone, italian": f"Anna did.\n\nInviato da iPhone\n\n> Il giorno 30 nov 2026 alle 18:00, {OURS} ha scritto:",
    "apple mail": f"Anna did.\n\nOn 30 Nov 2026, at 18:00, {OURS} wrote:\n\nWho signed?",
    "outlook on the web": f"Anna did.\n\n________________________________\nFrom: {OURS}\nSent: Monday\nTo: Anna",
    "outlook, english": f"Anna did.\n\nFrom: {OURS} \nSent: Monday, November 30, 2026 6:00 PM\n"
    "To: Anna <a@c.example>\nSubject: CPOR-0000001: a reviewer commented\n\nWho signed?",
    "outlook, italian": f"Anna did.\n\nDa: {OURS} \nInviato: lunedì 30 novembre 2026 18:00\nA: Anna <a@c.example>\n"
    "Oggetto: CPOR-0000001: nuovo commento\n\nWho signed?",
    "outlook, in bold": f"Anna did.\n\n*From:* {OURS}\n*Sent:* Monday\n*To:* Anna\n*Subject:* CPOR\n\nWho signed?",
    "outlook, plain": f"Anna did.\n\n-----Original Message-----\nFrom: {OURS}\nSent: Monday\n\nWho signed?",
    "outlook, plain, italian": f"Anna did.\n\n-----Messaggio originale-----\nDa: {OURS}\n\nWho signed?",
    "outlook on a phone": f"Anna did.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n"
    f"________________________________\nFrom: {OURS}",
    "thunderbird": "Anna did.\n\nOn 30/11/2026 18:00, CPOR portal wrote:\n> Who signed?\n",
    "a third language": "Anna did.\n\nAm 30.11.2026 um 18:00 schrieb CPOR portal:\n> Who signed?\n",
    "a signature": "Anna did.\n\n-- \nAnna Conti\nContoso\n",
    "nothing quoted": "Anna did.\n",
}


@pytest.fixture(autouse=True)
def sender(settings):
    settings.DEFAULT_FROM_EMAIL = OURS


@pytest.mark.parametrize("form", FORMS)
def test_only_the_text_above_the_quotation_counts(form):
    assert text_above_quotation(FORMS[form]) == "Anna did."


@pytest.mark.parametrize(
    "below",
    [
        "Von: CPOR portal\nGesendet: Montag\nAn: Anna\nBetreff: Question",
        "De\u00a0: CPOR portal\nEnvoyé\u00a0: lundi\nÀ\u00a0: Anna\nObjet\u00a0: Question",
        "De: CPOR portal\nEnviado: lunes\nPara: Anna\nAsunto: Question",
        "Van: CPOR portal\nVerzonden: maandag\nAan: Anna\nOnderwerp: Question",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "---------- Messaggio inoltrato ----------",
        "Begin forwarded message:",
        "Inviato dal mio dispositivo Galaxy\n\n-------- Messaggio originale --------",
        "Inviato da Posta per Windows\n\nDa: CPOR portal\nInviato: lunedì\nA: Anna\nOggetto: Question",
        "Von meinem iPhone gesendet\n\n> Who signed?",
        "Envoyé de mon iPhone",
    ],
)
def test_other_programs_and_languages_are_known_too(below):
    assert text_above_quotation(f"Anna did.\n\n{below}\n") == "Anna did."


@pytest.mark.parametrize(
    "text",
    [
        "From: the start it was clear.\nThe customer signed.",
        "On 3 May 2026 the customer wrote:\n\nWe accept.",
        "Il cliente ha scritto: va bene.\n\nCordiali saluti\nAnna",
        "Steps:\n1. Open page 3\n2. Look",
        "I sent from my office what you need.\nAnna",
        "--- Update ---\nThe customer signed.",
        "De: nada.\nAnna",
    ],
)
def test_prose_is_not_taken_for_a_quotation(text):
    assert text_above_quotation(text) == text


@pytest.mark.parametrize("text", ["", "> Who signed?\nAnna did.", f"On Mon, Nov 30, 2026 {OURS} wrote:\n\n> Who?"])
def test_who_writes_nothing_above_wrote_nothing(text):
    assert text_above_quotation(text) == ""


@pytest.mark.parametrize("line", ["On ", "> ", "From: a\n", "1:\n", "_", "\n", "On Mon 1, <", "- ", "a1 b:\n"])
def test_hostile_text_takes_no_time(line):
    started = time.monotonic()

    text_above_quotation(("x\n" + line * 20_000)[:20_000])

    assert time.monotonic() - started < 5
