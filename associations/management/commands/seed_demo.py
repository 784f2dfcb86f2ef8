"""Loads the demo world into the embedded mode. Running it again adds nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from associations.management.demo import loading
from associations.management.demo.claims import CLAIMS
from associations.management.demo.guide import load_guide
from associations.management.demo.stories import tell
from notifications.incoming.mailboxes import configured_box


class Command(BaseCommand):
    help = "Load the demo world: two partners, their people, customers, subscriptions and claims in every status."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("The demo world has known passwords: it can be loaded with CPOR_EMBEDDED=1 only.")
        if configured_box() is not None:
            raise CommandError("In the demo world silence counts: load it without a bounce mailbox.")
        loading.load_partners()
        loading.load_people()
        now = timezone.now()
        loading.load_customers(now=now)
        loading.load_migrations(now=now)
        load_guide(now=now)
        told = [tell(claim, now=now) for claim in sorted(CLAIMS, key=lambda claim: -claim.days_ago)]
        self.stdout.write(f"The demo world is loaded: {sum(told)} new claims.")
