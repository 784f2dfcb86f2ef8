"""The checklist's elements and the reasons that the missing ones give."""

from associations.choices import ReasonCode
from associations.rules.review.checklist import REASONS, reasons_for_missing, without_unrequired
from guides.choices import ProofElement


def test_every_element_has_a_reason_of_its_own():
    assert REASONS == {
        ProofElement.PARTIES: ReasonCode.DATA_MISMATCH,
        ProofElement.ACKNOWLEDGEMENT: ReasonCode.POE_NO_SIGNATURE,
        ProofElement.WORK: ReasonCode.POE_NO_SERVICE,
        ProofElement.PRODUCTS: ReasonCode.POE_NO_PRODUCT,
        ProofElement.DATES: ReasonCode.POE_DATES,
    }


def test_what_the_files_show_gives_no_reason():
    assert reasons_for_missing(["parties", "work", "products"], required=ProofElement) == [
        ReasonCode.POE_NO_SIGNATURE,
        ReasonCode.POE_DATES,
    ]
    assert reasons_for_missing([element.value for element in ProofElement], required=ProofElement) == []


def test_an_unknown_element_counts_for_nothing():
    assert len(reasons_for_missing(["page 4"], required=ProofElement)) == 5


def test_what_an_edition_does_not_require_is_no_reason():
    required = [ProofElement.WORK, ProofElement.DATES]

    assert reasons_for_missing(["work"], required=required) == [ReasonCode.POE_DATES]
    offered = [ReasonCode.POE_ALL_MISSING, ReasonCode.POE_NO_SIGNATURE, ReasonCode.POE_DATES]
    assert without_unrequired(offered, required=required) == [ReasonCode.POE_ALL_MISSING, ReasonCode.POE_DATES]
