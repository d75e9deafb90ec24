"""Keeping watch over somebody's log: a copy of it, and all that can be judged in the copy.

Rules, for each turn:

1. what is new is copied once it is proven (``mirroring``);
2. where we may read bodies, those of the new statements are fetched (``gathering``), and everything is judged by the
   log's own rules (``judging``);
3. then it is asked whether the log shows as much, and as lately, as others say (``alarming``);
4. the first thing that does not fit is an alarm, and ends the turn. What was proven before it stays;
5. where nothing was wrong, whoever keeps the copy stands behind it, if it has a key for that (``cosigning``).

A turn begins where the last one came to, also after it was killed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.errors import RefusedError
from provenance.ids import TreeSize
from provenance.ports.outside import OwnBodies
from provenance.services.alarming import Alarming
from provenance.services.copy_reading import CopyReading
from provenance.services.cosigning import Cosigning
from provenance.services.gathering import Gathering
from provenance.services.judging import Judging
from provenance.services.mirroring import Mirrored, Mirroring


@unique
class Stage(StrEnum):
    """What a turn is doing."""

    COPYING = "copying"
    FETCHING = "fetching bodies"
    JUDGING = "judging"


Progress = Callable[[Stage, int, int], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the copy holds, and how many statements were judged; ``None`` where there are no bodies to judge."""

    mirrored: Mirrored
    judged: TreeSize | None


@dataclass(frozen=True, slots=True)
class Bodies:
    """What it takes to judge: the copy as it is when it is opened, its own files, bodies to fetch, a judge, a hand."""

    opened: Callable[[], CopyReading]
    files: OwnBodies
    gathering: Gathering
    judging: Judging
    cosigning: Cosigning | None = None


class Monitoring:
    """The watch over one log; without ``bodies``, over its tree alone."""

    def __init__(self, mirroring: Mirroring, alarming: Alarming, bodies: Bodies | None) -> None:
        self._mirroring, self._alarming, self._bodies = mirroring, alarming, bodies

    def turn(self, progress: Progress = lambda stage, done, total: None) -> Turn:
        """Copy, fetch and judge what is new; ``progress(stage, done, total)`` counts statements."""
        mirrored = self._mirror(progress)
        judged = None if self._bodies is None else self._judge(self._bodies, progress)
        self._alarming.check(mirrored.state)
        if self._bodies is not None and self._bodies.cosigning is not None:
            self._bodies.cosigning.cosign(mirrored.state)
        return Turn(mirrored, judged)

    def _mirror(self, progress: Progress) -> Mirrored:
        try:
            return self._mirroring.catch_up(lambda done, total: progress(Stage.COPYING, done, total))
        except RefusedError as err:
            if err.code is Code.LOG_ROLLED_BACK:
                evidence = err.refusal.evidence
                self._alarming.rolled_back(known=evidence["known"], shown=evidence["shown"])
            raise

    def _judge(self, bodies: Bodies, progress: Progress) -> TreeSize:
        copy, judging = bodies.opened(), bodies.judging
        start = judging.judged()
        try:
            bodies.gathering.catch_up(copy, start, lambda done, total: progress(Stage.FETCHING, done, total))
            judging.catch_up(copy, lambda done, total: progress(Stage.JUDGING, done, total))
        except RefusedError as err:
            if err.code is Code.RULE_BROKEN:
                raise self._alarming.rule_broken(copy, err.refusal, bodies.files) from err
            raise
        return judging.judged()
