"""How much the benchmark does: the published size, and a tiny one that only shows that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Times in seconds; `few` and `many` are chats in the database; `town`: messages of the town
    that is there `copies` times; `notes` are heard, and as many as `waiting` wait while others are."""

    starts: int
    engine_s: float
    warm_s: float
    press_s: float
    steady_s: float
    quiet_s: tuple[str, ...]
    road_s: float
    people: int
    few: int
    many: int
    looks: int
    crowds: tuple[int, ...]
    crowd_s: float
    stalled: int
    rules: int
    town: int
    copies: int
    notes: int
    waiting: int


FULL = Size(
    starts=5,
    engine_s=3.0,
    warm_s=2.0,
    press_s=8.0,
    steady_s=8.0,
    quiet_s=("0", "2"),
    road_s=15.0,
    people=500,
    few=1_000,
    many=100_000,
    looks=60,
    crowds=(500, 2_000),
    crowd_s=15.0,
    stalled=100,
    rules=10_000,
    town=10_000,
    copies=100,
    notes=20,
    waiting=200,
)
TINY = Size(
    starts=1,
    engine_s=0.02,
    warm_s=0.05,
    press_s=0.1,
    steady_s=0.1,
    quiet_s=("0",),
    road_s=0.3,
    people=8,
    few=5,
    many=50,
    looks=2,
    crowds=(3,),
    crowd_s=0.5,
    stalled=2,
    rules=20,
    town=200,
    copies=2,
    notes=1,
    waiting=2,
)
