"""Everything that happens in the sample world, and every story it makes, in the order they are best told."""

from __future__ import annotations

from sample_data.stories import art_print, bought, doubted, handbag, owned, paid, points, salmon, store, tea, trouble

SALE_STORIES = (*bought.STORIES, *doubted.STORIES, *paid.STORIES, *points.STORIES, *owned.STORIES)
STEPS = (
    *(*handbag.DEEDS, *tea.DEEDS, *salmon.DEEDS, *art_print.DEEDS, *trouble.DEEDS),
    *store.STEPS,
    *(step for told in SALE_STORIES for step in told.steps),
)
EDITS = (*trouble.EDITS, *doubted.EDITS)
STORIES = (
    *(*handbag.STORIES, *tea.STORIES, *salmon.STORIES, *art_print.STORIES, *trouble.STORIES),
    *(told.story for told in SALE_STORIES),
)
