"""The amounts of data of a run."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """The numbers of rows, and how long each benchmark goes on; the rounds share the due claims evenly."""

    claims: int
    partners: int
    big_partner: int
    events_a_claim: int
    due_claims: int
    mails: int
    exported: int
    usage_rows: int
    requests: int
    rounds: int

    @property
    def every(self) -> int:
        """One claim in so many is the big partner's."""
        return self.claims // self.big_partner


SIZES = {
    "medium": Size(
        claims=200_000,
        partners=5_000,
        big_partner=5_000,
        events_a_claim=5,
        due_claims=9_000,
        mails=400,
        exported=30_000,
        usage_rows=300_000,
        requests=11,
        rounds=3,
    ),
    "full": Size(
        claims=1_000_000,
        partners=20_000,
        big_partner=10_000,
        events_a_claim=5,
        due_claims=100_000,
        mails=1_000,
        exported=100_000,
        usage_rows=1_000_000,
        requests=30,
        rounds=5,
    ),
    "small": Size(
        claims=20_000,
        partners=1_000,
        big_partner=2_000,
        events_a_claim=5,
        due_claims=3_000,
        mails=200,
        exported=10_000,
        usage_rows=50_000,
        requests=11,
        rounds=3,
    ),
    "tiny": Size(
        claims=200,
        partners=10,
        big_partner=50,
        events_a_claim=2,
        due_claims=20,
        mails=6,
        exported=50,
        usage_rows=300,
        requests=2,
        rounds=2,
    ),
}
# With so many claims in all, a list is measured a first time: the full size must not make it much slower.
FEW = Size(
    claims=10_000,
    partners=200,
    big_partner=1_000,
    events_a_claim=1,
    due_claims=10,
    mails=0,
    exported=0,
    usage_rows=0,
    requests=15,
    rounds=1,
)
