"""The one-file verifier agrees with the product on every bundle of the shared set, and uses nothing of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance import evidence_verifier
from provenance.errors import ProvenanceError
from provenance.trust import parse_trust
from tests.shared_bundles import Case, every
from tests.terminal import Terminal
from tests.verifiers import by_file, by_product
from tests.world import World


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Case]]:
    world = World(tmp_path_factory.mktemp("file") / "world")
    yield every(world)
    world.close()


def test_it_agrees_with_the_product_on_every_bundle(cases: list[Case]) -> None:
    assert {case.name: by_file(case) for case in cases} == {case.name: by_product(case) for case in cases}


def test_it_imports_nothing_but_python_and_pynacl() -> None:
    tree = ast.parse(Path(evidence_verifier.__file__).read_text(encoding="utf-8"))

    named = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert named - sys.stdlib_module_names == {"nacl"}


def test_what_the_command_prints_runs_by_itself(cases: list[Case], tmp_path: Path) -> None:
    program = tmp_path / "evidence_verifier.py"
    program.write_text(Terminal(tmp_path)("verifier").out, encoding="utf-8")
    wanted = ("honest: bag", "a byte of a body", "a newline at the end")
    for case, code in zip([next(c for c in cases if c.name == name) for name in wanted], (0, 1, 1), strict=True):
        (tmp_path / "b").write_bytes(case.bundle)
        (tmp_path / "t").write_bytes(case.trust)

        ran = subprocess.run(
            [sys.executable, "-I", program, "b", "t"], cwd=tmp_path, capture_output=True, text=True, check=False
        )

        said = {line.split()[0]: line.split()[1] for line in ran.stdout.splitlines()}
        assert (ran.returncode, said, ran.stderr) == (code, by_product(case), "")


def test_without_two_files_it_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert evidence_verifier.main([]) == 2
    assert "authority" in capsys.readouterr().out


@pytest.mark.parametrize(
    "trust",
    [b"", b"{}", b'{"origin":1,"log":1,"roots":[],"threshold":1,"witnesses":"none"}', b"[1"],
)
def test_it_begins_with_no_trust_file_that_the_product_would_refuse(
    trust: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t").write_bytes(trust)

    with pytest.raises(ProvenanceError):
        parse_trust(trust)
    assert evidence_verifier.main([str(tmp_path / "t"), str(tmp_path / "t")]) == 2
    assert "can't begin" in capsys.readouterr().err


NUMBERS = [0.1, 1e-6, 1e-7, 1.5e-7, 0.00012, 123456789.125, 2.5, -0.25, 1e-30, 1e-31, 4503599627370495.5]


@pytest.mark.parametrize("number", NUMBERS)
def test_it_reads_the_fractions_that_the_product_reads(number: float) -> None:
    import rfc8785  # noqa: PLC0415  # a second opinion

    from provenance.encoding import canonical  # noqa: PLC0415

    body = rfc8785.dumps({"a": number})

    def reads(read: object) -> bool:
        try:
            read(body)  # type: ignore[operator]  # one of the two below
        except (ProvenanceError, *evidence_verifier.UNREADABLE):
            return False
        return True

    assert reads(evidence_verifier.read_json) == reads(canonical.parse)
