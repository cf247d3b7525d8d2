"""No flow and no message makes the bot raise, run on without end, or send a rule twice."""

import json
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.flows import NOON, menu, picture
from waia.bot.confirming import NO, YES
from waia.bot.engine import decide
from waia.bot.models import (
    AtEnd,
    CaptureKind,
    ChatState,
    CommandMatch,
    Condition,
    FirstMessage,
    FlowProfile,
    FlowSettings,
    Holder,
    MatchMode,
    PluginAnswer,
    Rule,
    RuleBook,
    RuleKind,
    Turn,
    Utterance,
    UtteranceKind,
)
from waia.bot.progress import MOST_AUTOMATIC_STEPS
from waia.bot.vocabulary import MOST_PHRASES, vocabulary_of

STEPS = st.sampled_from(["menu_principal", "a", "B", "ñ_", "", "vacío"])
TRIGGERS = st.sampled_from(
    [
        "*",
        "iniciar",
        "hola",
        "precio",
        "1",
        "👍",
        "@entrada",
        "@imagen",
        "@x",
        "...",
        "a*",
        "1,20",
        "casa grande",
    ]
)
WORDS = st.one_of(
    st.sampled_from(
        ["hola", "precio", "1", "2x3", "1,20 m x 60cm", "menu", "ayuda por favor", "👍", "", "casa grande ya"]
    ),
    st.sampled_from(["uno", "dos coma cinco por tres", "la opción dos", "treinta y mil y", "sí", "no", "Uno"]),
    st.text(max_size=60),
)
FORMULAS = st.sampled_from([None, None, "p1*p2", "medida/0", "medida**9", "1+1", "p1.__class__", "(" * 30])
OPTIONAL_STEPS = st.lists(STEPS, max_size=4).map(tuple)

RULES = st.builds(
    Rule,
    id=st.integers(1, 30),
    step=STEPS,
    triggers=st.lists(TRIGGERS, max_size=3).map(tuple),
    text=st.sampled_from(["", "texto", "{total} {{nombre}} {", "x" * 1100]),
    match=st.sampled_from(MatchMode),
    kind=st.sampled_from(RuleKind),
    menu=st.sampled_from([None, menu("Uno>a", "Dos", "Tres>a,B,ñ_"), menu()]),
    media=st.sampled_from([(), (picture(),), (picture(), picture("b.ogg", "audio/ogg"))]),
    next_steps=OPTIONAL_STEPS,
    role_keyword=st.sampled_from([None, "ventas"]),
    formula=FORMULAS,
    unit=st.sampled_from([None, "m", "yd"]),
    minimum=st.sampled_from([None, 1.0]),
    handler=st.sampled_from([None, None, "suma", "rompe", "falta"]),
    capture_name=st.sampled_from([None, None, "nombre"]),
    capture_kind=st.sampled_from(CaptureKind),
    at_end=st.sampled_from([AtEnd.CONTINUE, AtEnd.CONTINUE, AtEnd.PERSON]),
    condition=st.sampled_from(Condition),
    enabled=st.sampled_from([True, True, True, False]),
)


def breaks(call: object) -> str:
    raise RecursionError(call)


