"""``provenance`` as a process of its own: pipes, signals, terminals, and a machine with the core alone."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from provenance.cli.terminal import CUT_OFF, INTERRUPTED
from provenance.crypto.keys import open_sealed
from tests.homes import ITEM, MAKER, event, write_home
from tests.processes import environment
from tests.terminal import PASSPHRASE, Terminal
from tests.vectors import ROOT

_WITHOUT_EXTRAS = """
import runpy, sys

class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        absent = name.partition(".")[0] in ("PIL", "flask", "gunicorn", "psycopg", "qrcode", "sqlalchemy", "werkzeug")
        return None if absent else self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
sys.argv[0] = "provenance"
runpy.run_module("provenance", run_name="__main__")
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one item made and its bundle beside it."""
    home = write_home(tmp_path_factory.mktemp("processes") / "home")
    terminal = Terminal(home)
    signed = terminal(f"event sign - --party {MAKER} --key {home}/keys/maker.key", stdin=event())
    assert terminal("capture -", stdin=signed.out.encode()).code == 0
    assert terminal("log checkpoint").code == 0
    assert terminal("bundle", ITEM, "-o", home / "a.bundle").code == 0
    return home


def process(home: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "provenance", *words],
        env=environment(home, **more), cwd=home, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def without_extras(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT_EXTRAS, *words],
        env=environment(home), cwd=home, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_bundle_verifies_on_a_machine_with_the_core_alone(home: Path, tmp_path: Path) -> None:
    data = (home / "a.bundle").read_bytes()
    (tmp_path / "changed.bundle").write_bytes(data.replace(b'"payload":"eyJA', b'"payload":"eyJB', 1))

    whole = without_extras(home, "verify", "a.bundle", "--trust", "trust.json")
    changed = without_extras(home, "verify", tmp_path / "changed.bundle", "--trust", "trust.json")

    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.startswith("CONSISTENT")
    assert changed.returncode == 1
    assert "CONSISTENT" not in changed.stdout


def test_what_needs_more_than_the_core_says_what_to_install(home: Path) -> None:
    for words in (("party", "list"), ("label", "show", ITEM), ("serve",)):
        said = without_extras(home, *words)

        assert said.returncode == 2
        assert "provenance[server]" in said.stderr
        assert "Traceback" not in said.stderr


def test_help_needs_little(home: Path) -> None:
    code = "import sys; from provenance.cli import main; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), capture_output=True, text=True, check=True
    ).stdout.split()

    assert not {"networkx", "nacl", "sqlalchemy", "flask", "provenance.evidence", "provenance.services"} & set(loaded)


def test_a_reader_that_leaves_is_no_verdict(home: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "provenance", "party", "list"],
        env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None

    said = running.stderr.read()

    assert (running.wait(timeout=60), said) == (CUT_OFF, "")
    running.stderr.close()


def test_being_stopped_ends_quietly(home: Path) -> None:
    # Whoever runs the tests in the background has told their children to ignore ^C.
    attentive = "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    running = subprocess.Popen(
        [sys.executable, "-c", f"{attentive}; runpy.run_module('provenance', run_name='__main__')", "capture", "-"],
        env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write("{}\n" * 256)  # as many as are taken in at once
    running.stdin.flush()
    while "line 256" not in running.stdout.readline():
        assert running.poll() is None

    # Its input stays open: it ends because it was told to. Python drops a ^C that falls into a finalizer, so as a
    # person would, it is told again.
    for _ in range(12):
        running.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            running.wait(timeout=5)
            break

    _, remarks = running.communicate(timeout=60)
    assert (running.returncode, remarks.splitlines()[-1]) == (INTERRUPTED, "stopped")


def test_being_stopped_while_it_loads_ends_as_quietly(home: Path, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")

    said = process(home, "party", "list", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")

    assert (said.returncode, said.stdout, said.stderr) == (INTERRUPTED, "", "stopped\n")


def test_a_terminal_that_knows_few_letters_gets_an_answer_too(home: Path) -> None:
    said = process(home, "scan", "(01)09520123000011(21)GONE", PYTHONIOENCODING="latin-1")

    assert said.returncode == 1
    assert "Compare the number with the label" in said.stdout
    assert said.stderr == ""


def test_words_that_are_no_text_are_refused(home: Path) -> None:
    said = subprocess.run(
        [sys.executable.encode(), b"-m", b"provenance", b"scan", b"\xff\xfe", b"--json"],
        env=environment(home), capture_output=True, check=False, timeout=60,
    )  # fmt: skip

    assert said.returncode == 1
    assert said.stderr.startswith(b"error: ")
    assert b"unexpected" not in said.stderr


class TestAtATerminal:
    """Someone sits before it: passphrases are asked for, and progress is shown."""

    @pytest.fixture
    def type_in(self, home: Path) -> Callable[..., tuple[int, str]]:
        def run(*words: str | Path, answers: tuple[str, ...] = (), **more: str) -> tuple[int, str]:
            mine, theirs = pty.openpty()
            running = subprocess.Popen(
                [sys.executable, "-m", "provenance", *words],
                env=environment(home, **more), cwd=home, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs,
                start_new_session=True,
            )  # fmt: skip
            os.close(theirs)
            seen = b""
            waiting = list(answers)
            while True:
                try:
                    read = os.read(mine, 4096)
                except OSError:  # Linux says so when the other side has closed
                    break
                if not read:
                    break
                seen += read
                if waiting and seen.endswith(b": "):
                    os.write(mine, waiting.pop(0).encode() + b"\n")
            os.close(mine)
            return running.wait(timeout=60), seen.decode()

        return run

    def test_a_new_passphrase_is_asked_for_twice_and_not_shown(
        self, type_in: Callable[..., tuple[int, str]], tmp_path: Path
    ) -> None:
        kept = tmp_path / "maker.key"

        code, seen = type_in("key", "new", "-o", kept, answers=("olives", "figs", "olives", "olives"))

        assert code == 0
        assert "olives" not in seen
        assert "do not match" in seen
        assert str(open_sealed(kept.read_bytes(), passphrase="olives").public).startswith("did:key:z6Mk")

    def test_a_passphrase_that_opens_nothing_is_asked_for(
        self, type_in: Callable[..., tuple[int, str]], home: Path
    ) -> None:
        (home / "made.json").write_bytes(event(epcList=[f"{ITEM}B"]))
        words = ("event", "sign", "made.json", "--party", MAKER, "--key", "keys/maker.key")

        asked = type_in(*words, answers=(PASSPHRASE,))
        wrong = type_in(*words, answers=(PASSPHRASE,), PROVENANCE_PASSPHRASE="another")
        never = type_in(*words, answers=("guess",))

        assert asked[0] == wrong[0] == 0
        assert never[0] == 1
        assert "wrong-passphrase" in never[1]

    def test_progress_is_shown(self, type_in: Callable[..., tuple[int, str]]) -> None:
        code, seen = type_in("log", "audit")

        assert code == 0
        assert "auditing" in seen
        assert "100%" in seen
