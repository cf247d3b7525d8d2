"""The flow check: sound flows are left alone, each planted fault is found at its rule, nothing makes it raise."""

from dataclasses import fields, replace
from datetime import timedelta
from random import Random

import pytest

from tests.bot.flows import NOON, menu, rule
from tests.bot.sound_flows import DEFECTS, HOME, ROLES, channel_refusal, sound_flow
from waia.bot.check import Code, Finding, Severity, check
from waia.bot.engine import decide
from waia.bot.models import (
    AtEnd,
    CaptureKind,
    ChatState,
    CommandMatch,
    Condition,
    FlowProfile,
    FlowSettings,
    HandoverReason,
    MatchMode,
    Option,
    Rule,
    RuleBook,
    RuleKind,
    Turn,
    Utterance,
    UtteranceKind,
)

SETTINGS = FlowSettings.for_profile(FlowProfile.WAIA, channel_refusal=channel_refusal)
FLOWS, TURNS, RANDOM_FLOWS = 40, 1000, 500
ENGINE_ERRORS = {HandoverReason.PLUGIN_FAILED, HandoverReason.PLUGIN_MISSING, HandoverReason.FORMULA_BROKEN}
SCRAPS = (
    "", " ", "*", "@", "@entrada", "a,b", "a", "\n", "ñ", "{total}", "{{x}}", "p1*", "💥", "menu", "x" * 300,
    HOME, "a,a", ",", "@foto", "1/0",
)  # fmt: skip


def found(*rules: Rule, settings: FlowSettings = SETTINGS) -> list[Finding]:
    return list(check(RuleBook(rules, settings), ROLES))


def codes(*rules: Rule, settings: FlowSettings = SETTINGS) -> set[tuple[Code, int | None]]:
    return {(one.code, one.rule_id) for one in found(*rules, settings=settings)}


@pytest.mark.parametrize("seed", range(FLOWS))
def test_a_sound_flow_has_no_error(seed: int) -> None:
    errors = [one for one in found(*sound_flow(Random(seed))) if one.severity is not Severity.NOTE]
    assert errors == []


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_fault_is_found_at_its_rule(name: str) -> None:
    missed = []
    for seed in range(FLOWS):
        random = Random(seed)
        sound = sound_flow(random)
        planted = DEFECTS[name](random, sound)
        assert (planted.code, planted.rule_id) not in codes(*sound)
        if (planted.code, planted.rule_id) not in codes(*planted.rules):
            missed.append(seed)
    assert len(missed) <= FLOWS // 100, missed


def test_no_flow_makes_the_check_raise() -> None:
    for seed in range(RANDOM_FLOWS):
        random = Random(seed)
        settings = replace(SETTINGS, initial_step=random.choice(SCRAPS), command_match=random.choice([*CommandMatch]))
        found(*(_scrap_rule(random, number) for number in range(random.randint(0, 25))), settings=settings)