SETTINGS = st.builds(
    FlowSettings,
    match_profile=st.sampled_from(FlowProfile),
    command_match=st.sampled_from(CommandMatch),
    first_message=st.sampled_from(FirstMessage),
    fallback_text=st.sampled_from(["", "no entendí"]),
    bot_resume_hours=st.sampled_from([0, 24]),
    session_timeout_s=st.sampled_from([0, 60]),
    voice_sure=st.sampled_from([0.0, 0.6, 1.0]),
    locale=st.sampled_from(["es", "en"]),
    commands=st.just({"suma": lambda call: 1, "rompe": breaks, "": breaks}),
    handlers=st.just({"suma": lambda call: PluginAnswer(next_steps=("a", "B")), "rompe": breaks}),
)
STATES = st.builds(
    ChatState,
    step=st.one_of(st.none(), STEPS),
    holder=st.sampled_from(Holder),
    held_since=st.sampled_from([None, NOON, NOON - timedelta(days=2), NOON.replace(tzinfo=None)]),
    last_customer_at=st.sampled_from([None, NOON, NOON - timedelta(days=2)]),
    misses=st.integers(0, 5),
    refusals=st.integers(0, 5),
    captured=st.sampled_from([{}, {"nombre": "{{nombre}}"}]),
    last_menu_rule_id=st.one_of(st.none(), st.integers(1, 40)),
    asked=st.one_of(st.none(), WORDS),
)
UTTERANCES = st.builds(
    Utterance,
    message_id=st.integers(),
    kind=st.sampled_from(UtteranceKind),
    text=WORDS,
    at=st.sampled_from([NOON, NOON.replace(tzinfo=None)]),
    option_id=st.sampled_from([None, "opt1", "opt2", "opt3", "zzz", YES, f"{YES}precio", f"{NO}precio", f"{YES}menu"]),
    menu_rule_id=st.one_of(st.none(), st.integers(1, 40)),
    confidence=st.one_of(st.floats(0, 1), st.sampled_from([float("nan"), -1.0, 2.0])),
)
TURNS = st.builds(
    Turn,
    st.lists(UTTERANCES, max_size=5).map(tuple),
    st.just(NOON),
    st.booleans(),
    st.sampled_from([None, NOON]),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RULES, max_size=14), SETTINGS, STATES, TURNS)
def test_every_turn_is_decided(rules: list[Rule], flow: FlowSettings, state: ChatState, turn: Turn) -> None:
    book = RuleBook(rules, flow)
    decision = decide(book, state, turn)
    assert decision == decide(book, state, turn)
    json.dumps(decision.trace.to_dict())
    assert bool(decision.replies) != bool(decision.silent_reason)
    assert (decision.handover is None) or decision.state.holder is Holder.QUEUE
    if state.holder is Holder.PERSON and flow.bot_resume_hours and state.held_since in (None, NOON):
        assert not decision.replies
    if not any(u.kind is UtteranceKind.TAP for u in turn.utterances):
        fired = Counter(decision.trace.chosen)
        assert set(fired.values()) <= {1}
    phrases = vocabulary_of(book, state)
    assert phrases == vocabulary_of(book, state)
    assert len(phrases) <= MOST_PHRASES
    assert not any(letter.isdigit() for phrase in phrases for letter in phrase)
    assert len(decision.trace.chosen) <= (MOST_AUTOMATIC_STEPS + 3) * max(1, len(turn.utterances))


@settings(max_examples=100, deadline=None)
@given(st.lists(RULES, max_size=14), SETTINGS, st.lists(TURNS, max_size=6))
def test_a_conversation_of_turns_never_gets_stuck_in_a_bad_state(
    rules: list[Rule], flow: FlowSettings, turns: list[Turn]
) -> None:
    book, state = RuleBook(rules, flow), ChatState()
    for turn in turns:
        state = decide(book, state, turn).state
        assert state.misses < 3
        assert state.refusals < 3
        assert state.step is None or state.step.strip()


def test_a_huge_text_is_decided_quickly() -> None:
    book = RuleBook([Rule(1, "s", ("*",), "{total}", formula="p1*p2")])
    state = ChatState("s", last_customer_at=NOON)
    started = time.process_time()
    for text in ("9" * 65_536, "1x" * 30_000, "a@" * 30_000, "menu " * 13_000, "{{" * 30_000, "ñ👍" * 20_000):
        decide(book, state, Turn((Utterance(1, UtteranceKind.TEXT, text, NOON),), NOON))
    assert time.process_time() - started < 5


def test_a_flow_of_two_hundred_rules_decides_thousands_of_turns_a_second() -> None:
    rules = [
        Rule(n, f"paso_{n // 10}", ("*",) if n % 10 == 9 else (f"opción {n}", f"palabra {n}"), f"texto {n}")
        for n in range(200)
    ]
    book = RuleBook([replace(rule, match=MatchMode.CONTIENE) for rule in rules], FlowSettings())
    state = ChatState("paso_3", last_customer_at=NOON)
    turn = Turn((Utterance(1, UtteranceKind.TEXT, "algo que no está en el menú", NOON),), NOON)
    started = time.process_time()
    for _ in range(1000):
        decide(book, state, turn)
    assert time.process_time() - started < 1
