"""What Lantern Street Store has on its shelves: jackets with a hidden code in each box, and tins of tea.

The tailors' jackets are all made and sent together; the blender of the other story sells the store three more tins.
"""

from __future__ import annotations

from provenance.commerce.tables import Kind
from provenance.commerce.terms import Terms, terms_members
from provenance.ids import Subject
from sample_data.cast import BLENDER, STORE, TAILOR
from sample_data.deeds import moment, on
from sample_data.numbers import item, trade_number
from sample_data.selling import Said
from sample_data.stories.tea import TIN
from sample_data.stories.terms import STANDARD, STANDARD_TERMS, SUMMER, SUMMER_TERMS

JACKET = trade_number(TAILOR.prefix, 1)
JACKETS = tuple(item(JACKET, number) for number in range(1, 19))
KNOWN_AS = "Jacket Lin, indigo silk"
TEA = (item(TIN, 97), item(TIN, 98))


def published(terms: Terms, of: Subject, day: int) -> Said:
    """The store's terms from a day on."""
    return Said(moment(day, "01:00"), (STORE,), of, Kind.TERMS_PUBLISHED, {"terms": terms_members(terms)})


STEPS = (
    on(57, "02:00", TAILOR).makes_with_codes(*JACKETS, known_as=KNOWN_AS),
    on(58, "02:30", TAILOR).ships(*JACKETS, to=STORE, new_owner=STORE, paper="SL-0091"),
    on(60, "03:10", STORE).receives(*JACKETS),
    on(57, "08:00", BLENDER).makes(*TEA, known_as="Two Gardens tea, tin of 100 g"),
    on(58, "08:30", BLENDER).ships(*TEA, to=STORE, new_owner=STORE, paper="DN-5560"),
    on(61, "03:30", STORE).receives(*TEA),
    published(STANDARD, STANDARD_TERMS, 62),
    published(SUMMER, SUMMER_TERMS, 62),
)
