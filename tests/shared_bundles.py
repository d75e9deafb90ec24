"""The bundles that every verifier must agree on: honest ones, and each kind of tampering with the step that sees it.

Rules:

* a ``Case`` is a bundle file, a trust file, and the first step that fails (``None``: all hold, as far as they go);
* altered files are made from one honest bundle by changing its JSON; what only a dishonest log could hand out
  (``crooked``) is signed by the tests' own log key over whatever statements the case wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provenance.bundle import format_bundle
from provenance.crypto.keys import SigningKey
from provenance.custody.registry_entries import (
    KeyRevoked,
    KeyRotated,
    LicenceGranted,
    PartyEnrolled,
    RevocationReason,
    RolesChanged,
    RootEstablished,
)
from provenance.custody.roles import Role
from provenance.custody.statements import PayloadType
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_base58, format_base64, parse_base64
from provenance.ids import Subject
from provenance.log.note import Note, format_note, parse_note, signer_key
from provenance.log.note import sign as sign_note
from provenance.log.policy import parse_policy
from provenance.proof_steps import ProofStep
from provenance.services.signing import Hand
from provenance.trust import Trust, format_trust
from tests.cast import CARRIER, GARDEN, MAKER, ROOT, ROOT_HAND, SHOP, Some, gtin, item, lot, unit
from tests.cosigners import TWO_OF_THREE, cosigned
from tests.crooked_log import BAG, LOG, TRUST, bundle_over, entries_of, making
from tests.founding import ORIGIN
from tests.homes import key_of
from tests.key_lives import compromises, foreign, recoveries, rotations, strange_times
from tests.world import World

SISTER, BOX = item("A2"), unit(1)
TRADE_ONLY = "the beginning missing, and its links hidden"
"""What only the verdict sees: that a thing needs a beginning is for the trade to know."""


@dataclass(frozen=True, slots=True)
class Case:
    """One bundle of the set; ``fails`` is the first step that does not hold."""

    name: str
    bundle: bytes
    trust: bytes
    fails: ProofStep | None


def told(world: World) -> Mapping[str, Subject]:
    """A trade in which every kind of chain occurs; what to ask for a bundle of, by name."""
    leather = lot("L1")
    world.made(Some("100 KGM", leather))
    world.blended([Some("2.5 KGM", leather)], [BAG, SISTER], at_most=[("KGM", "", "9")], bizStep="commissioning")
    world.packed(BAG, SISTER, into=BOX)
    world.handed_over(BOX, to=CARRIER, owner=SHOP)
    world.handed_over(BOX, by=CARRIER, to=SHOP)
    world.unpacked(out_of=BOX, by=SHOP)
    world.sold(BAG)
    world.recalled(Some("", gtin()))
    world.marked(Some("", gtin()), by=MAKER, off=["recalled"])
    world.corrected(world.made(item("W1")))
    return {"bag": BAG, "box": BOX, "leather": leather, "taken back": item("W1")}


def honest(world: World) -> Iterator[Case]:
    """Bundles as they are."""
    for name, thing in told(world).items():
        yield Case(f"honest: {name}", world.bundle(thing), format_trust(world.services.trust), None)


def tampered(data: bytes, other: bytes, trust: Trust) -> Iterator[Case]:
    """Everything that can be done to a bundle file; ``other`` is an honest one about another thing of the log."""
    believed = format_trust(trust)
    for name, fails, change in _CHANGES:
        value: Any = canonical.parse_any(data)
        change(value)
        yield Case(name, canonical.dump(value), believed, fails)
    for name, changed in _spellings(data):
        yield Case(name, changed, believed, ProofStep.FILE)
    extra: Any = canonical.parse_any(data)
    here = {row["index"] for row in extra["statements"]}
    strange = next(row for row in canonical.parse_any(other)["statements"] if row["index"] not in here)  # type: ignore[call-overload,index,union-attr]  # a bundle's shape
    extra["statements"] = sorted((*extra["statements"], strange), key=lambda row: row["index"])
    yield Case("a statement that no chain needs", canonical.dump(extra), believed, ProofStep.LINKS)
    stranger = key_of("stranger").public
    for name, fails, changed in (
        ("a log key that is another's", ProofStep.CHECKPOINT, replace(trust, log=signer_key(trust.origin, stranger))),
        ("a root that is another's", ProofStep.AUTHORITY, replace(trust, roots=(stranger,))),
        ("more roots than there are", ProofStep.AUTHORITY, replace(trust, roots=(*trust.roots, stranger))),
    ):
        yield Case(f"trust: {name}", data, format_trust(changed), fails)


def witnessed(data: bytes, trust: Trust) -> Iterator[Case]:
    """The same bundle with witnesses under its checkpoint, for readers who ask for two of three, or for none."""
    asking = replace(trust, witnesses=parse_policy(TWO_OF_THREE))
    for name, believed, seconds, fails in (
        ("two of three witnesses", asking, {"w1": 100, "w3": 300}, None),
        ("three of three witnesses", asking, {"w1": 100, "w2": 2**63 - 1, "w3": 300}, None),
        ("one of three witnesses", asking, {"w2": 100}, ProofStep.COSIGNATURES),
        ("no witness", asking, {}, ProofStep.COSIGNATURES),
        ("witnesses nobody asked for", trust, {"w1": 100}, ProofStep.CHECKPOINT),
    ):
        yield Case(f"witnessed: {name}", _cosigned(data, seconds), format_trust(believed), fails)
    value: Any = canonical.parse_any(_cosigned(data, {"w1": 100, "w3": 300}))
    _flipped_note(value)
    changed = canonical.dump(value)
    yield Case("witnessed: a byte of a cosignature", changed, format_trust(asking), ProofStep.CHECKPOINT)


def _cosigned(data: bytes, seconds: Mapping[str, int]) -> bytes:
    value: Any = canonical.parse_any(data)
    note = cosigned(parse_note(value["checkpoint"].encode()), **seconds)
    return canonical.dump(value | {"checkpoint": format_note(note).decode()})


def key_lives() -> Iterator[Case]:
    """What may become of keys, over logs of the tests' own."""
    for life in (*rotations(), *recoveries(), *compromises(), *strange_times(), *foreign()):
        bundle = format_bundle(bundle_over(life.told))
        yield Case(f"key life: {life.name}", bundle, format_trust(TRUST), life.fails)


