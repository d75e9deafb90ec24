"""The README says what happens: its commands are run, its links lead somewhere, its words are the code's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.vectors import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Step:
    """One command as it is typed, and what it is said to print."""

    typed: str
    said: str


def _steps(section: str) -> list[Step]:
    """The commands in the ``console`` blocks of a section, in order."""
    text = README.split(f"\n## {section}\n")[1].split("\n## ")[0]
    steps = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            typed, *lines = entry.splitlines()
            while lines and lines[0].startswith("> "):
                typed += "\n" + lines.pop(0)[2:]
            steps.append(Step(typed, "\n".join(lines)))
    return steps


def _run(steps: list[Step], folder: Path) -> list[str]:
    """What each command prints, run one after the other in one shell as a newcomer would."""
    mark = "=== next ==="
    script = "exec 2>&1\n" + "\n".join(f"{step.typed}\necho; echo '{mark}'" for step in steps)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROVENANCE_")}
    path = f"{Path(sys.executable).parent}:{kept['PATH']}"
    said = subprocess.run(
        ["bash", "-c", script], cwd=folder, env={**kept, "PATH": path, "COLUMNS": "80"},
        capture_output=True, text=True, check=False, timeout=600, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return [part.strip("\n") for part in said.stdout.split(f"\n{mark}\n")[:-1]]


def _fits(said: str, told: str) -> bool:
    """Whether it says what it is said to say; ``…`` stands for anything within a line."""
    return re.fullmatch(re.escape(told.strip("\n")).replace("…", "[^\n]*"), said) is not None


@pytest.mark.parametrize("section", ["From nothing to a proof, and to a proof that fails", "The commands"])
def test_every_command_says_what_the_readme_says(section: str, tmp_path: Path) -> None:
    steps = _steps(section)

    said = _run(steps, tmp_path)

    assert len(said) == len(steps) > 0
    for step, got in zip(steps, said, strict=True):
        assert _fits(got, step.said), f"$ {step.typed}\n{got}\n--- the README says ---\n{step.said}"


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert len(links) > 10
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_every_make_target_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert [
        t for t in re.findall(r"\bmake ([a-z]+)\b +#", README) if not re.search(rf"^{t}:", makefile, re.MULTILINE)
    ] == []


def test_no_answer_is_promised_to_be_genuine() -> None:
    assert re.findall(r"^.*genuine.*$", README, re.MULTILINE) == [
        '| **verdict** | what the findings add up to: `consistent` at best, never "genuine" |'
    ]
