"""Headers, limits and error pages of every answer."""

from urllib.parse import urlencode

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.urls import path, reverse
from lxml import html
from pytest_django.asserts import assertContains

from cpor_portal import middleware, urls

FORM = "application/x-www-form-urlencoded"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PUBLIC_PAGES = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/inactive/",
    "/associations/",
    "/c/not-a-token/",
    "/calendar/not-a-token.ics",
    "/language/",
    "/notifications/reports/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/no-such-page",
    "/static/css/portal.css",
    "/admin/",
]


def raises(error: Exception):
    """Return a view that ends in *error*."""
    return path(f"{type(error).__name__.lower()}", lambda request: fail(error), name=type(error).__name__)


def fail(error: Exception) -> HttpResponse:
    raise error


handler400, handler500 = urls.handler400, urls.handler500
urlpatterns = [
    raises(OperationalError("the database system is starting up")),
    raises(InterfaceError("connection already closed")),
    raises(ZeroDivisionError()),
    raises(PermissionDenied()),
    *urls.urlpatterns,
]


@pytest.fixture
def signed_in(client: Client, admin_user) -> Client:
    client.force_login(admin_user)
    client.raise_request_exception = False
    return client


def assert_protected(response):
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    # Pages behind a personal link tell not even themselves where the person came from.
    assert response.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "camera=()" in response.headers["Permissions-Policy"]
    if response.headers.get("Content-Type", "").startswith("text/html"):
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_page_that_names_no_icon_gets_the_portals(client: Client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer.headers["Location"] == static("icon.svg")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_every_public_answer_has_the_headers(client, address):
    response = client.get(address)

    assert_protected(response)
    if response.streaming:
        b"".join(response.streaming_content)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("OperationalError", 503, "go back in your browser"),
        ("InterfaceError", 503, "go back in your browser"),
        ("ZeroDivisionError", 500, "Try again in a few minutes"),
        ("PermissionDenied", 403, "Go to the start page"),
    ],
)
def test_what_goes_wrong_ends_in_a_page_that_says_what_to_do(signed_in, name, status, words):
    response = signed_in.get(reverse(name))

    assertContains(response, words, status_code=status)
    assert_protected(response)
    assert response.headers.get("Retry-After") == ("60" if status == 503 else None)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_form_that_found_no_database_is_kept_and_sent_again_from_the_page(signed_in):
    typed = {"name": 'Anna "A" <b>', "text": "two\nlines", "items": ["1", "2"], "csrfmiddlewaretoken": "x"}

    response = signed_in.post(reverse("OperationalError"), typed)

    (form,) = (form for form in html.fromstring(response.content).forms if "name" in form.fields)
    assert (response.status_code, form.method, form.action) == (503, "POST", None)
    assert form.form_values() == [
        ("name", 'Anna "A" <b>'),
        ("text", "two\nlines"),
        ("items", "1"),
        ("items", "2"),
        ("csrfmiddlewaretoken", "x"),
    ]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "sent",
    [
        {"login": "anna", "password": "a secret"},
        {"name": "Anna", "proofs": ContentFile(b"%PDF", name="a.pdf")},
    ],
    ids=["password", "file"],
)
def test_what_a_page_can_not_keep_is_left_to_the_browser(signed_in, sent):
    response = signed_in.post(reverse("OperationalError"), sent)

    assertContains(response, "go back in your browser", status_code=503)
    assert "a secret" not in response.content.decode()


def test_the_page_for_an_absent_database_needs_no_database():
    try:
        raise OperationalError
    except OperationalError:
        response = middleware.server_error(HttpRequest())

    assertContains(response, "The portal is not available now", status_code=503)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"login": "x" * 2_600_000}, {f"field-{number}": "" for number in range(1001)}],
    ids=["too much text", "too many fields"],
)
def test_a_form_that_is_too_large_is_refused_with_a_page(client, fields):
    response = client.post(reverse("account_login"), urlencode(fields), content_type=FORM)

    assertContains(response, "Go back in your browser", status_code=413)
    assert_protected(response)


def test_a_body_larger_than_any_form_is_refused_unread(client, settings):
    settings.LARGEST_BODY = 100

    response = client.post(reverse("account_login"), "x" * 101, content_type="application/octet-stream")

    assertContains(response, "Go back in your browser", status_code=413)
    assert_protected(response)


@pytest.mark.django_db
def test_a_request_for_another_host_is_refused_with_a_page(client):
    response = client.get(reverse("account_login"), headers={"Host": "evil.example"})

    assertContains(response, "<h1>", status_code=400)
    assert_protected(response)


@pytest.mark.django_db
def test_too_many_tries_to_sign_in_end_in_a_page(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client.post(reverse("account_login"), {"login": "a@b.example", "password": "wrong"})

    response = client.post(reverse("account_login"), {"login": "a@b.example", "password": "wrong"})

    assertContains(response, "Wait 1 minute, then try again.", status_code=429)
    assert_protected(response)


@pytest.mark.parametrize(("cause", "status"), [(OperationalError, 503), (DatabaseError, 400)])
def test_a_session_that_the_database_went_away_from_is_no_fault_of_the_request(rf, cause, status):
    """Django raises the same for a session that somebody ended meanwhile, which stays a bad request."""
    with pytest.raises(SessionInterrupted) as interrupted:
        save_session_while(cause("terminating connection due to administrator command"))

    assert middleware.bad_request(rf.get("/"), interrupted.value).status_code == status


def save_session_while(trouble: Exception) -> None:
    """Fail as Django's session middleware and its store do."""
    try:
        try:
            raise trouble
        except DatabaseError:
            raise UpdateError  # noqa: B904 - as the store does
    except UpdateError:
        raise SessionInterrupted("The request's session was deleted.")  # noqa: B904 - as the middleware does