def test_a_flow_without_errors_runs_without_an_engine_error() -> None:
    for seed in range(10):
        random = Random(seed)
        book = RuleBook(sound_flow(random), SETTINGS)
        state, now = ChatState(), NOON
        for number in range(TURNS // 10):
            now += timedelta(seconds=random.choice([5, 60, 4000]))
            decision = decide(book, state, Turn((_said(random, book, number, now),), now, random.random() < 0.7))
            assert decision.handover is None or decision.handover.reason not in ENGINE_ERRORS
            assert decision.state.step is None or book.step(decision.state.step, True) is not None
            state = replace(decision.state, holder=ChatState().holder)


@pytest.mark.parametrize(
    ("settings", "is_one"),
    [(SETTINGS, False), (replace(SETTINGS, initial_step="otro"), True)],
)
def test_iniciar_is_no_command_word_in_the_initial_step(settings: FlowSettings, is_one: bool) -> None:
    told = codes(rule(1, HOME, "iniciar, hola", "Hola"), settings=settings)
    assert ((Code.COMMAND_WORD, 1) in told) is is_one


def test_rules_for_open_and_closed_hours_share_their_words() -> None:
    open_rule = rule(1, HOME, "iniciar, horario", "Abierto", condition=Condition.OPEN)
    closed_rule = rule(2, HOME, "iniciar, horario", "Cerrado", condition=Condition.CLOSED)
    always = rule(3, HOME, "horario", "Siempre")
    told = codes(open_rule, closed_rule, always)
    assert (Code.SHADOWED_TRIGGER, 2) not in told
    assert (Code.SHADOWED_TRIGGER, 3) in told


def test_a_rule_that_only_loses_some_of_its_words_is_a_warning() -> None:
    first, second = rule(1, HOME, "iniciar, sí", "Uno"), rule(2, HOME, "si, claro", "Dos")
    (told,) = [one for one in found(first, second) if one.code is Code.SHADOWED_TRIGGER]
    assert (told.severity, told.rule_id) == (Severity.WARNING, 2)
    assert dict(told.detail) == {"trigger": "si", "other": "1"}


def test_a_step_where_chats_wait_for_a_person_is_no_unknown_target() -> None:
    parked = rule(1, HOME, "iniciar", "Te atienden", "humano", at_end=AtEnd.PERSON)
    assert (Code.UNKNOWN_TARGET, 1) not in codes(parked)


def test_disabled_rules_are_no_part_of_the_flow() -> None:
    greeting = rule(1, HOME, "iniciar", "Hola", kind=RuleKind.BUTTONS, menu=menu("Ventas>ventas"))
    sleeping = rule(2, "ventas", "@entrada", "Ventas", enabled=False)
    assert (Code.UNKNOWN_TARGET, 1) in codes(greeting, sleeping)


def test_words_inside_sentences_do_not_count_where_the_wildcard_asks() -> None:
    asks = rule(2, HOME, "*", "Gracias", capture_name="nombre")
    contained = rule(1, HOME, "iniciar, precio", "Vale", match=MatchMode.CONTIENE)
    assert (Code.CONTAINS_IGNORED, 1) in codes(contained, asks)


def test_the_original_profile_has_no_words_inside_sentences() -> None:
    settings = FlowSettings.for_profile(FlowProfile.ORIGINAL)
    first = rule(1, HOME, "iniciar, precio", "Uno", match=MatchMode.CONTIENE)
    second = rule(2, HOME, "lista de precio", "Dos", match=MatchMode.CONTIENE)
    assert (Code.SHADOWED_INSIDE, 2) not in codes(first, second, settings=settings)
    assert (Code.SHADOWED_INSIDE, 2) in codes(first, second)


def _scrap_rule(random: Random, number: int) -> Rule:
    values: dict[str, object] = {
        "id": random.choice([number, number, 1]),
        "step": random.choice(SCRAPS),
        "triggers": tuple(random.choices(SCRAPS, k=random.randint(0, 3))),
        "text": random.choice(SCRAPS),
        "next_steps": tuple(random.choices(SCRAPS, k=random.randint(0, 4))),
        "menu": random.choice([None, menu(*(f"{word}>{word}" for word in random.choices(SCRAPS, k=3)))]),
        "formula": random.choice([None, *SCRAPS]),
        "handler": random.choice([None, "x"]),
        "capture_name": random.choice([None, "x", "ñ"]),
        "role_keyword": random.choice([None, "nadie", "ventas"]),
        "priority": random.randint(-2, 2),
        "enabled": random.random() < 0.9,
    }
    enums = {"match": MatchMode, "kind": RuleKind, "at_end": AtEnd, "condition": Condition, "capture_kind": CaptureKind}
    values |= {name: random.choice([*choices]) for name, choices in enums.items()}
    assert values.keys() <= {field.name for field in fields(Rule)}
    return Rule(**values)  # type: ignore[arg-type]


def _said(random: Random, book: RuleBook, number: int, now: object) -> Utterance:
    options = [(one.id, option) for one in book.rules if one.menu for option in one.menu.options]
    if random.random() < 0.4:
        rule_id, option = random.choice(options)
        assert isinstance(option, Option)
        return Utterance(number, UtteranceKind.TAP, option.title, now, option.id, rule_id)  # type: ignore[arg-type]
    words = [trigger for one in book.rules for trigger in one.triggers]
    text = random.choice([*words, "2,40 x 0,60", "¿?", "menu", "gracias"])
    kind = random.choice([UtteranceKind.TEXT] * 6 + [UtteranceKind.IMAGE])
    return Utterance(number, kind, text, now)  # type: ignore[arg-type]
