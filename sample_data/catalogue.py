"""Everything that happens in the sample world, and every story it makes, in the order they are best told."""

from __future__ import annotations

from sample_data.stories import art_print, handbag, salmon, tea, trouble

DEEDS = (*handbag.DEEDS, *tea.DEEDS, *salmon.DEEDS, *art_print.DEEDS, *trouble.DEEDS)
EDITS = trouble.EDITS
STORIES = (*handbag.STORIES, *tea.STORIES, *salmon.STORIES, *art_print.STORIES, *trouble.STORIES)
