from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays as library
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from associations.calendars import UnknownZone, calendar_for, main_zones, recent_overrides, zone_for
from associations.rules.business_days import count_business_days
from associations.rules.customer.opt_out import last_day, window_from
from tests.factories import HolidayOverrideFactory

# Weekends of Saturday and Sunday, of Friday and Saturday, and of Friday and Sunday.
COUNTRY_LIST = "IT DE FR GB ES PT IE US CA BR MX AU NZ JP IN AE SA IL EG BN"
COUNTRIES = COUNTRY_LIST.split()
YEARS = range(2024, 2029)
ITALIAN_HOLIDAYS_2020 = {
    date(2020, 1, 1),
    date(2020, 1, 6),
    date(2020, 4, 13),
    date(2020, 4, 25),
    date(2020, 5, 1),
    date(2020, 6, 2),
    date(2020, 8, 15),
    date(2020, 11, 1),
    date(2020, 12, 8),
    date(2020, 12, 25),
    date(2020, 12, 26),
}


@pytest.mark.parametrize(
    ("sent", "closes_on"),
    [
        (date(2020, 10, 19), date(2020, 10, 26)),
        (date(2020, 10, 23), date(2020, 10, 30)),
        (date(2020, 10, 24), date(2020, 10, 30)),
        (date(2020, 12, 21), date(2020, 12, 29)),
        (date(2020, 12, 30), date(2021, 1, 8)),
        (date(2021, 4, 1), date(2021, 4, 9)),
    ],
)
def test_the_italian_calendar_gives_the_agreed_last_days(sent: date, closes_on: date) -> None:
    italy = calendar_for("IT", years=(sent.year, sent.year + 1))

    assert count_business_days(sent, 5, holidays=italy.holidays, weekend=italy.weekend)[-1].day == closes_on


def test_the_italian_calendar_adds_nothing_on_a_working_day() -> None:
    italy = calendar_for("IT", years=[2020])

    sundays = {day for day in italy.holidays if day.weekday() == 6}
    assert italy.holidays - sundays == ITALIAN_HOLIDAYS_2020 - sundays
    assert italy.holidays >= ITALIAN_HOLIDAYS_2020


def test_a_known_country_is_no_fallback_and_names_its_source() -> None:
    italy = calendar_for(" it ", years=[2026])

    assert (italy.country, italy.is_fallback) == ("IT", False)
    assert italy.source == f"holidays {version('holidays')}, IT"


@pytest.mark.parametrize("country", ["", "XX", "ITA", "Italy", "HolidayBase"])
def test_an_unknown_country_takes_the_default_calendar_and_says_so(country: str, settings: Settings) -> None:
    settings.CPOR_DEFAULT_COUNTRY = "FR"

    calendar = calendar_for(country, years=[2026])

    assert (calendar.country, calendar.is_fallback) == ("FR", True)
    assert date(2026, 7, 14) in calendar.holidays
    assert calendar.source.startswith(f"holidays {version('holidays')}, FR, in place of ")


def test_without_any_known_country_only_weekends_rest(settings: Settings) -> None:
    settings.CPOR_DEFAULT_COUNTRY = "XX"

    calendar = calendar_for("YY", years=[2026])

    assert (calendar.holidays, calendar.weekend, calendar.is_fallback) == (frozenset(), frozenset({5, 6}), True)
    assert calendar.source == f"Monday to Friday without holidays: holidays {version('holidays')} does not know YY"


@pytest.mark.parametrize(
    ("country", "weekend"),
    [
        ("IT", {5, 6}),
        ("AE", {5, 6}),
        ("SA", {4, 5}),
        ("IL", {4, 5}),
        ("EG", {4, 5}),
        ("BN", {4, 6}),
        ("HK", {5, 6}),
        ("IR", {4, 5}),
    ],
)
def test_the_weekend_is_the_countrys_and_has_two_days(country: str, weekend: set[int]) -> None:
    assert calendar_for(country, years=[2026]).weekend == weekend


def test_a_substitute_for_a_holiday_on_a_weekend_counts() -> None:
    boxing_day_on_a_saturday = calendar_for("GB", years=[2026])

    assert date(2026, 12, 28) in boxing_day_on_a_saturday.holidays


def test_new_year_observed_in_december_is_in_the_year_it_falls_in() -> None:
    assert date(2027, 12, 31) in calendar_for("US", years=[2027]).holidays


def test_a_calendar_does_not_depend_on_the_order_of_the_years() -> None:
    assert calendar_for("IT", years=[2027, 2026]) is calendar_for("IT", years=(2026, 2027, 2026))


