"""nDCG, MRR and recall of rankings, computed by ir_measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

import ir_measures
from ir_measures import RR, R, nDCG

from tests.golden.asking import Ranking
from tests.golden.golden_set import GoldenQuery

Figures = dict[str, float]
"""From 0 to 1, by the names of ``MEASURES``."""
MEASURES = {
    "nDCG@10": nDCG @ 10,
    # The rank of the first good answer; a page that only mentions the matter is none.
    "MRR": RR(rel=2),
    "recall@20": R @ 20,
}


LEAD = "elasticsearch over plain multi_match"
"""Under which name it is recorded how far we are ahead of the plain query."""


def measure(queries: Sequence[GoldenQuery], rankings: Mapping[str, Ranking]) -> dict[str, Figures]:
    """The figures of each query, by its name."""
    grades = {query.name: dict(query.grades) for query in queries}
    runs = {name: {key: -float(rank) for rank, key in enumerate(keys)} for name, keys in rankings.items()}
    names = {measure: name for name, measure in MEASURES.items()}
    figures: defaultdict[str, Figures] = defaultdict(dict)
    for metric in ir_measures.iter_calc(list(names), grades, runs):
        figures[metric.query_id][names[metric.measure]] = metric.value
    return dict(figures)


def mean(figures: Iterable[Figures]) -> Figures:
    """The mean of each figure over queries."""
    rows = list(figures)
    return {name: fmean(row[name] for row in rows) for name in MEASURES}


def lead(ours: Figures, plain: Figures) -> Figures:
    """By how much each figure of ours is better; below 0 where it is worse."""
    return {name: ours[name] - plain[name] for name in MEASURES}
