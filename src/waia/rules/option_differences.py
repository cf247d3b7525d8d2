"""What changes in the menu of a rule, option by option."""

from collections.abc import Iterator

from waia.bot.menus import parse_menu
from waia.bot.models import Menu, Option, RuleKind
from waia.kit.i18n import N_
from waia.rules.content import RuleContent
from waia.rules.phrases import way_in_words

Told = tuple[str, dict[str, str | int]]


def option_changes(old: RuleContent, new: RuleContent) -> Iterator[Told]:
    before, after = _menu(old), _menu(new)
    known = {option.id: option for option in before.options}
    kept = {option.id for option in after.options}
    for option in after.options:
        yield from _option(known.get(option.id), option)
    for option in before.options:
        if option.id not in kept:
            yield N_("En «%(step)s», «%(rule)s» pierde la opción «%(option)s»."), {"option": option.title}
    frames = [(menu.header, menu.footer, menu.button) for menu in (before, after)]
    if frames[0] != frames[1] and old.kind == new.kind and known and kept:
        yield N_("En «%(step)s», cambia el encabezado, el pie o el botón del menú de «%(rule)s»."), {}
    if [one for one in before.options if one.id in kept] != sorted(
        (one for one in before.options if one.id in kept), key=lambda one: _index(after, one)
    ):
        yield N_("En «%(step)s», las opciones de «%(rule)s» cambian de orden."), {}


def _option(old: Option | None, new: Option) -> Iterator[Told]:
    told: dict[str, str | int] = {"option": new.title, "target": way_in_words(new.target)}
    if old is None:
        lead = N_("En «%(step)s», «%(rule)s» gana la opción «%(option)s», que lleva a «%(target)s».")
        yield (lead if new.target else N_("En «%(step)s», «%(rule)s» gana la opción «%(option)s».")), told
        return
    told |= {"name": old.title, "before": way_in_words(old.target)}
    if old.title != new.title:
        yield N_("En «%(step)s», la opción «%(name)s» de «%(rule)s» se llama ahora «%(option)s»."), told
    if way_in_words(old.target) == way_in_words(new.target):
        if old.description != new.description:
            yield N_("En «%(step)s», cambia la descripción de la opción «%(option)s» de «%(rule)s»."), told
    elif not new.target:
        yield N_("En «%(step)s», la opción «%(option)s» de «%(rule)s» ya no lleva a «%(before)s»."), told
    elif not old.target:
        yield N_("En «%(step)s», la opción «%(option)s» de «%(rule)s» lleva a «%(target)s»."), told
    else:
        yield (
            N_("En «%(step)s», la opción «%(option)s» de «%(rule)s» lleva a «%(target)s» y no a «%(before)s»."),
            told,
        )


def _menu(content: RuleContent) -> Menu:
    kind = RuleKind.BUTTONS if content.kind == "boton" else RuleKind.LIST
    wanted = content.options if content.kind in {"boton", "lista"} else ""
    return parse_menu(wanted, kind) or Menu(())


def _index(menu: Menu, option: Option) -> int:
    return next((place for place, one in enumerate(menu.options) if one.id == option.id), 0)
