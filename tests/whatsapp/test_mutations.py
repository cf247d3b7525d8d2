"""Thousands of damaged bodies: nothing raises, and what was not damaged is still read."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.whatsapp.bodies import NAMES, body
from waia.whatsapp.inbound import InboundMessage, read, split

TREES: dict[str, Any] = {name: json.loads(body(name)) for name in NAMES}
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, -1, "", "0", "\x00", "\ud800", "NaN", "ñ" * 300, float("nan"), float("inf"), 1e308])
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FEW = settings(max_examples=2_500, deadline=None, suppress_health_check=list(HealthCheck))


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys: Any = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [(*path, key) for key, _ in keys] + [place for key, value in keys for place in places(value, (*path, key))]


PLACES = {name: places(tree) for name, tree in TREES.items()}


def damaged(name: str, place: tuple[Any, ...], junk: object, how: str) -> Any:
    tree = copy.deepcopy(TREES[name])
    around = tree
    for key in place[:-1]:
        around = around[key]
    if how == "remove":
        del around[place[-1]]
    else:
        around[place[-1]] = [around[place[-1]], junk] if how == "wrap" else junk
    return tree


def read_all(raw: bytes) -> list[Any]:
    return [read(item.kind, item.payload) for item in split(raw).items]


@FEW
@given(data=st.data())
def test_a_damaged_body_never_raises(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    place = data.draw(st.sampled_from(PLACES[name]))
    how = data.draw(st.sampled_from(["replace", "remove", "wrap"]))
    raw = json.dumps(damaged(name, place, data.draw(JUNK), how)).encode()
    for item, value in zip(split(raw).items, read_all(raw), strict=True):
        assert item.dedupe_key
        assert len(item.dedupe_key.encode()) <= 255
        assert len(item.lane_key.encode()) <= 255
        assert value is not None


@FEW
@given(data=st.data())
def test_flipped_and_cut_bytes_never_raise(data: st.DataObject) -> None:
    raw = bytearray(body(data.draw(st.sampled_from(NAMES))))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    read_all(bytes(raw))


@settings(FEW, max_examples=1_000)
@given(junk=JUNK, key=st.sampled_from(["messages", "statuses", "errors", "calls", "message_echoes", "history"]))
def test_valid_siblings_survive_a_damaged_one(junk: object, key: str) -> None:
    tree = copy.deepcopy(TREES["batch"])
    value = tree["entry"][0]["changes"][0]["value"]
    value[key] = [junk, *value.get(key, []), junk]
    said = [each.text for each in read_all(json.dumps(tree).encode()) if isinstance(each, InboundMessage)]
    assert [text for text in said if text in {"uno", "dos", "tres", "hi"}] == ["uno", "dos", "tres", "hi"]