@pytest.mark.parametrize(("alias", "country"), [("UK", "GB"), ("EL", "GR"), ("gb", "GB")])
def test_two_codes_of_one_country_share_a_calendar_and_a_zone(alias: str, country: str) -> None:
    assert calendar_for(alias, years=[2026]) == calendar_for(country, years=[2026])
    assert zone_for(alias) == zone_for(country)


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("IT", "Europe/Rome"),
        ("GB", "Europe/London"),
        ("PT", "Europe/Lisbon"),
        ("US", "America/New_York"),
        ("CA", "America/Toronto"),
        ("BR", "America/Sao_Paulo"),
        ("AU", "Australia/Sydney"),
        ("NZ", "Pacific/Auckland"),
        ("IN", "Asia/Kolkata"),
        ("AE", "Asia/Dubai"),
    ],
)
def test_a_country_has_its_main_zone(country: str, zone: str) -> None:
    assert zone_for(country) == ZoneInfo(zone)


def test_the_tenants_own_zone_wins() -> None:
    assert zone_for("US", "America/Los_Angeles") == ZoneInfo("America/Los_Angeles")


def test_an_unknown_country_has_the_default_zone(settings: Settings) -> None:
    settings.CPOR_DEFAULT_TIME_ZONE = "Europe/Paris"

    assert zone_for("XX") == ZoneInfo("Europe/Paris")
    assert zone_for("", " ") == ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_for("IT", name)


