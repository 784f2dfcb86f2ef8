"""Who may open which address. Every named address has a row here; one without a row fails.

A row tells what GET answers to each kind of person; *LOGIN* is the way to the sign-in page.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from associations.choices import MemberRole
from associations.models import Claim, Partner
from associations.services.company.calendar_feeds import renew_feed
from associations.services.customer.requests_link import send_requests_link
from notifications.models import OutboxEmail
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import (
    MONDAY,
    AssociationFactory,
    BulkRowFactory,
    ClaimHoldFactory,
    JobFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    ReviewerFactory,
    SavedViewFactory,
    UserFactory,
)
from tests.stories import approved_claim, claim_needing_action, complete_claim, rejected_claim, submitted_claim

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

PUBLIC = {
    "accept_with_entra",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "calendar_feed",
    "customer_confirm",
    "customer_decision",
    "customer_hand_over",
    "customer_hand_over_confirm",
    "customer_link",
    "customer_opened",
    "customer_receipt",
    "customers_page",
    "delivery_reports",
    "healthz",
    "mailbox",
    "mailbox_html",
    "mailbox_message",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_callback",
    "openid_connect_login",
    "metrics",
    "readyz",
    "put_typed_back",
    "request_open",
    "requests_ask",
    "requests_link",
    "requests_list",
    "requests_sent",
    "set_language",
    "sign_out_of_the_desk",
    "socialaccount_login_cancelled",
    "socialaccount_signup",
    "styleguide",
    "verify_notice",
}

LOGIN = "login"
MOST_QUERIES = 12
ROLES = (
    "anonymous",
    "incentives admin",
    "incentives user",
    "limited to another location",
    "observer",
    "another company's admin",
    "reviewer",
    "platform admin",
    "person without role",
    "report viewer",
)
AFTER_THE_LINK = "after the link was opened"
MAIL = "01600000000000000000-0123abcd"

EVERYBODY = (200,) * len(ROLES)
SIGNED_IN = (LOGIN, 200, 200, 200, 200, 200, 200, 200, 200, 200)
# Whoever opens what only a form posts to comes to its page, which decides who may see it.
POST_ONLY = (LOGIN, 302, 302, 302, 302, 302, 302, 302, 302, 302)
ELSEWHERE = (LOGIN, 302, 302, 302, 302, 302, 302, 302, 302, 302)
HIDDEN = (LOGIN, 404, 404, 404, 404, 404, 404, 404, 404, 404)
DRAFTERS_OF_ANY = (LOGIN, 200, 200, 200, 403, 200, 403, 403, 403, 403)
READERS_OF_ANY = (LOGIN, 200, 200, 200, 200, 200, 404, 404, 404, 404)
ITS_OWNER = (LOGIN, 200, 404, 404, 404, 404, 404, 404, 404, 404)
COMPANY = (LOGIN, 200, 200, 404, 200, 404, 404, 404, 404, 404)
COMPANY_ELSEWHERE = (LOGIN, 302, 302, 404, 302, 404, 404, 404, 404, 404)
EDITORS = (LOGIN, 200, 200, 404, 404, 404, 404, 404, 404, 404)
# Who only looks is led to the claim.
EDITORS_OR_ELSEWHERE = (LOGIN, 200, 200, 404, 302, 404, 404, 404, 404, 404)
EDITORS_TOO_LATE = (LOGIN, 302, 302, 404, 404, 404, 404, 404, 404, 404)
ADMIN = (LOGIN, 200, 404, 404, 404, 404, 404, 404, 404, 404)
# Who drafts and does not submit.
DRAFTER = (LOGIN, 404, 200, 404, 404, 404, 404, 404, 404, 404)
ADMIN_TOO_LATE = (LOGIN, 302, 404, 404, 404, 404, 404, 404, 404, 404)
DRAFTERS_OF_REASSOCIATION = (LOGIN, 200, 200, 200, 404, 200, 404, 404, 404, 404)
PLATFORM_ADMIN = (LOGIN, 404, 404, 404, 404, 404, 404, 200, 404, 404)
OWNER = (LOGIN, 200, 404, 404, 404, 404, 404, 404, 404, 404)
COMPANY_AND_STAFF = (LOGIN, 200, 200, 404, 200, 404, 200, 200, 404, 404)
GLOBAL_ADMIN = (LOGIN, 404, 404, 404, 200, 404, 404, 404, 404, 404)
COLLEAGUES_OF_A_GLOBAL_ADMIN = (LOGIN, 200, 200, 200, 404, 404, 404, 404, 404, 200)

# (name of the address, what stands in it): what GET answers to the ROLES, in this order
MATRIX: dict[tuple[str, str], tuple[int | str, ...]] = {
    ("home", ""): ELSEWHERE,
    ("overview", ""): SIGNED_IN,
    ("calendar", ""): SIGNED_IN,
    ("calendar_renew", ""): POST_ONLY,
    ("calendar_revoke", ""): POST_ONLY,
    ("calendar_feed", "bad-token"): (404,) * len(ROLES),
    ("calendar_feed", "calendar token"): EVERYBODY,
    ("notifications", ""): SIGNED_IN,
    ("old_notifications", ""): POST_ONLY,
    ("notifications_read", ""): POST_ONLY,
    ("notification_read", "1"): POST_ONLY,
    ("notification_archive", "1"): POST_ONLY,
    ("preferences", ""): SIGNED_IN,
    ("show_notes_again", ""): POST_ONLY,
    ("put_note_away", "claim_status"): POST_ONLY,
    ("usersessions_list", ""): SIGNED_IN,
    ("socialaccount_connections", ""): SIGNED_IN,
    ("socialaccount_signup", ""): (302,) * len(ROLES),
    ("socialaccount_login_cancelled", ""): EVERYBODY,
    ("socialaccount_login_error", ""): (LOGIN, *(401,) * (len(ROLES) - 1)),
    ("openid_connect_login", "entra"): (404,) * len(ROLES),
    ("openid_connect_callback", "entra"): (404,) * len(ROLES),
    ("accept_with_entra", "1"): (302,) * len(ROLES),
    ("second_factor", ""): ELSEWHERE,
    ("mfa_index", ""): SIGNED_IN,
    ("mfa_activate_totp", ""): SIGNED_IN,
    ("mfa_deactivate_totp", ""): HIDDEN,
    ("mfa_add_webauthn", ""): SIGNED_IN,
    ("mfa_list_webauthn", ""): SIGNED_IN,
    ("mfa_edit_webauthn", "1"): HIDDEN,
    ("mfa_remove_webauthn", "1"): HIDDEN,
    ("mfa_view_recovery_codes", ""): HIDDEN,
    ("mfa_download_recovery_codes", ""): HIDDEN,
    ("mfa_generate_recovery_codes", ""): SIGNED_IN,
    ("mfa_reauthenticate", ""): ELSEWHERE,
    ("mfa_reauthenticate_webauthn", ""): ELSEWHERE,
    ("mfa_authenticate", ""): (302,) * len(ROLES),
    ("mfa_login_webauthn", ""): (302,) * len(ROLES),
    ("help_index", ""): SIGNED_IN,
    ("help_find_ids", ""): SIGNED_IN,
    ("help_activity", ""): SIGNED_IN,
    ("help_mpn_id", ""): SIGNED_IN,
    ("help_proof", ""): SIGNED_IN,
    ("help_co_op", ""): SIGNED_IN,
    ("customers_page", ""): EVERYBODY,
    ("verify_notice", ""): EVERYBODY,
    ("customer_decision", ""): (404,) * len(ROLES),
    ("customer_confirm", ""): (404,) * len(ROLES),
    ("customer_hand_over", ""): (404,) * len(ROLES),
    ("customer_hand_over_confirm", ""): (404,) * len(ROLES),
    ("customer_receipt", ""): (404,) * len(ROLES),
    ("customer_opened", ""): (302,) * len(ROLES),
    ("customer_link", "bad-token"): (404,) * len(ROLES),
    ("customer_link", "good token"): (302,) * len(ROLES),
    ("customer_decision", AFTER_THE_LINK): EVERYBODY,
    ("customer_confirm", AFTER_THE_LINK): (302,) * len(ROLES),
    ("customer_hand_over", AFTER_THE_LINK): (302,) * len(ROLES),
    ("customer_hand_over_confirm", AFTER_THE_LINK): (302,) * len(ROLES),
    ("customer_receipt", AFTER_THE_LINK): (302,) * len(ROLES),
    ("requests_ask", ""): EVERYBODY,
    ("requests_sent", ""): EVERYBODY,
    ("requests_list", ""): (404,) * len(ROLES),
    ("request_open", "notice"): (404,) * len(ROLES),
    ("requests_link", "bad-token"): (404,) * len(ROLES),
    ("requests_link", "good token to all requests"): (302,) * len(ROLES),
    ("requests_list", AFTER_THE_LINK): EVERYBODY,
    ("request_open", "own notice"): (302,) * len(ROLES),
    ("request_open", "another's notice"): (404,) * len(ROLES),
    ("colleagues", ""): GLOBAL_ADMIN,
    ("colleague_invite", "company"): GLOBAL_ADMIN,
    ("colleague_edit", "colleague"): GLOBAL_ADMIN,
    ("colleague_remove", "colleague"): GLOBAL_ADMIN,
    ("request_access", ""): COLLEAGUES_OF_A_GLOBAL_ADMIN,
    ("claim_list", ""): SIGNED_IN,
    ("view_list", ""): SIGNED_IN,
    ("view_new", ""): READERS_OF_ANY,
    ("view_edit", "view"): ITS_OWNER,
    ("view_delete", "view"): ITS_OWNER,
    ("claims_bulk", ""): (LOGIN, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("claims_bulk_result", "run"): ITS_OWNER,
    ("export_csv", ""): SIGNED_IN,
    ("export_xlsx", ""): SIGNED_IN,
    ("start_export", ""): POST_ONLY,
    ("import_start", "reassociation"): DRAFTERS_OF_REASSOCIATION,
    ("import_start", "migration"): PLATFORM_ADMIN,
    ("import_template", "reassociation csv"): DRAFTERS_OF_REASSOCIATION,
    ("import_template", "tenants xlsx"): PLATFORM_ADMIN,
    ("jobs", ""): SIGNED_IN,
    ("job", "job"): OWNER,
    ("job_progress", "job"): OWNER,
    ("job_file", "job"): OWNER,
    ("job_cancel", "job"): POST_ONLY,
    ("job_rows_csv", "import"): OWNER,
    ("job_confirm", "import"): POST_ONLY,
    ("job_reading", "import"): POST_ONLY,
    ("job_submit", "import"): OWNER,
    ("watch_subscription", "draft"): POST_ONLY,
    ("ask_to_submit", "draft"): DRAFTER,
    ("ask_to_submit", "submitted"): HIDDEN,
    ("start_claim", ""): DRAFTERS_OF_ANY,
    ("claim_check", "draft"): EDITORS,
    ("claim_check", "submitted"): COMPANY_ELSEWHERE,
    ("claim_submitted", "draft"): HIDDEN,
    ("claim_submitted", "submitted"): COMPANY,
    ("cancel_draft", "draft"): ADMIN,
    ("cancel_draft", "submitted"): HIDDEN,
    ("proof_download", "draft"): COMPANY,
    ("proof_download", "submitted"): COMPANY_AND_STAFF,
    ("proof_remove", "draft"): POST_ONLY,
    ("claim_detail", "draft"): COMPANY,
    ("claim_detail", "submitted"): COMPANY,
    ("notice_email", "draft"): COMPANY,
    ("notice_email", "submitted"): COMPANY,
    ("claim_history", "submitted"): COMPANY,
    ("claim_history_print", "submitted"): COMPANY,
    ("claim_history_csv", "submitted"): COMPANY,
    ("claim_dates", "draft"): HIDDEN,
    ("claim_dates", "rejected"): COMPANY,
    ("claim_comment", "submitted"): POST_ONLY,
    ("claim_add_proof", "submitted"): POST_ONLY,
    ("claim_resubmit", "submitted"): ADMIN_TOO_LATE,
    ("claim_resubmit", "returned"): ADMIN,
    ("claim_withdraw", "draft"): ADMIN_TOO_LATE,
    ("claim_withdraw", "submitted"): ADMIN,
    ("claim_correct_contact", "submitted"): ADMIN_TOO_LATE,
    ("claim_resend", "submitted"): ADMIN_TOO_LATE,
    ("claim_replace_contact", "submitted"): ADMIN_TOO_LATE,
    ("contact_domain", "draft"): EDITORS,
    ("contact_domain", "rejected"): HIDDEN,
    ("claim_dispute", "rejected"): ADMIN,
    ("claim_dispute", "submitted"): ADMIN_TOO_LATE,
    ("claim_disassociate", "official"): ADMIN,
    ("claim_disassociate", "submitted"): ADMIN_TOO_LATE,
    ("claim_copy", "rejected"): EDITORS,
    ("claim_copy", "submitted"): EDITORS_TOO_LATE,
    ("claim_template", "submitted"): COMPANY,
    ("claim_step", "draft customer"): EDITORS,
    ("claim_step", "draft work"): EDITORS,
    ("claim_step", "draft details"): EDITORS,
    ("claim_step", "draft products"): EDITORS,
    ("claim_step", "draft contacts"): EDITORS,
    ("claim_step", "draft proof"): EDITORS,
    ("claim_step", "draft comments"): EDITORS,
    ("claim_step", "draft payment"): HIDDEN,
    ("claim_step", "returned work"): COMPANY_ELSEWHERE,
    ("claim_step", "returned products"): EDITORS_OR_ELSEWHERE,
    ("claim_step", "submitted customer"): COMPANY_ELSEWHERE,
    ("claim_step", "submitted products"): COMPANY_ELSEWHERE,
    ("claim_step", "submitted contacts"): COMPANY_ELSEWHERE,
    ("claim_step", "submitted proof"): COMPANY_ELSEWHERE,
    ("migrated_list", ""): SIGNED_IN,
    ("migrated_detail", "held"): COMPANY,
    ("migrated_renew", "held"): (LOGIN, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    ("migrated_proof", "held proof"): COMPANY,
    ("usage_list", ""): SIGNED_IN,
    ("usage_customer", "customer"): (LOGIN, 200, 200, 404, 200, 404, 404, 404, 404, 200),
    ("usage_csv", ""): (LOGIN, 200, 200, 404, 200, 404, 404, 404, 404, 404),
    ("put_typed_back", ""): (302,) * len(ROLES),
    ("set_language", ""): (302,) * len(ROLES),
    ("sign_out_of_the_desk", ""): (302, *(200,) * (len(ROLES) - 1)),
    ("delivery_reports", ""): (405,) * len(ROLES),
    ("healthz", ""): EVERYBODY,
    # The stories' mails have been due since they were told.
    ("readyz", ""): (503,) * len(ROLES),
    ("metrics", ""): (404,) * len(ROLES),
    ("mailbox", ""): EVERYBODY,
    ("mailbox_message", MAIL): EVERYBODY,
    ("mailbox_html", MAIL): EVERYBODY,
    ("styleguide", ""): EVERYBODY,
}

# What the desk's addresses answer to the reviewer and to the platform admin.
DESK = {
    "index": (200, 200),
    "associations_claim_changelist": (200, 200),
    "associations_claim_change": (200, 200),
    "associations_claim_decide": (200, 403),
    "associations_claim_arbitrate": (302, 403),
    "associations_claim_hold": (200, 403),
    "associations_claim_proof_preview": (200, 200),
    "associations_claim_held_proof_preview": (200, 200),
    "associations_claim_history": (302, 302),
    "associations_claim_add": (403, 403),
    "associations_claim_delete": (403, 403),
}


class World:
    """Claims of one partner in several statuses, and one person of each role."""

    def __init__(self) -> None:
        self.claims = self.tell()
        location = self.claims["draft"].location
        company = location.partner
        self.people = {
            "anonymous": None,
            "incentives admin": self.claims["draft"].created_by,
            "incentives user": member(company, MemberRole.INCENTIVES_USER),
            "limited to another location": member(
                company, MemberRole.INCENTIVES_ADMIN, locations=[PartnerLocationFactory(partner=company)]
            ),
            "observer": member(company, MemberRole.GLOBAL_ADMIN),
            "another company's admin": member(PartnerLocationFactory().partner, MemberRole.INCENTIVES_ADMIN),
            "reviewer": ReviewerFactory(),
            "platform admin": UserFactory(is_staff=True, is_superuser=True),
            "person without role": UserFactory(),
            "report viewer": member(company, MemberRole.REPORT_VIEWER),
        }
        owner = self.claims["draft"].created_by
        self.places: dict[str, Any] = {
            "company": company.pk,
            "colleague": company.members.earliest("pk").pk,
            "customer": self.claims["official"].tenant.tenant_id,
            "view": SavedViewFactory(owner=owner, partner=company).pk,
            "run": BulkRowFactory(run__owner=owner, claim=self.claims["official"]).run.public_id,
        }
        self.calendar_token = renew_feed(owner, now=timezone.now())
        job = JobFactory(owner=self.people["incentives admin"], state="done", finished_at=MONDAY, file_name="list.csv")
        job.file.save("list.csv", ContentFile(b"a,b"))
        self.places |= {
            "job": job.public_id,
            "import": JobFactory(owner=job.owner, kind="reassociation", phase="check").public_id,
        }
        held = AssociationFactory(is_migrated=True, partner=company)
        self.held_proof = ProofFactory(claim=None, association=held)
        self.places |= {"held": held.pk}
        self.hold = ClaimHoldFactory(claim=self.claims["submitted"])
        notice, another = (self.claims[name].notices.get() for name in ("submitted", "official"))
        self.decision_link = notice.email.secret
        self.places |= {"notice": notice.pk, "own notice": notice.pk, "another's notice": another.pk}
        send_requests_link(notice.contact_email, language="en", now=timezone.now())
        self.requests_link = OutboxEmail.objects.get(template="requests_link").secret

    def tell(self) -> dict[str, Claim]:
        returned = claim_needing_action()
        same: dict[str, Any] = {"location": returned.location, "created_by": returned.created_by}
        draft = complete_claim(name="Draft", **same)
        return {
            "draft": draft,
            "submitted": submitted_claim(name="Submitted", **same),
            "returned": returned,
            "rejected": rejected_claim(name="Rejected", at=timezone.now() - timedelta(days=1), **same),
            "official": approved_claim(name="Official", **same),
        }

    def client(self, role: str) -> Client:
        """Return the browser of a person of this role, signed in unless anonymous."""
        person = self.people[role]
        return signed_in_just_now(person) if person else Client()

    def address(self, name: str, place: str) -> str:
        """Return the address of a row."""
        if place == "good token":
            return self.decision_link
        if place == "good token to all requests":
            return self.requests_link
        if place == "calendar token":
            return reverse(name, args=[self.calendar_token])
        return reverse(name, args=self.arguments(name, place))

    def arguments(self, name: str, place: str) -> list[Any]:
        if place == "held proof":
            return [self.held_proof.association_id, self.held_proof.public_id]
        if place in self.places:
            return [self.places[place]]
        state, _, step = place.partition(" ")
        claim = self.claims.get(state)
        if name.startswith("import_"):
            return place.split()
        if claim is None:
            return [place] if place not in ("", AFTER_THE_LINK) else []
        if name in ("proof_download", "proof_remove"):
            return [claim.public_id, claim.proofs.get().public_id]
        return [claim.public_id, step] if step else [claim.public_id]


def member(partner: Partner, role: str, **scope: Any) -> User:
    person: User = PartnerMemberFactory(partner=partner, role=role, **scope).user
    return person


@pytest.fixture
def world(settings: Settings, tmp_path: Path, told_world: World) -> World:
    settings.MAILBOX_DIR = tmp_path
    settings.BOUNCE_WEBHOOK_SECRET = "a secret of the mail provider"
    (tmp_path / f"{MAIL}.eml").write_bytes(b"To: someone@partner.example\nSubject: Hello\n\nGood day.\n")
    return told_world


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield the full name and the pattern of every address, those of included modules too."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern.url_patterns, namespace + inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


def answer(client: Client, address: str) -> int | str:
    """Return the status of a GET, or LOGIN when it leads to the sign-in page."""
    response = client.get(address)
    read_to_the_end(response)
    is_login = response.status_code == 302 and response["Location"].startswith(f"{reverse('account_login')}?")
    return LOGIN if is_login else response.status_code


def read_to_the_end(response: Any) -> None:
    """Let a file that is handed out be closed; all else the test client closes itself, and keeps the database open."""
    if response.streaming:
        b"".join(response.streaming_content)


def desk_address(name: str, pattern: URLPattern, world: World) -> str:
    """Return an example of one of the admin's addresses."""
    claim = world.claims["submitted"]
    is_held = "association_id" in pattern.pattern.regex.groupindex
    proof = world.held_proof if is_held else claim.proofs.get()
    examples = {
        "object_id": claim.pk,
        "claim_id": claim.pk,
        "hold_id": world.hold.pk,
        "association_id": proof.association_id,
        "proof_id": proof.public_id,
        "email_id": claim.notices.get().email_id,
        "action": "start_review",
        "app_label": "associations",
        "content_type_id": ContentType.objects.get_for_model(Claim).pk,
        "id": claim.created_by_id,
        "url": "nowhere",
    }
    return reverse(name, kwargs={key: examples[key] for key in pattern.pattern.regex.groupindex})


