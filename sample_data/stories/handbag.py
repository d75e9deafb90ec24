"""A handbag, from the hide to the counter.

A tannery makes leather; a workshop buys some of it and turns it into twelve bags; an inspector looks at them;
they travel in one carton with a courier to a boutique, which sells the first of them.
"""

from __future__ import annotations

from provenance.custody.verdict import VerdictClass
from sample_data.cast import ASSAYER, BOUTIQUE, COURIER, TANNERY, WORKSHOP
from sample_data.deeds import Some, on
from sample_data.numbers import item, lot, trade_number, unit
from sample_data.story import Story

HIDES = trade_number(TANNERY.prefix, 1)
LEATHER = lot(HIDES, "L2503A")
BAG = trade_number(WORKSHOP.prefix, 1)
BAGS = tuple(item(BAG, number) for number in range(1, 13))
CARTON = unit(WORKSHOP.prefix, 1)

KNOWN_AS = "Handbag Ada, cognac calf leather"

DEEDS = (
    on(0, "08:10", TANNERY).gathers(Some("180 MTK", LEATHER), known_as="Calf leather, vegetable tanned, cognac"),
    on(1, "07:30", TANNERY).ships(Some("24 MTK", LEATHER), to=WORKSHOP, new_owner=WORKSHOP, paper="DN-3107"),
    on(2, "10:05", WORKSHOP).receives(Some("24 MTK", LEATHER)),
    on(14, "15:40", WORKSHOP).turns(Some("18 MTK", LEATHER), BAGS, at_most="0.8", known_as=KNOWN_AS, lot="ADA-25-03"),
    on(15, "09:20", ASSAYER).inspects(*BAGS, paper="HM-88213"),
    on(15, "14:00", WORKSHOP).packs(*BAGS, into=CARTON),
    on(16, "08:45", WORKSHOP).ships(CARTON, to=COURIER, new_owner=BOUTIQUE, paper="DN-0419"),
    on(16, "09:10", COURIER).receives(CARTON),
    on(18, "08:20", COURIER).ships(CARTON, to=BOUTIQUE),
    on(18, "08:35", BOUTIQUE).receives(CARTON),
    on(18, "09:50", BOUTIQUE).unpacks(CARTON),
    on(26, "15:25", BOUTIQUE).sells(BAGS[0], paper="S-11872"),
)

STORIES = (
    Story(
        "A handbag",
        "Made from one lot of leather, inspected, shipped in a carton, sold in a boutique.",
        BAGS[0],
        VerdictClass.CONSISTENT,
    ),
)