def every(world: World) -> list[Case]:
    """The whole set."""
    good = list(honest(world))
    first, trust = good[0].bundle, world.services.trust
    return [*good, *tampered(first, good[-1].bundle, trust), *witnessed(first, trust), *crooked(), *key_lives()]


def _spellings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The same content, and not the same bytes."""
    first = data.index(b'"proof":["') + len(b'"proof":["')
    yield "a newline at the end", data + b"\n"
    yield "a space after the first brace", data.replace(b"{", b"{ ", 1)
    yield "a member twice", data.replace(b'"bundle":', b'"bundle":"x","bundle":', 1)
    yield "an escaped letter", data.replace(b'"bundle":', b'"b\\u0075ndle":', 1)
    yield "a lone surrogate", data.replace(b'"subject":"', b'"subject":"\\ud800', 1)
    yield "a fraction", data.replace(b'"index":0,', b'"index":0.5,', 1)
    yield "an integer of 2^53", data.replace(b'"index":0,', b'"index":9007199254740992,', 1)
    yield "bits after the end of base64", data[: first + 42] + _next_letter(data[first + 42]) + data[first + 43 :]
    yield "half of it", data[: len(data) // 2]
    yield "nothing", b""
    yield "not UTF-8", data.replace(b'"subject":"', b'"subject":"\xff', 1)
    yield "a byte-order mark", b"\xef\xbb\xbf" + data
    yield "65 brackets", b"[" * 65 + b"]" * 65


def _next_letter(letter: int) -> bytes:
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(letter) + 1 :][:1]


Change = Callable[[Any], None]

WEAK_KEY = f"did:key:z{format_base58(bytes((0xED, 0x01, 1)) + bytes(31))}"
"""The neutral point: it "signs" whatever one likes, so it is no honest key."""


def _own(value: Any) -> list[Any]:
    """The statements of the subject's own chain, first to last."""
    indexes = next(row[2] for row in value["chains"] if row[0] == value["subject"])
    by_index = {row["index"]: row for row in value["statements"]}
    return [by_index[index] for index in indexes]


def _flip(text: str, at: int) -> str:
    data = bytearray(parse_base64(text))
    data[at] ^= 1
    return format_base64(bytes(data))


def _body(row: Any, change: Callable[[bytes], bytes]) -> None:
    row["statement"]["payload"] = format_base64(change(parse_base64(row["statement"]["payload"])))


