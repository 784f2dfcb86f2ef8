"""The edition of September 2020 says what domain.md 3.1 to 3.6 say."""

from django.utils import translation

from associations.choices import ContactPolicy, SalesChannel
from associations.editions.first_edition import BA_REVENUE, EDITION_2020_09
from associations.rules.editions import AskedFact, Grain, is_recognition_only

BOUGHT_DIRECTLY = {SalesChannel.VOLUME_LICENSING, SalesChannel.WEB_DIRECT}


def each(name):
    return {activity.code: getattr(activity, name) for activity in EDITION_2020_09.activities}


def test_activities_come_in_the_order_of_their_areas():
    assert list(EDITION_2020_09.area_names) == ["M365", "BA"]
    assert list(each("area").items()) == [
        ("M365_USAGE", "M365"),
        ("BA_USAGE", "BA"),
        ("BA_PRESALES", "BA"),
        ("BA_REVENUE", "BA"),
    ]
    assert each("kind") == {
        "M365_USAGE": "usage",
        "BA_USAGE": "usage",
        "BA_PRESALES": "presales",
        "BA_REVENUE": "revenue",
    }


def test_programs_grain_and_channels_are_those_of_2020():
    assert each("program") == {
        "M365_USAGE": "OSU_M365",
        "BA_USAGE": "OSU_BA",
        "BA_PRESALES": "OSA_SELL",
        "BA_REVENUE": "REV_ASSOC",
    }
    assert EDITION_2020_09.areas_of(Grain.WORKLOAD) == {"M365"}
    assert EDITION_2020_09.areas_of(Grain.SUBSCRIPTION) == {"BA"}
    assert each("sales_channels") == {
        "M365_USAGE": set(SalesChannel),
        "BA_USAGE": BOUGHT_DIRECTLY,
        "BA_PRESALES": BOUGHT_DIRECTLY,
        "BA_REVENUE": BOUGHT_DIRECTLY,
    }


def test_only_a_revenue_association_is_not_paid_stands_alone_and_asks_for_more():
    assert each("pays") == {"M365_USAGE": True, "BA_USAGE": True, "BA_PRESALES": True, "BA_REVENUE": False}
    assert is_recognition_only([BA_REVENUE])
    assert not is_recognition_only([])
    assert [activity.choice_group for activity in EDITION_2020_09.activities_in("BA")] == ["usage", "usage", "revenue"]
    assert BA_REVENUE.asks == {AskedFact.SELLER_NAME, AskedFact.CUSTOMER_NAME, AskedFact.ISV_PRODUCT}


def test_numbers_are_those_of_2020():
    assert set(each("opt_out_business_days").values()) == {5}
    assert set(each("review_business_days").values()) == {5}
    assert set(each("answer_business_days").values()) == {5}
    assert set(each("dispute_days").values()) == {30}
    assert set(each("proof_age_months").values()) == {12}
    assert set(each("contact_policy").values()) == {ContactPolicy.HOLD}
    assert not any(each("needs_validation").values())
    assert each("late_filing_days")["BA_PRESALES"] == 90
    assert each("least_seats")["M365_USAGE"] == 150


def test_names_follow_the_active_language():
    with translation.override("it"):
        assert str(BA_REVENUE.name) == "Associazione dei ricavi"
        assert EDITION_2020_09.area_name("M365") == "Microsoft 365"
    assert EDITION_2020_09.area_name("") == ""


def test_what_an_edition_lacks_is_left_out():
    assert EDITION_2020_09.activities_named(["BA_AUDIT", "BA_REVENUE"]) == (BA_REVENUE,)
