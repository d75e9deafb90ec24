"""A world to attack: one log, four witnesses of which it needs three, mirrors; each a program of its own.

Rules:

* the fourth witness is somebody else's (``tests.litewitness``) where that can be had, and else one more of ours;
* everybody who is asked to believe has the same trust file, and nothing else;
* whoever attacks has the log's key and its database, and programs without our guards: ``snapshot`` gives them all of
  it as it was at one moment, and ``unguarded`` opens that as a log which asks no witness for leave.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.adapters.witness_store import SqliteWitnessStore, make_witness_store
from provenance.bootstrap import Services, build
from provenance.config import read_settings
from provenance.crypto.envelope import Envelope, from_json, leaf, to_json
from provenance.custody.statements import read
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.ids import LeafIndex, Subject
from provenance.log.checkpoint import Checkpoint, open_checkpoint
from provenance.log.merkle import HASH_SIZE, leaf_hash
from provenance.log.note import VerifierKey, cosign_note, cosigner_key
from provenance.log.policy import Policy, parse_policy
from provenance.log.tiles import edge_tiles, extend
from provenance.log.witness import parse_request
from provenance.ports.stores import NewStatement
from provenance.ports.witnesses import WitnessAnswer, Witnesses
from provenance.services.signing import Hand
from provenance.trust import NO_WITNESSES, Trust, format_trust, parse_trust
from tests.cosigners import known_key
from tests.homes import CONTEXT, MAKER, enrol_cast, founded, key_file, key_of
from tests.litewitness import Litewitness, LitewitnessAbsentError, litewitness_in
from tests.processes import OURS, Program, command, environment, free_port, wait_until
from tests.terminal import PASSPHRASE, Said, Terminal

ORIGIN = "attacked.example/log"
OWN = ("w1", "w2", "w3")
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class OurWitness:
    """A witness in a home of its own, served by ``provenance witness serve``."""

    name: str
    home: Path
    program: Program

    @property
    def key(self) -> VerifierKey:
        """What its word is checked with."""
        return cosigner_key(f"{self.name}.example/witness", known_key(self.name).public)

    def introduce(self, log: VerifierKey) -> None:
        """It witnesses this log too from now on."""
        SqliteWitnessStore(self.home / "witness.db").add_log(log)


Witness = OurWitness | Litewitness


@dataclass(frozen=True, slots=True)
class Bribed:
    """A log's way to its witnesses, where some sign whatever they are shown, and only one honest one is let see it."""

    bribed: Sequence[Witness]
    shown_to: Witness

    def ask(self, url: str, request: bytes) -> WitnessAnswer:
        """See ``ports.witnesses.Witnesses``."""
        for one in self.bribed:
            if url == one.program.url and isinstance(one, OurWitness):
                note = parse_request(request).note
                line = cosign_note(note, name=one.key.name, key=known_key(one.name), seconds=int(time.time()))
                return WitnessAnswer(200, str(line).encode())
        return HttpWitnesses().ask(url, request) if url == self.shown_to.program.url else WitnessAnswer(503, b"")