def _note(value: Any, change: Callable[[str], str]) -> None:
    value["checkpoint"] = change(value["checkpoint"])


def _resigned(value: Any, name: str, key: SigningKey) -> None:
    note = parse_note(value["checkpoint"].encode())
    value["checkpoint"] = format_note(Note(note.text, (sign_note(note.text, name=name, key=key),))).decode()


def _with_strange_line(value: Any) -> None:
    note = parse_note(value["checkpoint"].encode())
    line = sign_note(note.text, name="stranger.example", key=key_of("stranger"))
    value["checkpoint"] = format_note(Note(note.text, (*note.signatures, line))).decode()


def _flipped_note(value: Any) -> None:
    head, _, last = value["checkpoint"].rpartition(" ")
    value["checkpoint"] = f"{head} {_flip(last.rstrip(), 40)}\n"


def _drop(value: Any, row: Any) -> None:
    value["statements"].remove(row)


def _drop_and_hide(value: Any, row: Any) -> None:
    value["statements"].remove(row)
    for chain in value["chains"]:
        chain[2] = [index for index in chain[2] if index != row["index"]]


def _drop_registry_entry(value: Any) -> None:
    of = next(row for row in value["chains"] if row[0] == MAKER.party)
    _drop_and_hide(value, next(row for row in value["statements"] if row["index"] == of[2][0]))


def _swap_proofs(value: Any) -> None:
    one, other = value["statements"][3], value["statements"][4]
    one["proof"], other["proof"] = other["proof"], one["proof"]


def _moved(value: Any) -> None:
    last = value["statements"][-1]
    for chain in value["chains"]:
        chain[2] = [index + 1 if index == last["index"] else index for index in chain[2]]
    last["index"] += 1


def _signed_by_two(value: Any) -> Any:
    """The signatures of the first statement that has more than one."""
    found = (row["statement"]["signatures"] for row in value["statements"])
    return next(signatures for signatures in found if len(signatures) > 1)


def _strip_signature(value: Any) -> None:
    _signed_by_two(value).pop()


def _extra_signature(value: Any) -> None:
    signatures = value["statements"][-1]["statement"]["signatures"]
    signatures.append({"keyid": "f" * 64, "sig": signatures[0]["sig"]})


def _swap_signatures(value: Any) -> None:
    one, other = (row["statement"] for row in value["statements"][:2])
    one["signatures"][-1]["sig"], other["signatures"][-1]["sig"] = (
        other["signatures"][-1]["sig"],
        one["signatures"][-1]["sig"],
    )


def _unlisted(value: Any) -> None:
    for chain in value["chains"]:
        if chain[0] == value["subject"]:
            chain[2].pop(1)


def _no_chain(value: Any) -> None:
    value["chains"] = [row for row in value["chains"] if row[0] != value["subject"]]


def _set(*path: str | int, to: Json) -> Change:
    def change(value: Any) -> None:
        around = value
        for step in path[:-1]:
            around = around[step]
        around[path[-1]] = to

    return change


