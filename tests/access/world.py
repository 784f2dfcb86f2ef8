"""Claims and people whose pages the site-wide tests open, and an example of every address."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from associations.choices import MemberRole
from associations.models import Claim, Partner
from associations.services.company.calendar_feeds import renew_feed
from guides.models import ProgramGuide
from notifications.models import OutboxEmail
from tests.access.matrix import AFTER_THE_LINK, LOGIN, MAIL
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
from tests.stories import (
    approved_claim,
    claim_needing_action,
    complete_claim,
    rejected_claim,
    send_requests_link,
    submitted_claim,
)


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
        send_requests_link(notice.contact_email, at=timezone.now())
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
        "object_id": row_of_the_guide(name) or claim.pk,
        "guide_id": ProgramGuide.objects.get().pk,
        "claim_id": claim.pk,
        "hold_id": world.hold.pk,
        "association_id": proof.association_id,
        "proof_id": proof.public_id,
        "page": 1,
        "email_id": claim.notices.get().email_id,
        "action": "start_review",
        "app_label": "associations",
        "content_type_id": ContentType.objects.get_for_model(Claim).pk,
        "id": claim.created_by_id,
        "url": "nowhere",
    }
    return reverse(name, kwargs={key: examples[key] for key in pattern.pattern.regex.groupindex})


def row_of_the_guide(name: str) -> int | None:
    """Return the first row of the table of the program guide that *name* is about; None for another table."""
    model = name.removeprefix("admin:guides_").partition("_")[0] if name.startswith("admin:guides_") else ""
    return (
        apps.get_model("guides", model)._default_manager.order_by("pk").values_list("pk", flat=True)[0]
        if model
        else None
    )


def stored() -> dict[str, list[dict[str, Any]]]:
    """Return every row of the portal's own tables."""
    models = [
        model for app in ("associations", "guides", "notifications") for model in apps.get_app_config(app).get_models()
    ]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}
