"""The table of GS1 application identifiers: what each is called, how its value looks, what it may stand beside.

Rules of the table:

* a value is a row of parts, each with its alphabet, its length and its checks; only the last may vary in length;
* ``needs``: at least one of these groups stands beside it (``01+21`` is both); ``excludes``: none of these may;
  a letter ``n`` stands for any digit;
* ``is_fixed``: no separator follows it in an element string (GS1 General Specifications, section 7.8.5);
* ``sequences``: it is a primary key of a GS1 Digital Link, with these qualifiers, each optional, in this order;
* ``is_attribute``: it may stand in the query of a GS1 Digital Link.

The facts are those of the GS1 General Specifications, section 3, as of January 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1 import coupons
from provenance.gs1 import linters as lint
from provenance.gs1.linters import Linter


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a value."""

    alphabet: Linter
    shortest: int
    longest: int
    checks: tuple[Linter, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One row of the table."""

    ai: str
    title: str
    parts: tuple[Part, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[str, ...] = ()
    sequences: tuple[tuple[str, ...], ...] | None = None
    is_fixed: bool = False
    is_attribute: bool = True

    @property
    def is_key(self) -> bool:
        """Whether a GS1 Digital Link can begin with it."""
        return self.sequences is not None

    @property
    def shortest(self) -> int:
        """The fewest characters its value has."""
        return sum(part.shortest for part in self.parts if not part.is_optional)

    @property
    def longest(self) -> int:
        """The most characters its value has."""
        return sum(part.longest for part in self.parts)


def find(ai: str) -> ApplicationIdentifier:
    """The row of this application identifier; refuses what is none.

    >>> find("17").title
    'USE BY or EXPIRY'
    """
    try:
        return TABLE[ai]
    except KeyError as err:
        raise MalformedError(Code.UNKNOWN_AI, f"{ai[:20]!r} is no application identifier") from err


def starting(text: str) -> ApplicationIdentifier:
    """The row of the application identifier that a text begins with: no one is the beginning of another."""
    for length in (2, 3, 4):
        if text[:length] in TABLE:
            return TABLE[text[:length]]
    raise MalformedError(Code.UNKNOWN_AI, f"{text[:4]!r} begins with no application identifier")


def _n(length: int, *checks: Linter) -> Part:
    return Part(lint.numeric, length, length, checks)


def _n_to(longest: int, *checks: Linter) -> Part:
    return Part(lint.numeric, 1, longest, checks)


def _x(length: int, *checks: Linter) -> Part:
    return Part(lint.cset_82, length, length, checks)


def _x_to(longest: int, *checks: Linter) -> Part:
    return Part(lint.cset_82, 1, longest, checks)


def _or_nothing(part: Part) -> Part:
    return replace(part, is_optional=True)


def _row(
    ais: str,
    title: str,
    *parts: Part,
    needs: str = "",
    excludes: str = "",
    key: str | None = None,
    fixed: bool = False,
    attribute: bool = True,
) -> Iterator[ApplicationIdentifier]:
    """One row for each AI of ``3100-3105``; ``{}`` in the title is the number within the range, ``{1:}`` from 1 on."""
    first, _, last = ais.partition("-")
    for number, ai in enumerate(range(int(first), int(last or first) + 1)):
        yield ApplicationIdentifier(
            f"{ai:0{len(first)}}",
            title.format(number, number + 1),
            parts,
            needs=tuple(tuple(group.split("+")) for group in needs.split()),
            excludes=tuple(excludes.split()),
            sequences=None if key is None else tuple(tuple(sequence.split()) for sequence in key.split("|")),
            is_fixed=fixed,
            is_attribute=attribute,
        )


def _measures(first: int, needs: str, *titles: str) -> Iterator[ApplicationIdentifier]:
    """Six digits, of which the AI's last says how many stand behind the decimal point; one of a kind."""
    for group, title in enumerate(titles, first):
        yield from _row(f"{group}0-{group}5", title, _n(6), needs=needs, excludes=f"{group}n", fixed=True)


_GOODS = "01 02 03 8006 8026"
_TRADED = "01 02"
_PARCEL = "00 01"
_GTIN = _n(14, lint.check_digit, lint.prefix_second)
_GLN = _n(13, lint.check_digit, lint.prefix)
_PIECE = (_GTIN, _n(4, lint.piece_of_total))
_COUNTRIES = (_n(3, lint.country), *(_or_nothing(_n(3, lint.country)) for _ in range(4)))
_DAY = _n(6, lint.date_or_month)
_TIME = _n(4, lint.hour_minute)
_MOMENT = (_n(6, lint.date), _TIME)
_NAME = _x_to(35, lint.percent_encoded)
_ADDRESS = _x_to(70, lint.percent_encoded)
_TEMPERATURE = (_n(6), _or_nothing(_x(1, lint.hyphen)))
_MEASURED = "31nn 32nn 35nn 36nn"


def _rows_0_to_2() -> Iterator[ApplicationIdentifier]:
    yield from _row("00", "SSCC", _n(18, lint.check_digit, lint.prefix_second), key="", fixed=True)
    yield from _row("01", "GTIN", _GTIN, excludes="255 37", key="22 10 21|235", fixed=True)
    yield from _row("02", "CONTENT", _GTIN, needs="37", excludes="01 03", fixed=True)
    yield from _row("03", "MTO GTIN", _GTIN, excludes="01 02 37 235", fixed=True, attribute=False)
    yield from _row("10", "BATCH/LOT", _x_to(20), needs=_GOODS)
    yield from _row("11", "PROD DATE", _DAY, needs=_GOODS, fixed=True)
    yield from _row("12", "DUE DATE", _DAY, needs="8020", fixed=True)
    yield from _row("13", "PACK DATE", _DAY, needs=_GOODS, fixed=True)
    yield from _row("15", "BEST BEFORE or BEST BY", _DAY, needs=_GOODS, fixed=True)
    yield from _row("16", "SELL BY", _DAY, needs=_GOODS, fixed=True)
    yield from _row("17", "USE BY or EXPIRY", _DAY, needs="01 02 03 255 8006 8026", fixed=True)
    yield from _row("20", "VARIANT", _n(2), needs=_GOODS, fixed=True)
    yield from _row("21", "SERIAL", _x_to(20), needs="01 03 8006", excludes="235", attribute=False)
    yield from _row("22", "CPV", _x_to(20), needs="01", attribute=False)
    yield from _row("235", "TPX", _x_to(28), needs="01", attribute=False)
    yield from _row("240", "ADDITIONAL ID", _x_to(30), needs=_GOODS)
    yield from _row("241", "CUST. PART No.", _x_to(30), needs=_GOODS)
    yield from _row("242", "MTO VARIANT", _n_to(6), needs="01 02 8006 8026")
    yield from _row("243", "PCN", _x_to(20), needs="01 03")
    yield from _row("250", "SECONDARY SERIAL", _x_to(30), needs="01+21 03+21 8006+21")
    yield from _row("251", "REF. TO SOURCE", _x_to(30), needs="01 03 8006")
    yield from _row("253", "GDTI", _GLN, _or_nothing(_x_to(17)), key="")
    yield from _row("254", "GLN EXTENSION COMPONENT", _x_to(20), needs="414", attribute=False)
    yield from _row("255", "GCN", _GLN, _or_nothing(_n_to(12)), excludes="01 02 415 8006 8020 8026", key="")


def _rows_3() -> Iterator[ApplicationIdentifier]:
    yield from _row("30", "VAR. COUNT", _n_to(8), needs=_TRADED)
    yield from _measures(310, _TRADED, "NET WEIGHT (kg)", "LENGTH (m)", "WIDTH (m)", "HEIGHT (m)", "AREA (m²)")
    yield from _measures(315, _TRADED, "NET VOLUME (l)", "NET VOLUME (m³)")
    yield from _measures(320, _TRADED, "NET WEIGHT (lb)", "LENGTH (in)", "LENGTH (ft)", "LENGTH (yd)")
    yield from _measures(324, _TRADED, "WIDTH (in)", "WIDTH (ft)", "WIDTH (yd)")
    yield from _measures(327, _TRADED, "HEIGHT (in)", "HEIGHT (ft)", "HEIGHT (yd)")
    yield from _measures(330, _PARCEL, "GROSS WEIGHT (kg)", "LENGTH (m), log", "WIDTH (m), log", "HEIGHT (m), log")
    yield from _measures(334, _PARCEL, "AREA (m²), log", "VOLUME (l), log", "VOLUME (m³), log")
    yield from _measures(337, "01", "KG PER m²")
    yield from _measures(340, _PARCEL, "GROSS WEIGHT (lb)", "LENGTH (in), log", "LENGTH (ft), log", "LENGTH (yd), log")
    yield from _measures(344, _PARCEL, "WIDTH (in), log", "WIDTH (ft), log", "WIDTH (yd), log")
    yield from _measures(347, _PARCEL, "HEIGHT (in), log", "HEIGHT (ft), log", "HEIGHT (yd), log")
    yield from _measures(350, _TRADED, "AREA (in²)", "AREA (ft²)", "AREA (yd²)")
    yield from _measures(353, _PARCEL, "AREA (in²), log", "AREA (ft²), log", "AREA (yd²), log")
    yield from _measures(356, _TRADED, "NET WEIGHT (tr oz)", "NET VOLUME (oz)")
    yield from _measures(360, _TRADED, "NET VOLUME (qt (US))", "NET VOLUME (gal.)")
    yield from _measures(362, _PARCEL, "VOLUME (qt (US)), log", "VOLUME (gal (US)), log")
    yield from _measures(364, _TRADED, "NET VOLUME (in³)", "NET VOLUME (ft³)", "NET VOLUME (yd³)")
    yield from _measures(367, _PARCEL, "VOLUME (in³), log", "VOLUME (ft³), log", "VOLUME (yd³), log")
    yield from _row("37", "COUNT", _n_to(8), needs="00+02 00+8026")
    money = _n(3, lint.currency)
    weighed = "01+30 01+31nn 01+32nn 01+35nn 01+36nn"
    yield from _row("3900-3909", "AMOUNT", _n_to(15), needs="255 8020", excludes="390n 391n 394n 8111")
    yield from _row("3910-3919", "AMOUNT", money, _n_to(15), needs="8020", excludes="391n")
    yield from _row("3920-3929", "PRICE", _n_to(15), needs=weighed, excludes="392n 393n")
    yield from _row("3930-3939", "PRICE", money, _n_to(15), needs=f"30 {_MEASURED}", excludes="393n")
    yield from _row("3940-3943", "PRCNT OFF", _n(4), needs="255", excludes="394n 8111")
    yield from _row("3950-3955", "PRICE/UoM", _n(6), needs=f"30 {_MEASURED}", excludes="392n 393n 395n 8005")


def _rows_4() -> Iterator[ApplicationIdentifier]:
    yield from _row("400", "ORDER NUMBER", _x_to(30))
    yield from _row("401", "GINC", _x_to(30, lint.prefix), key="")
    yield from _row("402", "GSIN", _n(17, lint.check_digit, lint.prefix), key="")
    yield from _row("403", "ROUTE", _x_to(30), needs="00")
    yield from _row("410", "SHIP TO LOC", _GLN, fixed=True)
    yield from _row("411", "BILL TO", _GLN, fixed=True)
    yield from _row("412", "PURCHASE FROM", _GLN, fixed=True)
    yield from _row("413", "SHIP FOR LOC", _GLN, fixed=True)
    yield from _row("414", "LOC No.", _GLN, key="254|7040", fixed=True)
    yield from _row("415", "PAY TO", _GLN, needs="8020", key="8020", fixed=True)
    yield from _row("416", "PROD/SERV LOC", _GLN, fixed=True)
    yield from _row("417", "PARTY", _GLN, key="7040", fixed=True)
    yield from _row("420", "SHIP TO POST", _x_to(20), excludes="421")
    yield from _row("421", "SHIP TO POST", _n(3, lint.country), _x_to(9), excludes="4307")
    yield from _row("422", "ORIGIN", _n(3, lint.country), needs=_GOODS, excludes="426")
    yield from _row("423", "COUNTRY - INITIAL PROCESS", *_COUNTRIES, needs="01 02 03", excludes="426")
    yield from _row("424", "COUNTRY - PROCESS", _n(3, lint.country), needs="01 02 03", excludes="426")
    yield from _row("425", "COUNTRY - DISASSEMBLY", *_COUNTRIES, needs="01 02 03", excludes="426")
    yield from _row("426", "COUNTRY - FULL PROCESS", _n(3, lint.country), needs="01 02 03")
    yield from _row("427", "ORIGIN SUBDIVISION", _x_to(3), needs="01+422 02+422 03+422")
    for group, whose in (("430", "SHIP TO"), ("431", "RTN TO")):
        yield from _row(f"{group}0", f"{whose} COMP", _NAME, needs="00")
        yield from _row(f"{group}1", f"{whose} NAME", _NAME, needs="00")
        yield from _row(f"{group}2", f"{whose} ADD1", _ADDRESS, needs="00")
        yield from _row(f"{group}3", f"{whose} ADD2", _ADDRESS, needs=f"{group}2")
        yield from _row(f"{group}4", f"{whose} SUB", _ADDRESS, needs="00")
        yield from _row(f"{group}5", f"{whose} LOC", _ADDRESS, needs="00")
        yield from _row(f"{group}6", f"{whose} REG", _ADDRESS, needs="00")
        yield from _row(f"{group}7", f"{whose} COUNTRY", _x(2, lint.country_letters), needs="00")
    yield from _row("4308", "SHIP TO PHONE", _x_to(30), needs="00")
    yield from _row("4309", "SHIP TO GEO", _n(10, lint.latitude), _n(10, lint.longitude), needs="00")
    yield from _row("4318", "RTN TO POST", _x_to(20), needs="00")
    yield from _row("4319", "RTN TO PHONE", _x_to(30), needs="00")
    yield from _row("4320", "SRV DESCRIPTION", _NAME, needs="00")
    yield from _row("4321", "DANGEROUS GOODS", _n(1, lint.yes_or_no), needs="00")
    yield from _row("4322", "AUTH TO LEAVE", _n(1, lint.yes_or_no), needs="00")
    yield from _row("4323", "SIG REQUIRED", _n(1, lint.yes_or_no), needs="00")
    yield from _row("4324", "NOT BEF DEL DT", _DAY, _TIME, needs="00")
    yield from _row("4325", "NOT AFT DEL DT", _DAY, _TIME, needs="00")
    yield from _row("4326", "REL DATE", _n(6, lint.date), needs="00")
    yield from _row("4330", "MAX TEMP F.", *_TEMPERATURE, needs="00", excludes="4331")
    yield from _row("4331", "MAX TEMP C.", *_TEMPERATURE, needs="00", excludes="4330")
    yield from _row("4332", "MIN TEMP F.", *_TEMPERATURE, needs="00", excludes="4333")
    yield from _row("4333", "MIN TEMP C.", *_TEMPERATURE, needs="00", excludes="4332")


def _rows_7() -> Iterator[ApplicationIdentifier]:
    yield from _row("7001", "NSN", _n(13), needs="01 02 8006 8026")
    yield from _row("7002", "MEAT CUT", _x_to(30), needs=_TRADED)
    yield from _row("7003", "EXPIRY TIME", *_MOMENT, needs="01 02 03")
    yield from _row("7004", "ACTIVE POTENCY", _n_to(4), needs="01+10 03+10")
    yield from _row("7005", "CATCH AREA", _x_to(12), needs=_TRADED)
    yield from _row("7006", "FIRST FREEZE DATE", _n(6, lint.date), needs=_TRADED)
    yield from _row("7007", "HARVEST DATE", _n(6, lint.date), _or_nothing(_n(6, lint.date)), needs=_TRADED)
    yield from _row("7008", "AQUATIC SPECIES", _x_to(3), needs=_TRADED)
    yield from _row("7009", "FISHING GEAR TYPE", _x_to(10), needs=_TRADED)
    yield from _row("7010", "PROD METHOD", _x_to(2), needs="01 02 03")
    yield from _row("7011", "TEST BY DATE", _n(6, lint.date), _or_nothing(_TIME), needs="01 02 03")
    yield from _row("7020", "REFURB LOT", _x_to(20), needs="01+416 03+416 8006+416")
    yield from _row("7021", "FUNC STAT", _x_to(20), needs="01 03 8006")
    yield from _row("7022", "REV STAT", _x_to(20), needs="01+7021 03+7021 8006+7021")
    yield from _row("7023", "GIAI - ASSEMBLY", _x_to(30, lint.prefix))
    yield from _row("7030-7039", "PROCESSOR # {}", _n(3, lint.country_or_999), _x_to(27), needs=_TRADED)
    yield from _row("7040", "UIC+EXT", _n(1), _x(1), _x(1), _x(1, lint.importer_index), attribute=False)
    yield from _row("7041", "UFRGT UNIT TYPE", _x_to(4, lint.package_type), needs="00", attribute=False)
    for number, title in enumerate(("PZN", "CIP", "CN", "DRN", "AIM", "NDC", "AIC", "SRN"), 710):
        yield from _row(str(number), f"NHRN {title}", _x_to(20), needs="01")
    yield from _row("7230-7239", "CERT # {1}", _x(2), _x_to(28), needs="01 8004")
    yield from _row("7240", "PROTOCOL", _x_to(20), needs="01 8006", excludes="03")
    yield from _row("7241", "AIDC MEDIA TYPE", _n(2, lint.media_type), needs="8017 8018")
    yield from _row("7242", "VCN", _x_to(25), needs="8017 8018")
    yield from _row("7250", "DOB", _n(8, lint.full_date), needs="8018", excludes="7251")
    yield from _row("7251", "DOB TIME", _n(8, lint.full_date), _TIME, needs="8018", excludes="7250")
    yield from _row("7252", "BIO SEX", _n(1, lint.sex), needs="8018")
    person = _x_to(40, lint.percent_encoded)
    yield from _row("7253", "FAMILY NAME", person, needs="8017 8018", excludes="7256 7259")
    yield from _row("7254", "GIVEN NAME", person, needs="8017 8018", excludes="7256 7259")
    yield from _row("7255", "SUFFIX", _x_to(10), needs="8017 8018", excludes="7256 7259")
    yield from _row("7256", "FULL NAME", _x_to(90, lint.percent_encoded), needs="8017 8018")
    yield from _row("7257", "PERSON ADDR", _ADDRESS, needs="8018")
    yield from _row("7258", "BIRTH SEQUENCE", _x(3, lint.position_in_sequence), needs="8018+7259")
    yield from _row("7259", "BABY", person, needs="8018", excludes="7256")


def _rows_8_and_9() -> Iterator[ApplicationIdentifier]:
    roll = (*(_n(length, lint.not_zero) for length in (4, 5, 3)), _n(1, lint.winding), _n(1))
    yield from _row("8001", "DIMENSIONS", *roll, needs="01")
    yield from _row("8002", "CMT No.", _x_to(20))
    yield from _row("8003", "GRAI", _n(1, lint.zero), _GLN, _or_nothing(_x_to(16)), key="")
    yield from _row("8004", "GIAI", _x_to(30, lint.prefix), key="7040")
    yield from _row("8005", "PRICE PER UNIT", _n(6), needs=_TRADED)
    yield from _row("8006", "ITIP", *_PIECE, excludes="01 03 37", key="22 10 21")
    yield from _row("8007", "IBAN", _x_to(34, lint.iban), needs="415")
    clock = (_n(2, lint.hour), _or_nothing(_n(2, lint.minute)), _or_nothing(_n(2, lint.second)))
    yield from _row("8008", "PROD TIME", _n(6, lint.date), *clock, needs="01 02 03")
    yield from _row("8009", "OPTSEN", _x_to(50), needs="00 01 03")
    yield from _row("8010", "CPID", Part(lint.cset_39, 1, 30, (lint.prefix,)), key="8011")
    yield from _row("8011", "CPID SERIAL", _n_to(12, lint.no_leading_zero), needs="8010", attribute=False)
    yield from _row("8012", "VERSION", _x_to(20), needs="01 03 8006")
    yield from _row("8013", "GMN", _x_to(25, lint.check_pair, lint.prefix), key="")
    paired = _x_to(25, lint.check_pair, lint.prefix, lint.has_non_digit)
    yield from _row("8014", "MUDI", paired, needs="01", attribute=False)
    service = _n(18, lint.check_digit, lint.prefix)
    yield from _row("8017", "GSRN - PROVIDER", service, excludes="8018", key="8019")
    yield from _row("8018", "GSRN - RECIPIENT", service, excludes="8017", key="8019")
    yield from _row("8019", "SRIN", _n_to(10), needs="8017 8018", attribute=False)
    yield from _row("8020", "REF No.", _x_to(25), needs="415", attribute=False)
    yield from _row("8026", "ITIP CONTENT", *_PIECE, needs="37", excludes="02 03 8006")
    serialised = "00 01+21 03+21 253 255 8003 8004 8006+21 8010+8011 8017 8018"
    yield from _row("8030", "DIGSIG", Part(lint.cset_64, 1, 90), needs=serialised)
    yield from _row("8040", "IMEI", _n(15), needs="01+21", attribute=False)
    yield from _row("8041", "IMEI2", _n(15), needs="01+21+8040", attribute=False)
    yield from _row("8042", "ESIM", _n(32), needs="01+21+8040", attribute=False)
    yield from _row("8043", "PSIM", _n(18), _or_nothing(_n_to(2)), needs="01+21+8040", attribute=False)
    yield from _row("8110", "", _x_to(70, coupons.coupon))
    yield from _row("8111", "POINTS", _n(4), needs="255")
    yield from _row("8112", "", _x_to(70, coupons.positive_offer))
    yield from _row("8200", "PRODUCT URL", _x_to(70), needs="01", attribute=False)
    yield from _row("90", "INTERNAL", _x_to(30))
    yield from _row("91-99", "INTERNAL", _x_to(90))


TABLE: Mapping[str, ApplicationIdentifier] = {
    row.ai: row for rows in (_rows_0_to_2, _rows_3, _rows_4, _rows_7, _rows_8_and_9) for row in rows()
}
"""Every application identifier, by its digits."""
