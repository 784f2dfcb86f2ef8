"""The style guide of the embedded mode."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

COMPONENTS = sorted((Path(__file__).parents[2] / "templates" / "components").glob("*.html"))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "it"])
def test_style_guide_shows_every_component(client: Client, language: str):
    client.force_login(UserFactory())

    response = client.get(reverse("styleguide"), headers={"accept-language": language})

    drawn = {template.name for template in response.templates}
    assert {f"components/{path.name}" for path in COMPONENTS} - drawn == set()
