"""Public holidays, weekend and time zone of a country: the one import of `holidays` (domain.md D5).

What the library says is corrected by the platform admin's overrides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from math import inf
from time import monotonic
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

from associations.models import HolidayOverride
from associations.rules.business_days import SATURDAY_AND_SUNDAY

SATURDAY = 5
# How long, in seconds, an override may take to reach every process.
KEPT = 60
LIBRARY = f"holidays {version('holidays')}"

OTHER_CODES = {"UK": "GB", "EL": "GR"}

# The zone of the capital or, where most business is done elsewhere, of that place. A tenant can name its own.
ZONES = """
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
MAIN_ZONES = dict(row.split("=") for row in ZONES.split())


class UnknownZone(ValueError):
    """The text names no time zone."""


@dataclass(frozen=True, kw_only=True)
class BusinessCalendar:
    """The business days of one country for some years, and where they come from."""

    country: str
    holidays: frozenset[date]
    weekend: frozenset[int]
    source: str
    is_fallback: bool


class RecentOverrides:
    """The overrides as they were read less than `KEPT` seconds ago, so that a long page asks once."""

    def __init__(self) -> None:
        self.days: Mapping[str, Mapping[date, bool]] = {}
        self.good_until = -inf

    def remember(self, days: Mapping[str, Mapping[date, bool]]) -> None:
        """Answer with *days*, by country, for the next seconds."""
        self.days, self.good_until = days, monotonic() + KEPT

    def forget(self) -> None:
        """Read the table again when next asked."""
        self.good_until = -inf

    def of(self, country: str) -> Mapping[date, bool]:
        """Return the days of *country* whose entry in the list is wrong, and whether each is a holiday."""
        if monotonic() >= self.good_until:
            self.remember(stored_overrides())
        return self.days.get(country, {})


recent_overrides = RecentOverrides()


def stored_overrides() -> dict[str, dict[date, bool]]:
    """Return every override by country and day."""
    days: dict[str, dict[date, bool]] = defaultdict(dict)
    for country, day, is_holiday in HolidayOverride.objects.values_list("country", "falls_on", "is_holiday"):
        days[country][day] = is_holiday
    return dict(days)


def corrected(calendar: BusinessCalendar) -> BusinessCalendar:
    """Return *calendar* with the platform admin's overrides of its country."""
    overrides = recent_overrides.of(calendar.country)
    if not overrides:
        return calendar
    added = {day for day, is_holiday in overrides.items() if is_holiday}
    return replace(
        calendar,
        holidays=(calendar.holidays | added) - (overrides.keys() - added),
        source=f"{calendar.source}, with overrides",
    )


def calendar_for(country: str, *, years: Iterable[int]) -> BusinessCalendar:
    """Return the calendar of a country for every year a window may touch.

    An unknown country gets the one of CPOR_DEFAULT_COUNTRY (D5); when that is unknown too, Monday to Friday
    without holidays. Either way `is_fallback` is set and `source` says so.
    """
    code = country_code(country)
    span = tuple(sorted(set(years)))
    if code in countries_with_holidays():
        return corrected(national_calendar(code, span))
    default = country_code(settings.CPOR_DEFAULT_COUNTRY)
    if default in countries_with_holidays():
        return standing_in(corrected(national_calendar(default, span)), code)
    return corrected(weekdays_only(code))


@lru_cache(maxsize=512)
def national_calendar(code: str, years: tuple[int, ...]) -> BusinessCalendar:
    """Return the national public holidays, with their substitute days and without regional or bank holidays."""
    table = holidays.country_holidays(code, years=years)
    return BusinessCalendar(
        country=code,
        holidays=frozenset(table),
        weekend=rest_days(table.weekend),
        source=f"{LIBRARY}, {code}",
        is_fallback=False,
    )


def rest_days(weekend: Iterable[int]) -> frozenset[int]:
    """Return the weekend, with Saturday added where only one day rests: five business days are always a week."""
    days = frozenset(weekend)
    return days if len(days) > 1 else days | {SATURDAY}


def standing_in(calendar: BusinessCalendar, missing: str) -> BusinessCalendar:
    """Return the calendar of another country, marked as used in place of the missing one."""
    return BusinessCalendar(
        country=calendar.country,
        holidays=calendar.holidays,
        weekend=calendar.weekend,
        source=f"{calendar.source}, in place of {missing or 'an unknown country'}",
        is_fallback=True,
    )


def weekdays_only(code: str) -> BusinessCalendar:
    """Return Monday to Friday without holidays."""
    return BusinessCalendar(
        country=code,
        holidays=frozenset(),
        weekend=SATURDAY_AND_SUNDAY,
        source=f"Monday to Friday without holidays: {LIBRARY} does not know {code or 'the country'}",
        is_fallback=True,
    )


def zone_for(country: str, override: str = "") -> ZoneInfo:
    """Return the tenant's own zone, else its country's main one, else the default; refuse a bad name."""
    name = override.strip() or MAIN_ZONES.get(country_code(country), settings.CPOR_DEFAULT_TIME_ZONE)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def country_code(country: str) -> str:
    """Return the ISO 3166 code in capitals; two letters that the EU and the British use are understood too."""
    code = country.strip().upper()
    return OTHER_CODES.get(code, code)


@cache
def countries_with_holidays() -> frozenset[str]:
    """Return the two-letter codes the library covers; it would also answer to three letters and class names."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)
