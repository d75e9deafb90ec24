"""One sample world for all journeys that look at one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.bootstrap import Services, build
from sample_data import make
from sample_data.home import settings_of


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample world, as ``make.fill`` leaves it."""
    folder = tmp_path_factory.mktemp("sample") / "world"
    make.fill(folder, port=8000)
    return folder


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Iterator[Services]:
    """The services over it."""
    services = build(settings_of(sample_home, port=8000))
    yield services
    services.store.close()
