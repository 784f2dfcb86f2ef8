"""The rows of the list of claims, printed by Jinja2, are as safe and as translated as Django's own templates."""

import pytest
from django.template import Context, Template, engines
from django.test import Client
from django.utils.html import escape
from django.utils.translation import override
from jinja2 import UndefinedError
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import PartnerMemberFactory
from tests.stories import complete_claim


def list_with(claim, **headers):
    client = Client(headers=headers)
    client.force_login(PartnerMemberFactory(partner=claim.partner).user)
    return client.get("/associations/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", 'a" onclick="b', "{{ 7 * 7 }}", "{number}", "{% raw %}"]
)
def test_what_people_typed_is_text(typed):
    response = list_with(complete_claim(name=typed))

    # Jinja2 and Django write a quotation mark in two ways.
    assertContains(response, f'<span class="cpor-soft cpor-clip">{escape(typed).replace("&quot;", "&#34;")}</span>')
    assertNotContains(response, "<script>alert")


@pytest.mark.django_db
def test_rows_are_in_the_language_of_the_page():
    claim = complete_claim()

    response = list_with(claim, **{"accept-language": "it"})

    assertContains(response, f"Seleziona {claim.number}")
    assertContains(response, '<span class="cpor-cell-label" aria-hidden="true">Prodotti</span>')


def test_a_row_without_what_the_template_prints_is_an_error():
    template = Template("{% load claim_rows %}{% claim_rows rows %}")

    with pytest.raises(UndefinedError):
        template.render(Context({"rows": [object()]}))


def test_a_copy_button_without_a_label_says_copy():
    with override("it"):
        printed = Template("{% load icons %}{% copy_button text %}").render(Context({"text": "<a>"}))

    assert 'data-copy="&lt;a&gt;"' in printed
    assert '<span class="visually-hidden">Copia</span>' in printed


def test_the_environment_escapes():
    assert engines["jinja2"].from_string("{{ name }}").render({"name": "<b>"}) == "&lt;b&gt;"
