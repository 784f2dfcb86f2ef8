"""Sign-in with Entra ID, against a tenant that answers over HTTP and signs its tokens: who gets in, who does not."""

import json
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from tests.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, TENANT, key
from tests.accounts.sign_in.entra import START, UNKNOWN, at_the_tenant, come_back, sent, who
from tests.accounts.signing_in import code_of, give_app

pytestmark = pytest.mark.django_db

CALLBACK = "/accounts/oidc/entra/login/callback/"
FAILED = "Sign-in with Microsoft did not work"


def test_the_sign_in_page_offers_it(tenant):
    assertContains(Client().get(reverse("account_login")), "Sign in with Microsoft")


def test_a_known_person_signs_in(tenant, known_anna):
    client = Client()

    response = come_back(client)

    assert response["Location"] == "/"
    assert who(client) == "anna@contoso.example"
    assert tenant.refusals == []


def test_the_person_is_sent_with_state_nonce_and_a_challenge_but_without_what_the_address_adds(tenant):
    address = sent(Client(), f"{START}?scope=Mail.Read&auth_params=nonce%3Dmine%26prompt%3Dnone")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert set(asked["scope"].split()) == {"openid", "profile"}
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) >= 40
    assert asked["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert "prompt" not in asked


def test_opening_the_address_sends_nobody_away(tenant):
    assertContains(Client().get(START), "Go on to Microsoft?")


def test_an_unknown_person_gets_no_account(tenant):
    client = Client()

    assertContains(come_back(client), UNKNOWN)

    assert who(client) == ""
    assert not User.objects.exists()


@pytest.mark.parametrize("verified", [True, False, None])
def test_an_e_mail_address_opens_nobodys_account(tenant, anna, verified):
    tenant.person = {"oid": "0bad-mallory", "email": anna.email, "preferred_username": anna.email}
    tenant.claims = {"email_verified": verified, "xms_edov": verified, "upn": anna.email}
    client = Client()

    assertContains(come_back(client), UNKNOWN)

    assert who(client) == ""
    assert not SocialAccount.objects.exists()


def test_the_same_object_id_in_another_tenant_is_another_person(tenant, known_anna):
    tenant.claims = {"tid": "11111111-2222-3333-4444-555555555555"}
    client = Client()

    assertContains(come_back(client), FAILED, status_code=401)

    assert who(client) == ""


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://login.microsoftonline.com/common/v2.0"},
        {"iss": None},
        {"aud": "another-application"},
        {"aud": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": None},
        {"nbf": int(time.time()) + 3600},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"tid": None},
        {"oid": None},
    ],
    ids=lambda lie: " ".join(f"{name} {'missing' if value is None else 'wrong'}" for name, value in lie.items()),
)
def test_a_token_with_one_lie_signs_nobody_in(tenant, known_anna, lie):
    tenant.claims = lie
    client = Client()

    assertContains(come_back(client), FAILED, status_code=401)

    assert who(client) == ""


def test_a_token_signed_by_another_key_signs_nobody_in(tenant, known_anna):
    tenant.signing_key = key("somebody else's")
    client = Client()

    assertContains(come_back(client), FAILED, status_code=401)

    assert who(client) == ""


@pytest.mark.parametrize("published", ["no object", {}, {"keys": []}, {"keys": ["x"]}, {"keys": [{"kty": "RSA"}]}])
def test_a_tenant_without_keys_signs_nobody_in(tenant, known_anna, published):
    tenant.published = published
    client = Client()

    assertContains(come_back(client), FAILED, status_code=401)

    assert who(client) == ""


def test_a_key_of_the_tenant_is_fetched_once(tenant, known_anna):
    for _ in range(2):
        client = Client()
        come_back(client)
        tenant.published = {"keys": []}

        assert who(client) == "anna@contoso.example"


@pytest.mark.parametrize(("algorithm", "secret"), [("none", None), ("HS256", CLIENT_SECRET * 2)])
def test_a_token_without_a_signature_of_the_tenant_signs_nobody_in(tenant, known_anna, algorithm, secret):
    tenant.algorithm, tenant.signing_key = algorithm, secret
    client = Client()

    assertContains(come_back(client), FAILED, status_code=401)

    assert who(client) == ""


