"""Say whether DNS has what receivers of our emails ask for: SPF, DKIM and DMARC that align with From."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.own_addresses import OwnAddressTrouble, from_address, plain_envelope_address
from notifications.sending.dns_lookups import BadServer, texts_from
from notifications.sending.sender_records import Sender, check


class Command(BaseCommand):
    help = (
        "Check the SPF, DKIM and DMARC records of the domains in DEFAULT_FROM_EMAIL and BOUNCE_ADDRESS. One line for"
        " each record; the exit code is 0 when all are good, and 1 otherwise."
    )
    # The database and the rest of the portal may be away.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--selector",
            action="append",
            help="a DKIM selector, or selector@domain where another domain signs; instead of DKIM_SELECTORS",
        )
        parser.add_argument("--server", default="", help="a name server to ask, such as 192.0.2.53")

    def handle(self, *args: Any, selector: list[str] | None, server: str, **options: Any) -> None:
        try:
            sender = Sender(
                from_domain=from_address().domain,
                envelope_domain=plain_envelope_address().rpartition("@")[2],
                selectors=selector or settings.DKIM_SELECTORS,
            )
            findings = check(sender, texts_from(server))
        except (OwnAddressTrouble, BadServer) as trouble:
            raise CommandError(str(trouble)) from trouble
        for finding in findings:
            self.stdout.write(str(finding))
        problems = sum(not finding.is_good for finding in findings)
        if problems:
            raise CommandError(f"{problems} of {len(findings)} records need attention.")
