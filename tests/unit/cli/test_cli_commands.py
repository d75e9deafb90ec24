"""What holds for every command: help, example, ``--json``, exit codes, no traceback whatever is typed."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.cli import arguments, main, wording
from provenance.cli.terminal import CUT_OFF, INTERRUPTED
from provenance.codes import NEXT_STEP, Code
from provenance.custody.history import Nearness
from provenance.custody.registry_entries import Permission, RevocationReason
from provenance.custody.roles import ENROLLED_ROLES
from provenance.custody.steps import Step
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.errors import ConfigurationError, MalformedError
from provenance.proof_steps import Outcome, ProofStep
from tests.homes import MAKER, key_of, write_home
from tests.terminal import PASSPHRASE, Terminal


def _commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, *before, name)
        else:
            yield (*before, name), command


COMMANDS = dict(_commands(main.provenance))
EVERY = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_home(tmp_path_factory.mktemp("installation") / "home")


@EVERY
def test_every_command_explains_itself_with_one_example(words: tuple[str, ...], tmp_path: Path) -> None:
    said = Terminal(tmp_path)(*words, "--help")

    assert said.code == 0
    assert said.err == ""
    assert said.out.count("Example:") == 1
    assert f"provenance {' '.join(words)} " in f"{said.out} "


@EVERY
def test_every_example_is_understood(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = COMMANDS[words]
    assert command.epilog is not None
    example = command.epilog.split("Example:\n")[1].split("\n\n")[0].replace("\\\n", " ")
    program, *typed = shlex.split(example.partition(" > ")[0])  # what follows is the shell's
    monkeypatch.chdir(tmp_path)
    for word in typed:
        if word.endswith("/"):
            Path(word).mkdir()
        if (
            Path(word).suffix in (".key", ".json", ".signed", ".bundle", ".csv", ".head", ".pem", ".txt")
            and typed[typed.index(word) - 1] != "-o"
        ):
            Path(word).parent.mkdir(parents=True, exist_ok=True)
            Path(word).touch()

    context = command.make_context(words[-1], typed[len(words) :])

    assert program == "provenance"
    assert tuple(typed[: len(words)]) == words
    assert context.params


@EVERY
def test_every_command_takes_json_and_says_what_the_object_holds(words: tuple[str, ...], tmp_path: Path) -> None:
    said = Terminal(tmp_path)(*words, "--help")

    assert "--json " in said.out
    assert "With --json: {" in said.out


@pytest.mark.parametrize("group", sorted({" ".join(words[:-1]) for words in COMMANDS}))
def test_no_line_of_a_list_of_commands_is_cut(group: str, tmp_path: Path) -> None:
    said = Terminal(tmp_path)(f"{group} --help")

    assert "..." not in said.out.split("\nCommands:\n")[1]


def test_the_command_alone_shows_its_help_as_misuse(tmp_path: Path) -> None:
    said = Terminal(tmp_path)()

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: provenance")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("trase x", "error: No such command 'trase'. Did you mean 'trace'?\n→ provenance --help\n"),
        ("trace", "error: Missing argument 'EPC'.\n→ provenance trace --help\n"),
        ("key show none.key", "error: Invalid value for 'FILE': File 'none.key' does not exist.\n→ provenance key"),
        ("trace 123", "error: unknown-identifier: "),
        ("party list --loud", "error: No such option '--loud'.\n→ provenance party list --help\n"),
        ("party license --party 9520123000005 --prefix 9520123", "error: bad-check-digit: "),
        ("party revoke --party 9520123000004 --key-id 12", "error: malformed-text: "),
    ],
)  # fmt: skip
def test_misuse_is_said_with_the_next_step_and_ends_with_2(typed: str, expected: str, tmp_path: Path) -> None:
    said = Terminal(tmp_path)(typed)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(expected)
    assert said.err.splitlines()[-1].startswith("→ ")


def test_a_home_that_was_never_set_up_is_misuse(tmp_path: Path) -> None:
    said = Terminal(tmp_path / "nowhere")("party list")

    assert said.code == 2
    assert said.err.startswith("error: not-set-up: ")
    assert "provenance init" in said.err


def test_a_refusal_is_one_object_with_json_and_two_lines_for_people(home: Path) -> None:
    said = Terminal(home)("scan", "--json", "(01)09520123000012(21)A1")

    assert said.code == 1
    assert said.object["error"]["code"] == "bad-check-digit"
    assert said.object["error"].keys() == {"code", "message", "pointer", "next"}
    assert said.err.startswith("error: bad-check-digit")
    assert said.err.count("\n") == 2


def test_the_option_home_goes_before_the_environment(home: Path, tmp_path: Path) -> None:
    said = Terminal(tmp_path / "nowhere")("--home", home, "party", "list")

    assert said.code == 0
    assert "The maker" in said.out


def test_the_words_of_the_command_line_are_those_of_the_trade() -> None:
    assert arguments.ROLES == tuple(role.value for role in ENROLLED_ROLES)
    assert arguments.PERMISSIONS == tuple(Permission)
    assert arguments.REASONS == tuple(RevocationReason)


def test_every_verdict_doubt_and_step_has_its_words() -> None:
    assert set(wording.VERDICTS) == set(VerdictClass)
    assert set(wording.DOUBTS) == set(Doubt)
    assert set(wording.STEPS) == set(Step)
    assert set(wording.NEARNESS) == set(Nearness)
    assert set(wording.PROOF_STEPS) == set(ProofStep)
    assert set(wording.OUTCOMES) == set(Outcome)
    assert "genuine" not in " ".join(wording.VERDICTS.values())


class TestHowItEnds:
    """What can go wrong inside a command, acted out by one that does nothing else."""

    @pytest.fixture(autouse=True)
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        @click.command("broken")
        def broken() -> None:
            assert self.raises is not None
            raise self.raises

        monkeypatch.setitem(main.provenance.commands, "broken", broken)

    raises: BaseException | None = None

    @pytest.mark.parametrize(
        ("raised", "code", "line"),
        [
            (MalformedError(Code.WRONG_VALUE, "it is 3", pointer="/a"), 1, "error: wrong-value at /a: it is 3"),
            (ConfigurationError(Code.BAD_SETTING, "it is unset"), 2, "error: bad-setting: it is unset"),
            (ZeroDivisionError("by zero"), 1, "error: unexpected: ZeroDivisionError: by zero"),
            (RecursionError("too deep"), 1, "error: unexpected: RecursionError: too deep"),
        ],
    )
    def test_an_error_is_told_and_not_thrown(self, raised: Exception, code: int, line: str, tmp_path: Path) -> None:
        self.raises = raised

        said = Terminal(tmp_path)("broken")

        assert (said.code, said.out) == (code, "")
        assert said.err.splitlines()[0] == line
        assert said.err.splitlines()[1][2:] in NEXT_STEP.values()
        assert "Traceback" not in said.err

    def test_being_stopped_is_no_verdict(self, tmp_path: Path) -> None:
        self.raises = KeyboardInterrupt()

        said = Terminal(tmp_path)("broken")

        assert said.code == INTERRUPTED
        assert said.err.strip() == "stopped"

    def test_a_signal_is_told_apart_from_every_verdict(self) -> None:
        assert not {INTERRUPTED, CUT_OFF} & {0, 1, 2}


_WORDS = st.one_of(
    st.sampled_from(
        ["--json", "--help", "-o", "--party", "9520123000004", "--key", "--role", "producer", "-", "--home"]
    ),
    st.sampled_from(
        ["https://id.gs1.org/01/09520123000011/21/A1", "urn:epc:id:sgtin:9520123.000001.A1", "(01)", "\udcff"]
    ),
    st.text(max_size=30).filter(lambda word: "\0" not in word),
)
_NOT_SERVE = sorted(words for words in COMMANDS if words != ("serve",))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that may be written full."""
    with contextlib.chdir(tmp_path_factory.mktemp("elsewhere")):
        yield Path()


