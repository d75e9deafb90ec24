"""A browser and a server with something to look at, once for all browser tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from provenance.custody.verdict import VerdictClass
from provenance.ids import Subject
from tests.cast import CARRIER, RIVAL, SHOP, Some, gtin, item, lot, unit
from tests.chromium import NAMES, Chromium, executable
from tests.world import RefusedError, World
from web.app import create_app

NAME = "Handbag Ada, cognac calf leather, vegetable tanned, with a very long name"


@dataclass(frozen=True, slots=True)
class Site:
    """A running server, and one thing for each verdict it can show."""

    origin: str
    things: dict[VerdictClass, Subject]

    def page(self, verdict: VerdictClass, query: str = "") -> str:
        """The address of the page with this verdict."""
        return f"{self.origin}/verify{self.things[verdict].removeprefix('https://id.gs1.org')}{query}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    program = executable()
    if program is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(NAMES)} is installed")
    with Chromium(program) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    world = World(tmp_path_factory.mktemp("site") / "world")
    things = tell(world)
    server = make_server("127.0.0.1", 0, create_app(world.services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", things)
    server.shutdown()
    thread.join()
    server.server_close()
    world.close()


def tell(world: World) -> dict[VerdictClass, Subject]:
    """A small trade in which a thing ends up under every verdict but the two that need a damaged store."""
    leather, bad_leather, box = lot("L1"), lot("L2"), unit(1)
    sold, stolen, copied, burnt, recalled = (item(serial) for serial in ("A1", "A2", "A3", "A4", "R1"))
    ilmd = {"cbvmda:descriptionShort": NAME, "cbvmda:lotNumber": "ADA-25-03", "cbvmda:countryOfOrigin": "IT"}
    made = {"bizStep": "commissioning", "ilmd": ilmd, "at_most": [("KGM", "", "9")]}
    world.made(Some("100 KGM", leather), Some("100 KGM", bad_leather))
    world.blended([Some("2 KGM", leather)], [sold, stolen, copied, burnt], **made)
    world.blended([Some("2 KGM", bad_leather)], [recalled], **made)
    world.packed(sold, stolen, copied, burnt, into=box)
    world.handed_over(box, to=CARRIER, owner=SHOP)
    world.handed_over(box, by=CARRIER, to=SHOP)
    world.unpacked(out_of=box, by=SHOP)
    world.sold(sold)
    world.marked(stolen, by=SHOP, on=["stolen"])
    world.destroyed(burnt, by=SHOP)
    world.recalled(Some("", bad_leather))
    world.corrected(world.made(item("W1")))
    try:
        world.made(copied, by=RIVAL)
    except RefusedError:
        pass  # it is what the diary tells about
    world.services.issuing.issue(gtin().rpartition("/")[2], 1)
    world.services.checkpointing.checkpoint()
    return {
        VerdictClass.CONSISTENT: sold,
        VerdictClass.STOLEN: stolen,
        VerdictClass.UNUSUAL: copied,
        VerdictClass.ENDED: burnt,
        VerdictClass.RECALLED: recalled,
        VerdictClass.NOT_ACTIVATED: item("W1"),
        VerdictClass.NOT_ISSUED: item("ZZ9"),
    }
