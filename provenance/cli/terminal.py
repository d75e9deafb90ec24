"""How every command speaks: results on stdout, talk on stderr, one JSON object with ``--json``.

Rules:

* a command computes an ``Answer`` and prints nothing; here it becomes lines for people or one object for programs;
* the object has the members its ``--help`` names, always all of them; on a refusal it is ``{"error":{…}}``;
* whatever a file or a party says is printed on its own line and moves no cursor: control characters are written out;
* progress is shown to people only: where stderr is no terminal there is none;
* exit codes: 0 done or consistent, 1 refused or doubtful, 2 not understood or not set up.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from provenance.codes import NEXT_STEP
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import ProvenanceError, Refusal

DONE, REFUSED, MISUSE = 0, 1, 2
INTERRUPTED, CUT_OFF = 130, 141  # as a shell reports a process that ^C or a closed pipe ended

_AS_JSON = "provenance.as_json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: to programs, to people, and whether it is bad news (exit code 1)."""

    members: Mapping[str, JsonLike]
    lines: Sequence[str] = ()
    is_bad_news: bool = False


def verb(name: str, *, example: str, prints: str) -> Callable[[Callable[..., Answer]], click.Command]:
    """A command made from what computes its answer: with ``--json``, an example, and what the object holds.

    ``prints`` is the object's shape: ``{file, problems: [{where, message}]}``.
    """

    def make(act: Callable[..., Answer]) -> click.Command:
        @functools.wraps(act)
        def run(as_json: bool, **values: object) -> None:
            context = click.get_current_context()
            context.meta[_AS_JSON] = as_json
            try:
                answer = act(**values)
            except ProvenanceError as err:
                if as_json:
                    result(canonical.dump({"error": refusal_members(err.refusal)}).decode())
                raise
            for line in [canonical.dump(answer.members).decode()] if as_json else map(plain, answer.lines):
                result(line)
            context.exit(REFUSED if answer.is_bad_news else DONE)

        epilog = f"\b\nExample:\n  {example}\n\nWith --json: {prints}"
        return click.command(name, epilog=epilog)(_json_option(run))

    return make


class Workflow(click.Group):
    """Commands in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names as they were added."""
        return list(self.commands)


_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")


def result(line: str) -> None:
    """One line of the result, on stdout, as it is."""
    try:
        click.echo(line)
    except BrokenPipeError:
        # Whoever read us has seen enough; the interpreter must not stumble over it again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(CUT_OFF) from None


def result_for_people(line: str) -> None:
    """One line of the result as soon as it is known; nothing with ``--json``, where the object comes at the end."""
    if not wants_json():
        result(plain(line))


def wants_json() -> bool:
    """Whether the command was given ``--json``: its one object comes at the end."""
    return bool(click.get_current_context().meta[_AS_JSON])


def talk(line: str) -> None:
    """A remark to whoever watches, on stderr."""
    click.echo(plain(line), err=True)


def plain(line: str) -> str:
    r"""The line with whatever could end it, move the cursor or turn the writing around written out.

    >>> plain("CONSISTENT\n\x1b[1A")
    'CONSISTENT\\n\\x1b[1A'
    """
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in line)


def say_error(refusal: Refusal) -> None:
    """A refusal with its next step, on stderr."""
    talk(f"error: {refusal}")
    talk(f"→ {NEXT_STEP[refusal.code]}")


def refusal_members(refusal: Refusal) -> dict[str, JsonLike]:
    """A refusal as JSON."""
    return {
        "code": refusal.code.value,
        "message": refusal.message,
        "pointer": refusal.pointer,
        "next": NEXT_STEP[refusal.code],
    }


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; what it gives is called with how much is done by now."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


@contextmanager
def progress_unless_results_show(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar, for a command that prints as it goes: none where the results run over the same screen."""
    if sys.stdout.isatty() and not wants_json():
        yield lambda done: None
        return
    with progress(label, total) as show:
        yield show
