"""Puts what was typed back into a form of a finished page, whoever drew it: a view, the desk, a library."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Attributes = dict[str, str | None]
TICKED = ("checkbox", "radio")
# A file can't be put back, a password must not be, and a button holds nothing.
NOT_TYPED = ("file", "password", "submit", "button", "image", "reset")
# Hidden facts that belong to what was typed. Any other that differs says that it is another form.
CARRIED = ("version", "draft_id", "run")
OF_THE_PAGE = ("csrfmiddlewaretoken", "next")


@dataclass
class Control:
    """One control of a form, and where its start tag, or the words of a text box, begin and end on the page."""

    tag: str
    attributes: Attributes
    start: int
    end: int
    name: str

    @property
    def kind(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.tag == "input" else self.tag


@dataclass
class Form:
    """One form of the page that posts."""

    action: str
    controls: list[Control] = field(default_factory=list)


class Forms(HTMLParser):
    """Finds the forms of a page that post, with their controls."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select_name = ""
        self.lines = [0]
        for line in page.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()

    def position(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            posts = (attributes.get("method") or "").lower() == "post"
            self.form = Form(attributes.get("action") or "") if posts else None
            self.forms += [self.form] if self.form else []
        if tag == "select":
            self.select_name = attributes.get("name") or ""
        if self.form is None or tag not in ("input", "textarea", "option"):
            return
        name = self.select_name if tag == "option" else attributes.get("name") or ""
        start = self.position()
        end = start + len(self.get_starttag_text() or "")
        if tag == "textarea":
            start = end
        self.form.controls.append(Control(tag, attributes, start, end, name))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.form and self.form.controls:
            self.form.controls[-1].end = self.position()


def fill(page: str, fields: Iterable[Iterable[str]], *, posts_to: str, shown_at: str) -> str | None:
    """Return *page* (HTML) with *fields* (pairs of name and value) in the form that they are of, or None without one.

    It is the form that posts to the address *posts_to*, or else the one that shares most names with them. *shown_at*
    is the address of the page, to which a form without an action posts.
    """
    typed: dict[str, list[str]] = defaultdict(list)
    for name, value in fields:
        typed[name].append(value)
    forms = [form for form in Forms(page).forms if shares(form, typed) and is_about_the_same(form, typed)]
    if not forms:
        return None
    there = urlsplit(posts_to).path
    best = max(forms, key=lambda form: (urlsplit(urljoin(shown_at, form.action)).path == there, shares(form, typed)))
    for start, end, text in sorted(edits(best, typed), reverse=True):
        page = page[:start] + text + page[end:]
    return page


def shares(form: Form, typed: dict[str, list[str]]) -> int:
    """Return how many of the names of *typed* are questions of *form*."""
    asked = {control.name for control in form.controls if control.kind not in ("hidden", *NOT_TYPED)}
    return len(asked.intersection(typed))


def is_about_the_same(form: Form, typed: dict[str, list[str]]) -> bool:
    """Return whether what *form* says without asking is what was said then, such as which claim it is about."""
    said: dict[str, set[str]] = defaultdict(set)
    for control in form.controls:
        if control.kind == "hidden" and control.name not in (*CARRIED, *OF_THE_PAGE):
            said[control.name].add(control.attributes.get("value") or "")
    return all(set(typed[name]) <= values for name, values in said.items() if name in typed)


def edits(form: Form, typed: dict[str, list[str]]) -> Iterable[tuple[int, int, str]]:
    """Yield each change of the page: its start, its end and the new text."""
    left = {name: list(values) for name, values in typed.items()}
    for control in form.controls:
        values = typed.get(control.name, [])
        if control.kind in TICKED:
            yield change(control, "checked", is_on=(control.attributes.get("value") or "on") in values)
        elif control.tag == "option":
            if values:
                yield change(control, "selected", is_on=(control.attributes.get("value") or "") in values)
        elif control.kind in NOT_TYPED or (control.kind == "hidden" and control.name not in CARRIED):
            continue
        elif left.get(control.name):
            value = left[control.name].pop(0)
            if control.tag == "textarea":
                # A browser takes the first line break of a text box away.
                yield control.start, control.end, "\n" + escape(value.replace("\r\n", "\n"))
            else:
                yield control.start, control.end, tag_of(control, control.attributes | {"value": value})


def change(control: Control, attribute: str, *, is_on: bool) -> tuple[int, int, str]:
    """Return the start tag of *control* with or without *attribute*."""
    others = {name: value for name, value in control.attributes.items() if name != attribute}
    return control.start, control.end, tag_of(control, others | ({attribute: None} if is_on else {}))


def tag_of(control: Control, attributes: Attributes) -> str:
    words = [name if value is None else f'{name}="{escape(value)}"' for name, value in attributes.items()]
    return f"<{' '.join([control.tag, *words])}>"
