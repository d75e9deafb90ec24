"""Checks an evidence file by itself: one file to read from top to bottom, with PyNaCl for the signatures.

    python evidence_verifier.py olives.bundle trust.json

Nothing of the product is used: only this file, Python 3.11 or newer and the package ``pynacl`` (libsodium). Whoever
has to rely on the answer can read all of it first. It takes eight steps and says how each ended:

    file          the bytes are a bundle in its one spelling
    checkpoint    the log that the trust file names signed the checkpoint, and nobody unknown did
    cosignatures  as many independent witnesses confirmed the checkpoint as the trust file asks for
    statements    every statement can be read, and was signed by exactly those whom it names
    signatures    every signature holds
    links         every chain is unbroken, and nothing is here that no chain needs
    inclusion     every statement is in the tree that the checkpoint speaks for, at its place
    authority     whoever signed had, at that place of the log, a live key and the role he signed in

A step *holds*, *fails*, is *not-checked* because one that it rests on did not hold, or is *not-asked* for. The
product's server, its command ``provenance verify`` and the script in its pages take the same steps to the same outcome.

What this does not judge: whether the trade kept its rules (who may ship what, whether amounts add up, whether the
chain of a box or an ingredient is missing altogether), which ``provenance verify`` does; and what no file can tell:
whether the signers spoke the truth, whether newer statements were left out, and whether a thing in somebody's hands
is the one on record.

Exit code: 0 when nothing failed, 1 when a step failed, 2 when there was nothing to check.
"""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import re
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Self

import nacl.bindings
import nacl.exceptions

STEPS = ("file", "checkpoint", "cosignatures", "statements", "signatures", "links", "inclusion", "authority")
RESTS_ON = {
    "cosignatures": ("checkpoint",),
    "signatures": ("statements",),
    "links": ("statements",),
    "inclusion": ("checkpoint",),
    "authority": ("statements", "signatures"),
}


Value = Any  # whatever stands in a JSON text; each function looks at what it needs of it


class Failed(Exception):
    """Something is not as it has to be."""


