"""Takes a picture of every page, as every kind of person, in both languages, themes and widths, with contact sheets.

`make screenshots` starts a portal with a demo world; PORTAL_URL names one that runs already. The few pictures
that README and docs use go into docs/screenshots, all others into docs/screenshots/all, which git ignores. What a
machine can see is said at the end: a page wider than its window, a raw code among the words, a script's error.
"""

import contextlib
import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Literal
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, FloatRect, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
CHOSEN = ROOT / "docs" / "screenshots"
ALL = CHOSEN / "all"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PASSWORD = "cpor-demo"  # noqa: S105 - the demo accounts' word, which README and welcome text name too
SECONDS_TO_START = 90
SECONDS_FOR_A_PAGE = 15
MINUTES_ALTOGETHER = 60

ADMIN = "admin@contoso.example"
# Who looks, the account, and where the crawl begins; from there it follows the links to one page of every address.
PEOPLE = {
    "admin": (
        ADMIN,
        ["/incentives/", "/notifications/", "/usage/", "/imports/reassociation/", "/jobs/"],
    ),
    "user": ("user@contoso.example", ["/incentives/", "/associations/"]),
    "global": ("global@contoso.example", ["/incentives/", "/colleagues/"]),
    "reviewer": ("reviewer@microsoft.example", ["/admin/"]),
    "root": ("root@microsoft.example", ["/admin/"]),
    "public": (
        None,
        [
            "/accounts/login/",
            "/customers/",
            "/verify/",
            "/customers/requests/",
            "/c/bad/",
            "/nowhere/",
            "/mailbox/",
            "/styleguide/",
        ],
    ),
}
EVERY_ONE = re.compile(r"^/associations/[0-9a-f-]{36}/$")
"""Addresses of which each page is another picture: a claim looks different in every status."""
FILES = re.compile(r"\.(csv|xlsx|ics|docx|pdf)$|/(file|template|proofs/[^/]+|html|jsi18n)/?$|/r/|/autocomplete/")
LANGUAGES = ("en", "it")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)
PHONE: ViewportSize = {"width": 390, "height": 844}
HIGHEST = 3000
# The style guide names its components, and the outbox its mails, as their files are named.
NAMES_OF_FILES = re.compile(r"styleguide|outboxemail")
RAW_CODE = re.compile(r"\b[a-z]+_[a-z]+(?:_[a-z]+)*\b(?![@.\w])")