_CHANGES: tuple[tuple[str, ProofStep | None, Change], ...] = (
    ("a member that has no meaning", ProofStep.FILE, _set("more", to=1)),
    ("another version", ProofStep.FILE, _set("bundle", to="provenance.bundle/v2")),
    ("a member that has no meaning", ProofStep.FILE, _set("policy", to="0" * 64)),
    ("statements out of order", ProofStep.FILE, lambda v: v["statements"].reverse()),
    ("chains out of order", ProofStep.FILE, lambda v: v["chains"].reverse()),
    ("a chain that runs backwards", ProofStep.FILE, lambda v: v["chains"][0][2].reverse()),
    ("a negative place", ProofStep.FILE, _set("statements", 0, "index", to=-1)),
    ("a place that is true", ProofStep.FILE, _set("statements", 0, "index", to=True)),
    ("a hash of 31 bytes", ProofStep.FILE, _set("statements", 0, "proof", 0, to=format_base64(bytes(31)))),
    ("a signature of 63 bytes", ProofStep.FILE,
     _set("statements", 0, "statement", "signatures", 0, "sig", to=format_base64(bytes(63)))),
    ("a key id in capitals", ProofStep.FILE, _set("statements", 0, "statement", "signatures", 0, "keyid", to="A" * 64)),
    ("no signature at all", ProofStep.FILE, _set("statements", 0, "statement", "signatures", to=[])),
    ("signatures out of order", ProofStep.FILE, lambda v: _signed_by_two(v).reverse()),
    ("a type that is no media type", ProofStep.FILE, _set("statements", 0, "statement", "payloadType", to="a type")),
    ("no checkpoint", ProofStep.CHECKPOINT, _set("checkpoint", to="")),
    ("a checkpoint that is no note", ProofStep.CHECKPOINT, _set("checkpoint", to="hello")),
    ("a byte of the log's signature", ProofStep.CHECKPOINT, _flipped_note),
    ("a larger checkpoint", ProofStep.CHECKPOINT, lambda v: _note(v, lambda n: n.replace("\n", "\n1", 1))),
    ("a leading zero in the size", ProofStep.CHECKPOINT, lambda v: _note(v, lambda n: n.replace("\n", "\n0", 1))),
    ("an extension line", ProofStep.CHECKPOINT, lambda v: _note(v, lambda n: n.replace("\n\n", "\nmore\n\n", 1))),
    ("a line of somebody unknown", ProofStep.CHECKPOINT, _with_strange_line),
    ("a checkpoint signed by a stranger as the log", ProofStep.CHECKPOINT,
     lambda v: _resigned(v, ORIGIN, key_of("stranger"))),
    ("a checkpoint signed by the log as a stranger", ProofStep.CHECKPOINT,
     lambda v: _resigned(v, "stranger.example", LOG)),
    ("a trailing line", ProofStep.CHECKPOINT, lambda v: _note(v, lambda n: n + "\n")),
    ("a type nobody knows", ProofStep.STATEMENTS, _set("statements", -1, "statement", "payloadType", to="a/b")),
    ("a body that is no JSON", ProofStep.STATEMENTS, lambda v: _body(v["statements"][-1], lambda b: b[:-1])),
    ("a body with a space", ProofStep.STATEMENTS,
     lambda v: _body(v["statements"][-1], lambda b: b.replace(b",", b", ", 1))),
    ("a body with a member twice", ProofStep.STATEMENTS,
     lambda v: _body(v["statements"][-1], lambda b: b.replace(b'{"', b'{"@context":1,"', 1))),
    ("a body that is a list", ProofStep.STATEMENTS, lambda v: _body(v["statements"][-1], lambda b: b"[" + b + b"]")),
    ("an entry with a fraction", ProofStep.STATEMENTS,
     lambda v: _body(v["statements"][0], lambda b: b.replace(b'"threshold":1', b'"threshold":1.5'))),
    ("an entry of an unknown kind", ProofStep.STATEMENTS,
     lambda v: _body(v["statements"][0], lambda b: b.replace(b"root-established", b"root-of-all-evil"))),
    ("an entry with a weak key", ProofStep.STATEMENTS,
     lambda v: _body(v["statements"][0], lambda b: b.replace(str(ROOT.public).encode(), WEAK_KEY.encode()))),
    ("a role nobody has", ProofStep.STATEMENTS,
     lambda v: _body(v["statements"][-1], lambda b: b.replace(b'"role":"', b'"role":"the '))),
    ("a signature taken away", ProofStep.STATEMENTS, _strip_signature),
    ("a signature too many", ProofStep.STATEMENTS, _extra_signature),
    ("a byte of a body", ProofStep.SIGNATURES, lambda v: _body(_own(v)[0], lambda b: b.replace(b"2026-", b"2027-", 1))),
    ("a type that is another's", ProofStep.SIGNATURES, _set("statements", 0, "statement", "payloadType",
     to=PayloadType.CUSTODY_EVENT.value)),
    ("a byte of a signature", ProofStep.SIGNATURES,
     lambda v: v["statements"][-1]["statement"]["signatures"][0].update(
         sig=_flip(v["statements"][-1]["statement"]["signatures"][0]["sig"], 5))),
    ("two signatures swapped", ProofStep.SIGNATURES, _swap_signatures),
    ("a statement missing", ProofStep.LINKS, lambda v: _drop(v, _own(v)[1])),
    ("a statement missing, and its links hidden", ProofStep.LINKS, lambda v: _drop_and_hide(v, _own(v)[1])),
    (TRADE_ONLY, None, lambda v: _drop_and_hide(v, _own(v)[0])),
    ("an entry of the registry missing", ProofStep.SIGNATURES, _drop_registry_entry),
    ("a link left out of its chain", ProofStep.LINKS, _unlisted),
    ("no chain of its own", ProofStep.LINKS, _no_chain),
    ("a byte of a proof", ProofStep.INCLUSION,
     lambda v: v["statements"][-1]["proof"].__setitem__(0, _flip(v["statements"][-1]["proof"][0], 7))),
    ("a proof too short", ProofStep.INCLUSION, lambda v: v["statements"][-1]["proof"].pop()),
    ("a proof too long", ProofStep.INCLUSION, lambda v: v["statements"][-1]["proof"].append(format_base64(bytes(32)))),
    ("two proofs swapped", ProofStep.INCLUSION, _swap_proofs),
    ("a statement moved", ProofStep.INCLUSION, _moved),
    ("a statement without a proof", ProofStep.INCLUSION, _set("statements", -1, "proof", to=None)),
)  # fmt: skip


