"""Counters, gauges and histograms in the form that prometheus_client writes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric

Labels = Mapping[str, str]
Buckets = Sequence[tuple[float, int]]
"""(inclusive upper end, observations up to there), rising."""


def counter(name: str, text: str, samples: Iterable[tuple[Labels, float]]) -> Metric:
    """Something that only ever rises; ``_total`` is added to the name."""
    rows = list(samples)
    family = CounterMetricFamily(f"magazie_{name}", text, labels=_names(rows))
    for labels, value in rows:
        family.add_metric(list(labels.values()), value)
    return family


def gauge(name: str, text: str, samples: Iterable[tuple[Labels, float]]) -> Metric:
    """Something that rises and falls."""
    rows = list(samples)
    family = GaugeMetricFamily(f"magazie_{name}", text, labels=_names(rows))
    for labels, value in rows:
        family.add_metric(list(labels.values()), value)
    return family


def histogram(
    name: str, text: str, samples: Iterable[tuple[Labels, tuple[Buckets, int, float]]]
) -> Metric:
    """Observations: buckets, how many there are, and their sum."""
    rows = list(samples)
    family = HistogramMetricFamily(f"magazie_{name}", text, labels=_names(rows))
    for labels, (buckets, count, total) in rows:
        written = [(repr(bound), float(up_to)) for bound, up_to in buckets]
        written.append(("+Inf", float(count)))
        family.add_metric(list(labels.values()), written, total)
    return family


def cumulative(bounds: Sequence[float], counts: Sequence[int]) -> Buckets:
    """Buckets of counts that each hold only their own; the last count lies above all bounds."""
    return list(zip(bounds, accumulate(counts), strict=False))


def _names(rows: Sequence[tuple[Labels, object]]) -> list[str]:
    return list(rows[0][0]) if rows else []
