"""Two chilled salmon, each in a box with a thermometer.

The farm lets a sensor company observe its boxes, and nothing else. One box stays cold all the way; in the
other the thermometer raised an alarm on the road. Both fish arrive; one may be eaten with a good conscience.
"""

from __future__ import annotations

from provenance.custody.verdict import Doubt, VerdictClass
from sample_data.cast import COLD_TRUCKS, FISH_FARM, FISHMONGER, SENSORS
from sample_data.deeds import on
from sample_data.numbers import item, trade_number, unit
from sample_data.story import Story

FISH = trade_number(FISH_FARM.prefix, 1)
SALMON = tuple(item(FISH, number) for number in range(1, 13))
BOX_KEPT_COLD, BOX_LEFT_IN_THE_SUN = unit(FISH_FARM.prefix, 1), unit(FISH_FARM.prefix, 2)

BOXES_OF_THE_FARM = f"https://id.gs1.org/00/0{FISH_FARM.prefix}"
"""How the numbers of the farm's boxes begin: what the sensor company may observe."""

KNOWN_AS = "Atlantic salmon, gutted, about 5 kg"

DEEDS = (
    on(35, "04:10", FISH_FARM).makes(*SALMON, known_as=KNOWN_AS, lot="CF0704", until="2025-04-18"),
    on(35, "05:00", FISH_FARM).packs(*SALMON[:6], into=BOX_KEPT_COLD),
    on(35, "05:05", FISH_FARM).packs(*SALMON[6:], into=BOX_LEFT_IN_THE_SUN),
    on(35, "06:30", FISH_FARM).ships(
        *(BOX_KEPT_COLD, BOX_LEFT_IN_THE_SUN), to=COLD_TRUCKS, new_owner=FISHMONGER, paper="CF-20417"
    ),
    on(35, "06:40", COLD_TRUCKS).receives(BOX_KEPT_COLD, BOX_LEFT_IN_THE_SUN),
    on(35, "18:00", SENSORS).measures(
        BOX_KEPT_COLD, "FW-0071", hours=12, low="0.4", mean="1.3", high="2.2", alarm=False
    ),
    on(35, "18:01", SENSORS).measures(
        BOX_LEFT_IN_THE_SUN, "FW-0072", hours=12, low="0.6", mean="4.9", high="11.8", alarm=True
    ),
    on(36, "03:45", COLD_TRUCKS).ships(BOX_KEPT_COLD, BOX_LEFT_IN_THE_SUN, to=FISHMONGER),
    on(36, "03:55", FISHMONGER).receives(BOX_KEPT_COLD, BOX_LEFT_IN_THE_SUN),
    on(36, "04:00", SENSORS).measures(
        BOX_KEPT_COLD, "FW-0071", hours=10, low="0.8", mean="1.5", high="2.4", alarm=False
    ),
    on(36, "04:20", FISHMONGER).unpacks(BOX_KEPT_COLD),
    on(36, "04:25", FISHMONGER).unpacks(BOX_LEFT_IN_THE_SUN),
    on(36, "09:40", FISHMONGER).sells(SALMON[0], paper="B-0031"),
)

STORIES = (
    Story(
        "A salmon that stayed cold",
        "Its box was never warmer than 2.4 °C, says a sensor the farm itself appointed.",
        SALMON[0],
        VerdictClass.CONSISTENT,
    ),
    Story(
        "A salmon that got warm",
        "The sensor in its box raised an alarm on the road: 11.8 °C.",
        SALMON[6],
        VerdictClass.UNUSUAL,
        Doubt.SENSOR_ALARM,
    ),
)