# What reading something of another form than expected ends in: all of it means that it can't be read.
UNREADABLE = (Failed, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def require(holds: object, message: str) -> None:
    if not holds:
        raise Failed(message)


# 1. Text. Each thing that can be written has one spelling; every other is refused.


def read_json(data: bytes) -> Value:
    """The value in JSON bytes, which must be its RFC 8785 form."""
    value = read_any_json(data)
    require(print_json(value).encode() == data, "it is not in its one spelling (RFC 8785)")
    return value


def read_any_json(data: bytes) -> Value:
    """The value in JSON bytes of any spelling."""
    return json.loads(
        data.decode("utf-8"),
        object_pairs_hook=without_twins,
        parse_int=read_integer,
        parse_float=Fraction,
        parse_constant=read_integer,  # NaN and the like: no number at all
    )


def without_twins(pairs: list[tuple[str, Value]]) -> Value:
    require(len(dict(pairs)) == len(pairs), "a member stands twice")
    return dict(pairs)


def read_integer(text: str) -> int:
    require(len(text) <= 17 and abs(int(text)) < 2**53, "an integer of 2^53 or more")
    return int(text)


class Fraction(str):
    """A number with a fraction, kept as its text; which must be the shortest that means this double."""

    def __new__(cls, text: str) -> Self:
        shortest = repr(float(text))
        mantissa, _, exponent = shortest.partition("e")
        digits, places = mantissa.replace(".", "").replace("-", ""), -int(exponent or 0)
        if 4 < places <= 6:  # Python turns to exponents two places earlier than RFC 8785
            shortest = ("-" if shortest[0] == "-" else "") + "0." + "0" * (places - 1) + digits
        elif places > 6:
            shortest = f"{mantissa}e-{places}"
        require(text == shortest and not float(text).is_integer(), "a number that is not in its shortest form")
        require(len(mantissa.partition(".")[2]) + places <= 30, "a number that is too fine")
        return str.__new__(cls, text)


def print_json(value: Value, depth: int = 0) -> str:
    """RFC 8785: members in the order of their UTF-16 names, no space, nothing escaped that need not be."""
    require(depth <= 64, "nested deeper than 64 levels")
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{quoted(name)}:{print_json(value[name], depth + 1)}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(print_json(member, depth + 1) for member in value) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read_base64(text: Value, length: int | None = None) -> bytes:
    require(isinstance(text, str), "not a text")
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 in another spelling")
    require(length is None or len(data) == length, f"not {length} bytes")
    return data


def is_hash(text: Value) -> bool:
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{64}", text) is not None


def is_count(value: Value) -> bool:
    return type(value) is int and value >= 0


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# 2. Keys and signatures (Ed25519, RFC 8032, by libsodium's strict rules).

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def read_key(text: Value) -> bytes:
    """The 32 bytes of a key written ``did:key:z…``; no point of small order passes."""
    require(isinstance(text, str) and text.startswith("did:key:z") and len(text) < 140, "not a did:key")
    number = 0
    for letter in text[9:]:
        require(letter in BASE58, "not base58")
        number = number * 58 + BASE58.index(letter)
    require(not text[9:].startswith("1") and number >> 256 == 0xED01, "not an Ed25519 key")
    return checked_key((number & (1 << 256) - 1).to_bytes(32, "big"))


def checked_key(raw: bytes) -> bytes:
    require(len(raw) == 32 and nacl.bindings.crypto_core_ed25519_is_valid_point(raw), "a key that is no honest key's")
    return raw


def key_id(raw: bytes) -> str:
    return hashlib.sha256(b"\xed\x01" + raw).hexdigest()


def is_signed(raw: bytes, message: bytes, signature: bytes) -> bool:
    try:
        nacl.bindings.crypto_sign_open(signature + message, raw)
    except nacl.exceptions.BadSignatureError:
        return False
    return len(signature) == 64


# 3. Whom the reader believes: the trust file.


def read_trust(data: bytes) -> Value:
    """The log's key, the registry's root keys and the witnesses (C2SP tlog-policy), out of a trust file."""
    trust = read_any_json(data)
    require(set(trust) == {"origin", "log", "roots", "threshold", "witnesses"}, "not a trust file")
    log = read_note_key(trust["log"])
    require(log["name"] == trust["origin"] and log["type"] == 1, "the log's key is not named like the log")
    roots = {key_id(read_key(text)) for text in trust["roots"]}
    threshold = trust["threshold"]
    require(type(threshold) is int and 1 <= threshold <= len(trust["roots"]), "a threshold that can't be")
    return {**trust, "log": log, "roots": roots, "witnesses": read_policy(trust["witnesses"])}


def read_note_key(text: str) -> Value:
    """A key written ``name+id+base64(type ‖ key)``, as under signed notes (C2SP signed-note)."""
    name, identifier, blob = text.split("+", 2)
    data = read_base64(blob)
    require(is_key_name(name) and len(data) > 1, "not a verifier key")
    require(sha256(name.encode() + b"\n" + data)[:4].hex() == identifier, "a verifier key with another's id")
    if data[0] in (1, 4):
        checked_key(data[1:])
    return {"name": name, "id": identifier, "type": data[0], "raw": data[1:]}


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() or letter < " " for letter in name)


def read_policy(text: str) -> Value:
    """The witnesses by name, the groups in order, and which of them has to be reached; ``None``: nobody is asked."""
    witnesses: dict[str, Value] = {}
    groups: list[tuple[str, int, list[str]]] = []
    free: set[str] = set()
    quorum: list[str] = []
    if text == "none":
        text = "quorum none\n"
    require(text.endswith("\n"), "the witness policy does not end in a newline")
    for line in text.split("\n"):
        words = line.split()
        if not words or words[0].startswith("#") or words[0] == "log":
            continue
        if words[0] == "witness" and len(words) in (3, 4):
            key = read_note_key(words[2])
            require(key["type"] in (4, 6), "a witness key of another type")
            require(all(key["raw"] != other["raw"] for other in witnesses.values()), "a witness that counts twice")
            name, witnesses[words[1]] = words[1], key
        elif words[0] == "group" and len(words) > 3:
            name, members = words[1], words[3:]
            least = {"any": 1, "all": len(members)}.get(words[2]) or int(words[2])
            require(1 <= least <= len(members) == len(set(members)) and set(members) <= free, "a group that can't be")
            groups.append((name, least, members))
            free.difference_update(members)
        else:
            require(words[0] == "quorum" and len(words) == 2 and not quorum, "a policy line that has no meaning")
            require(words[1] == "none" or any(words[1] == one for one in (*witnesses, *(g[0] for g in groups))), line)
            quorum.append(words[1])
            continue
        require(name not in ("none", *free), "a name that is taken")
        free.add(name)
    require(len(quorum) == 1, "the witness policy says no quorum")
    return witnesses, groups, None if quorum == ["none"] else quorum[0]


