"""Hypothesis strategies of briefs, patches, formats and list queries; a driver puts its mark into what they give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from strategies.hostile import TEXTS
from strategies.samples import FORMATS, PLATFORMS, STATUSES

formats: st.SearchStrategy[str] = st.sampled_from(FORMATS)
plain_words: st.SearchStrategy[str] = st.sampled_from(
    ("Evenings", "Mornings", "Launch day", "Two for one", "Quiet hours")
)
odd_texts: st.SearchStrategy[str] = st.sampled_from(tuple(text for text in TEXTS.values() if len(text) < 200))
words: st.SearchStrategy[str] = st.one_of(plain_words, odd_texts)
"""The part of a hook before its mark."""


def _rest(influencers: Sequence[str], media: Sequence[str]) -> dict[str, st.SearchStrategy[Any]]:
    rest: dict[str, st.SearchStrategy[Any]] = {
        "targetPlatforms": st.lists(st.sampled_from(PLATFORMS), unique=True, max_size=2),
        "themeTags": st.lists(
            st.sampled_from(("launch", "calendar", "evening", "two words", "caf\u00e9")), unique=True, max_size=3
        ),
        "language": st.sampled_from(("en", "en-US", "de-DE", "pt-BR")),
    }
    if influencers:
        rest["influencerId"] = st.sampled_from(list(influencers))
    if media:
        rest["referenceMediaIds"] = st.lists(st.sampled_from(list(media)), unique=True, max_size=2)
    return rest


def rest_of_briefs(influencers: Sequence[str] = (), media: Sequence[str] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Return any choice of the fields of a brief beside its hook, with valid values."""
    return st.fixed_dictionaries({}, optional=_rest(influencers, media))


queries: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "status": st.lists(st.sampled_from(STATUSES), unique=True, min_size=1, max_size=3),
        "format": st.lists(formats, unique=True, min_size=1, max_size=2),
    },
)
"""Filters of the list, alone, repeated, and combined."""

page_sizes: st.SearchStrategy[int] = st.sampled_from((1, 2, 3, 5, 10, 25, 100, 199, 200, 201, 500))
