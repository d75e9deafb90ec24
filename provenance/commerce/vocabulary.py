"""The closed words in which terms, facts and decisions speak; a value is signed and never renamed."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Jurisdiction(StrEnum):
    """Whose law is the floor below which no terms go."""

    CHINA = "CN"
    EUROPE = "EU"


@unique
class Category(StrEnum):
    """What kind of thing was sold: decides what spoils it."""

    GENERAL = "general"
    FOOD = "food"
    COSMETICS = "cosmetics"
    MEDICAL = "medical"
    ELECTRONICS = "electronics"
    APPAREL = "apparel"
    ART = "art"


@unique
class Trait(StrEnum):
    """What about a thing the law asks for before it can be given back without a reason."""

    MADE_TO_ORDER = "made-to-order"
    PERISHABLE = "perishable"
    DOWNLOADED = "downloaded"
    SEALED_MEDIA = "sealed-media"
    PERIODICAL = "periodical"
    SEALED_HYGIENE = "sealed-hygiene"
    DEVALUED_BY_USE = "devalued-by-use"
    FLAW_DISCLOSED = "flaw-disclosed"
    DURABLE = "durable"


@unique
class Condition(StrEnum):
    """What an inspection of a returned thing may find."""

    OUTER_OPENED = "outer-opened"
    TRIED = "tried"
    SEAL_BROKEN = "seal-broken"
    REPAIRED_UNAUTHORISED = "repaired-unauthorised"
    SERIAL_DEFACED = "serial-defaced"
    ACTIVATED = "activated"
    LASTING_MARKS = "lasting-marks"
    TAG_REMOVED = "tag-removed"
    SOILED = "soiled"
    DAMAGED = "damaged"
    PARTS_MISSING = "parts-missing"


@unique
class Payer(StrEnum):
    """Who bears a cost or owes an act."""

    BUYER = "buyer"
    SELLER = "seller"


@unique
class Outbound(StrEnum):
    """Whether the freight to the buyer goes back with the price when a buyer withdraws."""

    KEPT = "kept"
    REPAID = "repaid"


@unique
class Ask(StrEnum):
    """What a buyer asks for."""

    WITHDRAW = "withdraw"
    DEFECT = "defect"
    WRONG_ITEM = "wrong-item"
    NOT_RECEIVED = "not-received"
    INAUTHENTIC = "inauthentic"
    UNSAFE = "unsafe"


@unique
class Says(StrEnum):
    """What a seller answers."""

    ACCEPT = "accept"
    CONTEST = "contest"


@unique
class Ground(StrEnum):
    """Why a seller contests; the first two are no reason in law."""

    OPENED = "opened"
    OWN_RULE = "own-rule"
    FACTS = "facts"


@unique
class Proof(StrEnum):
    """What a verifier proves from the record alone."""

    FALSE_SIGNATURE = "false-signature"
    NEVER_COMMISSIONED = "never-commissioned"
    SOLD_BEFORE = "sold-before"
    RECALLED_BEFORE_SALE = "recalled-before-sale"
    COLD_CHAIN_BROKEN = "cold-chain-broken"


@unique
class Claim(StrEnum):
    """What the law multiplies: a legal finding, so never a program's."""

    FRAUD = "fraud"
    UNSAFE_FOOD = "unsafe-food"


@unique
class Flag(StrEnum):
    """What stands in the record beside the course of an order."""

    FROZEN = "frozen"
    RECALLED = "recalled"
    ABSENT = "absent"  # reported missing or stolen
    NOT_OWNER = "not-owner"  # who asks is not, or no longer, the owner
    CHARGEBACK_OPEN = "chargeback-open"
    GIVEN_BACK = "given-back"  # the price has been paid back
    RELEASED = "released"  # the seller has the money
    DISPUTED = "disputed"
    NOT_INFORMED = "not-informed"  # the seller did not tell the buyer of the right to withdraw
    LABEL_BLEMISH = "label-blemish"  # a flaw of the label that misleads nobody about safety


@unique
class Outcome(StrEnum):
    """What a decision comes to."""

    REFUND = "refund"
    RETURN = "return"  # granted: the thing comes back first
    REPAIR = "repair"  # repair or replacement
    RELEASE = "release"
    REFUSE = "refuse"
    HOLD = "hold"  # someone has to look or to judge
    WAIT = "wait"  # nothing is due before the next tick


@unique
class Purse(StrEnum):
    """Whose money a leg of a decision moves."""

    ESCROW = "escrow"
    SELLER = "seller"
    BOND = "bond"
    BUYER = "buyer"