@dataclass
class Sweep:
    """The pages seen so far."""

    folder: Path
    pictures: dict[tuple[str, str, int], list[Path]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def look(self, page: Page, *, name: str, language: str) -> None:
        """Take the page that is open in both themes and widths, and say what a machine can see of it."""
        codes = sorted(set(RAW_CODE.findall(page.locator("body").inner_text())))
        if codes and not NAMES_OF_FILES.search(name):
            self.complaints.append(f"{name} {language}: raw codes {', '.join(codes)}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(80)  # until charts have followed
            wanted = page.evaluate("document.documentElement.scrollWidth")
            if wanted > width:
                self.complaints.append(f"{name} {language}: {wanted} px wide in a window of {width} px")
            height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.wait_for_timeout(80)  # until charts have followed
                path = self.folder / f"{name}-{language}-{theme}-{width}.jpg"
                clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
                page.screenshot(path=path, type="jpeg", quality=70, full_page=True, clip=clip)
                self.pictures.setdefault((language, theme, width), []).append(path)

    def write_sheets(self) -> None:
        """Write one contact sheet for each language, theme and width, and a page that leads to them."""
        names = []
        for (language, theme, width), paths in self.pictures.items():
            figures = "".join(
                f'<figure><a href="{path.name}"><img src="{path.name}" loading="lazy" alt=""></a>'
                f"<figcaption>{html.escape(path.stem)}</figcaption></figure>"
                for path in paths
            )
            names.append(f"sheet-{language}-{theme}-{width}.html")
            thumb = 320 if width > 400 else 160
            (self.folder / names[-1]).write_text(SHEET.format(title=names[-1], body=figures, width=thumb))
        links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
        said = "".join(f"<li>{html.escape(complaint)}</li>" for complaint in self.complaints)
        body = f"<ul>{links}</ul><ul>{said}</ul>"
        (self.folder / "index.html").write_text(SHEET.format(title="Screenshots", body=body, width=0))


SHEET = """<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>
<style>body{{font:12px sans-serif}}main{{display:flex;flex-wrap:wrap;gap:12px;align-items:start}}
figure{{margin:0;width:{width}px}}img{{width:100%;border:1px solid #999}}figcaption{{overflow-wrap:anywhere}}</style>
<main>{body}</main>"""


def main() -> None:
    """Take every picture, or with an argument only the chosen ones."""
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MINUTES_ALTOGETHER * 60)
    shutil.rmtree(ALL, ignore_errors=True)
    ALL.mkdir(parents=True)
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    sweep = Sweep(ALL)
    with running_portal() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        take_chosen(browser, address)
        if sys.argv[1:] != ["chosen"]:
            for who, (account, starts) in PEOPLE.items():
                for language in LANGUAGES:
                    crawl(visitor(browser, address, account=account, language=language), sweep, who=who, starts=starts)
            take_customer(browser, address, sweep)
            take_mails(browser, address, sweep)
            sweep.write_sheets()
        browser.close()
    print(*sweep.complaints, f"The contact sheets are in {ALL / 'index.html'}", sep="\n")


def give_up(_signal: int, _frame: FrameType | None) -> None:
    """End what takes longer than anybody would wait for it."""
    raise TimeoutError(f"The pictures took more than {MINUTES_ALTOGETHER} minutes.")


@contextlib.contextmanager
def running_portal() -> Iterator[str]:
    """Give the address of a portal: the one PORTAL_URL names, or one of our own for as long as we need it."""
    if url := os.environ.get("PORTAL_URL"):
        yield url
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as var:
        env = os.environ | {"CPOR_VAR": var, "PORT": str(port), "CPOR_EMBEDDED": "1"}
        process = subprocess.Popen([sys.executable, "manage.py", "run_portal"], cwd=ROOT, env=env)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def wait_until_ready(address: str) -> None:
    """Return when the portal answers; raise TimeoutError if it takes too long."""
    patience_ends = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < patience_ends:
        with contextlib.suppress(OSError), urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - ours
            return
        time.sleep(0.5)
    raise TimeoutError(address)


def visitor(browser: Browser, address: str, *, account: str | None, language: str) -> Page:
    """Return a page of somebody who reads *language*, signed in unless *account* is None."""
    locale = {"en": "en-GB", "it": "it-IT"}[language]
    context = browser.new_context(base_url=address, locale=locale, color_scheme="light", reduced_motion="reduce")
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    context.set_default_timeout(SECONDS_FOR_A_PAGE * 1000)
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    if account:
        page.goto("/accounts/login/")
        page.locator("#id_login").fill(account)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("#id_password").press("Enter")
        page.wait_for_url(re.compile(r"^(?!.*/login/)"))
    return page


def crawl(page: Page, sweep: Sweep, *, who: str, starts: list[str]) -> None:
    """Look at one page of every address that the links lead to, beginning with *starts*."""
    language = page.evaluate("navigator.language")[:2]
    page.on("pageerror", lambda error: sweep.complaints.append(f"{page.url}: {error}"))
    waiting, seen = list(starts), set()
    while waiting:
        path = waiting.pop(0)
        if path in seen or pattern_of(path) in seen or FILES.search(urlsplit(path).path):
            continue
        seen |= {path, pattern_of(path)}
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(path)
        sweep.look(page, name=f"{who}{picture_name(path)}", language=language)
        if "/mailbox/" not in path:  # the links in a mail are its reader's
            waiting += links_of(page)
    page.context.close()


def links_of(page: Page) -> list[str]:
    """Return the addresses within the portal that the open page leads to, without their queries."""
    hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    split = [urlsplit(urljoin(page.url, href)) for href in hrefs]
    here = urlsplit(page.url).netloc
    return list(dict.fromkeys(part.path for part in split if part.netloc == here and part.scheme == "http"))


def pattern_of(path: str) -> str:
    """Return what pages of the same kind have in common, and the path itself where every page counts."""
    if path.startswith("/c/"):
        return "/c/"
    if EVERY_ONE.match(path):
        return path
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{20}-[0-9a-f]{8}|\d+", "N", path)


def picture_name(path: str) -> str:
    """Return the path as a name of a file."""
    return (
        re.sub(r"[^\w]+", "-", re.sub(r"([0-9a-f]{6})[0-9a-f]{2}-[0-9a-f-]{27}", r"\1", path)).rstrip("-") or "-home"
    )


def mails(page: Page) -> dict[str, str]:
    """Return the address of the newest mail of each subject, numbers left out."""
    page.goto("/mailbox/")
    rows = page.locator("tbody tr a").all()
    found = {re.sub(r"CPOR-\d+|\d+", "N", row.inner_text()): row.get_attribute("href") or "" for row in reversed(rows)}
    return dict(reversed(found.items()))


def take_mails(browser: Browser, address: str, sweep: Sweep) -> None:
    """Look at each kind of mail as its recipient does."""
    page = visitor(browser, address, account=None, language="en")
    for number, href in enumerate(mails(page).values(), 1):
        show_mail(page, href)
        sweep.look(page, name=f"mail-{number:02}", language=page.locator("html").get_attribute("lang") or "en")
    page.context.close()


def decision_link(page: Page) -> str:
    """Return the link of the newest notice to a customer."""
    for href in mails(page).values():
        page.goto(href)
        if found := re.search(r"/c/[\w:.-]{20,}/", page.content()):
            return found[0]
    raise LookupError("No mail in the mailbox leads to a customer's decision.")


def open_notice(page: Page) -> None:
    """Show the newest notice to a customer as a mail program would."""
    show_mail(page, next(href for subject, href in mails(page).items() if "asks to be your partner" in subject))


def show_mail(page: Page, href: str) -> None:
    """Draw a mail outside the portal, whose sandbox lets no script in, not even the one that measures the page."""
    words = page.request.get(f"{href}html/").text()
    page.goto("about:blank")
    page.set_content(words)


def take_customer(browser: Browser, address: str, sweep: Sweep) -> None:
    """Look at the customer's pages up to the last question; nothing is decided."""
    for language in LANGUAGES:
        page = visitor(browser, address, account=None, language=language)
        page.goto(decision_link(page))
        sweep.look(page, name="customer-decision", language=language)
        page.locator("form.cpor-box button.btn-primary").click()
        sweep.look(page, name="customer-decision-wrong", language=language)
        page.locator("input[name=answer]").first.check()
        page.locator("#id_name").fill("Carla Bianchi")
        page.locator("form.cpor-box button.btn-primary").click()
        sweep.look(page, name="customer-confirm", language=language)
        page.goto("/c/decision/")
        page.locator("input[name=answer]").last.check()
        page.locator("form.cpor-box button.btn-primary").click()
        sweep.look(page, name="customer-hand-over", language=language)
        page.context.close()


def take_chosen(browser: Browser, address: str) -> None:
    """Take the pictures of README and docs: in the light theme and 1280 px wide, some on a dark, Italian phone."""
    page = visitor(browser, address, account=ADMIN, language="en")
    page.goto("/associations/new/")
    page.get_by_role("combobox", name="MPN ID").select_option("1234567")
    page.get_by_role("textbox", name="Customer domain name").fill("alpineskihouse.example")
    page.screenshot(path=CHOSEN / "wizard.png")
    page.goto("/associations/")
    page.get_by_role("row", name=re.compile("Proseware mail")).get_by_role("link").first.click()
    proofs = page.get_by_role("heading", name="Proof of execution (PoE)").bounding_box()
    clip: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": proofs["y"] - 24 if proofs else 1500}
    page.screenshot(path=CHOSEN / "claim.png", full_page=True, clip=clip)
    for name, path in {"list": "/associations/", "overview": "/incentives/", "usage": "/usage/"}.items():
        page.goto(path)
        page.screenshot(path=CHOSEN / f"{name}.png")
    page.goto(decision_link(page))
    page.screenshot(path=CHOSEN / "decision.png")
    page.set_viewport_size({"width": 640, "height": 900})
    open_notice(page)
    page.screenshot(path=CHOSEN / "mail.png")
    page.context.close()
    phone = visitor(browser, address, account=ADMIN, language="it")
    phone.set_viewport_size(PHONE)
    phone.emulate_media(color_scheme="dark")
    for name, path in {"list": "/associations/", "overview": "/incentives/", "customers": "/customers/"}.items():
        phone.goto(path)
        phone.screenshot(path=CHOSEN / f"{name}-phone.png")
    phone.goto("/associations/?q=Proseware+mail")
    phone.locator("tbody th a").first.click()
    phone.screenshot(path=CHOSEN / "claim-phone.png")
    phone.context.close()
    desk = visitor(browser, address, account="reviewer@microsoft.example", language="en")
    desk.goto("/admin/associations/claim/")
    desk.locator("#result_list tbody th a").first.click()
    desk.screenshot(path=CHOSEN / "desk.png")
    desk.context.close()


if __name__ == "__main__":
    main()
