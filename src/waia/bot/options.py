"""Finds the option that a customer means, by tap or by typing, and writes a menu as plain text."""

from itertools import chain

from waia.bot.flow import Menu, Option
from waia.bot.normalise import normalise, raw_key


def find_option(menu: Menu, text: str) -> Option | None:
    """The option whose title, else id, else number (from 1, as shown) the whole text is."""
    wanted = normalise(text)
    if not wanted:
        key = raw_key(text)
        return next((option for option in menu.options if key and raw_key(option.title) == key), None)
    by_title = (option for option in menu.options if normalise(option.title) == wanted)
    by_id = (option for option in menu.options if normalise(option.id) == wanted)
    return next(chain(by_title, by_id), None) or _numbered(menu, wanted)


def tapped_option(menu: Menu, option_id: str | None, title: str) -> Option | None:
    """The option with that id, else with that title (an edited menu may have new ids)."""
    for option in menu.options:
        if option.id == option_id:
            return option
    return next((option for option in menu.options if normalise(option.title) == normalise(title)), None)


def as_numbered_text(text: str, menu: Menu) -> str:
    """For a menu that the channel refuses: the same options with the numbers that `find_option` accepts."""
    lines = [text] if text else []
    titles = {section.options[0]: section.title for section in menu.sections if section.options}
    for number, option in enumerate(menu.options, start=1):
        if titles.get(option):
            lines.append(f"\n*{titles[option]}*")
        detail = f": {option.description}" if option.description else ""
        lines.append(f"{number}. {option.title}{detail}")
    return "\n".join(lines)


def _numbered(menu: Menu, wanted: str) -> Option | None:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 3):
        return None
    number = int(wanted)
    return menu.options[number - 1] if 1 <= number <= len(menu.options) else None