# 4. The bundle, and the envelope of each statement in it.


def read_bundle(data: bytes) -> Value:
    bundle = read_json(data)
    require(isinstance(bundle, dict), "not an object")
    require(set(bundle) == {"bundle", "chains", "checkpoint", "statements", "subject"}, "not a bundle")
    require(bundle["bundle"] == "provenance.bundle/v1", "another version")
    require(isinstance(bundle["checkpoint"], str) and isinstance(bundle["subject"], str), "not a text")
    for chain in bundle["chains"]:
        name, until, indexes = chain
        require(isinstance(name, str) and (until is None or type(until) is int), "not a chain")
        require(all(map(is_count, indexes)) and indexes == sorted(set(indexes)), "a chain that runs backwards")
    names = [chain[0] for chain in bundle["chains"]]
    require(names == sorted(set(names)), "the chains are out of order")
    for exhibit in bundle["statements"]:
        read_exhibit(exhibit)
    places = [exhibit["index"] for exhibit in bundle["statements"]]
    require(places == sorted(set(places)), "the statements are out of order")
    return bundle


def read_exhibit(exhibit: Value) -> None:
    """Checks the form of one statement and adds what follows from its bytes: what was signed, hash and leaf."""
    require(set(exhibit) == {"index", "proof", "statement"} and is_count(exhibit["index"]), "not a statement")
    statement = exhibit["statement"]
    require(set(statement) == {"payload", "payloadType", "signatures"}, "not an envelope")
    kind, signatures = statement["payloadType"], statement["signatures"]
    require(re.fullmatch("[A-Za-z0-9!#$&^_.+/:;=-]{1,200}", kind), "not a media type")
    require(1 <= len(signatures) <= 16, "1 to 16 signatures may stand here")
    for signature in signatures:
        require(set(signature) == {"keyid", "sig"} and is_hash(signature["keyid"]), "not a signature")
        read_base64(signature["sig"], 64)
    keys = [signature["keyid"] for signature in signatures]
    require(keys == sorted(set(keys)), "the signatures are out of order")
    exhibit["path"] = None if exhibit["proof"] is None else [read_base64(text, 32) for text in exhibit["proof"]]
    body = read_base64(statement["payload"])
    # DSSE: the type and the body are signed together, each with its length, so neither can pass for the other.
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(body), body)
    exhibit.update(body=body, message=message, hash=sha256(message).hex(), kind=kind, signatures=signatures)
    rows = [{"key": signature["keyid"], "sig": signature["sig"]} for signature in signatures]
    exhibit["leaf"] = sha256(b"\0" + print_json({"hash": exhibit["hash"], "signatures": rows, "type": kind}).encode())


# 5. The checkpoint: a signed note (C2SP tlog-checkpoint, signed-note, tlog-cosignature).