def stored() -> dict[str, list[dict[str, Any]]]:
    """Return every row of the portal's own tables."""
    models = [model for app in ("associations", "notifications") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def test_the_public_addresses_are_exactly_those_listed():
    public = {name for name, pattern in addresses() if not getattr(pattern.callback, "login_required", True)}

    assert {name for name in public if not name.startswith("admin:")} == PUBLIC


def test_every_address_of_ours_has_a_row():
    ours = {name for name, _pattern in addresses() if not name.startswith(("admin:", "account_"))}

    assert ours == {name for name, _place in MATRIX}


@pytest.mark.parametrize(("column", "role"), enumerate(ROLES), ids=ROLES)
def test_every_address_answers_each_role_as_the_matrix_says_and_changes_nothing(world: World, column: int, role: str):
    client = world.client(role)
    before = stored()

    answers = {row: answer(client, world.address(*row)) for row in MATRIX}
    for name, pattern in addresses():
        if name.startswith("admin:") and pattern.name and not name.endswith((":logout", ":login")):
            answer(client, desk_address(name, pattern, world))

    assert answers == {row: statuses[column] for row, statuses in MATRIX.items()}
    assert sum(map(len, before.values())) > 50
    assert stored() == before


@pytest.mark.parametrize("role", ["anonymous", "incentives admin", "platform admin"])
def test_asking_for_the_head_of_a_page_changes_nothing(world: World, role: str):
    client = world.client(role)
    before = stored()

    for row in MATRIX:
        read_to_the_end(client.head(world.address(*row)))

    assert stored() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("reviewer", "platform admin")])
