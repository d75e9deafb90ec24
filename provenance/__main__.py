"""The command ``provenance``, also as ``python -m provenance``.

Rules:

* whoever stops it while it still loads reads the one word, and gets the exit code, of being stopped later.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Load the command, run it, and end the process with its exit code."""
    try:
        from provenance.cli.main import main as command  # noqa: PLC0415  # loading takes time enough to be stopped in

        command()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)  # terminal.INTERRUPTED, which may not have been loaded


if __name__ == "__main__":
    main()
