"""The mailbox of the embedded mode: mails become files, files become pages."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from notifications import local_mailbox


@pytest.fixture(autouse=True)
def box(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.EMAIL_BACKEND = "notifications.local_mailbox.EmailBackend"
    return settings.MAILBOX_DIR


@pytest.fixture
def visitor():
    """Somebody without an account, as the customer is."""
    return Client()


def put(subject="Notice", to="ada@customer.example", text="See https://portal.example/c/abc/ now.", html=""):
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to])
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


def names(box):
    return [path.stem for path in sorted(box.iterdir())]


def test_each_mail_becomes_one_whole_file_whose_name_sorts_by_time(box):
    put(subject="First")
    put(subject="Second")

    files = sorted(box.iterdir())
    assert len(files) == 2
    assert all(re.fullmatch(r"\d{20}-[0-9a-f]{8}\.eml", file.name) for file in files)
    assert b"Subject: First\n" in files[0].read_bytes()
    assert b"Subject: Second\n" in files[1].read_bytes()


@pytest.mark.django_db
def test_the_list_shows_the_newest_mail_first(box, visitor):
    put(subject="Older notice")
    put(subject="Newer notice", to="Söhne <bob@customer.example>")

    response = visitor.get(reverse("mailbox"))

    assert [entry.subject for entry in response.context["page"]] == ["Newer notice", "Older notice"]
    assertContains(response, "Söhne &lt;bob@customer.example&gt;")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("Date: Mon, 26 Oct 2026 09:00:00 -0000\n", "Mon 26 Oct 2026, 10:00 (CET)"),
        ("Date: Mon, 26 Oct 2026 09:00:00 +0200\n", "Mon 26 Oct 2026, 08:00 (CET)"),
        ("Date: some day\n", "ada@customer.example"),
        ("", "ada@customer.example"),
    ],
)
def test_the_list_shows_when_a_mail_was_made(box, visitor, date, shown):
    box.mkdir()
    mail = f"To: ada@customer.example\nSubject: Notice\n{date}\nHello"
    (box / "00000000000000000001-0000000a.eml").write_text(mail)

    assertContains(visitor.get(reverse("mailbox")), shown)


@pytest.mark.django_db
def test_the_list_can_be_narrowed_to_one_recipient(visitor):
    put(subject="For Ada", to="ada@customer.example")
    put(subject="For Bob", to="bob@customer.example")

    response = visitor.get(reverse("mailbox"), {"to": "ADA@"})

    assertContains(response, "For Ada")
    assertNotContains(response, "For Bob")


@pytest.mark.django_db
def test_the_list_is_split_into_pages_of_fifty(visitor):
    for number in range(51):
        put(subject=f"Mail {number}.")

    assertContains(visitor.get(reverse("mailbox"), {"to": "ada"}), "?to=ada&amp;page=2")
    assertContains(visitor.get(reverse("mailbox"), {"page": 2}), "Mail 0.")


@pytest.mark.django_db
def test_an_empty_mailbox_says_what_to_do(visitor):
    assertContains(visitor.get(reverse("mailbox")), "No email yet.")
    assertContains(visitor.get(reverse("mailbox"), {"to": "ada"}), "No email for this recipient.")


@pytest.mark.django_db
def test_a_mail_shows_its_headers_its_text_and_a_working_link(box, visitor):
    put(subject="A <b>notice</b>", html="<p>Hello</p>")
    [name] = names(box)

    response = visitor.get(reverse("mailbox_message", args=[name]))

    assertContains(response, "A &lt;b&gt;notice&lt;/b&gt;")
    assertContains(response, "ada@customer.example")
    assertContains(response, 'href="https://portal.example/c/abc/"')
    assertContains(response, "MIME-Version")
    assertContains(response, f'src="{reverse("mailbox_html", args=[name])}"')
    assert "frame-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_mail_without_html_has_no_frame(box, visitor):
    put()
    [name] = names(box)

    assertNotContains(visitor.get(reverse("mailbox_message", args=[name])), "<iframe")


@pytest.mark.django_db
def test_the_html_of_a_mail_is_shown_in_a_sandbox_without_scripts(box, visitor):
    put(html='<p style="color:red">Hello</p><script>alert(1)</script>')
    [name] = names(box)

    response = visitor.get(reverse("mailbox_html", args=[name]))

    assertContains(response, '<base target="_top"><p style="color:red">Hello</p>')
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "'self' data:",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_the_way_out_of_the_frame_stands_in_the_head_of_a_whole_document(box, visitor):
    put(html="<!doctype html><html><head><title>Notice</title></head><body></body></html>")
    [name] = names(box)

    response = visitor.get(reverse("mailbox_html", args=[name]))

    assertContains(response, '<!doctype html><html><head><base target="_top"><title>Notice</title>')


def test_mails_need_a_mailbox(settings):
    settings.MAILBOX_DIR = None

    with pytest.raises(ImproperlyConfigured, match="only the embedded mode has a mailbox"):
        put()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..%2Fsecret_key", "00000000000000000000-00000000", "secret_key"])
def test_a_name_that_is_no_mail_is_not_found(box, visitor, name):
    put()
    (box.parent / "secret_key.eml").write_text("Subject: secret\n\nsecret")

    assert visitor.get(f"{reverse('mailbox')}{name}/").status_code == 404
    assert visitor.get(f"{reverse('mailbox')}{name}/html/").status_code == 404


@pytest.mark.django_db
def test_pages_of_the_mailbox_change_nothing_and_take_no_post(box, visitor):
    put(html="<p>Hello</p>")
    [name] = names(box)
    pages = [reverse("mailbox"), reverse("mailbox_message", args=[name]), reverse("mailbox_html", args=[name])]

    assert [visitor.get(page).status_code for page in pages] == [200, 200, 200]
    assert [visitor.post(page).status_code for page in pages] == [405, 405, 405]
    assert names(box) == [name]


def test_pages_know_the_mailbox_only_where_there_is_one(rf, settings):
    assert local_mailbox.mailbox_link(rf.get("/")) == {"mailbox_url": reverse("mailbox")}

    settings.MAILBOX_DIR = None

    assert local_mailbox.mailbox_link(rf.get("/")) == {}