def test_nobody_outside_microsoft_opens_an_address_of_the_desk(world: World, role: str):
    client = world.client(role)

    named = [(name, pattern) for name, pattern in addresses() if name.startswith("admin:") and pattern.name]
    named = [(name, pattern) for name, pattern in named if name != "admin:logout"]
    answers = {name: answer(client, desk_address(name, pattern, world)) for name, pattern in named}

    assert len(answers) > 50
    assert {name: status for name, status in answers.items() if status not in (LOGIN, 302, 403)} == {}


@pytest.mark.parametrize(("column", "role"), enumerate(("reviewer", "platform admin")))
def test_the_desk_shows_claims_to_both_and_decides_for_reviewers_only(world: World, column: int, role: str):
    client = world.client(role)
    patterns = dict(addresses())

    answers = {name: answer(client, desk_address(f"admin:{name}", patterns[f"admin:{name}"], world)) for name in DESK}

    assert answers == {name: statuses[column] for name, statuses in DESK.items()}


def test_a_reviewer_opens_no_list_of_the_desk_but_the_queue(world: World):
    client = world.client("reviewer")

    lists = [name for name, _pattern in addresses() if name.endswith("_changelist")]
    opened = {name for name in lists if answer(client, reverse(name)) == 200}

    assert len(lists) > 8
    assert opened == {"admin:associations_claim_changelist"}


def test_no_page_takes_more_than_a_dozen_queries(world: World):
    """The calendar's file is no page: in this mode the database counts who asks for it, too."""
    client = world.client("incentives admin")
    counted: dict[tuple[str, str], int] = {}

    for row in MATRIX:
        with CaptureQueriesContext(connection) as queries:
            opened = answer(client, world.address(*row)) == 200
        counted |= {row: len(queries)} if opened else {}

    assert len(counted) > 60
    dear = {name for (name, _place), number in counted.items() if number > MOST_QUERIES}
    assert dear - {"calendar_feed"} == set()
