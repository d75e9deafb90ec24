"""Each test here runs twice: on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import fresh_postgres, fresh_sqlite, postgres_server
from tests.world import World


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_sqlite(tmp_path) if request.param == "sqlite" else fresh_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
def shared_world(url: str, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "home", url)
    yield world
    world.close()