# A window that is promised in one of these zones must not move because the time zone database sorts its rows anew.
ZONES_OF_2026 = """
    AD=Europe/Andorra AE=Asia/Dubai AF=Asia/Kabul AG=America/Antigua AI=America/Anguilla AL=Europe/Tirane
    AM=Asia/Yerevan AO=Africa/Luanda AQ=Antarctica/McMurdo AR=America/Argentina/Buenos_Aires AS=Pacific/Pago_Pago
    AT=Europe/Vienna AU=Australia/Sydney AW=America/Aruba AX=Europe/Mariehamn AZ=Asia/Baku BA=Europe/Sarajevo
    BB=America/Barbados BD=Asia/Dhaka BE=Europe/Brussels BF=Africa/Ouagadougou BG=Europe/Sofia BH=Asia/Bahrain
    BI=Africa/Bujumbura BJ=Africa/Porto-Novo BL=America/St_Barthelemy BM=Atlantic/Bermuda BN=Asia/Brunei
    BO=America/La_Paz BQ=America/Kralendijk BR=America/Sao_Paulo BS=America/Nassau BT=Asia/Thimphu
    BW=Africa/Gaborone BY=Europe/Minsk BZ=America/Belize CA=America/Toronto CC=Indian/Cocos CD=Africa/Kinshasa
    CF=Africa/Bangui CG=Africa/Brazzaville CH=Europe/Zurich CI=Africa/Abidjan CK=Pacific/Rarotonga
    CL=America/Santiago CM=Africa/Douala CN=Asia/Shanghai CO=America/Bogota CR=America/Costa_Rica CU=America/Havana
    CV=Atlantic/Cape_Verde CW=America/Curacao CX=Indian/Christmas CY=Asia/Nicosia CZ=Europe/Prague DE=Europe/Berlin
    DJ=Africa/Djibouti DK=Europe/Copenhagen DM=America/Dominica DO=America/Santo_Domingo DZ=Africa/Algiers
    EC=America/Guayaquil EE=Europe/Tallinn EG=Africa/Cairo EH=Africa/El_Aaiun ER=Africa/Asmara ES=Europe/Madrid
    ET=Africa/Addis_Ababa FI=Europe/Helsinki FJ=Pacific/Fiji FK=Atlantic/Stanley FM=Pacific/Pohnpei
    FO=Atlantic/Faroe FR=Europe/Paris GA=Africa/Libreville GB=Europe/London GD=America/Grenada GE=Asia/Tbilisi
    GF=America/Cayenne GG=Europe/Guernsey GH=Africa/Accra GI=Europe/Gibraltar GL=America/Nuuk GM=Africa/Banjul
    GN=Africa/Conakry GP=America/Guadeloupe GQ=Africa/Malabo GR=Europe/Athens GS=Atlantic/South_Georgia
    GT=America/Guatemala GU=Pacific/Guam GW=Africa/Bissau GY=America/Guyana HK=Asia/Hong_Kong
    HN=America/Tegucigalpa HR=Europe/Zagreb HT=America/Port-au-Prince HU=Europe/Budapest ID=Asia/Jakarta
    IE=Europe/Dublin IL=Asia/Jerusalem IM=Europe/Isle_of_Man IN=Asia/Kolkata IO=Indian/Chagos IQ=Asia/Baghdad
    IR=Asia/Tehran IS=Atlantic/Reykjavik IT=Europe/Rome JE=Europe/Jersey JM=America/Jamaica JO=Asia/Amman
    JP=Asia/Tokyo KE=Africa/Nairobi KG=Asia/Bishkek KH=Asia/Phnom_Penh KI=Pacific/Tarawa KM=Indian/Comoro
    KN=America/St_Kitts KP=Asia/Pyongyang KR=Asia/Seoul KW=Asia/Kuwait KY=America/Cayman KZ=Asia/Almaty
    LA=Asia/Vientiane LB=Asia/Beirut LC=America/St_Lucia LI=Europe/Vaduz LK=Asia/Colombo LR=Africa/Monrovia
    LS=Africa/Maseru LT=Europe/Vilnius LU=Europe/Luxembourg LV=Europe/Riga LY=Africa/Tripoli MA=Africa/Casablanca
    MC=Europe/Monaco MD=Europe/Chisinau ME=Europe/Podgorica MF=America/Marigot MG=Indian/Antananarivo
    MH=Pacific/Majuro MK=Europe/Skopje ML=Africa/Bamako MM=Asia/Yangon MN=Asia/Ulaanbaatar MO=Asia/Macau
    MP=Pacific/Saipan MQ=America/Martinique MR=Africa/Nouakchott MS=America/Montserrat MT=Europe/Malta
    MU=Indian/Mauritius MV=Indian/Maldives MW=Africa/Blantyre MX=America/Mexico_City MY=Asia/Kuala_Lumpur
    MZ=Africa/Maputo NA=Africa/Windhoek NC=Pacific/Noumea NE=Africa/Niamey NF=Pacific/Norfolk NG=Africa/Lagos
    NI=America/Managua NL=Europe/Amsterdam NO=Europe/Oslo NP=Asia/Kathmandu NR=Pacific/Nauru NU=Pacific/Niue
    NZ=Pacific/Auckland OM=Asia/Muscat PA=America/Panama PE=America/Lima PF=Pacific/Tahiti PG=Pacific/Port_Moresby
    PH=Asia/Manila PK=Asia/Karachi PL=Europe/Warsaw PM=America/Miquelon PN=Pacific/Pitcairn PR=America/Puerto_Rico
    PS=Asia/Hebron PT=Europe/Lisbon PW=Pacific/Palau PY=America/Asuncion QA=Asia/Qatar RE=Indian/Reunion
    RO=Europe/Bucharest RS=Europe/Belgrade RU=Europe/Moscow RW=Africa/Kigali SA=Asia/Riyadh SB=Pacific/Guadalcanal
    SC=Indian/Mahe SD=Africa/Khartoum SE=Europe/Stockholm SG=Asia/Singapore SH=Atlantic/St_Helena
    SI=Europe/Ljubljana SJ=Arctic/Longyearbyen SK=Europe/Bratislava SL=Africa/Freetown SM=Europe/San_Marino
    SN=Africa/Dakar SO=Africa/Mogadishu SR=America/Paramaribo SS=Africa/Juba ST=Africa/Sao_Tome
    SV=America/El_Salvador SX=America/Lower_Princes SY=Asia/Damascus SZ=Africa/Mbabane TC=America/Grand_Turk
    TD=Africa/Ndjamena TF=Indian/Kerguelen TG=Africa/Lome TH=Asia/Bangkok TJ=Asia/Dushanbe TK=Pacific/Fakaofo
    TL=Asia/Dili TM=Asia/Ashgabat TN=Africa/Tunis TO=Pacific/Tongatapu TR=Europe/Istanbul TT=America/Port_of_Spain
    TV=Pacific/Funafuti TW=Asia/Taipei TZ=Africa/Dar_es_Salaam UA=Europe/Kyiv UG=Africa/Kampala UM=Pacific/Midway
    US=America/New_York UY=America/Montevideo UZ=Asia/Tashkent VA=Europe/Vatican VC=America/St_Vincent
    VE=America/Caracas VG=America/Tortola VI=America/St_Thomas VN=Asia/Ho_Chi_Minh VU=Pacific/Efate
    WF=Pacific/Wallis WS=Pacific/Apia XK=Europe/Belgrade YE=Asia/Aden YT=Indian/Mayotte ZA=Africa/Johannesburg
    ZM=Africa/Lusaka ZW=Africa/Harare
"""


def test_every_country_keeps_its_zone() -> None:
    zones = dict(row.split("=") for row in ZONES_OF_2026.split())

    assert {country: str(zone_for(country)) for country in zones} == zones
    assert main_zones().keys() == zones.keys()


def test_every_country_with_a_calendar_and_people_has_a_zone() -> None:
    with_calendar = {code for code in library.list_supported_countries() if len(code) == 2}

    assert with_calendar - main_zones().keys() == {"UK", "BV", "HM"}