@unique
class Share(StrEnum):
    """What a leg pays for."""

    PRICE = "price"
    FREIGHT = "freight"
    CLAIM = "claim"


@unique
class Act(StrEnum):
    """What someone owes to do."""

    SEND_BACK = "send-back"
    PAY_RETURN_FREIGHT = "pay-return-freight"
    PAY_BACK = "pay-back"
    INSPECT = "inspect"
    ANSWER = "answer"
    REPAIR_OR_REPLACE = "repair-or-replace"
    PROVE_NO_DEFECT = "prove-no-defect"
    OFFER_WITHDRAWAL = "offer-withdrawal"


@unique
class Clause(StrEnum):
    """Why a decision is as it is."""

    # what stands in the way
    FROZEN = "frozen"
    GIVEN_BACK_ALREADY = "given-back-already"
    CHARGEBACK_OPEN = "chargeback-open"
    REPORTED_ABSENT = "reported-absent"
    NOT_OWNER = "not-owner"
    # recall
    RECALLED = "recalled"
    # withdrawal
    BEFORE_DISPATCH = "before-dispatch"
    BEFORE_RECEIPT = "before-receipt"
    IN_TIME = "in-time"
    OUT_OF_TIME = "out-of-time"
    EXTENDED_UNINFORMED = "extended-uninformed"
    EXCLUDED = "excluded"
    EXCLUSION_NOT_CONFIRMED = "exclusion-not-confirmed"
    SEAL_INTACT = "seal-intact"
    # the thing coming back
    SWAPPED = "swapped"
    ON_ITS_WAY = "on-its-way"
    BEING_INSPECTED = "being-inspected"
    INSPECTION_LATE = "inspection-late"
    INTACT = "intact"
    NOT_INTACT = "not-intact"
    DEDUCTED = "deducted"
    GIFTS_KEPT = "gifts-kept"
    # hearing both sides
    PROVEN = "proven"
    AWARDED_TO_BUYER = "awarded-to-buyer"
    AWARDED_TO_SELLER = "awarded-to-seller"
    ADMITTED = "admitted"
    CONTESTED = "contested"
    SILENT = "silent"
    ANSWER_AWAITED = "answer-awaited"
    # what is wrong with it
    NOT_RECEIVED = "not-received"
    WRONG_ITEM = "wrong-item"
    NOT_AS_SOLD = "not-as-sold"
    DEFECT_EARLY = "defect-early"
    REPAIR_FIRST = "repair-first"
    REPAIRS_FAILED = "repairs-failed"
    OUT_OF_WARRANTY = "out-of-warranty"
    BURDEN_ON_SELLER = "burden-on-seller"
    BURDEN_ON_BUYER = "burden-on-buyer"
    LABEL_BLEMISH = "label-blemish"
    # the seller's money
    BUYER_CONFIRMED = "buyer-confirmed"
    RELEASE_DUE = "release-due"
    RELEASE_NOT_DUE = "release-not-due"
    RELEASED_ALREADY = "released-already"
    STOPPED = "stopped"


@unique
class Breach(StrEnum):
    """What a seller did or left undone against the law; shown to the buyer and to inspectors."""

    NOT_HANDLED = "not-handled"
    OWN_RULE = "own-rule"
    OPENED_AS_GROUND = "opened-as-ground"
    NOT_PAID_BACK = "not-paid-back"


@unique
class Swap(StrEnum):
    """Which of the two things of an exchange goes first; the value is signed and never renamed."""

    BACK_FIRST = "back-first"
    ADVANCE = "advance"


@unique
class Remedy(StrEnum):
    """What ended the danger of a recalled thing; the value is signed and never renamed."""

    REFUND = "refund"
    REPAIR = "repair"
    DESTRUCTION = "destruction"


@unique
class RemovalReason(StrEnum):
    """Why a review may be removed; that it is bad for business is no reason. The value is signed, never renamed."""

    UNLAWFUL = "unlawful"
    PERSONAL_DATA = "personal-data"
    COURT_ORDER = "court-order"
    BOUGHT_BY_SELLER = "bought-by-seller"


@unique
class Rounding(StrEnum):
    """To which side a broken point is rounded; the value is signed and never renamed."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


@unique
class AdjustmentReason(StrEnum):
    """Why points are granted or withdrawn by hand; the value is signed and never renamed."""

    GOODWILL = "goodwill"
    CORRECTION = "correction"
    PROMOTION = "promotion"
    MISUSE = "misuse"