def check_checkpoint(note: str, trust: Value) -> Value:
    """Size, root and who confirmed it. Every line under it must be by somebody known, and hold."""
    require(note, "the file holds no checkpoint")
    require(len(note.encode()) <= 64 * 1024, "the note is too large")
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    require(blank and lines.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", note), "not a signed note")
    origin, size, root, *extensions, end = text.split("\n")
    require(origin == trust["origin"] and end == "" and all(extensions), "not a checkpoint of this log")
    require(re.fullmatch("0|[1-9][0-9]{0,18}", size) and int(size) < 2**63, "not a size")
    tree_root = read_base64(root, 32)
    known = [trust["log"], *trust["witnesses"][0].values()]
    by_log, confirmed = False, set()
    require(lines.count("\n") <= 100, "more than 100 signatures")
    for line in lines[:-1].split("\n"):
        dash, name, blob = line.split(" ")
        data = read_base64(blob)
        require(dash == "\N{EM DASH}" and is_key_name(name) and len(data) > 4, "not a signature line")
        keys = [key for key in known if (key["name"], key["id"]) == (name, data[:4].hex()) and key["type"] in (1, 4)]
        require(keys, f"{name} is nobody whom the trust file knows")
        holding = [key for key in keys if is_note_signed(key, text.encode(), data[4:])]
        require(holding, f"{name} did not sign this, though a line says so")
        by_log = by_log or trust["log"] in holding
        confirmed |= {witness for witness, key in trust["witnesses"][0].items() if key in holding}
    require(by_log, "the log did not sign it")
    return int(size), tree_root, confirmed


def is_note_signed(key: Value, text: bytes, signature: bytes) -> bool:
    if key["type"] == 1:
        return is_signed(key["raw"], text, signature)
    seconds = int.from_bytes(signature[:8], "big")  # a witness signs the time together with the checkpoint
    message = b"cosignature/v1\ntime %d\n%b" % (seconds, text)
    return len(signature) == 72 and seconds < 2**63 and is_signed(key["raw"], message, signature[8:])


def check_cosignatures(confirmed: Iterable[str], trust: Value) -> None:
    _, groups, quorum = trust["witnesses"]
    count = len(reached := set(confirmed))
    for name, least, members in groups:
        if len(reached.intersection(members)) >= least:
            reached.add(name)
    require(quorum is None or quorum in reached, f"{count} witnesses confirmed it, which is not enough")


# 6. What each statement says about itself.

EVENT, ENTRY = "application/vnd.provenance.custody-event+json", "application/vnd.provenance.registry-entry+json"
RECORD = "application/vnd.provenance.commerce-record+json"
ROLES = {"root", "producer", "shipper", "seller", "inspector", "reporter"}


def check_statement(exhibit: Value) -> None:
    """The body, and in it: which statements it follows, who signed it as what, which checkpoint they had seen."""
    require(exhibit["kind"] in (EVENT, ENTRY, RECORD), "a statement of an unknown type")
    body = exhibit["says"] = read_json(exhibit["body"])
    require(isinstance(body, dict), "a body is one object")
    links, signers, seen = (body.get(f"prov:{name}") for name in ("previous", "signers", "seen"))
    require(isinstance(links, list) and all(map(is_hash, links)) and links == sorted(set(links)), "not links")
    require(len(links) <= 20_000 and isinstance(signers, list), "not links and signers")
    for signer in signers:
        require(isinstance(signer, dict) and set(signer) == {"party", "key", "role"}, "not a signer")
        require(isinstance(signer["party"], str) and is_hash(signer["key"]), "not a signer")
        require(signer["role"] in ROLES or is_consumer(exhibit, signer), "a role that nobody has")
    keys = sorted(signer["key"] for signer in signers)
    require(keys == [signature["keyid"] for signature in exhibit["signatures"]], "those named are not those who signed")
    require(isinstance(seen, dict) and set(seen) == {"origin", "size", "root"}, "not a checkpoint seen")
    require(isinstance(seen["origin"], str) and is_count(seen["size"]), "not a checkpoint seen")
    read_base64(seen["root"], 32)
    require(exhibit["kind"] == EVENT or not has_fraction(body), "a fraction where there are whole numbers only")
    exhibit["brings"] = {}
    if exhibit["kind"] == ENTRY:
        exhibit["brings"] = check_entry({name: body[name] for name in body if not name.startswith("prov:")})
    for signer in signers:
        if is_consumer(exhibit, signer):
            raw = read_key(signer["party"])
            require(key_id(raw) == signer["key"], "a consumer with another's key")
            exhibit["brings"][signer["key"]] = raw


def is_consumer(exhibit: Value, signer: Value) -> bool:
    """Who bought something is in no registry: they sign records of commerce, and are named by their key itself."""
    return bool(exhibit["kind"] == RECORD and signer["role"] == "consumer")


# Which members an entry of the registry has, by its kind.
ENTRIES = {
    "root-established": "origin keys threshold",
    "root-rotated": "origin keys threshold",
    "party-enrolled": "party name roles keys",
    "roles-changed": "party roles",
    "licence-granted": "party prefix",
    "licence-ended": "party prefix",
    "key-added": "party key",
    "key-rotated": "party old key",
    "key-revoked": "party old reason",
    "statements-reaffirmed": "party statements",
    "recovery-proposed": "party key at",
    "recovery-vetoed": "party proposal",
    "recovery-completed": "party proposal at",
    "delegation-granted": "party to may scope",
    "delegation-ended": "party grant",
}
REASONS, PERMISSIONS = {"superseded", "lost", "compromised"}, {"commission", "observe"}
PARTY = re.compile(r"https://id\.gs1\.org/417/[0-9]{13}|did:[a-z0-9]+:[A-Za-z0-9._:%-]+")


def check_entry(entry: Value) -> dict[str, bytes]:
    """The keys that an entry of the registry brings, by id; refuses one that says too little or too much."""
    kind = entry.get("kind")
    require(kind in ENTRIES, "an entry of an unknown kind")
    more = ["compromisedSince"] if entry.get("reason") == "compromised" else []
    require(set(entry) == {"kind", *ENTRIES[kind].split(), *more}, "an entry with other members than its kind has")
    for name, value in entry.items():
        if name in ("party", "to"):
            require(PARTY.fullmatch(value), "not a party")
        elif name in ("kind", "origin", "name", "reason", "may", "key"):
            require(isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable(), "not a text")
        elif name in ("old", "grant", "proposal"):
            require(is_hash(value), "not a hash")
        elif name == "statements":
            require(all(map(is_hash, value)) and 0 < len(value) == len(set(value)) <= 1000, "not hashes")
        elif name == "at":
            require(read_time(value), "not a time")
        elif name in ("threshold", "compromisedSince"):
            require(is_count(value), "not a number")
        elif name == "prefix":
            require(re.fullmatch("[0-9]{4,12}", value), "not a company prefix")
        else:  # keys, roles, scope
            require(isinstance(value, list) and all(isinstance(text, str) for text in value), "not a list of texts")
            require(name == "scope" or 0 < len(value) == len(set(value)), "nothing, or something twice")
    require(set(entry.get("roles", ())) <= ROLES - {"root"}, "a role that nobody can be given")
    require(entry.get("reason", "lost") in REASONS and entry.get("may", "observe") in PERMISSIONS, "an unknown word")
    texts = entry.get("keys", [entry["key"]] if "key" in entry else [])
    require(len(texts) <= 16 and 1 <= entry.get("threshold", 1) <= max(1, len(texts)), "a threshold that can't be")
    return {key_id(raw): raw for raw in map(read_key, texts)}


def read_time(text: str) -> datetime:
    require(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", text), "not a time")
    return datetime.fromisoformat(text)


def has_fraction(value: Value) -> bool:
    if isinstance(value, dict | list):
        return any(map(has_fraction, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Fraction)


def check_signatures(exhibit: Value, keys: dict[str, bytes]) -> None:
    for signature in exhibit["signatures"]:
        raw = keys.get(signature["keyid"])
        require(raw, f"the key {signature['keyid']} is not in the registry")
        holds = raw and is_signed(raw, exhibit["message"], read_base64(signature["sig"]))
        require(holds, f"the signature by key {signature['keyid']} does not hold")


# 7. How statements hang together: each names the hash of what came before it in every chain it continues.


def check_links(bundle: Value) -> None:
    by_index = {exhibit["index"]: exhibit for exhibit in bundle["statements"]}
    where = {exhibit["hash"]: exhibit["index"] for exhibit in bundle["statements"]}
    require(len(where) == len(by_index), "a statement stands twice")
    chains_at = dict.fromkeys(by_index, 0)
    followed_at = dict.fromkeys(by_index, 0)
    own = [indexes for name, _, indexes in bundle["chains"] if name == bundle["subject"]]
    require(own and own[0], f"the file holds no statement about {bundle['subject']}")
    for name, until, indexes in bundle["chains"]:
        before = None
        for index in indexes:
            require(index in by_index, f"leaf {index} of the chain of {name} is not here")
            exhibit, is_followed = by_index[index], until is None or index <= until
            links = exhibit["says"]["prov:previous"]
            follows = before is None or before["hash"] in links or not is_followed
            if exhibit["kind"] != EVENT:  # an entry or a record belongs to one chain: these are its links, and no other
                follows = links == ([] if before is None else [before["hash"]])
            require(follows, f"leaf {index} does not follow what came before it in the chain of {name}")
            before = exhibit
            chains_at[index] += 1
            followed_at[index] += is_followed
    for index, exhibit in by_index.items():
        require(chains_at[index], f"no chain here needs leaf {index}")
        links = exhibit["says"]["prov:previous"]
        require(all(where.get(link, -1) < index for link in links), f"leaf {index} links to what comes later")
        things, outward = things_named(exhibit), sum(link not in where for link in links)
        is_whole = things is None or outward <= things - followed_at[index]
        require(is_whole, f"leaf {index} links to a statement that should be here and is not")


def things_named(exhibit: Value) -> int | None:
    """How many things a statement names at most; ``None`` where it also moves things that it does not name."""
    body = exhibit["says"]
    if exhibit["kind"] != EVENT:
        return 1
    if "errorDeclaration" in body or (body.get("action") == "DELETE" and not body.get("childEPCs")):
        return None  # EPCIS 2.0 §7.4.3: a unit emptied by one word lets out whatever is in it
    named = 0
    for list_name in ("epcList", "childEPCs", "inputEPCList", "outputEPCList",
                      "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"):  # fmt: skip
        named += len(body[list_name]) if isinstance(body.get(list_name), list) else 0
    return named + ("parentID" in body) + ("transformationID" in body)


# 8. The tree: a leaf's path to the root that the log signed (RFC 9162 §2.1.3.2).


def check_inclusion(exhibit: Value, size: int, root: bytes) -> None:
    require(exhibit["path"] is not None, "the file does not prove that it is recorded")
    place, last, node = exhibit["index"], size - 1, exhibit["leaf"]
    require(place <= last, f"there is no such leaf in a tree of {size}")
    for beside in exhibit["path"]:
        require(last, "the proof is too long")
        if place & 1 or place == last:
            node = sha256(b"\1" + beside + node)
            while place and not place & 1:  # the last node of an odd level moves up unchanged
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + beside)
        place, last = place >> 1, last >> 1
    require(last == 0 and node == root, "the proof does not lead to the root")


# 9. Who may say what: the registry, folded from its entries in the order of the log.


BY_ROOT = {
    *("root-rotated", "party-enrolled", "roles-changed", "licence-granted", "licence-ended"),
    *("recovery-proposed", "recovery-completed"),
}
BY_EITHER = {"key-revoked", "recovery-vetoed"}  # everything else is for the party alone


class Registry:
    """What the entries up to some place of the log add up to."""

    def __init__(self) -> None:
        self.origin = ""
        self.roots: set[str] = set()
        self.threshold = 0
        self.parties: dict[str, set[str]] = {}
        self.keys: dict[str, str] = {}
        self.ended: set[str] = set()
        self.licences: dict[str, str] = {}
        self.delegations: dict[str, str] = {}
        self.recoveries: dict[str, tuple[str, str, datetime]] = {}

    def require_speaks(self, signer: Value) -> None:
        """A live key, of the party it signs for, in a role that this party has."""
        key, party, role = signer["key"], signer["party"], signer["role"]
        require(self.keys.get(key) == party, f"the key {key} is not registered for {party}")
        require(key not in self.ended, f"the key {key} of {party} had ended")
        allowed = key in self.roots if role == "root" else role in self.parties.get(party, ())
        require(allowed, f"{party} is not enrolled as {role}")

    def add(self, entry: Value, brings: dict[str, bytes], statement_hash: str, index: int) -> None:
        """Take in an entry, if those who signed it may make it."""
        kind, party, signers = entry["kind"], entry.get("party"), entry["prov:signers"]
        if kind == "root-established":
            require(not self.roots, "the registry has its root already")
            named = {(did, key_id(read_key(did)), "root") for did in entry["keys"]}
            signed = {(signer["party"], signer["key"], signer["role"]) for signer in signers}
            require(named == signed, "every root key signs, for itself")
            self.record(entry, brings, statement_hash)
            return
        for signer in signers:
            if signer["key"] not in brings or signer["key"] in self.keys:
                self.require_speaks(signer)
        by_root = sum(signer["key"] in self.roots for signer in signers) >= self.threshold > 0
        by_party = any(signer["party"] == party and signer["key"] not in brings for signer in signers)
        if kind in BY_ROOT:
            require(by_root, "not enough of the root's keys signed it")
        else:
            require(by_party or (kind in BY_EITHER and by_root), f"{party} did not sign it")
        own_names = {key_id(read_key(did)): did for did in entry.get("keys", ())}
        for key in brings:
            if kind == "root-rotated" and key in self.roots:
                continue  # a root key that stays need not prove itself again
            owners = {signer["party"] for signer in signers if signer["key"] == key}
            proves = (party or own_names[key]) in owners
            require(key not in self.keys and proves, f"the key {key} is not new, or did not sign")
        self.check_content(entry, index)
        self.record(entry, brings, statement_hash)

    def check_content(self, entry: Value, index: int) -> None:
        """What an entry is about must be there, or must not be there yet."""
        kind, party = entry["kind"], entry.get("party")
        if kind == "root-rotated":
            require(entry["origin"] == self.origin, "the root of another registry")
            return
        require((party in self.parties) == (kind != "party-enrolled"), f"{party} is enrolled already, or not yet")
        if kind == "licence-granted":
            new = entry["prefix"]
            clash = any(old.startswith(new) or new.startswith(old) for old in self.licences)
            require(not clash, f"the prefix {new} overlaps another's")
        elif kind == "licence-ended":
            require(self.licences.get(entry["prefix"]) == party, f"{party} has no such prefix")
        elif kind in ("key-rotated", "key-revoked"):
            is_live = self.keys.get(entry["old"]) == party and entry["old"] not in self.ended
            require(is_live, f"{entry['old']} is no live key of {party}")
            require(entry.get("compromisedSince", 0) <= index, "a key stolen at a place the log has not reached")
        elif kind == "recovery-proposed":
            require(all(party != other for other, _, _ in self.recoveries.values()), "a recovery runs already")
        elif kind in ("recovery-vetoed", "recovery-completed"):
            require(entry["proposal"] in self.recoveries, "no such recovery runs")
            owner, key, begun = self.recoveries[entry["proposal"]]
            require(owner == party, f"no such recovery of {party} runs")
            if kind == "recovery-completed":
                waited = read_time(entry["at"]) - begun  # a difference always fits, the end of the wait may not
                require(waited >= timedelta(hours=72) and key not in self.keys, "a recovery that is not due")
        elif kind == "delegation-granted":
            require(entry["to"] in self.parties, f"{entry['to']} is not enrolled")
        elif kind == "delegation-ended":
            require(self.delegations.get(entry["grant"]) == party, f"{party} gave no such leave")

    def record(self, entry: Value, brings: dict[str, bytes], statement_hash: str) -> None:
        kind, party = entry["kind"], entry.get("party")
        if kind in ("root-established", "root-rotated"):
            self.ended |= self.roots - set(brings)
            self.keys.update({key_id(read_key(did)): did for did in entry["keys"]})
            self.origin, self.roots, self.threshold = entry["origin"], set(brings), entry["threshold"]
        elif kind == "recovery-proposed":
            self.recoveries[statement_hash] = (party, *brings, read_time(entry["at"]))  # it brings one key
        elif kind == "recovery-vetoed":
            del self.recoveries[entry["proposal"]]
        elif kind == "recovery-completed":
            self.ended |= {key for key, owner in self.keys.items() if owner == party}
            self.keys[self.recoveries.pop(entry["proposal"])[1]] = party
        elif kind == "licence-granted":
            self.licences[entry["prefix"]] = party
        elif kind == "licence-ended":
            del self.licences[entry["prefix"]]
        elif kind == "delegation-granted":
            self.delegations[statement_hash] = party
        elif kind == "delegation-ended":
            del self.delegations[entry["grant"]]
        else:
            self.keys.update(dict.fromkeys(brings, party))
            self.ended |= {entry["old"]} if "old" in entry else set()
            if "roles" in entry:
                self.parties[party] = set(entry["roles"])


def check_root(bundle: Value, trust: Value) -> None:
    roots = [exhibit for exhibit in bundle["statements"] if exhibit["says"].get("kind") == "root-established"]
    roots = [exhibit for exhibit in roots if exhibit["kind"] == ENTRY]
    is_it = len(roots) == 1 and set(roots[0]["brings"]) == trust["roots"]
    require(is_it and roots[0]["says"]["threshold"] == trust["threshold"], "the registry's root is another's")


def check_authority(exhibit: Value, registry: Registry, trust: Value) -> None:
    if exhibit["kind"] == ENTRY:
        registry.add(exhibit["says"], exhibit["brings"], exhibit["hash"], exhibit["index"])
    else:
        for signer in exhibit["says"]["prov:signers"]:
            if not is_consumer(exhibit, signer):
                registry.require_speaks(signer)
    seen = exhibit["says"]["prov:seen"]
    is_ours = seen["origin"] == trust["origin"] and seen["size"] <= exhibit["index"]
    require(is_ours, f"its signers had seen {seen['origin']} at size {seen['size']}")


# 10. The eight steps, in order.


def verify(bundle_file: bytes, trust: Value) -> dict[str, tuple[str, str]]:
    """How each step ended, and why where it failed."""
    ended: dict[str, tuple[str, str]] = {}
    found: dict[str, Value] = {}

    def take(step: str, work: Callable[[], None]) -> None:
        before = [ended[one][0] for one in ("file", *RESTS_ON.get(step, ())) if one != step]
        if any(outcome in ("fails", "not-checked") for outcome in before):
            ended[step] = ("not-checked", "")
            return
        try:
            work()
        except UNREADABLE as err:
            ended[step] = ("fails", str(err))
        else:
            ended[step] = ("holds", "")

    def each(check: Callable[..., None], *more: Value) -> None:
        for exhibit in found["bundle"]["statements"]:
            try:
                check(exhibit, *more)
            except UNREADABLE as err:
                raise Failed(f"leaf {exhibit['index']}: {err}") from err

    def signatures() -> None:
        keys: dict[str, bytes] = {}
        for exhibit in found["bundle"]["statements"]:
            keys |= exhibit["brings"]
        each(check_signatures, keys)

    def authority() -> None:
        check_root(found["bundle"], trust)
        each(check_authority, Registry(), trust)

    take("file", lambda: found.update(bundle=read_bundle(bundle_file)))
    take("checkpoint", lambda: found.update(tree=check_checkpoint(found["bundle"]["checkpoint"], trust)))
    take("cosignatures", lambda: check_cosignatures(found["tree"][2], trust))
    if ended["cosignatures"][0] == "holds" and trust["witnesses"][2] is None:
        ended["cosignatures"] = ("not-asked", "")
    take("statements", lambda: each(check_statement))
    take("signatures", signatures)
    take("links", lambda: check_links(found["bundle"]))
    take("inclusion", lambda: each(check_inclusion, *found["tree"][:2]))
    take("authority", authority)
    return ended


def main(words: list[str]) -> int:
    if len(words) != 2:
        print(__doc__)
        return 2
    try:
        bundle_file, trust_file = (pathlib.Path(word).read_bytes() for word in words)
        trust = read_trust(trust_file)
    except (OSError, *UNREADABLE) as err:
        print(f"can't begin: {err}", file=sys.stderr)
        return 2
    ended = verify(bundle_file, trust)
    for step, (outcome, why) in ended.items():
        print(f"{step:<13} {outcome:<12} {quoted(why)[1:-1]}".rstrip())
    return 1 if any(outcome == "fails" for outcome, _ in ended.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
