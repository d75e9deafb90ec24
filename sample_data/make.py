"""Makes the sample world, shows what its labels answer, and serves it.

``python -m sample_data.make`` fills ``./var/sample`` and prints each story with its verdict and link; ``--serve``
then serves the pages on http://localhost:8000.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from labels.artwork import terminal
from provenance.bootstrap import Services, build
from sample_data.cast import CAST, CONSUMERS
from sample_data.catalogue import STEPS
from sample_data.checking import Answer, Ending, answers, endings, is_as_edited
from sample_data.home import State, clear, environment_of, mark, set_up, settings_of, state_of
from sample_data.provider import open_account
from sample_data.stories.bought import DAY_EIGHT
from sample_data.stories.store import JACKET
from sample_data.telling import StoryClock, tell

_WIDTH = 40


@click.command(epilog="Example: python -m sample_data.make --serve")
@click.option(
    "--home",
    type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
    default="var/sample",
    show_default=True,
    help="The folder it lives in.",
)
@click.option("--fresh", is_flag=True, help="Take away a sample world that is there, and make it anew.")
@click.option("--serve", is_flag=True, help="Serve its pages, until you press ^C.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to serve on.")
def main(home: Path, *, fresh: bool, serve: bool, port: int) -> None:
    """Make a whole trade to look at: honest stories, and what can go wrong.

    A sample world that is there already is used as it is. Exit code 1: something differs from its story.
    """
    if fresh:
        clear(home)
    match state_of(home):
        case State.ABSENT:
            fill(home, port=port)
        case State.COMPLETE:
            click.echo(f"{home} holds a sample world; --fresh makes it anew.", err=True)
        case State.FILLING:
            raise click.ClickException(f"{home} is only half filled; --fresh makes it anew.")
        case State.FOREIGN:
            raise click.ClickException(f"{home} holds something that is no sample world; choose another --home.")
    services = build(settings_of(home, port=port))
    is_well, first = report(services)
    services.store.close()
    if serve:
        _serve(home, first, port=port)
    elif not is_well:
        sys.exit(1)


def fill(home: Path, *, port: int) -> None:
    """Make the world in an empty folder; what stops halfway stays marked as such."""
    names, clock = [one.key for one in (*CAST, *CONSUMERS)], StoryClock()
    # The log and the registry's root have keys too.
    with click.progressbar(length=len(names) + 2, label="Making keys    ", file=sys.stderr) as bar:
        keys = set_up(home, names, progress=bar.update)
    open_account(home, keys)
    services = build(settings_of(home, port=port), clock=clock)
    with click.progressbar(length=len(STEPS), label="Telling stories", file=sys.stderr) as bar:
        tell(services, keys, clock, progress=bar.update)
    services.store.close()
    mark(home, State.COMPLETE)


def report(services: Services) -> tuple[bool, Answer]:
    """Print each story with its verdict and link; whether all is as told, and the first story's answer."""
    given = answers(services)
    titles, verdicts = max(len(answer.story.title) for answer in given), max(len(answer.verdict) for answer in given)
    for answer in given:
        click.echo(f"{answer.story.title:{titles}}  {answer.verdict:{verdicts}}  {answer.link}{_differs(answer)}")
    ended = endings(services)
    for ending in ended:
        click.echo(_line(ending))
    audit = services.auditing.audit()
    for problem in audit.problems:
        click.echo(f"log audit: {problem.damage} at {problem.where}: {problem.message}")
    is_well = all(one.is_as_told for one in given) and all(one.is_as_told for one in ended)
    is_well = is_well and is_as_edited(services, audit)
    click.echo("All is as told." if is_well else "Something differs from its story.", err=True)
    return is_well, given[0]


def _line(ending: Ending) -> str:
    """Where the story of a sale ended, and what was refused on the way."""
    told = ending.told
    end = f"{told.ends[0]} {ending.stage}" + (f", decided {ending.decided}" if ending.decided else "")
    refused = f"  refused: {', '.join(told.refused)}" if told.refused else ""
    differs = "" if ending.is_as_told else f"  DIFFERS from {told.ends[1]}, decided {told.decided}"
    return f"{told.story.title:{_WIDTH}}  {end:{_WIDTH}}{refused}{differs}"


def _differs(answer: Answer) -> str:
    if answer.is_as_told:
        return ""
    told, found = answer.story, answer.finding or "no finding"
    return f"  DIFFERS from {told.verdict} ({told.finding or 'no finding'}): {found}"


def address_of(dossier: str) -> str:
    """Where a dossier of a sale is shown: ``order:<GLN>/<number>`` at ``/orders/<GLN>/<number>``."""
    family, _, rest = dossier.partition(":")
    return f"/{family}s/{rest}"


def _serve(home: Path, first: Answer, *, port: int) -> None:
    from web.serving import serve  # noqa: PLC0415  # a world can be made where no pages can be served

    click.echo(terminal(first.link))
    click.echo(f"{first.story.title}: {first.link}")
    base = settings_of(home, port=port).base_url
    click.echo(f"An order, for whoever has its receipt ({DAY_EIGHT.token!r}): {base}{address_of(DAY_EIGHT.order)}")
    click.echo(f"What buyers say of the jacket: {base}/reviews/01/{JACKET}")
    click.echo("What to see behind the other links: sample_data/README.md")
    click.echo("In a second terminal:")
    for name, value in environment_of(home).items():
        click.echo(f"  export {name}={value}")
    click.echo("Press ^C to stop.")
    serve(settings_of(home, port=port), host="127.0.0.1", port=port, workers=2)


if __name__ == "__main__":
    main()
