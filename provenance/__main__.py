"""``python -m provenance`` is the command ``provenance``."""

from provenance.cli.main import main

main()
