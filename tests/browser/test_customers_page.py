"""The customer's page: beside the request in a wide window, before it on a phone, with and without scripts."""

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Visit
from tests.browser.people import arrive, follow_the_button, open_mail
from tests.browser.watching import NARROWEST, PHONE, assert_fits, examine

pytestmark = pytest.mark.browser

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
LOW: ViewportSize = {"width": 1280, "height": 620}


def open_request(page: Page) -> None:
    """Open the link of a notice as its contact, who reads Italian and gets the page in English."""
    open_mail(page, to="carla.bianchi@northwindtraders.example", subject=re.compile("chiede di essere il partner"))
    follow_the_button(page, "Approva o rifiuta")
    arrive(page, "Contoso Consulting asks to be associated with northwindtraders.example")


def box_of(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box
    return {"left": box["x"], "top": box["y"], "right": box["x"] + box["width"], "bottom": box["y"] + box["height"]}


def test_the_answers_stand_beside_the_request_and_stay_in_sight(visit: Visit):
    page = visit()
    page.set_viewport_size(DESKTOP)
    open_request(page)
    card, request = page.locator("#answer"), page.get_by_role("region", name="The request")

    assert box_of(request)["right"] < box_of(card)["left"]
    assert abs(box_of(request)["top"] - box_of(card)["top"]) < 8
    for window in (DESKTOP, LOW):
        page.set_viewport_size(window)
        page.mouse.wheel(0, 330)
        expect(page.get_by_role("button", name="Continue")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("radio", name="Opt out")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("window", [PHONE, NARROWEST])
def test_deadline_and_answers_come_first_on_a_phone(visit: Visit, window: ViewportSize):
    page = visit()
    page.set_viewport_size(window)
    open_request(page)
    request = page.get_by_role("region", name="The request")

    expect(page.get_by_text("You can respond until the end of")).to_be_in_viewport()
    assert box_of(page.get_by_role("button", name="Continue"))["bottom"] < box_of(request)["top"]
    page.get_by_role("link", name="Read the request first").click()
    expect(request).to_be_in_viewport()


def test_the_reason_appears_with_the_opt_out(visit: Visit):
    page = visit()
    open_request(page)
    reason = page.get_by_role("combobox", name="Reason for the opt-out")

    expect(reason).to_be_hidden()
    page.get_by_role("radio", name="Opt out").check()
    expect(reason).to_be_visible()
    page.get_by_role("radio", name="Approve").check()
    expect(reason).to_be_hidden()


@pytest.mark.parametrize("window", [DESKTOP, LOW, PHONE])
def test_nothing_that_was_chosen_moves_when_the_reason_appears(visit: Visit, window: ViewportSize):
    page = visit()
    page.set_viewport_size(window)
    open_request(page)
    page.mouse.wheel(0, 330)
    opt_out = page.get_by_role("radio", name="Opt out")
    expect(opt_out).to_be_in_viewport(ratio=1)
    stood = box_of(opt_out)

    opt_out.check()

    expect(page.get_by_role("combobox", name="Reason for the opt-out")).to_be_visible()
    assert box_of(opt_out) == stood


def test_without_scripts_the_reason_is_there_and_an_approval_needs_none(visit: Visit):
    page = visit(java_script_enabled=False)
    open_request(page)

    expect(page.get_by_role("combobox", name="Reason for the opt-out")).to_be_visible()
    expect(page.get_by_text("Only if you opt out.")).to_be_visible()
    page.get_by_role("radio", name="Approve").check()
    page.get_by_role("textbox", name="Message to the partner and to Microsoft").fill("Start with sales.")
    page.get_by_role("button", name="Continue").click()
    arrive(page, "Check your answer")
    expect(page.get_by_role("main")).to_contain_text("Start with sales.")
    expect(page.get_by_role("button", name="Approve the association")).to_be_visible()


def test_what_was_typed_stays_when_the_language_is_switched(visit: Visit):
    page = visit()
    open_request(page)
    page.get_by_role("radio", name="Opt out").check()
    page.get_by_role("combobox", name="Reason for the opt-out").select_option("Another partner does this work for us")
    page.get_by_role("textbox", name="Your full name").fill("Dario Neri")
    page.get_by_role("textbox", name="Message to the partner and to Microsoft").fill("Ask Fabrikam.")

    page.get_by_role("button", name="IT Italiano").click()

    arrive(page, re.compile("chiede di essere associato"))
    expect(page.get_by_role("radio", name="Rifiuta")).to_be_checked()
    expect(page.get_by_role("combobox")).to_have_value("other_partner")
    expect(page.get_by_role("textbox", name="Nome e cognome")).to_have_value("Dario Neri")
    expect(page.get_by_text("Ask Fabrikam.")).to_be_visible()


def open_notice(page: Page, *, to: str) -> None:
    """Open the link of the notice to one of Proseware's people, who read Italian and get the page in English."""
    open_mail(page, to=f"{to}@proseware.example", subject=re.compile("Fabrikam.+Azure Active Directory Premium"))
    follow_the_button(page, "Approva o rifiuta")
    arrive(page, "Fabrikam Services asks to be associated with proseware.example")


def name_colleague(page: Page, *, name: str) -> None:
    """Say that somebody else is the right person, with one wrong address on the way."""
    page.get_by_role("radio", name="I'm not the right person").check()
    page.get_by_role("button", name="Continue").click()
    arrive(page, "Who is the right person?")
    page.get_by_role("textbox", name="Your colleague's full name").fill(name)
    page.get_by_role("textbox", name="Job title").fill("Purchasing")
    page.get_by_role("textbox", name="Email").fill("somebody@gmail.com")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("We can't confirm that this address is of your organization.")
    page.get_by_role("textbox", name="Email").fill(f"{name.split()[0].lower()}@proseware.example")


def hand_over(page: Page, *, name: str) -> None:
    """Name the colleague, check, and hand over; the button that does it takes no early click, and stands apart."""
    name_colleague(page, name=name)
    go_on = page.get_by_role("button", name="Continue")
    stood = box_of(go_on)
    go_on.click()
    arrive(page, "Check the hand-over")
    page.reload()
    decides = page.get_by_role("button", name="Hand over the request")
    stands = box_of(decides)
    assert stands["left"] >= stood["right"] or stands["right"] <= stood["left"]
    page.mouse.click(stands["left"] + 20, stands["top"] + 20)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the hand-over")
    decides.click()
    arrive(page, "The request was handed over")
    expect(page.get_by_role("main")).to_contain_text(f"{name[0].lower()}***@proseware.example")
    expect(page.get_by_role("main")).not_to_contain_text(name)


def test_a_request_is_handed_over_twice_and_the_right_person_approves(visit: Visit):
    paola, dario, elena = visit(), visit(java_script_enabled=False), visit()
    for page, window in ((paola, DESKTOP), (dario, PHONE), (elena, NARROWEST)):
        page.set_viewport_size(window)

    open_notice(paola, to="paola.greco")
    hand_over(paola, name="Dario Neri")
    assert_fits(paola)

    open_notice(dario, to="dario")
    expect(dario.get_by_role("textbox", name="Your full name")).to_have_value("Dario Neri")
    hand_over(dario, name="Elena Sala")

    open_notice(elena, to="elena")
    expect(elena.get_by_role("radio", name="I'm not the right person")).to_have_count(0)
    expect(elena.get_by_role("main")).to_contain_text("The request was handed over twice")
    elena.get_by_role("radio", name="Approve").check()
    elena.get_by_role("button", name="Continue").click()
    arrive(elena, "Check your answer")
    elena.get_by_role("button", name="Approve the association").click()
    arrive(elena, "Your answer is recorded")

    open_mail(paola, to="paola.greco@proseware.example", subject=re.compile("La richiesta è stata passata: Fabrikam"))
    open_mail(
        paola, to="admin@fabrikam.example", subject=re.compile("Proseware handed the request over to Elena Sala")
    )


def test_the_pages_of_a_hand_over_are_accessible_and_fit(visit: Visit):
    page = visit()
    open_request(page)
    name_colleague(page, name="Dario Neri")
    examine(page)
    page.get_by_role("textbox", name="Email").fill("dario@northwindtraders.example")
    page.get_by_role("button", name="IT Italiano").click()
    arrive(page, "Chi è la persona giusta?")
    expect(page.get_by_role("textbox", name="Indirizzo e-mail")).to_have_value("dario@northwindtraders.example")
    page.get_by_role("button", name="Continua").click()
    arrive(page, "Verificare il passaggio")
    examine(page)
