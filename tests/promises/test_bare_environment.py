"""``provenance`` alone installs and verifies: no web framework, no database, no drawing.

An inspector's laptop has the five packages of ``[project] dependencies`` and nothing else.
"""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import provenance
from tests.vectors import ROOT

ABSENT = (
    "biip", "flask", "fontTools", "gunicorn", "jinja2", "openpyxl", "PIL", "psycopg", "qrcode", "reportlab",
    "sqlalchemy", "werkzeug", "zxingcpp",
)  # fmt: skip
"""What only the extras install, by import name."""

SERVER_PARTS = (
    "provenance.adapters.sql", "provenance.adapters.workbooks", "provenance.bootstrap", "provenance.cli.label_files",
)  # fmt: skip
"""How the names of the modules begin that may need the extras; every other one is the core."""

_WITHOUT_EXTRAS = f"""
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {ABSENT!r} else self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


def _all_modules() -> list[str]:
    return sorted(found.name for found in pkgutil.walk_packages(provenance.__path__, "provenance."))


def _core_modules() -> list[str]:
    return [name for name in _all_modules() if not name.startswith(SERVER_PARTS)]


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT_EXTRAS + code, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("name", ABSENT)
def test_the_bare_environment_lacks_it(name: str) -> None:
    said = _run(f"import importlib.util\nprint(importlib.util.find_spec({name!r}))\nimport {name}")

    assert said.stdout == "None\n"
    assert f"No module named '{name}'" in said.stderr


def test_every_core_module_imports_without_the_extras() -> None:
    core = _core_modules()

    said = _run("import importlib\nfor name in sys.argv[1:]: importlib.import_module(name)", *core)

    assert "provenance.crypto.keys" in core
    assert said.returncode == 0, said.stderr[-2000:]


def test_verify_explains_itself_without_the_extras() -> None:
    said = _run("import runpy\nrunpy.run_module('provenance', run_name='__main__', alter_sys=True)", "verify", "--help")

    assert said.returncode == 0, said.stderr[-2000:]
    assert "Usage:" in said.stdout
    assert "verify" in said.stdout


def test_the_core_asks_for_few_packages_and_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]

    lines = [line for line in text.splitlines() for wanted in project["dependencies"] if f'"{wanted}"' in line]

    assert len(project["dependencies"]) <= 5
    assert all("#" in line for line in lines)


def test_the_library_prints_the_same_bytes_wherever_it_runs(tmp_path: Path) -> None:
    code = (
        "from provenance.crypto import envelope, keys\n"
        "key = keys.signing_key_from_seed(bytes(32))\n"
        "print(envelope.leaf(envelope.sign('application/x', b'{}', [key])).decode())"
    )

    here, there = _run(code), _run(f"import os; os.chdir({str(tmp_path)!r})\n{code}")

    assert here.returncode == 0, here.stderr
    assert here.stdout == there.stdout
