"""The house of DESIGN stands: nothing imports what it may not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.vectors import ROOT


def test_every_import_contract_holds() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")

    # Wide, or the names of the contracts are folded.
    said = subprocess.run(
        [lint_imports, "--no-logo", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip

    assert said.returncode == 0, said.stdout[-4000:]
    assert " 0 broken" in said.stdout


def test_an_init_file_holds_nothing() -> None:
    inits = [path for package in ("provenance", "web", "labels") for path in (ROOT / package).rglob("__init__.py")]

    full = [str(path.relative_to(ROOT)) for path in inits if path.read_text().strip()]

    assert inits
    assert full == []


def test_every_folder_with_modules_is_a_package() -> None:
    # Else import-linter and the wheel pass it over.
    folders = {path.parent for package in ("provenance", "web", "labels") for path in (ROOT / package).rglob("*.py")}

    loose = [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]

    assert loose == []