@cache
def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """Return the days of `YEARS` within which the clocks of *zone* change."""
    days = [datetime(YEARS[0], 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(len(YEARS) * 365)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after]


@st.composite
def openings(draw: st.DrawFn) -> tuple[str, datetime]:
    """A country, and any moment there, or one within ten days before a new year or a change of its clocks."""
    country = draw(st.sampled_from(COUNTRIES))
    turns = [datetime(year, 1, 1, tzinfo=UTC) for year in YEARS] + clock_changes(zone_for(country))
    anytime = st.datetimes(datetime(YEARS[0], 1, 1), datetime(YEARS[-1], 12, 31), timezones=st.just(UTC))
    before = st.timedeltas(-timedelta(hours=30), timedelta(days=10))
    shortly_before = st.builds(lambda turn, span: turn - span, st.sampled_from(turns), before)
    return country, draw(st.one_of(anytime, shortly_before))


def test_the_countries_are_twenty_with_three_weekends() -> None:
    weekends = {calendar_for(country, years=[2026]).weekend for country in COUNTRIES}

    assert len(set(COUNTRIES)) == 20
    assert weekends == {frozenset({5, 6}), frozenset({4, 5}), frozenset({4, 6})}


def test_the_clocks_change_in_most_of_the_countries_and_not_in_all() -> None:
    assert [day.date() for day in clock_changes(ZoneInfo("Europe/Rome"))][:2] == [
        date(2024, 3, 31),
        date(2024, 10, 27),
    ]
    unchanged = {country for country in COUNTRIES if not clock_changes(zone_for(country))}
    assert unchanged == {"BR", "MX", "JP", "IN", "AE", "SA", "BN"}


@settings(max_examples=200, deadline=None)
@given(opening=openings(), business_days=st.sampled_from([5, 5, 5, 1, 2, 3, 10]))
def test_no_window_is_shorter_than_its_business_days_or_ends_on_a_day_of_rest(
    opening: tuple[str, datetime], business_days: int
) -> None:
    country, opened_at = opening
    zone = zone_for(country)
    first = opened_at.astimezone(zone).date()
    calendar = calendar_for(country, years=(first.year, first.year + 1))

    closes_at = window_from(
        opened_at, business_days=business_days, zone=zone, holidays=calendar.holidays, weekend=calendar.weekend
    ).closes_at

    last = last_day(closes_at, zone=zone)
    following = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    at_work = [day for day in following if day.weekday() not in calendar.weekend and day not in calendar.holidays]
    assert len(at_work) == business_days
    assert at_work[-1] == last
    assert last < closes_at.astimezone(zone).date()


@pytest.mark.parametrize(
    ("country", "opened_at", "closes_at"),
    [
        ("IT", datetime(2026, 12, 4, 10, tzinfo=UTC), datetime(2026, 12, 14, 23, tzinfo=UTC)),
        ("SA", datetime(2026, 11, 5, 10, tzinfo=UTC), datetime(2026, 11, 12, 21, tzinfo=UTC)),
        ("US", datetime(2026, 10, 30, 10, tzinfo=UTC), datetime(2026, 11, 7, 5, tzinfo=UTC)),
        ("NZ", datetime(2026, 12, 31, 20, tzinfo=UTC), datetime(2027, 1, 11, 11, tzinfo=UTC)),
    ],
)
def test_a_window_abroad_closes_by_its_own_calendar_and_clock(
    country: str, opened_at: datetime, closes_at: datetime
) -> None:
    zone = zone_for(country)
    calendar = calendar_for(country, years=(2026, 2027))

    window = window_from(opened_at, business_days=5, zone=zone, holidays=calendar.holidays, weekend=calendar.weekend)
    assert window.closes_at == closes_at


@pytest.mark.django_db
def test_a_day_that_the_list_lacks_is_added_and_a_wrong_one_taken_away() -> None:
    HolidayOverrideFactory(falls_on=date(2020, 10, 20))
    HolidayOverrideFactory(falls_on=date(2020, 12, 8), is_holiday=False)
    HolidayOverrideFactory(country="FR", falls_on=date(2020, 10, 21))
    recent_overrides.forget()

    italy = calendar_for("IT", years=[2020])

    assert date(2020, 10, 20) in italy.holidays
    assert date(2020, 12, 8) not in italy.holidays
    assert date(2020, 10, 21) not in italy.holidays
    counted = count_business_days(date(2020, 10, 19), 5, holidays=italy.holidays, weekend=italy.weekend)
    assert counted[-1].day == date(2020, 10, 27)
    assert italy.source == f"holidays {version('holidays')}, IT, with overrides"


@pytest.mark.django_db
def test_overrides_of_a_page_are_read_once(django_assert_num_queries) -> None:
    HolidayOverrideFactory()
    recent_overrides.forget()

    with django_assert_num_queries(1):
        calendars = [calendar_for("IT", years=[2020]) for _row in range(30)]

    assert {date(2020, 10, 20) in calendar.holidays for calendar in calendars} == {True}
