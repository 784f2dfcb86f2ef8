"""Rules of the HTML standard that a page of ours could break without looking broken."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree, html

# A date, or a point in time to the second or the millisecond with its distance from UTC.
DATETIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?([+-]\d\d:\d\d|Z))?")
IDS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "list", "form")
# What an element says without a role.
SAYS: Mapping[str, frozenset[str]] = {
    "a": frozenset({"link"}),
    "article": frozenset({"article"}),
    "aside": frozenset({"complementary"}),
    "button": frozenset({"button"}),
    "details": frozenset({"group"}),
    "dialog": frozenset({"dialog"}),
    "fieldset": frozenset({"group"}),
    "footer": frozenset({"contentinfo"}),
    "form": frozenset({"form"}),
    "h1": frozenset({"heading"}),
    "h2": frozenset({"heading"}),
    "h3": frozenset({"heading"}),
    "header": frozenset({"banner"}),
    "img": frozenset({"img"}),
    "li": frozenset({"listitem"}),
    "main": frozenset({"main"}),
    "nav": frozenset({"navigation"}),
    "ol": frozenset({"list"}),
    "option": frozenset({"option"}),
    "output": frozenset({"status"}),
    "progress": frozenset({"progressbar"}),
    "section": frozenset({"region"}),
    "select": frozenset({"combobox", "listbox"}),
    "table": frozenset({"table"}),
    "tbody": frozenset({"rowgroup"}),
    "td": frozenset({"cell"}),
    "textarea": frozenset({"textbox"}),
    "th": frozenset({"columnheader", "rowheader"}),
    "thead": frozenset({"rowgroup"}),
    "tr": frozenset({"row"}),
    "ul": frozenset({"list"}),
}
ANYWHERE = {"script", "template"}
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "tr": {"td", "th"},
    "select": {"option", "optgroup", "hr"},
}
PHRASES = ("p", "span", "strong", "em", "small", "label", "button", "h1", "h2", "h3", "time", "code")
BLOCKS = (
    "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "footer", "form", "h1", "h2",
    "h3", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
)  # fmt: skip
INTERACTIVE = "self::a[@href] or self::button or self::input[not(@type='hidden')] or self::select or self::textarea"
# libxml2 knows HTML 4: it takes the tags of today for errors.
UNKNOWN_TAG = "HTML_UNKNOWN_TAG"


def faults_on(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is wrong with the HTML of each of *pages*, by its address."""
    return {address: faults for address, page in pages.items() if (faults := faults_in(page))}


def faults_in(page: str) -> list[str]:
    """Return what the HTML standard forbids on *page*, one line each; a page is a whole document."""
    parser = html.HTMLParser()
    root = html.document_fromstring(page, parser=parser)
    syntax = [f"syntax: {error.message}" for error in parser.error_log if error.type_name != UNKNOWN_TAG]
    return syntax + [fault for rule in RULES for fault in rule(root)]


def empty(root: etree._Element) -> Iterator[str]:
    for needed in ("//title", "//main//h1|//body[@class='login']//h1|//h1"):
        if not any(found.text_content().strip() for found in root.xpath(needed)):
            yield f"nothing in {needed}"
    if not root.get("lang"):
        yield "the language is not said"


def times(root: etree._Element) -> Iterator[str]:
    for time in root.xpath("//time"):
        if not DATETIME.fullmatch(time.get("datetime", time.text_content().strip())):
            yield f"time: {time.get('datetime')}"


def roles(root: etree._Element) -> Iterator[str]:
    for element in root.xpath("//*[@role]"):
        if element.get("role") in SAYS.get(element.tag, ()):
            yield f"role: a {element.tag} is a {element.get('role')}"
    for element in root.xpath("//div[not(@role)][@aria-label or @aria-labelledby]|//span[not(@role)][@aria-label]"):
        yield f"role: a name for a {element.tag} without a role"


def hidden_inputs(root: etree._Element) -> Iterator[str]:
    for element in root.xpath("//input[@type='hidden']"):
        for name in element.attrib:
            if name.startswith("aria-") or name in ("required", "maxlength"):
                yield f"hidden {element.get('name')}: {name}"


def ids(root: etree._Element) -> Iterator[str]:
    known = Counter(root.xpath("//@id"))
    yield from (f"id: {name} is there {count} times" for name, count in known.items() if count > 1)
    for name in IDS:
        for value in root.xpath(f"//@{name}"):
            yield from (f"{name}: there is no {one}" for one in value.split() if one not in known)


def forms(root: etree._Element) -> Iterator[str]:
    for form in root.xpath("//form"):
        own = f"//button[@form='{form.get('id')}']" if form.get("id") else "self::nothing"
        submits = "button[not(@type) or @type='submit']", "input[@type='submit' or @type='image']"
        if not any(form.xpath(f".//{one}") for one in submits) and not root.xpath(own):
            yield f"form: nothing sends {form.get('action')}"


def nesting(root: etree._Element) -> Iterator[str]:
    for parent, allowed in CHILDREN.items():
        for child in root.xpath(f"//{parent}/*"):
            if child.tag not in allowed | ANYWHERE and isinstance(child.tag, str):
                yield f"nesting: {child.tag} in {parent}"
    blocks = " or ".join(f"self::{tag}" for tag in BLOCKS)
    for parent in PHRASES:
        yield from (f"nesting: {child.tag} in {parent}" for child in root.xpath(f"//{parent}//*[{blocks}]"))
    for child in root.xpath(f"//*[self::a[@href] or self::button]//*[{INTERACTIVE}]"):
        yield f"nesting: {child.tag} in what can be pressed"


def images(root: etree._Element) -> Iterator[str]:
    yield from (f"image without words: {image.get('src')}" for image in root.xpath("//img[not(@alt)]"))


RULES = (empty, times, roles, hidden_inputs, ids, forms, nesting, images)