@dataclass(slots=True)
class AttackWorld:
    """The log, its witnesses, and why the fourth of them is not somebody else's."""

    folder: Path
    witnesses: tuple[Witness, ...]
    absent: str | None
    home: Path = field(init=False)
    log: Program = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.found(ORIGIN)
        self.log = serving(self.home)

    @property
    def trust_file(self) -> Path:
        """Whom everybody here believes."""
        return self.home / "trust.json"

    @property
    def trust(self) -> Trust:
        """What is in that file."""
        return parse_trust(self.trust_file.read_bytes())

    @property
    def ours(self) -> tuple[OurWitness, ...]:
        """The witnesses of our own make."""
        return tuple(one for one in self.witnesses if isinstance(one, OurWitness))

    @property
    def policy(self) -> Policy:
        """Three of the four witnesses must have confirmed."""
        lines = [f"witness w{n} {one.key} {one.program.url}" for n, one in enumerate(self.witnesses, start=1)]
        names = " ".join(f"w{n}" for n, _ in enumerate(self.witnesses, start=1))
        return parse_policy("\n".join([*lines, f"group enough {ENOUGH} {names}", "quorum enough", ""]).encode())

    def found(self, origin: str) -> Path:
        """A log of this origin, not served yet: its witnesses know it, and its cast is enrolled."""
        home = self.folder / origin.partition(".")[0]
        services = founded(home, origin)
        enrol_cast(services)
        services.store.close()
        trust = services.trust
        for witness in self.witnesses:
            witness.introduce(trust.log)
        (home / "trust.json").write_bytes(format_trust(replace(trust, witnesses=self.policy)))
        return home

    def snapshot(self, to: Path) -> Path:
        """The log's whole home as it is now, published files and all."""
        shutil.copytree(self.home, to, ignore=shutil.ignore_patterns("provenance.db*"))
        with (
            closing(sqlite3.connect(self.home / "provenance.db")) as live,
            closing(sqlite3.connect(to / "provenance.db")) as copy,
        ):
            live.backup(copy)
        return to

    # what honest people do

    def made(self, thing: Subject, *, wait: str = "confirmed", **members: Json) -> dict[str, Any]:
        """The maker makes a thing; the receipt."""
        return self.handed_in(self.signed(making(thing) | members, key="maker"), wait=wait)

    def signed(self, event: dict[str, Json], *, key: str, party: str = MAKER) -> Envelope:
        """An event signed at the terminal of a party, with a key file of this name."""
        words = ("event", "sign", "-", "--party", party, "--key", self.home / "keys" / f"{key}.key")
        said = self.terminal(*words, stdin=canonical.dump(event))
        assert said.code == 0, said.err
        return from_json(canonical.parse_any(said.out.encode()))

    def handed_in(self, envelope: Envelope, *, wait: str = "confirmed") -> dict[str, Any]:
        """The receipt for a statement that the log takes in."""
        status, answer = self.posted(envelope, wait=wait)
        assert status == 201, answer
        return answer

    def posted(self, envelope: Envelope, *, wait: str) -> tuple[int, dict[str, Any]]:
        """What the log answers to a statement."""
        return posted(f"{self.log.url}/statements?wait={wait}", to_json(envelope))

    def status(self, receipt: dict[str, Any]) -> dict[str, Any]:
        """How far a statement has come."""
        answer: dict[str, Any] = json.loads(fetched(f"{self.log.url}/statements/{receipt['hash']}"))
        return answer

    def confirmed_by_all(self, receipt: dict[str, Any]) -> None:
        """Return once every witness has confirmed a statement."""
        wait_until(lambda: len(self.status(receipt)["confirmedBy"]) == len(self.witnesses))

    def give_key(self, name: str) -> str:
        """The maker gets one more key, in a file of this name; the key's id."""
        own = self.home / "keys"
        (own / f"{name}.key").write_bytes(key_file(key_of(name)))
        words = ("party", "add-key", "--party", MAKER, "--key", own / "maker.key", "--new-key", own / f"{name}.key")
        assert self.terminal(*words).code == 0
        return key_of(name).public.id

    def call_stolen(self, key: str, *, since: int) -> None:
        """The maker says that a key of this id is not theirs alone any more, since this log size."""
        words = ("party", "revoke", "--party", MAKER, "--reason", "compromised", "--since", str(since))
        said = self.terminal(*words, "--key-id", key, "--key", self.home / "keys" / "maker.key")
        assert said.code == 0, said.err

    def grown(self) -> None:
        """Return once the log has shown all that is in it."""
        with opened(self.home) as services, services.store.reading() as store:
            size = store.size()
        wait_until(lambda: self.checkpoint().size >= size)

    def checkpoint(self) -> Checkpoint:
        """What the log shows the world now."""
        note = fetched(f"{self.log.url}/checkpoint")
        return open_checkpoint(note, log_keys=[self.trust.log]).checkpoint

    def bundle(self, thing: Subject, to: Path) -> Path:
        """The evidence about a thing, as anybody can download it, in a file."""
        to.write_bytes(fetched(f"{self.log.url}/verify{thing.removeprefix('https://id.gs1.org')}/bundle"))
        return to

    def mirrored(self, url: str, copy: Path, trust: Path | None = None) -> Said:
        """A mirror takes its turn; ``trust`` is the trust file of another log."""
        return command(self.folder / "elsewhere", "mirror", "copy", url, copy, "--trust", trust or self.trust_file)

    @property
    def terminal(self) -> Terminal:
        """The terminal before the log's database, as its operator and its tools have it."""
        return Terminal(self.home)


