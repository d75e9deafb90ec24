"""What goes wrong: eleven things that something happened to, or was said about by the wrong party.

Most are bags from the boutique's carton. What is refused changes nothing in a thing's history; the server's
diary tells that it was tried.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.custody.verdict import Doubt, VerdictClass
from sample_data.cast import BOUTIQUE, COURIER, FISH_FARM, IMPORTER, STUDIO, TANNERY, WORKSHOP
from sample_data.deeds import Some, on
from sample_data.numbers import item, lot
from sample_data.stories.art_print import EDITION, PRINTS, TITLE
from sample_data.stories.handbag import BAG, BAGS, HIDES
from sample_data.stories.handbag import KNOWN_AS as THE_BAG
from sample_data.stories.salmon import FISH
from sample_data.stories.salmon import KNOWN_AS as THE_FISH
from sample_data.story import Edit, Story

MADE_TWICE, MOVED_BY_A_STRANGER, TAKEN_BY_A_STRANGER, SOLD_BY_A_FORGER, STOLEN, DROWNED = BAGS[1:7]

BAD_LEATHER = lot(HIDES, "L2503B")
BAGS_OF_BAD_LEATHER = tuple(item(BAG, number) for number in range(13, 17))
RECALLED, ALMOST_SOLD, *_ = BAGS_OF_BAD_LEATHER

OLD_FISH = item(FISH, 99)
NUMBER_51 = PRINTS[EDITION + 1]
NEVER_MADE = item(BAG, 404)

FRESH_UNTIL, CHANGED_TO = "2025-04-18", "2025-07-18"

OLD_FISH_LANDED = on(35, "04:30", FISH_FARM).makes(OLD_FISH, known_as=THE_FISH, lot="CF0704-2", until=FRESH_UNTIL)
NUMBER_51_PRINTED = on(8, "09:00", STUDIO).makes(NUMBER_51, known_as=f"{TITLE}, {EDITION + 1}/{EDITION}")

DEEDS = (
    # An importer prints a label with the serial of a bag that exists, and registers it as its own.
    on(27, "10:00", IMPORTER).makes(MADE_TWICE, known_as="Designer bag").is_refused(Code.ALREADY_COMMISSIONED),
    # It sends a bag it does not have.
    on(28, "11:30", IMPORTER).ships(MOVED_BY_A_STRANGER, to=COURIER).is_refused(Code.NOT_HOLDER),
    # It takes over a bag that nobody sent it.
    on(29, "09:15", IMPORTER).receives(TAKEN_BY_A_STRANGER).is_refused(Code.NOT_NAMED),
    # It signs a sale with the boutique's name and its own key.
    on(30, "12:00", BOUTIQUE).sells(SOLD_BY_A_FORGER).is_forged_by(IMPORTER),
    # A bag is missing after the weekend.
    on(35, "08:05", BOUTIQUE).misses(STOLEN),
    # A pipe bursts over the storeroom.
    on(37, "07:50", BOUTIQUE).destroys(DROWNED),
    # The tannery finds chromium in a lot, after the workshop has made four bags of it and sold one.
    on(7, "08:20", TANNERY).gathers(Some("60 MTK", BAD_LEATHER), known_as="Calf leather, chrome tanned, cognac"),
    on(8, "07:40", TANNERY).ships(Some("8 MTK", BAD_LEATHER), to=WORKSHOP, new_owner=WORKSHOP, paper="DN-3122"),
    on(9, "10:10", WORKSHOP).receives(Some("8 MTK", BAD_LEATHER)),
    on(21, "15:00", WORKSHOP).turns(
        Some("6 MTK", BAD_LEATHER), BAGS_OF_BAD_LEATHER, at_most="0.8", known_as=THE_BAG, lot="ADA-25-04"
    ),
    on(25, "16:20", WORKSHOP).sells(RECALLED, paper="W-0077"),
    on(42, "07:00", TANNERY).recalls(BAD_LEATHER),
    on(43, "10:45", WORKSHOP).sells(ALMOST_SOLD).is_refused(Code.BLOCKED),
    # The studio numbers one print too many, and takes it back.
    NUMBER_51_PRINTED,
    on(8, "09:30", STUDIO).unsays(NUMBER_51_PRINTED),
    # Whoever has the password of the database gives a fish three more months.
    OLD_FISH_LANDED,
)

EDITS = (Edit(OLD_FISH_LANDED, FRESH_UNTIL.encode(), CHANGED_TO.encode()),)

STORIES = (
    Story(
        "A bag made twice",
        "Someone who copied its label tried to register it as new, and was refused.",
        MADE_TWICE,
        VerdictClass.UNUSUAL,
        Doubt.SECOND_COMMISSIONING_REFUSED,
    ),
    Story(
        "A bag shipped by a stranger",
        "Someone who does not have it tried to send it on, and was refused.",
        MOVED_BY_A_STRANGER,
        VerdictClass.UNUSUAL,
        Doubt.STATEMENT_REFUSED,
    ),
    Story(
        "A bag received by a stranger",
        "Someone to whom nobody sent it tried to take it over, and was refused.",
        TAKEN_BY_A_STRANGER,
        VerdictClass.UNUSUAL,
        Doubt.STATEMENT_REFUSED,
    ),
    Story(
        "A bag with a forged sale",
        "A sale in the boutique's name whose signature does not hold was refused; the bag is beyond reproach.",
        SOLD_BY_A_FORGER,
        VerdictClass.CONSISTENT,
        Doubt.FORGERY_REFUSED,
    ),
    Story("A stolen bag", "Reported by the boutique that owns it.", STOLEN, VerdictClass.STOLEN, Doubt.STOLEN),
    Story(
        "A bag that is no more",
        "Destroyed by water in the storeroom; whoever offers it now offers something else.",
        DROWNED,
        VerdictClass.ENDED,
        Doubt.DESTROYED,
    ),
    Story(
        "A bag of recalled leather",
        "Sold weeks before the tannery called back the lot of leather it was made from.",
        RECALLED,
        VerdictClass.RECALLED,
        Doubt.RECALLED,
    ),
    Story(
        "Its sister, still in the workshop",
        "Made from the same leather; the workshop tried to sell it after the recall, and was refused.",
        ALMOST_SOLD,
        VerdictClass.RECALLED,
        Doubt.RECALLED,
    ),
    Story(
        "A print number 51 of 50",
        "Registered by mistake, and taken back by the studio half an hour later.",
        NUMBER_51,
        VerdictClass.NOT_ACTIVATED,
        Doubt.NEVER_MADE,
    ),
    Story(
        "A fish with a new date",
        "Its record was changed in the database after it was signed; 'provenance log audit' names it.",
        OLD_FISH,
        VerdictClass.COULD_NOT_CHECK,
        Doubt.RECORD_ALTERED,
    ),
    Story(
        "A bag nobody made",
        "A well-formed link to a serial that was never issued.",
        NEVER_MADE,
        VerdictClass.NOT_ISSUED,
        Doubt.NOT_ISSUED,
    ),
)
