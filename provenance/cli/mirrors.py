"""``provenance mirror``: a copy of somebody's log, which shows whatever the log takes back."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE
from provenance.cli.terminal import Answer, progress, verb


@verb(
    "mirror",
    example="provenance mirror https://shop.example copy/ --trust trust.json",
    prints="{origin, size, new, confirmations}",
)
@click.argument("url")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--trust", "trust_file", type=READABLE, required=True, help="The log's trust file, from somebody else.")
def mirror(url: str, folder: Path, trust_file: Path) -> Answer:
    """Copy a log and check it against what it was.

    Copies the checkpoint, the tiles and the entries of the log at URL into FOLDER, once each is proven; run it again,
    every few minutes, for what is new. A log that takes something back is refused with exit code 1, and the copy stays
    as it was; two signed checkpoints that contradict each other are kept in FOLDER/evidence, for 'witness
    check-evidence'. Bodies of statements are not in the public log, so they are neither copied nor judged. Any web
    server can serve FOLDER as it is.
    """
    opening.require("urllib3")
    from provenance.adapters.http_log import HttpLog
    from provenance.adapters.outside import DurableFiles
    from provenance.services.mirroring import Mirroring

    trust = opening.trust_in(trust_file)
    # How much is new is known only once the log has answered, so the bar counts hundredths.
    with progress("copying", 100) as show:
        held = Mirroring(HttpLog(url), DurableFiles(folder), trust).catch_up(
            lambda done, total: show(100 * done // total)
        )
    names = [one.witness for one in held.state.confirmations]
    return Answer(
        {"origin": trust.origin, "size": held.size, "new": held.size - held.before, "confirmations": [*names]},
        [
            f"{trust.origin}  {held.size} entries, {held.size - held.before} new",
            f"confirmed by  {', '.join(names) or 'nobody: the trust file asks for no witnesses'}",
        ],
    )


COMMANDS = (mirror,)
