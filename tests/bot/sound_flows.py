"""Flows without a fault, made at random, and the faults that are planted into them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.bot.flows import picture
from waia.bot.check import Code
from waia.bot.models import AtEnd, Condition, MatchMode, Menu, Option, Reply, Rule, RuleKind

HOME = "menu_principal"
ROLES = frozenset({"admin", "ventas"})
WORDS = (
    "precio", "garantía", "envío", "catálogo", "factura", "instalación", "descuento", "tienda", "horario", "repuesto",
    "color", "medida", "pago", "devolución", "visita", "piedra", "cocina", "baño", "corte", "pulido",
)  # fmt: skip
TITLE_LIMIT = 24


def channel_refusal(reply: Reply) -> str | None:
    """A limit as Meta has it, for a test that must not know Meta."""
    if reply.menu is None:
        return None
    return "row_title:too_long" if any(len(option.title) > TITLE_LIMIT for option in reply.menu.options) else None


@dataclass(frozen=True)
class Planted:
    rules: list[Rule]
    code: Code
    rule_id: int


def sound_flow(random: Random) -> list[Rule]:
    """A menu at home, steps behind its options, each with an entry, ways on and a wildcard."""
    names = [f"paso_{number}" for number in range(1, random.randint(3, 7))]
    words = random.sample(WORDS, len(WORDS))
    options = tuple(Option(f"o{n}", f"Ir a {name}", "", name) for n, name in enumerate(names, 1))
    rules = [
        Rule(1, HOME, ("iniciar", "hola"), "Hola", kind=RuleKind.LIST, menu=Menu(options)),
        Rule(2, HOME, ("@entrada",), "Otra vez en el menú"),
    ]
    for name in names:
        rules += _step(random, name, len(rules), words)
    word = words.pop()
    rules.append(Rule(len(rules) + 1, HOME, (word,), "Eso sí", match=MatchMode.CONTIENE))
    rules.append(Rule(len(rules) + 1, HOME, ("*",), "Elige una opción"))
    return rules


def _step(random: Random, name: str, count: int, words: list[str]) -> list[Rule]:
    last = random.choice([_asks, _computes, _listens])(count + 3, name)
    word = words.pop()
    ends = random.random() < 0.3
    way_on = Rule(
        count + 2,
        name,
        (word, f"ver {word}"),
        f"Sobre {word}",
        next_steps=() if ends else (HOME,),
        role_keyword="ventas" if ends else None,
        at_end=AtEnd.PERSON if ends else AtEnd.CONTINUE,
    )
    entry = Rule(count + 1, name, ("@entrada",), f"Llegaste a {name}")
    if random.random() < 0.3:
        entry = replace(entry, kind=RuleKind.IMAGE, media=(picture(),))
    return [entry, way_on, last]


def _asks(rule_id: int, step: str) -> Rule:
    return Rule(rule_id, step, ("*",), "Gracias, {{nombre}}", next_steps=(HOME,), capture_name="nombre")


def _computes(rule_id: int, step: str) -> Rule:
    return Rule(rule_id, step, ("*",), "Son {total}", next_steps=(HOME,), formula="p1 * p2 * 10", unit="m")


def _listens(rule_id: int, step: str) -> Rule:
    return Rule(rule_id, step, ("*",), "No entendí")


def _change(rules: list[Rule], rule: Rule, **fields: object) -> list[Rule]:
    return [replace(one, **fields) if one.id == rule.id else one for one in rules]  # type: ignore[arg-type]


def _worded(random: Random, rules: list[Rule]) -> Rule:
    """A rule that words wake, behind the menu."""
    return random.choice([one for one in rules if one.step != HOME and one.triggers[0] not in {"*", "@entrada"}])


def _steps(rules: list[Rule]) -> list[str]:
    return sorted({rule.step for rule in rules} - {HOME})


def _first(rules: list[Rule], step: str) -> Rule:
    return next(rule for rule in rules if rule.step == step)


def _unreachable(random: Random, rules: list[Rule]) -> Planted:
    island = Rule(len(rules) + 1, "isla", ("@entrada",), "Nadie llega", next_steps=(HOME,))
    return Planted([*rules, island], Code.UNREACHABLE_STEP, island.id)


def _unknown_target(random: Random, rules: list[Rule]) -> Planted:
    rule = random.choice([one for one in rules if one.next_steps])
    return Planted(_change(rules, rule, next_steps=("no_existe",)), Code.UNKNOWN_TARGET, rule.id)


def _unknown_option(random: Random, rules: list[Rule]) -> Planted:
    menu = rules[0].menu
    assert menu is not None
    options = (*menu.options, Option("x", "Perdida", "", "no_existe"))
    return Planted(_change(rules, rules[0], menu=Menu(options)), Code.UNKNOWN_TARGET, 1)


def _passes_nothing(random: Random, rules: list[Rule]) -> Planted:
    pause = Rule(len(rules) + 1, "pausa", ("@entrada",), "Pausa", next_steps=(HOME,))
    rule = random.choice([one for one in rules if one.next_steps == (HOME,)])
    return Planted([*_change(rules, rule, next_steps=("pausa", HOME)), pause], Code.PASSES_NOTHING, rule.id)


def _dead_end(random: Random, rules: list[Rule]) -> Planted:
    step = random.choice(_steps(rules))
    closed = [replace(one, next_steps=(), at_end=AtEnd.CONTINUE) if one.step == step else one for one in rules]
    return Planted(closed, Code.DEAD_END, _first(rules, step).id)


def _no_fallback(random: Random, rules: list[Rule]) -> Planted:
    step = random.choice(_steps(rules))
    rest = [one for one in rules if not (one.step == step and one.is_wildcard)]
    return Planted(rest, Code.NO_FALLBACK, _first(rules, step).id)


def _option_without_entry(random: Random, rules: list[Rule]) -> Planted:
    step = random.choice(_steps(rules))
    entry = _first(rules, step)
    if random.random() < 0.5:
        return Planted([one for one in rules if one.id != entry.id], Code.OPTION_WITHOUT_ENTRY, 1)
    return Planted(_change(rules, entry, condition=Condition.OPEN), Code.OPTION_WITHOUT_ENTRY, 1)


def _shadowed(random: Random, rules: list[Rule]) -> Planted:
    """The same words once more, in other letters."""
    rule = _worded(random, rules)
    spellings: list[Callable[[str], str]] = [str.upper, str.title, _shouted, _plain]
    spelling = random.choice(spellings)
    twin = replace(rule, id=len(rules) + 1, triggers=tuple(spelling(word) for word in rule.triggers))
    return Planted([*rules, twin], Code.SHADOWED_TRIGGER, twin.id)


def _shouted(word: str) -> str:
    return f"¡{word}!"


def _plain(word: str) -> str:
    return word.replace("í", "i")


def _wildcard_first(random: Random, rules: list[Rule]) -> Planted:
    rule = random.choice([one for one in rules if one.is_wildcard and one.step != HOME])
    return Planted(_change(rules, rule, priority=-1), Code.WILDCARD_FIRST, rule.id)


def _wildcard_in_list(random: Random, rules: list[Rule]) -> Planted:
    rule = _worded(random, rules)
    return Planted(_change(rules, rule, triggers=(*rule.triggers, "*")), Code.WILDCARD_IN_LIST, rule.id)


def _loop(random: Random, rules: list[Rule]) -> Planted:
    one, other = random.sample(_steps(rules), 2)
    ways = {one: (other,), other: (one,)}
    turned = [
        replace(rule, next_steps=ways[rule.step]) if rule.step in ways and rule.triggers == ("@entrada",) else rule
        for rule in rules
    ]
    return Planted(turned, Code.AUTOMATIC_LOOP, _first(rules, random.choice([one, other])).id)


def _self_loop(random: Random, rules: list[Rule]) -> Planted:
    """B8 of the original: a list of steps that passes through itself."""
    ring = Rule(len(rules) + 1, "anillo", ("*",), "Vuelta", next_steps=("anillo", "anillo"))
    rule = random.choice([one for one in rules if one.next_steps == (HOME,)])
    return Planted([*_change(rules, rule, next_steps=("anillo", HOME)), ring], Code.AUTOMATIC_LOOP, ring.id)


def _limit(random: Random, rules: list[Rule]) -> Planted:
    menu = rules[0].menu
    assert menu is not None
    long = replace(menu.options[0], title="Una opción con un título larguísimo")
    return Planted(_change(rules, rules[0], menu=Menu((long, *menu.options[1:]))), Code.LIMIT, 1)


def _field(code: Code, **fields: object) -> Callable[[Random, list[Rule]], Planted]:
    def plant(random: Random, rules: list[Rule]) -> Planted:
        rule = _worded(random, rules)
        return Planted(_change(rules, rule, **fields), code, rule.id)

    return plant


def _no_greeting(random: Random, rules: list[Rule]) -> Planted:
    rest = [one for one in rules if one.id not in {1, 2} and not (one.step == HOME and one.is_wildcard)]
    first = next(one for one in rest if one.step == HOME)
    return Planted(rest, Code.NO_GREETING, first.id)


DEFECTS: dict[str, Callable[[Random, list[Rule]], Planted]] = {
    "unreachable step": _unreachable,
    "unknown target": _unknown_target,
    "unknown target of an option": _unknown_option,
    "passed step that says nothing": _passes_nothing,
    "dead end": _dead_end,
    "step without fallback": _no_fallback,
    "option without entry rule": _option_without_entry,
    "duplicate trigger": _shadowed,
    "wildcard before specific": _wildcard_first,
    "wildcard inside a list": _wildcard_in_list,
    "automatic loop": _loop,
    "list of steps through itself": _self_loop,
    "limit of Meta": _limit,
    "missing media": _field(Code.MISSING_MEDIA, kind=RuleKind.VIDEO, media=()),
    "menu without options": _field(Code.MISSING_OPTIONS, kind=RuleKind.BUTTONS),
    "unknown role": _field(Code.UNKNOWN_ROLE, role_keyword="nadie"),
    "unknown handler": _field(Code.UNKNOWN_HANDLER, handler="no_instalada"),
    "unreadable formula": _field(Code.UNREADABLE_FORMULA, formula="p1 * * p2"),
    "result without formula": _field(Code.RESULT_WITHOUT_FORMULA, text="Son {total:0}"),
    "answer that nobody keeps": _field(Code.UNKNOWN_ANSWER, text="Hola {{apellido}}"),
    "command word": _field(Code.COMMAND_WORD, triggers=("Menú", "por favor ayuda")),
    "iniciar outside the initial step": _field(Code.COMMAND_WORD, triggers=("iniciar",)),
    "role without next step": _field(
        Code.ROLE_WITHOUT_NEXT, role_keyword="ventas", next_steps=(), at_end=AtEnd.CONTINUE
    ),
    "no trigger": _field(Code.NO_TRIGGER, triggers=()),
    "unknown event": _field(Code.UNKNOWN_EVENT, triggers=("@foto",)),
    "no greeting": _no_greeting,
}
