"""Filing a claim again after it was withdrawn, rejected or ended: which proofs go along, and what to look at first.

Apart from `associations.rules.proof_files`, which the child of the sandbox imports without Django.
"""

from associations.choices import EndReason, ReasonCode

# A proof uploaded so many days ago is as recent as one uploaded now, and goes along with a copy of its claim.
FRESH_DAYS = 30
# What a reviewer refuses a proof for: the next claim needs another one.
PROOF_REFUSED = frozenset(
    {
        ReasonCode.POE_ALL_MISSING,
        ReasonCode.POE_NO_SIGNATURE,
        ReasonCode.POE_DATES,
        ReasonCode.POE_NO_SERVICE,
        ReasonCode.POE_NO_PRODUCT,
        ReasonCode.POE_UNAVAILABLE,
        ReasonCode.DATA_MISMATCH,
    }
)
# The fact to look at before the claim is filed again, by the reason of a rejection or of an association's end. Where
# partners compete the most recent proof counts (domain.md 1.7); a customer who said no has to be asked first.
FACT_TO_CHECK: dict[str, str] = {
    **dict.fromkeys(PROOF_REFUSED, "proofs"),
    ReasonCode.COMPETING_CLAIM_LOST: "proofs",
    EndReason.SUPERSEDED: "proofs",
    EndReason.REVOKED: "proofs",
    ReasonCode.CUSTOMER_DECLINED: "customer_email",
    EndReason.CUSTOMER_OPT_OUT: "customer_email",
}
