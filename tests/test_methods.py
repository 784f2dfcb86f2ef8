"""No address leaves anybody before a blank page, however it was reached."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from tests.access.matrix import MATRIX
from tests.access.world import World, addresses, desk_address
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

# Programs post here, and read the answer's status.
FOR_PROGRAMS = {reverse("delivery_reports")}
WORDS = b"be opened this way"


@pytest.fixture
def world(settings: Settings, tmp_path: Path, told_world: World) -> World:
    settings.MAILBOX_DIR = tmp_path
    settings.BOUNCE_WEBHOOK_SECRET = "a secret of the mail provider"
    return told_world


def everywhere(world: World) -> set[str]:
    """Return an example of every address: ours, the desk's, and the libraries'."""
    found = {world.address(*row) for row in MATRIX} | FOR_PROGRAMS
    for name, pattern in addresses():
        if name.startswith("admin:") and pattern.name:
            found.add(desk_address(name, pattern, world))
        elif name.startswith(("account_", "mfa_", "usersessions_", "socialaccount_")):
            found.add(example_of(name, pattern))
    return found


def example_of(name: str, pattern: URLPattern) -> str:
    """Return an address of a library; what stands in it may be part of the address around it."""
    try:
        return reverse(name, kwargs=dict.fromkeys(pattern.pattern.regex.groupindex, "1"))
    except NoReverseMatch:
        return reverse(name, kwargs={"pk": 1})


def is_kept_private(page: Any) -> bool:
    """Return whether no proxy and no browser may keep *page*; applies to error pages and redirects, too."""
    return {"private", "no-store"} <= set(re.split(r",\s*", page.headers.get("Cache-Control", "")))


def body_of(response: Any) -> bytes:
    """Return what the browser gets."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def test_every_address_opens_a_page_that_says_something(world: World):
    """POST-only addresses are opened by loading again, by going back, and by signing in after a session ended."""
    places = everywhere(world)
    assert len(places) > 150

    for role in ("anonymous", "incentives admin", "platform admin"):
        client = world.client(role)
        opened = {place: client.get(place) for place in places}
        bodies = {place: body_of(page) for place, page in opened.items() if page.status_code not in (301, 302)}
        assert {place for place, page in opened.items() if page.status_code == 405} <= FOR_PROGRAMS, role
        assert {place: opened[place].status_code for place, body in bodies.items() if not body} == {}, role
        assert {place for place, page in opened.items() if not is_kept_private(page)} == set(), role


def test_what_an_address_does_not_take_is_refused_in_words(world: World):
    places = everywhere(world)

    for role in ("anonymous", "incentives admin", "platform admin"):
        client = world.client(role)
        refused = [client.put(place) for place in places]
        refusals = [page for page in refused if page.status_code == 405]
        assert len(refusals) > 20, role
        assert [page for page in refusals if WORDS not in page.content or not page.headers["Allow"]] == [], role
        assert {int(page.headers["Content-Length"]) - len(page.content) for page in refusals} == {0}, role


def test_a_page_that_takes_no_posts_says_so_in_the_persons_language(client: Client):
    client.force_login(UserFactory(language="it"))

    assertContains(client.post(reverse("overview")), "Questa pagina non si può aprire in questo modo", status_code=405)


def test_what_a_form_posts_to_leads_to_its_page(world: World):
    client = world.client("incentives admin")
    claim = world.claims["submitted"].public_id
    page = reverse("claim_detail", args=[claim])

    for name, part in (("claim_comment", "#comments"), ("claim_add_proof", "#proofs"), ("watch_subscription", "")):
        assertRedirects(client.get(reverse(name, args=[claim])), page + part)
    assertRedirects(client.head(reverse("calendar_renew")), reverse("calendar"))
    stranger = world.client("another company's admin")
    assert stranger.get(reverse("claim_comment", args=[claim]), follow=True).status_code == 404


def test_the_language_switch_leads_back_and_to_no_other_site(client: Client):
    there, away = reverse("customers_page"), "https://evil.example/"

    assertRedirects(client.get(reverse("set_language"), {"next": there}), there)
    assertRedirects(client.get(reverse("set_language"), {"next": away}), "/", fetch_redirect_response=False)


def test_the_desks_sign_out_asks_and_signs_out(world: World):
    client = world.client("platform admin")

    assertContains(client.get(reverse("admin:logout")), "Sign out?")
    signed_out = client.post(reverse("admin:logout"))

    assertRedirects(signed_out, reverse("account_login"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["account_logout", "admin:logout"])
def test_signing_out_clears_what_the_browser_kept(client: Client, name: str):
    client.force_login(UserFactory())
    client.cookies["django_language"] = "it"

    assert "Clear-Site-Data" not in client.get(reverse(name)).headers
    signed_out = client.post(reverse(name))

    # Neither the cookies, among them the language, nor the stored theme.
    assert signed_out.headers["Clear-Site-Data"] == '"cache"'
    assert "private, no-store" in signed_out.headers["Cache-Control"]
