"""A print, number 7 of an edition of 50.

The artist's studio brings each print into the world with its number and sends three to a gallery on commission:
the gallery holds them, the studio goes on owning them. Number 7 is sold, comes back, and is sold again.
"""

from __future__ import annotations

from provenance.custody.verdict import VerdictClass
from sample_data.cast import ASSAYER, GALLERY, STUDIO
from sample_data.deeds import on
from sample_data.numbers import item, trade_number
from sample_data.story import Story

EDITION = 50
TITLE = "Northern Light, screen print"
PRINT = trade_number(STUDIO.prefix, 1)
PRINTS = {number: item(PRINT, number, before=f"{number:02}-") for number in range(1, EDITION + 2)}

SEVEN = PRINTS[7]
SENT = (PRINTS[6], SEVEN, PRINTS[8])

DEEDS = (
    *(
        on(7, f"10:{number:02}", STUDIO).makes(PRINTS[number], known_as=f"{TITLE}, {number}/{EDITION}")
        for number in range(1, EDITION + 1)
    ),
    on(9, "13:30", STUDIO).ships(*SENT, to=GALLERY, paper="C-2025-02"),
    on(10, "10:20", GALLERY).receives(*SENT),
    on(17, "14:15", ASSAYER).inspects(SEVEN, paper="HM-90044"),
    on(24, "17:40", GALLERY).sells(SEVEN, paper="G-0511"),
    on(33, "11:10", GALLERY).takes_back(SEVEN, paper="R-0008"),
    on(46, "16:05", GALLERY).sells(SEVEN, paper="G-0534"),
)

STORIES = (
    Story(
        "A print, number 7 of 50",
        "Shown on commission, sold, returned by its first buyer, sold again.",
        SEVEN,
        VerdictClass.CONSISTENT,
    ),
)
