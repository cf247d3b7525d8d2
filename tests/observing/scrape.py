"""Reads what `/metrics` says, strictly, as the format is written down; and asks waia for it."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

import httpx

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)\}})? (\S+)")
ENDINGS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
TOKEN = "test-metrics-token-0123456789"
KNOWS = {"authorization": f"Bearer {TOKEN}"}


@dataclass
class Scrape:
    """`kinds` by the name of the metric; `values` by `name{label="value"}` as they were told."""

    kinds: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)

    def __getitem__(self, series: str) -> float:
        return self.values[series]

    def since(self, earlier: "Scrape", series: str) -> float:
        """By how much it rose."""
        return self.values[series] - earlier.values.get(series, 0.0)


async def scrape(http: httpx.AsyncClient, **headers: str) -> Scrape:
    answer = await http.get("/metrics", headers=headers or KNOWS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return read(answer.text)


def read(text: str) -> Scrape:
    """Every line is one that the format knows; a metric is told once, described first, and all its lines together."""
    assert text.endswith("\n")
    found, described, current = Scrape(), set[str](), ""
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            assert current not in described, f"{current} is told twice"
            assert re.fullmatch(r"(?:[^\\]|\\[\\n])+", line.split(" ", 3)[3]), line
            described.add(current)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current, line
            found.kinds[name] = kind
        else:
            _take(line, current, found)
    _check_names(found)
    _check_histograms(found)
    return found


def _take(line: str, current: str, found: Scrape) -> None:
    sample = SAMPLE.fullmatch(line)
    assert sample, f"no line of the format: {line}"
    assert sample[1] in {current + end for end in ENDINGS[found.kinds[current]]}, f"{line} stands under {current}"
    labels = re.findall(LABEL, sample[2] or "")
    series = sample[1] + ("{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}" if labels else "")
    assert series not in found.values, f"{series} is told twice"
    found.values[series] = float(sample[sample.re.groups])


def _check_names(found: Scrape) -> None:
    for name, kind in found.kinds.items():
        assert name.endswith("_total") == (kind == "counter"), name
        assert not re.search(r"_(ms|minutes|mb|kb|percent)(_|$)", name), f"{name} is not in base units"
        assert name.startswith(("waia_", "process_")), name


def _check_histograms(found: Scrape) -> None:
    """Buckets rise, and the last one holds everything."""
    buckets: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for series, value in found.values.items():
        if (bound := re.search(r',?le="([^"]+)"', series)) and "_bucket{" in series:
            whole = series.replace(bound[0], "").replace("_bucket{}", "_bucket").replace("{,", "{")
            buckets[whole].append((float(bound[1]), value))
    for whole, pairs in buckets.items():
        assert pairs == sorted(pairs), whole
        assert pairs[-1] == (float("inf"), found.values[whole.replace("_bucket", "_count", 1)]), whole
    kept = {name for name, kind in found.kinds.items() if kind == "histogram"}
    assert {whole.split("_bucket")[0] for whole in buckets} == kept
