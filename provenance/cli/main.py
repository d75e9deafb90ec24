"""The command ``provenance``: what it offers, and how it ends.

Rules:

* it ends with 0 (done, consistent), 1 (refused, doubtful) or 2 (not understood, not set up), and never with a
  traceback: ``error: code at pointer: message`` and the next step are all that is said;
* what a command needs is imported when it runs, so ``--help`` is quick, and ``verify`` works where neither database
  nor web framework is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from provenance.cli import (
    aftercare,
    decisions,
    events,
    gs1,
    inspector_codes,
    items,
    keys,
    labels,
    links,
    log,
    mirrors,
    orders,
    ownership,
    parties,
    payments,
    points,
    recalls,
    reviews,
    roots,
    serials,
    setup,
    tags,
    webhooks,
    witnesses,
)
from provenance.cli.arguments import ArgumentError
from provenance.cli.terminal import DONE, INTERRUPTED, MISUSE, REFUSED, Workflow, say_error, talk
from provenance.codes import Code
from provenance.errors import ConfigurationError, ProvenanceError, Refusal


@click.group(cls=Workflow, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default="var",
    envvar="PROVENANCE_HOME",
    show_default=True,
    show_envvar=True,
    help="Where database, keys and tiles live.",
)
@click.version_option(package_name="provenance")
def provenance(home: Path) -> None:
    """Show where one thing comes from and who held it, with proof that anyone can check.

    \b
    Example:
      provenance verify olives.bundle --trust trust.json

    \b
    Exit codes: 0 done or consistent, 1 refused or doubtful, 2 not understood or not set up.
    Every command takes --json; its --help names what the object holds.
    """


for _part in (
    setup,
    keys,
    roots,
    parties,
    serials,
    tags,
    events,
    items,
    labels,
    links,
    inspector_codes,
    orders,
    decisions,
    ownership,
    reviews,
    aftercare,
    recalls,
    payments,
    points,
    webhooks,
    gs1,
    log,
    witnesses,
    mirrors,
):
    for _command in _part.COMMANDS:
        provenance.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't write a letter gets its number, not a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # TextIO at a terminal, pipe or file
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        ended = provenance.main(arguments, prog_name="provenance", standalone_mode=False)
    except (ProvenanceError, ArgumentError) as err:
        say_error(err.refusal)
        return MISUSE if isinstance(err, ConfigurationError | ArgumentError) else REFUSED
    except click.ClickException as err:
        return _misused(err)
    except (click.Abort, KeyboardInterrupt):
        talk("stopped")
        return INTERRUPTED
    except Exception as err:  # the last line of defence: a bug is told, not thrown at the user
        if sys.flags.dev_mode:
            raise
        say_error(Refusal(Code.UNEXPECTED, f"{type(err).__name__}: {err}"))
        return REFUSED
    return ended if isinstance(ended, int) else DONE


def _misused(err: click.ClickException) -> int:
    context = err.ctx if isinstance(err, click.UsageError) else None
    message = err.format_message()
    if message.startswith("Usage:"):  # only the name of a group was typed: its help is the answer
        for line in message.splitlines():
            talk(line)
    else:
        talk(f"error: {message}")
        talk(f"→ {context.command_path if context else 'provenance'} --help")
    return MISUSE
