"""A form of a finished page is filled with what was typed, and every other part stays as it was."""

import pytest

from accounts.kept_input.refill import fill

HERE = "https://portal.example/claim/"

SWITCH = '<form method="post" action="/language/"><input type="hidden" name="next" value="/claim/"></form>\n'
PAGE = (
    SWITCH
    + """<form id="a" method="post" action="/claim/comment/">
<input type="hidden" name="csrfmiddlewaretoken" value="new"><input type="hidden" name="version" value="1">
<input name="name" value="old" required><input type=email name="email">
<label><input type="checkbox" name="tick" value="a" checked> A</label><input type="checkbox" name="tick" value="b">
<input type="radio" name="kind" value="x"><input type="radio" name="kind" value="y">
<input type="checkbox" name="agreed">
<select name="where"><option value="">Choose</option>
<option value="1" selected>One</option><option value="2">Two</option></select>
<textarea name="text" rows="4">
was &amp; is</textarea>
<input type="password" name="pass"><input type="file" name="proofs"><button name="then" value="stay">Save</button>
</form>
<p>name="name" &lt;b&gt; caffè</p>
"""
)


def filled(*fields: tuple[str, str], page: str = PAGE, posts_to: str = "/claim/comment/") -> str | None:
    return fill(page, fields, posts_to=posts_to, shown_at=HERE)


def test_every_kind_of_control_takes_its_value_and_nothing_else_changes():
    typed = (
        ("csrfmiddlewaretoken", "old"),
        ("version", "7"),
        ("name", 'Carla "C" <b>'),
        ("email", "c@x.example"),
        ("tick", "b"),
        ("kind", "y"),
        ("agreed", "on"),
        ("where", "2"),
        ("text", "\r\nfirst\r\nsecond </textarea><script>"),
        ("pass", "secret"),
        ("proofs", "letter.pdf"),
        ("then", "quiet"),
    )

    expected = (
        PAGE.replace('name="version" value="1"', 'name="version" value="7"')
        .replace('name="name" value="old"', 'name="name" value="Carla &quot;C&quot; &lt;b&gt;"')
        .replace('<input type=email name="email">', '<input type="email" name="email" value="c@x.example">')
        .replace('value="a" checked', 'value="a"')
        .replace('name="tick" value="b"', 'name="tick" value="b" checked')
        .replace('name="kind" value="y"', 'name="kind" value="y" checked')
        .replace('name="agreed"', 'name="agreed" checked')
        .replace('value="1" selected', 'value="1"')
        .replace('<option value="2">', '<option value="2" selected>')
        .replace("\nwas &amp; is", "\n\nfirst\nsecond &lt;/textarea&gt;&lt;script&gt;")
    )
    assert filled(*typed) == expected


@pytest.mark.parametrize("page", ["", "<p>Closed</p>", SWITCH, PAGE.replace('method="post"', 'method="get"')])
def test_a_page_without_the_form_is_left_alone(page):
    assert filled(("name", "Carla"), page=page) is None


def test_a_form_about_something_else_is_left_alone():
    about = PAGE.replace('new">', 'new"><input type="hidden" name="claim" value="CPOR-1">', 1)

    assert filled(("claim", "CPOR-2"), ("name", "Carla"), page=about) is None
    assert filled(("claim", "CPOR-1"), ("name", "Carla"), page=about) is not None


def test_of_two_forms_it_is_the_one_that_posts_there_or_else_the_one_that_asks_most_of_it():
    other = '<form method="post"><input name="name"><input name="other"></form>'
    page = other + PAGE

    by_address = filled(("name", "Carla"), page=page, posts_to="/claim/?next=check")
    by_names = filled(("name", "Carla"), ("email", "c@x.example"), page=page, posts_to="/elsewhere/")

    assert str(by_address).startswith('<form method="post"><input name="name" value="Carla">')
    assert str(by_names).startswith(other)


def test_the_same_name_twice_takes_its_values_in_order():
    page = '<form method="post"><input name="row"><input name="row" value="b"><input name="row"></form>'

    assert filled(("row", "1"), ("row", "2"), page=page) == (
        '<form method="post"><input name="row" value="1"><input name="row" value="2"><input name="row"></form>'
    )
