"""The stable words for every refusal, failure and doubt, each with the next step to take.

Rules: a value is stored and sent, so it is never renamed; every member has a next step
(checked by ``tests/promises``); pages translate by code, the terminal prints the English.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique


@unique
class Code(StrEnum):
    """Why something was refused or doubted."""

    # reading bytes and text
    MALFORMED_TEXT = "malformed-text"
    MALFORMED_JSON = "malformed-json"
    DUPLICATE_KEY = "duplicate-key"
    NON_CANONICAL = "non-canonical"
    FRACTION_NOT_ALLOWED = "fraction-not-allowed"
    NUMBER_OUT_OF_RANGE = "number-out-of-range"
    TOO_LARGE = "too-large"
    EMPTY_LIST = "empty-list"
    UNKNOWN_PAYLOAD_TYPE = "unknown-payload-type"
    MALFORMED_ENVELOPE = "malformed-envelope"
    MISSING_MEMBER = "missing-member"
    UNKNOWN_MEMBER = "unknown-member"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    # keys and signatures
    MALFORMED_KEY = "malformed-key"
    WEAK_KEY = "weak-key"
    WRONG_PASSPHRASE = "wrong-passphrase"
    BAD_SIGNATURE = "bad-signature"
    MISSING_SIGNER = "missing-signer"
    EXTRA_SIGNER = "extra-signer"
    UNKNOWN_KEY = "unknown-key"
    # GS1 identifiers
    UNKNOWN_IDENTIFIER = "unknown-identifier"
    BAD_CHECK_DIGIT = "bad-check-digit"
    # EPCIS
    MALFORMED_EVENT = "malformed-event"
    UNDECLARED_PREFIX = "undeclared-prefix"
    NOT_A_CBV_WORD = "not-a-cbv-word"
    # the log
    MALFORMED_NOTE = "malformed-note"
    MALFORMED_CHECKPOINT = "malformed-checkpoint"
    UNTRUSTED_CHECKPOINT = "untrusted-checkpoint"
    BAD_PROOF = "bad-proof"
    INCONSISTENT_LOG = "inconsistent-log"
    SEEN_NOT_OURS = "seen-not-ours"
    # the log: trees, tiles, notes, witnesses
    MALFORMED_TREE = "malformed-tree"
    MALFORMED_TILE = "malformed-tile"
    OUTSIDE_TREE = "outside-tree"
    MALFORMED_VERIFIER_KEY = "malformed-verifier-key"
    FORGED_NOTE = "forged-note"
    MALFORMED_POLICY = "malformed-policy"
    QUORUM_NOT_MET = "quorum-not-met"
    MALFORMED_PROOF = "malformed-proof"
    MALFORMED_WITNESS_REQUEST = "malformed-witness-request"
    UNKNOWN_LOG = "unknown-log"
    WRONG_OLD_SIZE = "wrong-old-size"
    MALFORMED_CONFLICT = "malformed-conflict"
    UNREACHABLE = "unreachable"
    NO_WITNESSES = "no-witnesses"
    NO_SUCH_STATUS = "no-such-status"
    ALREADY_WITNESSED = "already-witnessed"
    LOG_ROLLED_BACK = "log-rolled-back"
    TILE_ALTERED = "tile-altered"
    MALFORMED_HEAD = "malformed-head"
    MALFORMED_REFUTATION = "malformed-refutation"
    NO_CONTRADICTION = "no-contradiction"
    COPY_BEHIND = "copy-behind"
    COPY_DAMAGED = "copy-damaged"
    BODY_MISSING = "body-missing"
    MALFORMED_LEAF = "malformed-leaf"
    # the registry
    KEY_ENDED = "key-ended"
    WRONG_ROLE = "wrong-role"
    ROOT_EXISTS = "root-exists"
    NOT_AUTHORISED = "not-authorised"
    KEY_TAKEN = "key-taken"
    PARTY_EXISTS = "party-exists"
    UNKNOWN_PARTY = "unknown-party"
    LICENCE_OVERLAPS = "licence-overlaps"
    UNKNOWN_LICENCE = "unknown-licence"
    UNKNOWN_DELEGATION = "unknown-delegation"
    COMPROMISED_LATER = "compromised-later"
    RECOVERY_RUNS = "recovery-runs"
    RECOVERY_WAITS = "recovery-waits"
    UNKNOWN_RECOVERY = "unknown-recovery"
    NOT_NOW = "not-now"
    # custody
    STALE_LINK = "stale-link"
    ALREADY_COMMISSIONED = "already-commissioned"
    NOT_LICENSED = "not-licensed"
    NOT_DELEGATED = "not-delegated"
    NOT_ISSUED = "not-issued"
    NOT_HOLDER = "not-holder"
    NOT_NAMED = "not-named"
    NOT_OWNER = "not-owner"
    NOT_INSIDE = "not-inside"
    INSIDE_UNIT = "inside-unit"
    INSIDE_ITSELF = "inside-itself"
    ALREADY_OFFERED = "already-offered"
    NO_OPEN_OFFER = "no-open-offer"
    ALREADY_SOLD = "already-sold"
    ENDED = "ended"
    BLOCKED = "blocked"
    NOT_ENOUGH = "not-enough"
    QUANTITY_MISSING = "quantity-missing"
    YIELD_EXCEEDED = "yield-exceeded"
    FUTURE_EVENT = "future-event"
    EVENT_ID_TAKEN = "event-id-taken"
    NO_SUCH_EVENT = "no-such-event"
    CORRECTION_CONTRADICTED = "correction-contradicted"
    # service and storage
    READ_ONLY = "read-only"
    BUSY = "busy"
    NOT_FOUND = "not-found"
    STORE_FAILED = "store-failed"
    BAD_SETTING = "bad-setting"
    RECORD_ALTERED = "record-altered"
    NOT_RECORDED = "not-recorded"
    MALFORMED_BUNDLE = "malformed-bundle"
    # EPCIS events: what they are made of, and what the schema does not say
    DUPLICATE_EPC = "duplicate-epc"
    CLASS_FOR_INSTANCE = "class-for-instance"
    INSTANCE_FOR_CLASS = "instance-for-class"
    PLACE_FOR_THING = "place-for-thing"
    PARENT_IS_CHILD = "parent-is-child"
    INPUT_IS_OUTPUT = "input-is-output"
    NEGATIVE_QUANTITY = "negative-quantity"
    UOM_WITHOUT_QUANTITY = "uom-without-quantity"
    FRACTION_WITHOUT_UOM = "fraction-without-uom"
    SET_AND_UNSET = "set-and-unset"
    CORRECTION_OF_NOTHING = "correction-of-nothing"
    STEP_AGAINST_ACTION = "step-against-action"
    SENSOR_TIME = "sensor-time"
    SENSOR_SAID_TWICE = "sensor-said-twice"
    SENSOR_CONTRADICTION = "sensor-contradiction"
    # EPCIS events: accepted, with a remark
    SENSOR_WITHOUT_TYPE = "sensor-without-type"
    SENSOR_WITHOUT_VALUE = "sensor-without-value"
    UNIT_UNCLEAR = "unit-unclear"
    NOT_READ_BY_ALL = "not-read-by-all"
    NOTHING_NAMED = "nothing-named"
    STEP_UNUSUAL = "step-unusual"
    OWN_WORD = "own-word"
    WORD_AS_URI = "word-as-uri"
    FOREIGN_IDENTIFIER = "foreign-identifier"
    GTIN_NOT_PADDED = "gtin-not-padded"
    # the terminal
    FILE_EXISTS = "file-exists"
    NOT_SET_UP = "not-set-up"
    UNEXPECTED = "unexpected"
    # GS1 element strings and links
    UNKNOWN_AI = "unknown-ai"
    WRONG_LENGTH = "wrong-length"
    WRONG_CHARACTER = "wrong-character"
    WRONG_CONTENT = "wrong-content"
    REPEATED_AI = "repeated-ai"
    MISSING_AI = "missing-ai"
    EXCLUDED_AI = "excluded-ai"
    MALFORMED_ELEMENTS = "malformed-elements"
    MALFORMED_LINK = "malformed-link"
    UNKNOWN_PREFIX = "unknown-prefix"
    # the web
    NOT_ONE_THING = "not-one-thing"
    WRONG_MEDIA_TYPE = "wrong-media-type"
    WRONG_METHOD = "wrong-method"
    RATE_LIMITED = "rate-limited"
    # requests that a party signs
    UNSIGNED_REQUEST = "unsigned-request"
    STALE_REQUEST = "stale-request"
    REPEATED_REQUEST = "repeated-request"
    NOT_A_READER = "not-a-reader"
    REFUSED_THERE = "refused-there"
    # mirrors
    BODY_ALTERED = "body-altered"
    RULE_BROKEN = "rule-broken"
    STALE_CHECKPOINT = "stale-checkpoint"
    HEAD_WITHHELD = "head-withheld"
    MALFORMED_ALARM = "malformed-alarm"
    MALFORMED_CARD = "malformed-card"
    NOT_THE_LOG = "not-the-log"
    NO_MIRROR = "no-mirror"
    # web links and the resolver
    NO_SUCH_LINK = "no-such-link"
    NOT_KNOWN_HERE = "not-known-here"
    # anchoring
    MALFORMED_TIMESTAMP = "malformed-timestamp"
    FORGED_TIMESTAMP = "forged-timestamp"
    ANCHOR_UNAVAILABLE = "anchor-unavailable"
    # payments
    FORGED_NOTICE = "forged-notice"
    STALE_NOTICE = "stale-notice"
    OTHER_MERCHANT = "other-merchant"
    UNCONFIRMED_NOTICE = "unconfirmed-notice"
    NOTICE_CHANGED = "notice-changed"
    PAID_TWICE = "paid-twice"
    # identity on things: serials, claim codes, inspector codes, NFC tags
    RANDOM_BYTES = "random-bytes"
    SERIAL_STEP = "serial-step"
    MISTYPED_SERIAL = "mistyped-serial"
    SERIAL_NOT_OURS = "serial-not-ours"
    MALFORMED_CLAIM_CODE = "malformed-claim-code"
    MISTYPED_CLAIM_CODE = "mistyped-claim-code"
    MALFORMED_INSPECTOR_CODE = "malformed-inspector-code"
    FORGED_INSPECTOR_CODE = "forged-inspector-code"
    MALFORMED_TAP = "malformed-tap"
    FORGED_TAP = "forged-tap"
    OTHER_TAG = "other-tag"
    TAG_TAKEN = "tag-taken"
    # money, terms and decisions
    WRONG_CURRENCY = "wrong-currency"
    TRANSFER_TAKEN = "transfer-taken"
    UNKNOWN_TRANSFER = "unknown-transfer"
    ALREADY_RESOLVED = "already-resolved"
    REFUND_BEYOND_PAID = "refund-beyond-paid"
    UNKNOWN_LAW = "unknown-law"
    OTHER_TERMS = "other-terms"
    # orders and what follows them
    ILLEGAL_STEP = "illegal-step"
    NOT_ENTITLED = "not-entitled"
    UNKNOWN_DOSSIER = "unknown-dossier"
    SLOT_TAKEN = "slot-taken"
    EVENT_MISSING = "event-missing"
    OTHER_AMOUNT = "other-amount"
    OTHER_ITEM = "other-item"
    STILL_OPEN = "still-open"
    BEFORE_ITS_TIME = "before-its-time"
    TOO_LATE = "too-late"
    NOT_SOLD = "not-sold"
    UNKNOWN_TEXT = "unknown-text"
    TEXT_SILENCED = "text-silenced"
    WRONG_TOKEN = "wrong-token"
    OTHER_VERIFIER = "other-verifier"
    RESOLD = "resold"
    NOT_GRANTED = "not-granted"
    # orders from shops' own systems
    OTHER_TOTAL = "other-total"
    UNKNOWN_SKU = "unknown-sku"
    CALLED_OFF = "called-off"
    UNKNOWN_DRAFT = "unknown-draft"
    DRAFT_DIFFERS = "draft-differs"
    UNREADABLE_TABLE = "unreadable-table"
    FORMULA_IN_CELL = "formula-in-cell"
    NO_SHOP = "no-shop"
    FORGED_DELIVERY = "forged-delivery"
    # webhooks
    FORBIDDEN_ADDRESS = "forbidden-address"
    ENDPOINT_EXISTS = "endpoint-exists"
    UNKNOWN_ENDPOINT = "unknown-endpoint"
    OVER_DAILY_LIMIT = "over-daily-limit"
    # labels
    LABEL_TOO_SMALL = "label-too-small"
    LABEL_UNREADABLE = "label-unreadable"
    UNKNOWN_SHEET = "unknown-sheet"
    MISSING_LETTER = "missing-letter"
    MALFORMED_FONT = "malformed-font"
    FONT_NOT_EMBEDDABLE = "font-not-embeddable"
    READER_MISSING = "reader-missing"
    MALFORMED_HIDDEN_CODE = "malformed-hidden-code"
    FORMULA_IN_TABLE = "formula-in-table"


NEXT_STEP: Mapping[Code, str] = {
    Code.MALFORMED_TEXT: "Check the value for stray spaces, signs or characters and send it again.",
    Code.MALFORMED_JSON: "Send one JSON value in UTF-8; the place of the first error is in the message.",
    Code.DUPLICATE_KEY: "Remove the repeated member; each name may occur once.",
    Code.NON_CANONICAL: "Print the body in its RFC 8785 form, sign those bytes, and send them unchanged.",
    Code.FRACTION_NOT_ALLOWED: "Use a whole number in the smallest unit.",
    Code.NUMBER_OUT_OF_RANGE: "Use a number between -(2^53-1) and 2^53-1 with at most 30 digits after the point.",
    Code.TOO_LARGE: "Send less at once, or split it; the limit is the operator's setting PROVENANCE_BODY_LIMIT.",
    Code.EMPTY_LIST: "Send at least one statement; an event names at least one item, lot or unit.",
    Code.UNKNOWN_PAYLOAD_TYPE: "Use one of the payload types listed in the message.",
    Code.MALFORMED_ENVELOPE: "Send a DSSE envelope: payload, payloadType and signatures.",
    Code.MISSING_MEMBER: "Add the member that the pointer names.",
    Code.UNKNOWN_MEMBER: "Remove the member that the pointer names, or declare its prefix in @context.",
    Code.WRONG_TYPE: "Give the kind of value that the message names.",
    Code.WRONG_VALUE: "Use one of the values that the message names.",
    Code.MALFORMED_KEY: "Give the key as did:key:z… of an Ed25519 public key.",
    Code.WEAK_KEY: "Make a new key with 'provenance key new'; this one can be forged.",
    Code.WRONG_PASSPHRASE: "Try the passphrase again; without it this key file cannot be opened.",
    Code.BAD_SIGNATURE: "Sign the exact bytes again with the key that is named.",
    Code.MISSING_SIGNER: "Let every party in prov:signers sign the same bytes.",
    Code.EXTRA_SIGNER: "Remove the signature, or name its key in prov:signers and sign again.",
    Code.UNKNOWN_KEY: "Register the key for its party first ('provenance party enrol').",
    Code.UNKNOWN_IDENTIFIER: "Use a GS1 identifier: GTIN with serial or lot, SSCC, GLN, GRAI, GIAI, GDTI …",
    Code.BAD_CHECK_DIGIT: "Compare the number with the label; one digit was probably mistyped.",
    Code.MALFORMED_EVENT: "Correct the event as the message says; the rule is EPCIS 2.0 section 7.",
    Code.UNDECLARED_PREFIX: "Declare the prefix in @context.",
    Code.NOT_A_CBV_WORD: "Use the bare CBV word, for example shipping.",
    Code.MALFORMED_NOTE: "Fetch the note again; it is not in the C2SP signed-note form.",
    Code.MALFORMED_CHECKPOINT: "Fetch the checkpoint again; it is not in the C2SP tlog-checkpoint form.",
    Code.UNTRUSTED_CHECKPOINT: "Use the trust file of the log that made it, or do not rely on it.",
    Code.BAD_PROOF: "Do not rely on this record; fetch it again from the log or from a mirror.",
    Code.INCONSISTENT_LOG: "Stop, keep both checkpoints, and tell the inspector: the log shows two histories.",
    Code.SEEN_NOT_OURS: "Fetch /checkpoint and put its origin, size and root into prov:seen.",
    # the log: trees, tiles, notes, witnesses
    Code.MALFORMED_TREE: "Fetch the tree's size and hashes again, from the log or from a mirror.",
    Code.MALFORMED_TILE: "Fetch the tile again, from the log or from a mirror.",
    Code.OUTSIDE_TREE: "Ask for a position below the tree's size, or fetch a newer checkpoint first.",
    Code.MALFORMED_VERIFIER_KEY: "Copy the key again, as name+id+key, from its owner's page.",
    Code.FORGED_NOTE: "Do not rely on it; fetch it again from the log or from a mirror, and report it if it stays so.",
    Code.MALFORMED_POLICY: "Correct the line of the policy that the message names.",
    Code.QUORUM_NOT_MET: "Wait until more witnesses have confirmed, then fetch the proof again.",
    Code.MALFORMED_PROOF: "Fetch the proof again; it is not in the C2SP tlog-proof form.",
    Code.MALFORMED_WITNESS_REQUEST: "Send the old size, the consistency proof, a blank line and the checkpoint.",
    Code.UNKNOWN_LOG: "Ask the witness's operator to add this log.",
    Code.WRONG_OLD_SIZE: "Send a consistency proof from the size that the witness answered.",
    Code.UNREACHABLE: "Nothing to do at once: it is asked again. If it stays so, ask its operator whether it runs.",
    Code.NO_WITNESSES: "Leave 'wait' out, or name witnesses in the trust file.",
    Code.NO_SUCH_STATUS: "Wait for recorded or confirmed, or leave 'wait' out.",
    Code.MALFORMED_CONFLICT: "Get the file again from the witness; it is damaged, or is no evidence of a conflict.",
    Code.ALREADY_WITNESSED: "Nothing to do; a log that changes its key begins under a new origin.",
    Code.LOG_ROLLED_BACK: "Keep your copy and ask the log's operator: it may be behind, or serve an old backup.",
    Code.TILE_ALTERED: "Keep your copy, fetch again; if it stays so, the log does not serve what it signed.",
    Code.MALFORMED_HEAD: "Fetch the head again; it is damaged, or is another kind of note.",
    Code.MALFORMED_REFUTATION: "Get the file again from whoever made it; it is damaged, or is no refutation.",
    Code.NO_CONTRADICTION: "Hold nothing against the log for this: head and statement can both be true.",
    Code.COPY_BEHIND: "Run 'provenance mirror copy' again; if the log does not grow that far, ask its operator why.",
    Code.COPY_DAMAGED: "Make a fresh copy in another folder with 'provenance mirror copy', and compare the two.",
    Code.BODY_MISSING: "Get the bodies of these statements from another copy, or from their signers, and run it again.",
    Code.MALFORMED_LEAF: "Fetch the entry again, from the log or from a mirror.",
    Code.KEY_ENDED: "Sign with a live key of the party; 'provenance party list' shows them.",
    Code.WRONG_ROLE: "Let a party with one of the roles named sign, or ask the registry root for the role.",
    Code.ROOT_EXISTS: "Nothing to do: the registry has its root.",
    Code.NOT_AUTHORISED: "Ask whoever the message names to sign this entry.",
    Code.KEY_TAKEN: "Make a new key; a key belongs to one party for ever.",
    Code.PARTY_EXISTS: "Change its roles or keys instead of enrolling it again.",
    Code.UNKNOWN_PARTY: "Enrol the party first ('provenance party enrol').",
    Code.LICENCE_OVERLAPS: "End the other licence first, or correct the prefix.",
    Code.UNKNOWN_LICENCE: "Name a live licence of that party.",
    Code.UNKNOWN_DELEGATION: "Name a live delegation of that party by its statement hash.",
    Code.COMPROMISED_LATER: "Name a log size that has been, the last one at which the key was surely its owner's.",
    Code.RECOVERY_RUNS: "Wait for the recovery that runs, or veto it and propose another.",
    Code.RECOVERY_WAITS: "Complete it after the time in the message; until then its party may still veto it.",
    Code.UNKNOWN_RECOVERY: "Name the statement that proposed a recovery that runs; 'provenance party list' shows it.",
    Code.NOT_NOW: "Give the present time in UTC, and send the entry within five minutes of it.",
    Code.STALE_LINK: "Look at what happened meanwhile, put the current head into prov:previous, sign again and retry.",
    Code.ALREADY_COMMISSIONED: "Use a fresh serial; if this one is on your goods tell the inspector: it may be a copy.",
    Code.NOT_LICENSED: "Let the holder of the company prefix sign, or ask it for a delegation.",
    Code.NOT_DELEGATED: "Ask the holder, owner or licensee for a delegation to observe.",
    Code.NOT_ISSUED: "Commission it first, or check the number against the label.",
    Code.NOT_HOLDER: "Let the party that holds it sign; receive it first if it was shipped to you.",
    Code.NOT_NAMED: "Ask the sender to ship it to you by name.",
    Code.NOT_OWNER: "Leave owning_party out, or let the present owner sign the shipment too.",
    Code.NOT_INSIDE: "Look up which unit it is in; unpack that one.",
    Code.INSIDE_UNIT: "Unpack it first.",
    Code.INSIDE_ITSELF: "Pack in the other order.",
    Code.ALREADY_OFFERED: "Wait for the receiver, or void the shipment first (void_shipping).",
    Code.NO_OPEN_OFFER: "Nothing to do: no shipment of it is open.",
    Code.ALREADY_SOLD: "Take it back first (receiving, disposition returned).",
    Code.ENDED: "Nothing can follow; if the thing is in your hands, tell the inspector.",
    Code.BLOCKED: "Do not sell or move it; ask the party that set the flag to lift it.",
    Code.NOT_ENOUGH: "Correct the amount; nothing may go below zero.",
    Code.QUANTITY_MISSING: "State the quantity and its unit.",
    Code.YIELD_EXCEEDED: "Correct the amounts, or declare the yield this process has (prov:yield).",
    Code.FUTURE_EVENT: "Set the clock of the device; events may be 5 minutes ahead at most.",
    Code.EVENT_ID_TAKEN: "Give the event an eventID of its own.",
    Code.NO_SUCH_EVENT: "Repeat the event to be corrected exactly, with its eventID, and add errorDeclaration.",
    Code.CORRECTION_CONTRADICTED: "Correct the later event that depends on it first, or use void_shipping.",
    Code.READ_ONLY: "Restore the newest backup, or get what is missing from a copy with 'provenance log recover'; once "
    "the log is whole again, send the same statement again.",
    Code.BUSY: "Wait a moment and send the same statement again; it will not be recorded twice.",
    Code.NOT_FOUND: "Check the address.",
    Code.STORE_FAILED: "Send the same statement again; it will not be recorded twice.",
    Code.BAD_SETTING: "Correct the setting that the message names.",
    Code.RECORD_ALTERED: "Run 'provenance log audit' and restore from a mirror.",
    Code.MALFORMED_BUNDLE: "Fetch the bundle again; the file is damaged or is something else.",
    Code.NOT_RECORDED: "Wait for the next checkpoint, or run 'provenance log checkpoint'.",
    Code.DUPLICATE_EPC: "Name each thing once; a GS1 Digital Link and its EPC URN are the same name.",
    Code.CLASS_FOR_INSTANCE: "Name the thing with its serial, or move the class to the quantity list.",
    Code.INSTANCE_FOR_CLASS: "Move the thing with a serial to the list of EPCs; a quantity is of a class or lot.",
    Code.PLACE_FOR_THING: "Name a thing here; to fix things to a place, use an AssociationEvent.",
    Code.PARENT_IS_CHILD: "Take the parent out of the list of its children.",
    Code.INPUT_IS_OUTPUT: "Give what comes out an identifier of its own; what went in has ended.",
    Code.NEGATIVE_QUANTITY: "Give the amount as zero or more; the action says whether it is added or taken away.",
    Code.UOM_WITHOUT_QUANTITY: "Add the quantity, or leave out its unit.",
    Code.FRACTION_WITHOUT_UOM: "Add the unit (uom), or count whole pieces.",
    Code.SET_AND_UNSET: "Decide whether the disposition holds from now on, and leave it in one of the two lists.",
    Code.CORRECTION_OF_NOTHING: "Leave out correctiveEventIDs, or give incorrect_data as the reason.",
    Code.STEP_AGAINST_ACTION: "Correct bizStep or action; together they say two opposite things.",
    Code.SENSOR_TIME: "Correct the times: a reading is not later than its event, and a period starts before it ends.",
    Code.SENSOR_SAID_TWICE: "Leave the member in the metadata or in the report, not in both.",
    Code.SENSOR_CONTRADICTION: "Correct the report as the message says (EPCIS 2.0 section 7.3.7).",
    Code.SENSOR_WITHOUT_TYPE: "Add the type of measurement if there is one.",
    Code.SENSOR_WITHOUT_VALUE: "Add the value that was measured, or leave out the report.",
    Code.UNIT_UNCLEAR: "Add the UN/ECE Rec 20 code of the unit, for example CEL.",
    Code.NOT_READ_BY_ALL: "Put it into an ObjectEvent of its own if partners must read it.",
    Code.NOTHING_NAMED: "Name the things or quantities the event is about.",
    Code.STEP_UNUSUAL: "Check that bizStep and type of event are what you meant.",
    Code.OWN_WORD: "Use a CBV word where one fits.",
    Code.WORD_AS_URI: "Use the bare CBV word.",
    Code.FOREIGN_IDENTIFIER: "Use a GS1 identifier where partners must recognise the thing.",
    Code.GTIN_NOT_PADDED: "Write the GTIN with 14 digits, zeros in front.",
    # the terminal
    Code.NOT_SET_UP: "Run 'provenance init', or name the home of another installation with --home.",
    Code.FILE_EXISTS: "Choose another name; nothing is overwritten.",
    Code.UNEXPECTED: "Report this with the command you typed; 'python -X dev -m provenance …' shows where it happened.",
    # GS1 element strings and links
    Code.UNKNOWN_AI: "Use one of the application identifiers of the GS1 General Specifications.",
    Code.WRONG_LENGTH: "Compare the value with the label; a character is missing or too many.",
    Code.WRONG_CHARACTER: "Remove the character; serials and lots take letters, digits and !\"%&'()*+,-./:;<=>?_ only.",
    Code.WRONG_CONTENT: "Correct the part that the message names: a date, a code or a number that does not exist.",
    Code.REPEATED_AI: "Write each application identifier once.",
    Code.MISSING_AI: "Add what the message names; without it the value has no meaning.",
    Code.EXCLUDED_AI: "Remove one of the two that the message names; they contradict each other.",
    Code.MALFORMED_ELEMENTS: "Write it as (01)09521234543213(21)S1, each identifier in brackets before its value.",
    Code.MALFORMED_LINK: "Write it as https://id.example.org/01/09521234543213/21/S1; qualifiers go 22, 10, 21.",
    Code.UNKNOWN_PREFIX: "Record the company's licence, or name its prefix; where it ends can't be seen in a number.",
    # the web
    Code.NOT_ONE_THING: "Give the number of one item, lot or logistic unit; a product, party or place has no history.",
    Code.WRONG_MEDIA_TYPE: "Send application/json, or application/jsonl with one statement on each line, uncompressed.",
    Code.WRONG_METHOD: "Use one of the methods in the Allow header.",
    Code.RATE_LIMITED: "Wait as long as Retry-After says, and send the same again; it will not be recorded twice.",
    # requests that a party signs
    Code.UNSIGNED_REQUEST: "Sign the request with a key of your party (RFC 9421), as 'mirror copy --key' does.",
    Code.STALE_REQUEST: "Set the clock of this machine; a signed request is good for five minutes.",
    Code.REPEATED_REQUEST: "Sign the request anew, with a fresh nonce.",
    Code.NOT_A_READER: "Ask the operator of the log to name your party in PROVENANCE_READERS.",
    Code.REFUSED_THERE: "Do what the other server says; ask its operator to let your party read, if it may.",
    # mirrors
    Code.BODY_ALTERED: "Fetch again; if it stays so, the log gives out bodies that its own entries do not name.",
    Code.RULE_BROKEN: "Keep the copy and ask the operator: the log took in what its own rules refuse.",
    Code.STALE_CHECKPOINT: "Ask the log's operator and its witnesses: what was recorded since then is not shown.",
    Code.HEAD_WITHHELD: "Keep the file and ask the operator: others have seen more of this log than it shows here.",
    Code.MALFORMED_CARD: "Run 'provenance mirror copy' with --cosign again; it writes mirror.json anew.",
    Code.NO_MIRROR: "Make the copy with 'provenance mirror copy', --key, --cosign and --name; then serve it.",
    Code.NOT_THE_LOG: "Ask the log itself: its address is in the message, and in the evidence under 'log'.",
    Code.MALFORMED_ALARM: "Get the file again from whoever made it; it is damaged, or is no alarm.",
    # web links and the resolver
    Code.NO_SUCH_LINK: "Ask for one of the links there are; linkType=linkset lists them.",
    Code.NOT_KNOWN_HERE: "Ask a resolver that knows it, such as id.gs1.org; nobody here holds this company prefix.",
    # anchoring
    Code.MALFORMED_TIMESTAMP: "Ask a time-stamping authority (RFC 3161) at its own address; this was no answer of one.",
    Code.FORGED_TIMESTAMP: "Name the root certificate of the authority that answered; if you did, keep both files.",
    Code.ANCHOR_UNAVAILABLE: "Try again later, or name another authority; nothing was lost.",
    # payments
    Code.FORGED_NOTICE: "Believe nothing of it. If it came from your provider, compare the account's keys and secrets.",
    Code.STALE_NOTICE: "Set the clock of this machine; if it is right, let the provider send the notification again.",
    Code.OTHER_MERCHANT: "Compare the merchant number with the account; each account has an address of its own.",
    Code.UNCONFIRMED_NOTICE: "Ask the provider again later; book nothing until its own list says the same.",
    Code.PAID_TWICE: "Give the second payment back at the provider; one payment pays an order.",
    Code.NOTICE_CHANGED: "Ask the provider which is true; the inbox keeps what came first, and counts the others.",
    # identity on things: serials, claim codes, inspector codes, NFC tags
    Code.RANDOM_BYTES: "Take exactly as many fresh random bytes as the message says.",
    Code.SERIAL_STEP: "Print a serial before it is activated, and each once; for a new label take a new serial.",
    Code.MISTYPED_SERIAL: "Compare the serial with the label, letter by letter; there is no 0, 1, I or O in it.",
    Code.SERIAL_NOT_OURS: "Give out the serial here first ('provenance serial issue'), or leave it out.",
    Code.MALFORMED_CLAIM_CODE: "Type all 24 characters of the hidden code; spaces and hyphens do not matter.",
    Code.MISTYPED_CLAIM_CODE: "Compare the code with the label, letter by letter; one was probably mistyped.",
    Code.MALFORMED_INSPECTOR_CODE: "Scan the inspector's code again, the larger of the two; part of it is missing.",
    Code.FORGED_INSPECTOR_CODE: "Scan the code again; if this stays so, take the thing in: its maker did not sign it.",
    Code.MALFORMED_TAP: "Hold the phone to the tag again; if this stays so, the tag was set up in another way.",
    Code.FORGED_TAP: "Hold the phone to the tag again; if this stays so, tell the inspector: the tag may be a copy.",
    Code.TAG_TAKEN: "Take a fresh tag: one belongs to one thing for ever.",
    Code.OTHER_TAG: "Look whether label and tag belong together; if they do, tell the inspector: one was exchanged.",
    # money, terms and decisions
    Code.WRONG_CURRENCY: "Reckon each currency by itself; change money outside, and record what came of it.",
    Code.TRANSFER_TAKEN: "Nothing to do if it is a retry; otherwise give the new movement a name of its own.",
    Code.UNKNOWN_TRANSFER: "Check the transfer's name; only what was pended can be fulfilled or voided.",
    Code.ALREADY_RESOLVED: "Nothing to do: it was fulfilled or voided before; to undo it, move the money back.",
    Code.UNKNOWN_LAW: "Use a version of this program that has the law table of that day; old tables are never removed.",
    Code.OTHER_TERMS: "Decide by the terms that the order names; terms changed later do not reach back.",
    # orders and what follows them
    Code.ILLEGAL_STEP: "Look at where it stands ('provenance order show'); only the steps listed there are open.",
    Code.NOT_ENTITLED: "Let those sign whom the message names.",
    Code.UNKNOWN_DOSSIER: "Check the name; what it belongs to must be in the log first.",
    Code.SLOT_TAKEN: "Look at the dossier in the message; it has to end before another can begin.",
    Code.EVENT_MISSING: "Capture the custody event first, and name it by its hash.",
    Code.OTHER_AMOUNT: "Compare the payment with the order; only the whole amount pays it.",
    Code.OTHER_ITEM: "Compare the items with the order, line by line.",
    Code.STILL_OPEN: "Wait until what the message names has ended.",
    Code.BEFORE_ITS_TIME: "Wait until the moment in the message.",
    Code.UNKNOWN_TEXT: "Capture the signed review first; it has to name the hash of exactly this document.",
    Code.TEXT_SILENCED: "Nothing to do: words that were removed or taken back are not shown again.",
    Code.TOO_LATE: "Ask for a new offer, or make a new claim or proof.",
    Code.NOT_SOLD: "Compare the item with the receipt; it is claimed once it has been sold and has arrived.",
    Code.WRONG_TOKEN: "Type the token as it is printed on the receipt of this order.",
    Code.RESOLD: "What was passed on to another, or is offered, is not given back to its seller.",
    Code.NOT_GRANTED: "Look at the clauses in the message; wait, answer, or ask an inspector to award.",
    # orders from shops' own systems
    Code.OTHER_TOTAL: "Compare pieces and freight with the total; tips, gift cards and fees are in no offer.",
    Code.UNKNOWN_SKU: "Add the article to the products of the catalogue, with its GTIN, and take the draft again.",
    Code.CALLED_OFF: "Nothing to do; if an offer was signed before, cancel that order ('provenance record sign').",
    Code.UNKNOWN_DRAFT: "Look at the list of drafts ('provenance order drafts'), and import the order first.",
    Code.DRAFT_DIFFERS: "Give it another number; an order that changed is offered anew under a number of its own.",
    Code.UNREADABLE_TABLE: "Begin with the columns of 'provenance order template', as CSV in UTF-8 or as XLSX.",
    Code.FORMULA_IN_CELL: "Type the value itself into the cell, without a sign before it.",
    Code.FORGED_DELIVERY: "Believe nothing of it. If it came from your shop, compare the secrets on both sides.",
    # webhooks
    Code.FORBIDDEN_ADDRESS: "Give a public https address; PROVENANCE_WEBHOOK_HOSTS names hosts of one's own network.",
    Code.ENDPOINT_EXISTS: "Choose another name, or remove the endpoint first ('provenance webhook remove').",
    Code.UNKNOWN_ENDPOINT: "Look at the list of endpoints ('provenance webhook list').",
    Code.NO_SHOP: "Let the operator name the shop and its secret in the file of PROVENANCE_SHOP_SECRETS.",
    Code.OVER_DAILY_LIMIT: "Give the rest tomorrow, or give less.",
    Code.OTHER_VERIFIER: "Ask for a proof that names you and the nonce you gave.",
    Code.REFUND_BEYOND_PAID: "Look up what was given back for the order already, and refund the rest at most.",
    Code.LABEL_TOO_SMALL: "Choose a larger label, print fewer or shorter lines, or use a shorter host name.",
    Code.LABEL_UNREADABLE: "Print none of these labels and report this: what was drawn does not say what it should.",
    Code.UNKNOWN_SHEET: "Choose one of the formats that 'provenance label sheets' lists, or give a size with --roll.",
    Code.MISSING_LETTER: "Install a font that has the letter (for Chinese, Japanese and Korean: Noto Sans CJK; on "
    "Debian and Ubuntu the package fonts-noto-cjk), or name a font file.",
    Code.MALFORMED_FONT: "Name a TrueType or OpenType font file (.ttf, .otf or .ttc).",
    Code.FONT_NOT_EMBEDDABLE: "Name another font; the licence of this one forbids to put it into a file.",
    Code.READER_MISSING: "Install 'provenance[labels]' (zxing-cpp), or use QR codes, which need nothing more.",
    Code.MALFORMED_HIDDEN_CODE: "Give letters, digits and hyphens, such as 0G40-R40M-30E2-0918-5GR3-8E6M.",
    Code.FORMULA_IN_TABLE: "Choose another format, or give the thing a serial without that character.",
}