@contextmanager
def attack_world(folder: Path) -> Iterator[AttackWorld]:
    """The world, as long as the block lasts: everybody is up, and the log has shown its first checkpoint."""
    with ExitStack() as stack:
        ours = [_our_witness(name, folder, stack) for name in OWN]
        place = folder / "lite"
        place.mkdir()
        absent = None
        try:
            fourth: Witness = stack.enter_context(litewitness_in(place))
        except LitewitnessAbsentError as err:
            fourth, absent = _our_witness("w4", folder, stack), str(err)
        world = AttackWorld(folder, (*ours, fourth), absent)
        for one in world.witnesses:
            one.program.wait()
        world.log.start()
        stack.callback(world.log.stop)
        world.log.wait()
        wait_until(lambda: _is_shown(world.log.url))
        yield world


def _is_shown(url: str) -> bool:
    try:
        return bool(fetched(f"{url}/checkpoint"))
    except urllib.error.HTTPError as err:
        err.close()
        return False


def _our_witness(name: str, folder: Path, stack: ExitStack) -> OurWitness:
    home = folder / name
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "witness.key").write_bytes(key_file(known_key(name)))
    make_witness_store(home / "witness.db", f"{name}.example/witness")
    port = free_port()
    program = Program([*OURS, "witness", "serve", "--port", str(port)], port, home / "diary", _environ(home))
    program.start()
    stack.callback(program.kill)
    return OurWitness(name, home, program)


def serving(home: Path) -> Program:
    """The program that serves the log in a home."""
    port = free_port()
    return Program(
        [*OURS, "serve", "--port", str(port), "--workers", "1"], port, home.with_suffix(".diary"), _environ(home)
    )


def _environ(home: Path) -> dict[str, str]:
    return environment(home, PROVENANCE_PASSPHRASE=PASSPHRASE)


@contextmanager
def unguarded(home: Path) -> Iterator[Services]:
    """The log in a home, worked by someone who took out what guards it."""
    shutil.rmtree(home / "tiles", ignore_errors=True)
    trust = parse_trust((home / "trust.json").read_bytes())
    (home / "trust.json").write_bytes(format_trust(replace(trust, witnesses=NO_WITNESSES)))
    with opened(home) as services:
        yield services


@contextmanager
def opened(home: Path, witnesses: Witnesses | None = None) -> Iterator[Services]:
    """The log in a home, in the tests' own process; with the witnesses it is let see."""
    settings = read_settings({"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE})
    services = build(settings, witnesses=witnesses)
    try:
        yield services
    finally:
        services.store.close()


def making(thing: Subject, at: str = "2026-05-04T10:00:00.000Z") -> dict[str, Json]:
    """The event in which a thing is made."""
    return {
        "@context": CONTEXT,
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "epcList": [thing],
        "eventTime": at,
        "eventTimeZoneOffset": "+00:00",
    }


def say(services: Services, event: dict[str, Json], hand: Hand) -> None:
    """Put an event into a log and sign what the log has become."""
    services.capturing.capture([to_json(services.signing.event(event, [hand]))])
    services.checkpointing.checkpoint()


def slip_in(home: Path, envelope: Envelope) -> None:
    """Write a statement into the database of a log without asking any rule; the log will sign it like any other."""
    with opened(home) as services, services.store.writing() as store:
        size = store.size()
        statement = read(envelope)
        subjects = statement.about.subjects
        now = datetime.now(UTC)
        store.append(
            [NewStatement(LeafIndex(size), statement.hash, envelope, now, None, subjects, changes_flags=False)]
        )
        edge = {(t.level, t.index): t.width for t in edge_tiles(size)}
        kept = {place: data[: edge[place] * HASH_SIZE] for place, data in store.tiles(edge).items()}
        store.put_tiles(extend(size=size, edge=kept, leaf_hashes=[leaf_hash(leaf(envelope))]).tiles)


def fetched(url: str) -> bytes:
    """What is at an address."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def posted(url: str, value: Json) -> tuple[int, dict[str, Any]]:
    """What is answered to a value: the status and the JSON."""
    request = urllib.request.Request(url, canonical.dump(value), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as err:
        with err:
            return err.code, json.loads(err.read())
