"""How long a stateful machine runs: briefly in every run of the suite, long in ``make soak``."""

from __future__ import annotations

from hypothesis import settings

_IN_EVERY_RUN = 100  # Hypothesis' own number of examples, which the profile of the suite keeps


def effort(*, examples: int, steps: int = 30, searched: int = 12_000) -> settings:
    """Settings for so many runs of so many steps; under the profile ``search``, enough runs for ``searched`` steps."""
    is_search = settings().max_examples > _IN_EVERY_RUN
    runs = max(examples, -(-searched // steps)) if is_search else examples
    return settings(max_examples=runs, stateful_step_count=steps)
