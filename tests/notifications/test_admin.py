"""Staff read the outbox; the personal link stays unseen; a failed mail can be sent again."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from notifications.models import EmailStatus, IncomingKind, OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests.factories import IncomingEmailFactory
from tests.notifications.notices import NOW, enqueue

LIST = "admin:notifications_outboxemail_changelist"
DETAIL = "admin:notifications_outboxemail_change"
HTML = "admin:notifications_outboxemail_html"
SECRET = "/c/Zb3kSECRETtoken/"


@pytest.fixture
def reader(client, django_user_model):
    """Staff who may look at the outbox and no more."""
    user = django_user_model.objects.create_user("reviewer@microsoft.example", "cpor-demo", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_outboxemail"))
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_the_outbox_is_closed_to_staff_without_the_permission(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("clerk@microsoft.example", "cpor-demo", is_staff=True))

    assert client.get(reverse(LIST)).status_code == 403


@pytest.mark.django_db
def test_the_list_shows_who_got_what_and_finds_it_by_recipient(reader):
    enqueue(key="claim:17:notice:1", to=["ada@customer.example"], cc=["tech@customer.example"])
    enqueue(key="claim:18:notice:1", to=["bob@customer.example"])

    response = reader.get(reverse(LIST), {"q": "ada@customer"})

    assertContains(response, "ada@customer.example, tech@customer.example")
    assertNotContains(response, "claim:18:notice:1")


@pytest.mark.django_db
def test_the_list_does_not_load_the_bodies(reader):
    enqueue()

    response = reader.get(reverse(LIST))

    email = response.context["cl"].result_list[0]
    assert {"subject", "text", "html", "context", "secret"} <= email.get_deferred_fields()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_as_many_queries_for_one_mail_as_for_thirty(reader, django_assert_num_queries, count):
    for number in range(count):
        enqueue(key=str(number))

    with django_assert_num_queries(7):
        reader.get(reverse(LIST))


@pytest.mark.django_db
@pytest.mark.parametrize("delivered", ["queued", "sent"])
def test_the_personal_link_is_on_no_page(reader, mail_server, delivered):
    email = enqueue(secret=SECRET)
    assert OutboxEmail.objects.get().secret == SECRET
    if delivered == "sent":
        deliver_due_emails(now=NOW)

    assertNotContains(reader.get(reverse(LIST)), "SECRET")
    assertNotContains(reader.get(reverse(DETAIL, args=[email.pk])), "SECRET")


@pytest.mark.django_db
def test_a_mail_shows_what_was_sent_and_offers_no_button(reader, mail_server):
    email = enqueue()
    deliver_due_emails(now=NOW)

    response = reader.get(reverse(DETAIL, args=[email.pk]))

    assertContains(response, "Dear Contoso &amp; Söhne, closes Saturday 31 October 2026 00:00")
    assertNotContains(response, 'name="_save"')
    assertNotContains(response, "deletelink")


@pytest.mark.django_db
def test_nobody_adds_changes_or_deletes_a_mail(admin_client):
    email = enqueue()

    assert admin_client.get(reverse("admin:notifications_outboxemail_add")).status_code == 403
    assert admin_client.post(reverse(DETAIL, args=[email.pk]), {"key": "other"}).status_code == 403
    assert admin_client.post(reverse("admin:notifications_outboxemail_delete", args=[email.pk])).status_code == 403


@pytest.mark.django_db
def test_a_failed_mail_is_sent_again_by_who_may(admin_client):
    email, with_link = enqueue(key="1"), enqueue(key="2", secret=SECRET)
    OutboxEmail.objects.update(status=EmailStatus.FAILED, secret="")
    choice = {"action": "send_again", "_selected_action": [email.pk, with_link.pk]}

    response = admin_client.post(reverse(LIST), choice, follow=True)

    assertContains(response, "1 email goes out again.")
    assertContains(response, "that link is gone")
    assert list(OutboxEmail.objects.order_by("pk").values_list("status", flat=True)) == ["queued", "failed"]


@pytest.mark.django_db
def test_a_reader_of_the_outbox_cannot_send_again(reader):
    email = enqueue()
    OutboxEmail.objects.update(status=EmailStatus.FAILED)

    reader.post(reverse(LIST), {"action": "send_again", "_selected_action": [email.pk]})

    email.refresh_from_db()
    assert email.status == EmailStatus.FAILED


@pytest.mark.django_db
@pytest.mark.parametrize("delivered", ["queued", "sent"])
def test_the_html_of_a_mail_is_shown_in_a_sandbox(reader, mail_server, delivered):
    email = enqueue(secret=SECRET)
    if delivered == "sent":
        deliver_due_emails(now=NOW)

    response = reader.get(reverse(HTML, args=[email.pk]))

    assertContains(response, "Contoso &amp; Söhne")
    assertContains(response, '<base target="_top">')
    assertNotContains(response, "SECRET")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "script" not in policy


@pytest.mark.django_db
def test_the_page_of_a_mail_frames_its_html(reader):
    email = enqueue()

    response = reader.get(reverse(DETAIL, args=[email.pk]))

    assertContains(response, f'src="{reverse(HTML, args=[email.pk])}" sandbox="allow-popups')
    assert "frame-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_html_of_a_mail_is_closed_to_staff_without_the_permission(client, django_user_model):
    email = enqueue()
    client.force_login(django_user_model.objects.create_user("clerk@microsoft.example", "cpor-demo", is_staff=True))

    assert client.get(reverse(HTML, args=[email.pk])).status_code == 403


@pytest.mark.django_db
def test_the_html_of_an_unknown_mail_is_not_found_and_takes_no_post(reader):
    assert reader.get(reverse(HTML, args=[4711])).status_code == 404
    assert reader.post(reverse(HTML, args=[enqueue().pk])).status_code == 405


@pytest.mark.django_db
def test_a_report_that_came_in_about_a_mail_is_read_by_who_may_and_a_reply_by_reviewers_alone(reader, admin_client):
    report = IncomingEmailFactory(kind=IncomingKind.UNCLEAR_REPORT, text="The <b>mailbox</b> moved.")
    IncomingEmailFactory(email=report.email, text="No, we never hired them.", subject="Never hired")
    page = reverse(DETAIL, args=[report.email.pk])

    assertNotContains(reader.get(page), "mailbox</b> moved")
    assertNotContains(reader.get(page), "hired")
    shown = admin_client.get(page)
    assertContains(shown, "The &lt;b&gt;mailbox&lt;/b&gt; moved.")
    assertContains(shown, "Reviewers read it on the page of the claim.")
    assertNotContains(shown, "hired")