@given(words=st.sampled_from(_NOT_SERVE), more=st.lists(_WORDS, max_size=6), stdin=st.binary(max_size=60))
def test_whatever_is_typed_it_ends_with_0_1_or_2_and_no_traceback(
    words: tuple[str, ...], more: list[str], stdin: bytes, elsewhere: Path
) -> None:
    said = Terminal(elsewhere / "home")(*words, *more, stdin=stdin)

    assert said.code in (0, 1, 2)
    assert "Traceback" not in said.err
    assert "error: unexpected" not in said.err


@given(
    document=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
)
@pytest.mark.parametrize(
    "typed",
    [
        "capture -",
        "import-epcis - --party 9520123000004 --key {home}/keys/maker.key",
        "event sign - --party 9520123000004 --key {home}/keys/maker.key",
        "verify - --trust {home}/trust.json",
    ],
)
def test_whatever_is_in_a_file_it_is_refused_with_a_code(typed: str, document: bytes, home: Path) -> None:
    said = Terminal(home)(typed.format(home=home), stdin=document)

    assert said.code in (0, 1)
    assert "error: unexpected" not in said.err
    if said.code:
        assert said.err.startswith("error: ") or "refused" in said.out


def test_no_command_prints_a_private_key(home: Path) -> None:
    seeds = {key_of(name).seed for name in ("maker", "root", "log")}
    kept = home / "keys" / "maker.key"

    everything = "".join(
        f"{said.out}{said.err}"
        for said in (
            Terminal(home)("key", "show", kept),
            Terminal(home)("key", "show", kept, "--json"),
            Terminal(home)("party list --json"),
            Terminal(home, passphrase="no")("party", "license", "--prefix", "1", "--party", MAKER, "--root-key", kept),
        )
    )  # fmt: skip

    assert not any(seed.hex() in everything or PASSPHRASE in everything for seed in seeds)
