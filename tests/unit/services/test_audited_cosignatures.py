"""Whatever is changed in the lines of witnesses is found and named, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from provenance.adapters.sql_schema import CHECKPOINTS, COSIGNATURES
from provenance.bootstrap import Services
from provenance.log.note import cosigner_key
from provenance.services.auditing import Damage
from tests.cosigners import WITNESS_VERIFIERS, known_key
from tests.village import founded, made

W1, W2 = (str(WITNESS_VERIFIERS[name]) for name in ("w1.example", "w2.example"))
STRANGER = str(cosigner_key("stranger.example", known_key("stranger").public))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Services]:
    """A log with two checkpoints, each confirmed by three witnesses."""
    services = founded(tmp_path).services()
    for serial in ("A1", "B1"):
        made(services, serial)
        services.checkpointing.checkpoint()
        services.witnessing.confirm()
    yield services
    services.store.close()


def sizes(log: Services) -> tuple[int, int]:
    with log.store.reading() as store:
        first, second = (kept.size for kept in store.checkpoints())
    return first, second


def damage(log: Services, statement: Any) -> None:
    with log.store.raw_writing() as connection:
        connection.execute(statement)


def found(log: Services) -> list[tuple[Damage, str, str]]:
    return [(problem.damage, problem.where, problem.message) for problem in log.auditing.audit().problems]


def line_of(log: Services, witness: str, size: int) -> Any:
    return COSIGNATURES.c.witness == witness, COSIGNATURES.c.size == size


def test_what_witnesses_said_is_clean(log: Services) -> None:
    with log.store.reading() as store:
        kept = [len(store.cosignatures(checkpoint.size)) for checkpoint in store.checkpoints()]

    assert kept == [3, 3]
    assert found(log) == []


def test_a_line_over_another_checkpoint_is_found_with_the_one_it_confirms(log: Services) -> None:
    first, second = sizes(log)
    with log.store.reading() as store:
        other = next(one for one in store.cosignatures(first) if one.witness == W1)

    damage(log, update(COSIGNATURES).where(*line_of(log, W1, second)).values(line=other.line))

    message = f"it confirms checkpoint {first}, not this one"
    assert found(log) == [(Damage.BAD_COSIGNATURE, f"checkpoint {second}, witness w1.example", message)]


@pytest.mark.parametrize(
    ("values", "place", "message"),
    [
        ({"line": "nothing of the kind\n"}, "w1.example", "malformed-note: "),
        ({"line": ""}, "w1.example", "malformed-note: "),
        ({"witness": STRANGER}, "stranger.example", "the trust file names no witness with the key stranger.example+"),
        ({"seconds": 7}, "w1.example", "it confirmed at "),
    ],
)
def test_an_edited_line_is_found(log: Services, values: dict[str, Any], place: str, message: str) -> None:
    _, size = sizes(log)

    damage(log, update(COSIGNATURES).where(*line_of(log, W1, size)).values(**values))

    ((kind, where, said),) = found(log)
    assert (kind, where) == (Damage.BAD_COSIGNATURE, f"checkpoint {size}, witness {place}")
    assert said.startswith(message)


def test_the_line_of_another_witness_confirms_nothing(log: Services) -> None:
    _, size = sizes(log)
    with log.store.reading() as store:
        other = next(one for one in store.cosignatures(size) if one.witness == W2)

    damage(log, update(COSIGNATURES).where(*line_of(log, W1, size)).values(line=other.line))
    once = found(log)
    damage(log, update(COSIGNATURES).where(*line_of(log, W1, size)).values(line=other.line * 2))
    twice = found(log)

    place = f"checkpoint {size}, witness w1.example"
    assert once == [(Damage.BAD_COSIGNATURE, place, "it does not confirm this checkpoint")]
    assert twice == [(Damage.BAD_COSIGNATURE, place, "2 lines are kept as one")]


def test_a_checkpoint_that_was_confirmed_and_is_gone_is_found(log: Services) -> None:
    _, size = sizes(log)

    damage(log, delete(CHECKPOINTS).where(CHECKPOINTS.c.size == size))

    assert (Damage.BAD_COSIGNATURE, f"checkpoint {size}, witness w1.example") in [one[:2] for one in found(log)]
    assert len(found(log)) == 3
