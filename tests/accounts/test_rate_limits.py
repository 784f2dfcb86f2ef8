"""Limits: so many tries in a stretch of time, exactly, whoever counts, and a page that says when to try again."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from accounts.rate_limits import address_of, count_try, is_spent
from associations import link_tokens
from associations.choices import MemberRole
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import PASSWORD, PartnerMemberFactory, UserFactory
from tests.stories import complete_claim, draft_claim

NOON = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def three_in_ten_minutes(settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"search": (3, 600), "upload": (3, 600), "invite": (3, 600)}


@pytest.mark.both
@pytest.mark.django_db
def test_the_tries_of_a_stretch_are_counted_for_each_by_itself(three_in_ten_minutes):
    later = NOON + timedelta(minutes=4)

    anna = [count_try("search", "anna", now=moment) for moment in (NOON, NOON, later, later, later)]

    assert anna == [0, 0, 0, 360, 360]
    assert count_try("search", "berta", now=later) == 0
    assert count_try("upload", "anna", now=later) == 0
    assert count_try("search", "anna", now=NOON + timedelta(minutes=10)) == 0


@pytest.mark.both
@pytest.mark.django_db
def test_looking_whether_a_try_is_left_counts_none(three_in_ten_minutes):
    assert not any(is_spent("search", "anna", now=NOON) for _ in range(5))
    for _ in range(3):
        count_try("search", "anna", now=NOON)

    assert is_spent("search", "anna", now=NOON)


def try_at_once(*, threads: int, tries: int) -> list[int]:
    """Try in several threads, each with its own connection, as web servers do; return what each try was told."""
    told: list[int] = []
    together = threading.Barrier(threads)

    def keep_trying() -> None:
        together.wait()
        told.extend(count_try("search", "anna", now=NOON) for _ in range(tries))
        connections.close_all()

    workers = [threading.Thread(target=keep_trying) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return told


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_no_try_is_lost_in_the_cache_of_this_run(settings, django_db_setup, django_db_blocker):
    settings.CPOR_LIMITS = {"search": (25, 600)}

    with django_db_blocker.unblock():
        told = try_at_once(threads=6, tries=10)

    assert (told.count(0), len(told)) == (25, 60)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_no_try_is_lost_in_the_database_cache(settings, django_db_setup, django_db_blocker):
    table = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tries_of_a_test"}
    settings.CACHES, settings.CPOR_LIMITS = {"default": table}, {"search": (25, 600)}

    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        told = try_at_once(threads=6, tries=10)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE tries_of_a_test")

    assert (told.count(0), len(told)) == (25, 60)


@pytest.mark.both
@pytest.mark.django_db
def test_searches_are_limited_and_the_list_itself_is_not(three_in_ten_minutes):
    client = signed_in_just_now(UserFactory())
    path = reverse("claim_list")

    found = [client.get(path, {"q": "x"}) for _ in range(4)]

    assert [response.status_code for response in found] == [200, 200, 200, 429]
    assert 0 < int(found[3]["Retry-After"]) <= 600
    assertContains(found[3], "then try again.", status_code=429)
    assert client.get(path).status_code == 200


@pytest.mark.both
@pytest.mark.django_db
def test_uploads_are_limited(three_in_ten_minutes):
    claim = complete_claim()
    client = signed_in_just_now(claim.created_by)
    wizard, page = (
        reverse("claim_step", args=[claim.public_id, "proof"]),
        reverse("claim_add_proof", args=[claim.public_id]),
    )

    sent = [
        client.post(path, {"proofs": ContentFile(b"x", name="proof.pdf")}).status_code
        for path in (wizard, wizard, page, page, wizard)
    ]

    assert sent[3:] == [429, 429]
    assert 429 not in sent[:3]


@pytest.mark.both
@pytest.mark.django_db
def test_words_are_no_uploads(three_in_ten_minutes):
    """Every field that saves itself used to count: seven drafts closed the uploads."""
    claim = draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
    client = signed_in_just_now(claim.created_by)
    details = reverse("claim_step", args=[claim.public_id, "details"])
    typed = {"name": "Adoption", "then": "quiet"}

    saved = [client.post(details, typed) for _ in range(5)]
    empty = [client.post(reverse("claim_step", args=[claim.public_id, "proof"]), {"then": "stay"}) for _ in range(5)]

    assert [answer.status_code for answer in (*saved, *empty)] == [200] * 10


@pytest.mark.both
@pytest.mark.django_db
def test_invitations_are_limited(three_in_ten_minutes):
    boss = PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN)
    client = signed_in_just_now(boss.user)
    path = reverse("colleague_invite", args=[boss.partner_id])

    sent = [client.post(path).status_code for _ in range(4)]

    assert sent == [200, 200, 200, 429]
    assert client.get(path).status_code == 200


@pytest.mark.both
@pytest.mark.django_db
def test_sign_in_is_limited_per_address_with_a_time_to_wait():
    facts = {"login": "nobody@partner.example", "password": "guess"}

    sent = [Client().post(reverse("account_login"), facts | {"login": f"n{n}@partner.example"}) for n in range(31)]

    assert sent[30].status_code == 429
    assert sent[30]["Retry-After"] == "60"
    assertContains(sent[30], "Wait 1 minute, then try again.", status_code=429)
    assert Client().post(reverse("account_login"), facts, REMOTE_ADDR="203.0.113.8").status_code == 200


@pytest.mark.both
@pytest.mark.django_db
def test_the_password_of_one_person_is_guessed_five_times_wherever_from():
    person = UserFactory()
    for n in range(5):
        Client().post(
            reverse("account_login"), {"login": person.email, "password": "guess"}, REMOTE_ADDR=f"203.0.113.{n}"
        )

    facts = {"login": person.email, "password": PASSWORD}
    response = Client().post(reverse("account_login"), facts, REMOTE_ADDR="203.0.113.99")

    assertContains(response, "Too many failed login attempts. Try again later.")


@pytest.mark.both
@pytest.mark.django_db
def test_password_links_are_limited():
    sent = [Client().post(reverse("account_reset_password"), {"email": "a@partner.example"}) for _ in range(6)]

    assert [response.status_code for response in sent] == [302] * 5 + [429]


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        ([f"2001:db8:1:2::{n:x}" for n in range(5)], 3),
        ([f"2001:db8:1:{n:x}::1" for n in range(5)], 5),
        ([f"::ffff:203.0.113.{n}" for n in range(5)], 5),
        ([f"203.0.113.{n}" for n in range(5)], 5),
        (["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107"] * 2, 3),
        (["fe80::1%eth0", "fe80::2%eth1"] * 2, 3),
    ],
    ids=["one /64", "many /64", "many mapped", "many of IPv4", "one of IPv4", "scopes"],
)
def test_a_subscriber_of_ipv6_is_counted_as_one_address(settings, addresses, allowed):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"bad_link": (3, 600)}
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "3/m/ip"}
    path = f"/c/{link_tokens.make_token()}/"

    opened = [Client().get(path, REMOTE_ADDR=address).status_code for address in addresses]
    facts = {"password": "guess"}
    sign_ins = [
        Client().post(reverse("account_login"), facts | {"login": f"n{n}@partner.example"}, REMOTE_ADDR=address)
        for n, address in enumerate(addresses)
    ]

    assert opened.count(404) == allowed
    assert [answer.status_code for answer in sign_ins].count(200) == allowed


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, "198.51.100.1", "203.0.113.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (1, "[2001:db8::7]:50123", "2001:db8::7"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_only_a_trusted_proxy_names_the_address(rf, settings, proxies, said, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    request = rf.get("/", REMOTE_ADDR="203.0.113.7", headers={"X-Forwarded-For": said})

    assert address_of(request) == address