def test_the_answer_of_the_tenant_is_good_once(tenant, known_anna):
    client = Client()
    back = at_the_tenant(sent(client))
    client.get(back)
    client.post(reverse("account_logout"))

    assertContains(client.get(back), FAILED, status_code=401)

    assert who(client) == ""


def test_a_code_is_good_once_even_with_a_fresh_state(tenant, known_anna):
    client = Client()
    back = at_the_tenant(sent(client))
    client.get(back)
    client.post(reverse("account_logout"))
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(sent(client)).query)["state"][0]

    assertContains(client.get(CALLBACK, {"code": code, "state": state}), FAILED, status_code=401)

    assert tenant.refusals == ["spent code"]


def test_an_answer_planted_in_another_browser_signs_nobody_in(tenant, known_anna):
    back = at_the_tenant(sent(Client()))
    victim = Client()

    assertContains(victim.get(back), FAILED, status_code=401)

    assert who(victim) == ""


def test_a_stolen_code_is_refused_by_the_tenant_for_want_of_its_verifier(tenant, known_anna):
    code = parse_qs(urlsplit(at_the_tenant(sent(Client()))).query)["code"][0]
    thief = Client()
    state = parse_qs(urlsplit(sent(thief)).query)["state"][0]

    assertContains(thief.get(CALLBACK, {"code": code, "state": state}), FAILED, status_code=401)

    assert tenant.refusals == ["wrong verifier or secret"]


def test_who_cancels_at_the_tenant_is_told_so(tenant):
    client = Client()
    state = parse_qs(urlsplit(sent(client)).query)["state"][0]

    response = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)

    assertContains(response, "Sign-in was cancelled")


def test_a_tenant_that_does_not_answer_is_said_to(tenant):
    tenant.is_silent = True

    assertContains(Client().post(START), FAILED, status_code=401)


def test_the_second_factor_of_the_portal_is_asked_as_well(tenant, known_anna):
    secret = give_app(known_anna)
    client = Client()

    assert come_back(client)["Location"] == reverse("mfa_authenticate")
    assert who(client) == ""
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert who(client) == "anna@contoso.example"


def test_a_closed_account_stays_closed(tenant, known_anna):
    User.objects.update(is_active=False)
    client = Client()

    come_back(client)

    assert who(client) == ""


def test_without_a_tenant_there_is_no_such_sign_in():
    client = Client()

    assertNotContains(client.get(reverse("account_login")), "Sign in with Microsoft")
    assert client.post(START).status_code == 404
    assert client.get(CALLBACK).status_code == 404
    assert client.post(reverse("accept_with_entra", args=["1"])).status_code == 404


def test_a_provider_in_the_database_is_none(tenant):
    SocialApp.objects.create(provider="openid_connect", provider_id="evil", name="Evil", client_id="x")

    assert Client().post("/accounts/oidc/evil/login/").status_code == 404


def settings_with(**variables: str) -> subprocess.CompletedProcess[str]:
    told = "from django.conf import settings as s; import json; print(json.dumps(s.CONTENT_SECURITY_POLICY))"
    environment = {
        "CPOR_EMBEDDED": "1",
        "CPOR_ENV_FILE": "/dev/null",
        "DJANGO_SETTINGS_MODULE": "cpor_portal.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", told],
        env=environment | variables,
        capture_output=True,
        text=True,
        cwd=django_settings.BASE_DIR,
        check=False,
    )


def test_forms_may_lead_to_the_tenant_where_there_is_one(tmp_path):
    without = settings_with(CPOR_VAR=str(tmp_path))
    with_it = settings_with(CPOR_VAR=str(tmp_path), ENTRA_CLIENT_ID=CLIENT_ID, ENTRA_TENANT_ID=TENANT)

    assert json.loads(without.stdout)["DIRECTIVES"]["form-action"] == ["'self'"]
    assert json.loads(with_it.stdout)["DIRECTIVES"]["form-action"] == ["'self'", "https://login.microsoftonline.com"]


def test_the_address_of_all_tenants_is_refused_at_the_start(tmp_path):
    refused = settings_with(CPOR_VAR=str(tmp_path), ENTRA_CLIENT_ID=CLIENT_ID, ENTRA_TENANT_ID="common")

    assert refused.returncode != 0
    assert "ENTRA_TENANT_ID is not a directory ID" in refused.stderr
