"""What came back to a seller: whether it is the thing that was sold, as its code and custody say.

Rules:

* the code on it was scanned when it arrived, and is that of the thing sold;
* custody has taken it back too: an event of the seller's, by which the seller holds it again.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.records import Entered
from provenance.commerce.scene import Scene
from provenance.errors import RefusedError
from provenance.ids import StatementHash, Subject


def check_came_back(scene: Scene, item: Subject, received: Entered | None) -> None:
    """Refuses an inspection that finds the thing sold where another one, or none, has come back."""
    check_scanned(item, received)
    named = StatementHash(scene.entered.record.members.hash("event"))
    scene.goods.check_event(named, step="receiving", items=[item], about=scene.dossier.name)
    scene.goods.check_held(item, scene.dossier.name.seller)


def check_scanned(item: Subject, received: Entered | None) -> None:
    """Refuses what has another code on it than the thing sold, or none that can be read."""
    assert received is not None, "the table lets nobody inspect what has not arrived"
    if (scanned := received.record.members.raw("scanned")) != item:
        raise RefusedError(Code.OTHER_ITEM, f"{scanned} was scanned, {item} was sold", pointer="/event")
