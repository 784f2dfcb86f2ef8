"""Check that no line of any claim's History was changed, taken out, put in, or emptied without a word."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from associations.choices import EventKind
from associations.models import Claim, ClaimEvent
from associations.rules.history_chain import START


class Command(BaseCommand):
    help = "Check the chain of every claim's History and name the first broken line."

    def handle(self, *args: Any, **options: Any) -> None:
        claims = lines = 0
        for claim in Claim.objects.order_by("pk").only("pk", "history_head").iterator():
            lines += verify(claim)
            claims += 1
        self.stdout.write(f"The History of {claims} claims is whole: {lines} lines.")


def verify(claim: Claim) -> int:
    """Return how many lines the History of *claim* has; raise CommandError that names the first broken one."""
    head, count, emptied = START, 0, dict[int, ClaimEvent]()
    for line in ClaimEvent.objects.filter(claim=claim).order_by("pk").iterator():
        if line.previous_hash != head or not line.holds():
            raise CommandError(f"{claim.number}: the History is broken at {named(line)}.")
        head, count = line.hash, count + 1
        if line.is_forgotten:
            emptied[line.pk] = line
        if line.kind == EventKind.FORGOTTEN:
            for pk in line.details["lines"]:
                emptied.pop(pk, None)
    for line in emptied.values():
        raise CommandError(f"{claim.number}: {named(line)} was emptied, and no later line says so.")
    if head != claim.history_head:
        raise CommandError(f"{claim.number}: lines are missing at the end of the History, after {count}.")
    return count


def named(line: ClaimEvent) -> str:
    return f"line {line.pk} of {line.at.isoformat()}"
