"""A tin of tea from two gardens.

Both gardens sell to a blender; the blend loses a little in the drum, fills ninety-six tins of 100 grams, and
travels as eight cases on a pallet, by sea and by road, to a shop that sells the first tin. Nothing appears
or vanishes on the way: the kilograms and the tins are counted at every step.
"""

from __future__ import annotations

from provenance.custody.verdict import VerdictClass
from sample_data.cast import BLENDER, HAULIER, HIGH_GARDEN, LOW_GARDEN, SEA_LINE, TEA_SHOP
from sample_data.deeds import Some, on
from sample_data.numbers import item, lot, trade_number, unit
from sample_data.story import Story

HIGH_LEAF = lot(trade_number(HIGH_GARDEN.prefix, 1), "HS-1-2025")
LOW_LEAF = lot(trade_number(LOW_GARDEN.prefix, 1), "LT0225")
BLEND = lot(trade_number(BLENDER.prefix, 1), "B0311")

TIN = trade_number(BLENDER.prefix, 2)
TINS = tuple(item(TIN, number) for number in range(1, 97))
CASES = tuple(unit(BLENDER.prefix, number) for number in range(1, 9))
PALLET = unit(BLENDER.prefix, 100)
IN_CASE = {case: TINS[12 * number : 12 * (number + 1)] for number, case in enumerate(CASES)}

FROM_HIGH, FROM_LOW, BLENDED, FILLED = (
    Some("40 KGM", HIGH_LEAF),
    Some("25 KGM", LOW_LEAF),
    Some("64.2 KGM", BLEND),
    Some("9.6 KGM", BLEND),
)

DEEDS = (
    on(0, "05:30", HIGH_GARDEN).gathers(Some("120 KGM", HIGH_LEAF), known_as="Black tea, first flush, whole leaf"),
    on(1, "06:15", LOW_GARDEN).gathers(Some("75 KGM", LOW_LEAF), known_as="Black tea, broken leaf"),
    on(3, "04:40", HIGH_GARDEN).ships(FROM_HIGH, to=BLENDER, new_owner=BLENDER, paper="HS-77"),
    on(3, "11:05", BLENDER).receives(FROM_HIGH),
    on(4, "05:10", LOW_GARDEN).ships(FROM_LOW, to=BLENDER, new_owner=BLENDER, paper="DN-2025-14"),
    on(4, "12:30", BLENDER).receives(FROM_LOW),
    on(8, "07:00", BLENDER).blends(FROM_HIGH, FROM_LOW, into=BLENDED, known_as="Two Gardens blend"),
    on(10, "08:20", BLENDER).turns(FILLED, TINS, at_most="10", known_as="Two Gardens tea, tin of 100 g", lot="T0313"),
    *(
        on(10, f"10:{number:02}", BLENDER).packs(*tins, into=case)
        for number, (case, tins) in enumerate(IN_CASE.items())
    ),
    on(10, "11:30", BLENDER).packs(*CASES, into=PALLET),
    on(11, "06:00", BLENDER).ships(PALLET, to=SEA_LINE, new_owner=TEA_SHOP, paper="DN-5502"),
    on(11, "13:45", SEA_LINE).receives(PALLET),
    on(39, "05:20", SEA_LINE).ships(PALLET, to=HAULIER),
    on(39, "07:10", HAULIER).receives(PALLET),
    on(40, "09:00", HAULIER).ships(PALLET, to=TEA_SHOP),
    on(40, "09:15", TEA_SHOP).receives(PALLET),
    on(40, "10:00", TEA_SHOP).unpacks(PALLET),
    on(41, "08:30", TEA_SHOP).unpacks(CASES[0]),
    on(45, "13:05", TEA_SHOP).sells(TINS[0], paper="T-90217"),
)

STORIES = (
    Story(
        "A tin of tea",
        "Two gardens, one blend, ninety-six tins in eight cases on a pallet, two carriers, one sale.",
        TINS[0],
        VerdictClass.CONSISTENT,
    ),
)
