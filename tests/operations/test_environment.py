"""An address that cannot work is refused when the portal starts, in a sentence, and not by the first person."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from operations.environment import clamd_url, portal_url


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://portal.example", "https://portal.example"),
        ("https://portal.example/", "https://portal.example"),
        ("HTTPS://portal.example:8443", "HTTPS://portal.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_the_portals_own_address_is_a_scheme_and_a_host(given, kept):
    assert portal_url(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "https://portal.example/cpor",
        "https://portal.example/cpor/",
        "https://portal.example//",
        "https://portal.example?x=1",
        "https://portal.example/?",
        "https://portal.example/#top",
        "https://user:secret@portal.example",
        "portal.example",
        "portal.example:8000",
        "//portal.example",
        "ftp://portal.example",
        "https://",
        "https:///cpor",
        "https://:8000",
        "https://portal.example:http",
        "https://portal.example:0",
        "https://portal.example:99999",
        "https://[::1",
        "https://portal..example",
        "https://portal example",
        " https://portal.example",
        "https://portal.example\n",
        "https://münchen.example",
        "https:\\\\portal.example",
        "",
    ],
)
def test_an_address_that_would_make_dead_links_is_refused(given):
    with pytest.raises(ImproperlyConfigured, match=r"^PORTAL_URL is .* such as https://portal\.example or"):
        portal_url(given)


@pytest.mark.parametrize(
    "given", ["", "tcp://clamd:3310", "tcp://clamd", "tcp://[::1]:3310", "tcp://127.0.0.1:3310", "unix:///run/c.ctl"]
)
def test_a_scanner_listens_at_a_host_or_a_socket_file_or_not_at_all(given):
    assert clamd_url(given) == given


@pytest.mark.parametrize(
    "given",
    [
        "clamd:3310",
        "clamd",
        "tcp://",
        "tcp://:3310",
        "tcp://clamd:port",
        "tcp://::1:3310",
        "tcp://[::1:3310",
        "tcp://clamd..example",
        "http://clamd:3310",
        "unix://run/clamd.ctl",
        "unix:///",
        "/run/clamav/clamd.ctl",
    ],
)
def test_a_scanner_that_could_never_be_asked_is_refused(given):
    with pytest.raises(ImproperlyConfigured, match=r"^CLAMD_URL is "):
        clamd_url(given)


def test_the_portal_does_not_start_with_a_path_in_its_address(tmp_path):
    variables = {"CPOR_VAR": str(tmp_path), "PORTAL_URL": "https://portal.example/cpor"}

    ran = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line.startswith("The portal is not set up: PORTAL_URL is 'https://portal.example/cpor'. Set it to where")
