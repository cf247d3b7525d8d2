"""Counters and histograms of this process, and their text for Prometheus (format 0.0.4).

They are moved on the event loop only, and cost less than a microsecond. A label is one word of a closed set that its
metric names when it is made: what is not in it counts as `other`, so nothing that people wrote can become a label.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

MEDIA_TYPE = "text/plain; version=0.0.4"  # and always UTF-8
OTHER = "other"
QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SLOW_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)


@dataclass(frozen=True, slots=True)
class Family:
    """One metric at one moment. `samples`: what follows its name, its labels, its value."""

    name: str
    kind: str
    meaning: str
    samples: Sequence[tuple[str, Mapping[str, str], float]]


class Counter:
    """Only rises, from the start of the process."""

    def __init__(self, name: str, meaning: str, label: str = "", words: Iterable[str] = ()) -> None:
        self.name, self.meaning, self._label = name, meaning, label
        self._values = dict.fromkeys(words if label else ("",), 0.0)
        _METRICS[name] = self

    def know(self, word: str) -> None:
        """One more word of the label's set, which shows as 0 until it happens."""
        self._values.setdefault(word, 0.0)

    def add(self, word: str = "", by: float = 1) -> None:
        if word not in self._values:
            word = OTHER
            self.know(word)
        self._values[word] += by

    def family(self) -> Family:
        samples = [("", _labels(self._label, word), value) for word, value in self._values.items()]
        return Family(self.name, "counter", self.meaning, samples)


class Histogram:
    """How often and how long; `bounds` are the upper ends of its buckets."""

    def __init__(
        self, name: str, meaning: str, bounds: Sequence[float], label: str = "", words: Iterable[str] = ()
    ) -> None:
        self.name, self.meaning, self._label, self._bounds = name, meaning, label, tuple(bounds)
        self._series = {word: _Series(len(bounds)) for word in (words if label else ("",))}
        _METRICS[name] = self

    def observe(self, amount: float, word: str = "") -> None:
        series = self._series.get(word) or self._series.setdefault(OTHER, _Series(len(self._bounds)))
        series.counts[bisect_left(self._bounds, amount)] += 1
        series.total += amount

    def family(self) -> Family:
        return Family(self.name, "histogram", self.meaning, list(self._samples()))

    def _samples(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        bounds = [*(f"{bound:g}" for bound in self._bounds), "+Inf"]
        for word, series in self._series.items():
            labels = _labels(self._label, word)
            for bound, count in zip(bounds, accumulate(series.counts), strict=True):
                yield "_bucket", {**labels, "le": bound}, count
            yield "_sum", labels, series.total
            yield "_count", labels, sum(series.counts)


class _Series:
    """What one label gathered: a count for each bucket, the last one for all above, and the sum."""

    __slots__ = ("counts", "total")

    def __init__(self, bounds: int) -> None:
        self.counts, self.total = [0] * (bounds + 1), 0.0


_METRICS: dict[str, Counter | Histogram] = {}


def gauge(name: str, meaning: str, value: float | Mapping[str, float], label: str = "") -> Family:
    """A value as it is now, or one for each word of `label`."""
    values = value if isinstance(value, Mapping) else {"": value}
    return Family(name, "gauge", meaning, [("", _labels(label, word), amount) for word, amount in values.items()])


def counted() -> list[Family]:
    """Everything that was counted since this process started."""
    return [metric.family() for metric in _METRICS.values()]


def exposition(families: Iterable[Family]) -> str:
    """The text that a scrape reads."""
    lines: list[str] = []
    for family in sorted(families, key=lambda family: family.name):
        lines.append(f"# HELP {family.name} {_escaped(family.meaning)}")
        lines.append(f"# TYPE {family.name} {family.kind}")
        lines += [f"{family.name}{end}{_told(labels)} {value!r}" for end, labels, value in family.samples]
    return "\n".join(lines) + "\n"


def _labels(label: str, word: str) -> Mapping[str, str]:
    return {label: word} if label else {}


def _told(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value, quoted=True)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(text: str, *, quoted: bool = False) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quoted else text
