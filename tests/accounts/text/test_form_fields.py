"""Addresses and names that forms accept, and the errors for those they refuse."""

import pytest
from django import forms

from accounts.text.form_fields import AccountNameField, AddressField, DomainField, PersonNameField, TextField


class Person(forms.Form):
    name = PersonNameField()
    email = AddressField()
    note = TextField(required=False, max_length=10)


def filled(**answers):
    return Person({"name": "Ada", "email": "ada@contoso.example", "note": "", **answers})


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ada", "Enter an email address such as name@contoso.com."),
        ("ada@contoso.example, eva@contoso.example", "The part before the @"),
        ("jürgen@contoso.example", "The part before the @"),
        ('"ada neri"@contoso.example', "The part before the @"),
        ("ada..neri@contoso.example", "The part before the @"),
        ("a" * 65 + "@contoso.example", "The part before the @"),
        ("carla@[192.0.2.7]", "The part after the @"),
        ("ada@i❤.example", "The part after the @"),
        ("ada@contoso", "The part after the @"),
        ("\u200b", "This field is required."),
        ("a@" + "contoso." * 40 + "example", "The part after the @"),
    ],
)
def test_a_refused_address_is_told_what_is_wrong_with_it(typed, words):
    form = filled(email=typed)

    assert form.errors["email"][0].startswith(words)
    assert form["email"].value() == typed


def test_an_address_is_taken_as_it_goes_over_the_wire_and_edited_in_its_letters():
    form = filled(email=" juergen@faß-giesserei.example\u200f")

    assert form.is_valid()
    assert form.cleaned_data["email"] == "juergen@xn--fa-giesserei-m9a.example"
    shown = Person(initial={"email": form.cleaned_data["email"]})["email"]
    assert 'value="juergen@faß-giesserei.example"' in str(shown)


@pytest.mark.parametrize(
    "typed",
    [
        "mailto:ada@contoso.example",
        "MAILTO:ada@contoso.example?subject=Hello%20Ada",
        "mailto:ada@contoso.example?cc=bob@contoso.example",
        "ada@contoso.example.",
        "ada@contoso.example;",
        " ada@contoso.example, ",
        "Ada <MAILTO:ada@contoso.example>",
    ],
)
def test_what_is_copied_along_with_an_address_comes_off(typed):
    form = filled(email=typed)

    assert form.is_valid()
    assert form.cleaned_data["email"] == "ada@contoso.example"


def test_an_account_is_looked_for_whatever_is_typed():
    field = AccountNameField()

    assert field.clean(" Ada@MÜLLER.example\u202c") == "ada@xn--mller-kva.example"
    assert field.clean('"Ada Neri"@contoso.example') == '"ada neri"@contoso.example'


@pytest.mark.parametrize("name", ["\u200b", "\u2800\u3164", "\u202e", " \u00a0 ", "\u115f\u1160\uffa0"])
def test_a_name_of_nothing_to_see_was_not_given(name):
    assert filled(name=name).errors["name"] == ["This field is required."]


@pytest.mark.parametrize("name", ["...", "12", "👍"])
def test_a_persons_name_needs_a_letter(name):
    assert filled(name=name).errors["name"] == ["Enter a name with at least one letter."]


def test_characters_that_nobody_sees_come_off_what_is_kept():
    form = filled(name="\u202eAda\u200b Neri", note="\u200bok\u2066")

    assert form.is_valid()
    assert (form.cleaned_data["name"], form.cleaned_data["note"]) == ("Ada Neri", "ok")


def test_a_domain_name_is_edited_in_its_letters():
    assert DomainField().prepare_value("xn--mller-kva.example") == "müller.example"
    assert DomainField().prepare_value("Contoso.example ") == "Contoso.example "