def crooked() -> Iterator[Case]:
    """What only a log that does not keep the rules can hand out: all proofs hold, and somebody may not say it."""
    old, new, trust = key_of("maker"), key_of("maker's second"), format_trust(TRUST)
    begin = [
        (RootEstablished(ORIGIN, (ROOT.public,), 1), (ROOT_HAND,)),
        (PartyEnrolled(MAKER.party, "Maker", (Role.PRODUCER,), (old.public,)), (ROOT_HAND, MAKER.hand())),
        (LicenceGranted(MAKER.party, MAKER.prefix), (ROOT_HAND,)),
    ]
    ended = KeyRevoked(MAKER.party, old.public.id, RevocationReason.LOST, None)
    rotated = KeyRotated(MAKER.party, old.public.id, new.public)
    stranger = Hand(GARDEN.party, Role.PRODUCER, GARDEN.key)
    garden = (PartyEnrolled(GARDEN.party, "Garden", (Role.PRODUCER,), (GARDEN.key.public,)), (ROOT_HAND, stranger))
    changed = (rotated, (MAKER.hand(), MAKER.hand(key=new)))
    hands = {"maker": MAKER.hand(), "new": MAKER.hand(key=new), "garden": Hand(MAKER.party, Role.PRODUCER, GARDEN.key)}
    for name, fails, entries, by, seen in (
        ("a straight log", None, begin, "maker", 0),
        ("a rotated key", None, [*begin, changed], "new", 0),
        ("a key after it was rotated", ProofStep.AUTHORITY, [*begin, changed], "maker", 0),
        ("a key after it was revoked", ProofStep.AUTHORITY, [*begin, (ended, (ROOT_HAND,))], "maker", 0),
        ("a role that was taken away", ProofStep.AUTHORITY,
         [*begin, (RolesChanged(MAKER.party, (Role.SELLER,)), (ROOT_HAND,))], "maker", 0),
        ("another party's key", ProofStep.AUTHORITY, [*begin, garden], "garden", 0),
        ("a party enrolled by itself", ProofStep.AUTHORITY,
         [begin[0], (begin[1][0], (MAKER.hand(),)), begin[2]], "maker", 0),
        ("a party enrolled twice", ProofStep.AUTHORITY, [*begin, begin[1]], "maker", 0),
        ("a prefix that overlaps", ProofStep.AUTHORITY,
         [*begin, (LicenceGranted(MAKER.party, MAKER.prefix[:5]), (ROOT_HAND,))], "maker", 0),
        ("a second root", ProofStep.AUTHORITY, [*begin, begin[0]], "maker", 0),
        ("no root", ProofStep.SIGNATURES, begin[1:], "maker", 0),
        ("a later checkpoint seen", ProofStep.AUTHORITY, begin, "maker", 9),
    ):  # fmt: skip
        made = [*entries_of(entries), making(hands[by], seen)]
        yield Case(f"crooked: {name}", format_bundle(bundle_over(made)), trust, fails)
    elsewhere = [*entries_of(begin), making(MAKER.hand(), 0, origin="elsewhere.example")]
    yield Case("crooked: another log seen", format_bundle(bundle_over(elsewhere)), trust, ProofStep.AUTHORITY)
    twice = [*entries_of(begin), making(MAKER.hand(), 0), making(MAKER.hand(), 0)]
    yield Case("crooked: a statement twice", format_bundle(bundle_over(twice)), trust, ProofStep.LINKS)
