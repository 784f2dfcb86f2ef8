"""Secrets come from the environment or from files, and may be changed without signing anybody out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from associations.models import CustomerNotice
from tests import stories
from tests.factories import UserFactory

pytestmark = pytest.mark.processes

SHOW = "from django.conf import settings as s; print(repr((s.SECRET_KEY, s.DATABASES['default']['PASSWORD'])))"


def shown(**variables: str) -> str:
    """Return the secrets as a process with these variables has them, or why it has not started."""
    here = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    ran = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=project.BASE_DIR,
        env=here | {"CPOR_EMBEDDED": "0"} | variables,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip() or ran.stderr


def test_a_secret_may_stand_in_a_file(tmp_path: Path):
    key, database = tmp_path / "key", tmp_path / "database"
    key.write_text("a key of a file\n")
    database.write_text("postgres://cpor:hidden@127.0.0.1/cpor\n")

    both = shown(SECRET_KEY_FILE=str(key), DATABASE_URL_FILE=str(database))

    assert both == "('a key of a file', 'hidden')"
    assert "FileNotFoundError" in shown(SECRET_KEY_FILE=str(tmp_path / "none"))
    assert "SECRET_KEY is not set" in shown()


@pytest.mark.django_db
def test_a_new_key_signs_nobody_out_and_keeps_every_personal_link(settings: Settings):
    person, late, customer, other = Client(), Client(), Client(), Client()
    person.force_login(UserFactory())
    late.force_login(UserFactory())
    links = [
        CustomerNotice.objects.select_related("email").get(claim=stories.submitted_claim()).email.secret
        for _ in range(2)
    ]
    customer.get(links[0])

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "an altogether new key"

    assert person.get(reverse("overview")).status_code == 200
    assert customer.get(reverse("customer_decision")).status_code == 200
    assert other.get(links[1]).status_code == 302
    # Whoever came by meanwhile needs the former key no more.
    settings.SECRET_KEY_FALLBACKS = []
    assert late.get(reverse("overview")).status_code == 302
    assert person.get(reverse("overview")).status_code == 200
    assert customer.get(links[0]).status_code == 302
