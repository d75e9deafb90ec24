"""Bodies are fetched once, kept whole, and only where they belong to their entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.adapters.outside import PrivateFiles
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, leaf
from provenance.errors import ForgedError, MalformedError, ProvenanceError, RefusedError
from provenance.ids import LeafIndex, TreeSize
from provenance.log.body_bundles import format_bodies
from provenance.log.tiles import Bundle
from provenance.services.copy_reading import CopyReading
from provenance.services.gathering import Gathering
from provenance.services.mirroring import Mirroring
from tests.cast import MAKER
from tests.crooked_copies import CrookedServer
from tests.crooked_log import TRUST, making
from tests.homes import files_in


def statements(count: int) -> list[Envelope]:
    return [making(MAKER.hand(), number) for number in range(count)]


def gathered(server: CrookedServer, folder: Path, start: int = 0) -> CopyReading:
    """The copy once its bodies were fetched from a place on."""
    files = PrivateFiles(folder)
    Mirroring(server, files, TRUST).catch_up()
    copy = CopyReading(files, files, TRUST)
    Gathering(server, files).catch_up(copy, TreeSize(start))
    return copy


def bodies_in(copy: CopyReading) -> list[bytes | None]:
    read = (copy.statement(index, entry) for index, entry in copy.entries(0, copy.size))
    return [None if envelope is None else envelope.body for envelope in read]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_every_body_is_fetched(size: int, tmp_path: Path) -> None:
    server = CrookedServer(statements(size))

    copy = gathered(server, tmp_path)

    assert bodies_in(copy) == server.bodies


def test_what_is_there_is_not_fetched_again_also_while_a_bundle_grows(tmp_path: Path) -> None:
    gathered(CrookedServer(statements(300)), tmp_path)
    server = CrookedServer(statements(310))

    copy = gathered(server, tmp_path, 300)
    again = CrookedServer(statements(310))
    gathered(again, tmp_path)

    assert bodies_in(copy) == server.bodies
    assert [path for path in server.served if path.startswith("bodies")] == ["bodies/001.p/54?from=44"]
    assert [path for path in again.served if path.startswith("bodies")] == []


def test_an_answer_that_holds_some_is_followed_by_questions_for_the_rest(tmp_path: Path) -> None:
    server = CrookedServer(statements(5))
    server.altered["bodies/000.p/5?from=0"] = format_bodies(server.bodies[:2])
    server.altered["bodies/000.p/5?from=2"] = format_bodies(server.bodies[2:3])

    copy = gathered(server, tmp_path)

    assert bodies_in(copy) == server.bodies
    assert [path[-1] for path in server.served if path.startswith("bodies")] == ["0", "2", "3"]


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    gathered(CrookedServer(statements(5)), tmp_path)
    file = tmp_path / "bodies/000.p/5"
    whole = file.read_bytes()

    for damaged in (b"", whole[:-1], whole[:-1] + b"!"):
        file.write_bytes(damaged)
        gathered(CrookedServer(statements(5)), tmp_path)

        assert file.read_bytes() == whole


def test_a_body_that_is_not_of_its_entry_is_an_alarm_that_names_the_leaf_and_is_not_kept(tmp_path: Path) -> None:
    server = CrookedServer(statements(260))
    wrong = [*server.bodies[256:]]
    wrong[2] += b" "
    server.altered["bodies/001.p/4?from=0"] = format_bodies(wrong)

    with pytest.raises(ForgedError) as refused:
        gathered(server, tmp_path)

    assert refused.value.code is Code.BODY_ALTERED
    assert refused.value.refusal.message.startswith("leaf 258: ")
    assert [name for name in files_in(tmp_path) if name.startswith("bodies")] == ["bodies/000"]


@pytest.mark.parametrize("answer", [b"", b"\0\0\0", format_bodies([b"{}"] * 6)])
def test_an_answer_that_is_no_bundle_is_refused(answer: bytes, tmp_path: Path) -> None:
    server = CrookedServer(statements(5))
    server.altered["bodies/000.p/5?from=0"] = answer

    with pytest.raises((MalformedError, ForgedError)):
        gathered(server, tmp_path)

    assert not (tmp_path / "bodies").exists()


def test_an_entry_that_is_no_leaf_is_named(tmp_path: Path) -> None:
    told = statements(3)
    server = CrookedServer(told, [*map(leaf, told[:2]), b"no leaf"])

    with pytest.raises(RefusedError) as refused:
        gathered(server, tmp_path)

    assert refused.value.code is Code.RULE_BROKEN
    assert refused.value.refusal.message.startswith("leaf 2: malformed-leaf")


def test_cut_off_at_any_question_it_goes_on_where_it_was(tmp_path: Path) -> None:
    class Gone(CrookedServer):
        def ask(self, place: Bundle, *, start: int) -> bytes:
            if len([path for path in self.served if path.startswith("bodies")]) >= 2:
                raise RefusedError(Code.REFUSED_THERE, "no more today")
            return super().ask(place, start=start)

    with pytest.raises(ProvenanceError):
        gathered(Gone(statements(700)), tmp_path)
    server = CrookedServer(statements(700))

    copy = gathered(server, tmp_path)

    assert bodies_in(copy) == server.bodies
    assert [path for path in server.served if path.startswith("bodies")] == ["bodies/002.p/188?from=0"]
    assert copy.statement(LeafIndex(699), leaf(statements(700)[699])) is not None
