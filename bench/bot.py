"""The engine alone, in memory: turns a second, each with its trace."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bench.figures import Figure, at_least
from bench.stand import Ground
from waia.bot.engine import decide
from waia.bot.models import (
    ChatState,
    FlowProfile,
    FlowSettings,
    Rule,
    RuleBook,
    Turn,
    Utterance,
    UtteranceKind,
    split_steps,
    split_triggers,
)

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    seconds = ground.size.engine_s
    small = _turns_per_second(_flow(steps=20, rules=200), seconds)
    large = _turns_per_second(_flow(steps=200, rules=2_000), seconds)
    yield Figure("engine, 200 rules in 20 steps", small, "turns/s", growth=large / small, aim=at_least(5_000))


def _flow(steps: int, rules: int) -> RuleBook:
    """Each step leads to the next by its last words; the others stay where they are."""
    each = rules // steps
    made = [
        Rule(
            step * each + number,
            f"paso{step}",
            split_triggers(f"palabra{number}, frase larga {number}"),
            f"Respuesta {number} del paso {step}",
            next_steps=split_steps(f"paso{(step + 1) % steps}" if number == each - 1 else ""),
        )
        for step in range(steps)
        for number in range(each)
    ]
    settings = FlowSettings.for_profile(FlowProfile.WAIA, initial_step="paso0", locale="es")
    return RuleBook(made, settings)


def _turns_per_second(book: RuleBook, seconds: float) -> float:
    state, turns = ChatState(), 0
    began = time.perf_counter()
    while (lasted := time.perf_counter() - began) < seconds:
        for words in ("palabra9", "quiero la frase larga 3 por favor", "nada de esto", "palabra1"):
            said = Utterance(turns, UtteranceKind.TEXT, words, NOON)
            decision = decide(book, state, Turn((said,), NOON))
            decision.trace.to_dict()
            state = decision.state
            turns += 1
    return turns / lasted
