"""A menu as plain text with numbered options, for when Meta would refuse it."""

from waia.whatsapp.content import Buttons, ListMenu, Text
from waia.whatsapp.cutting import TEXT_LIMIT, shortened, units


def as_numbered_text(menu: Buttons | ListMenu) -> Text:
    """The menu as text, its options numbered through all sections; a body too long gives way."""
    header = menu.header if isinstance(menu, ListMenu) else menu.header.text
    options = _numbered(menu)
    around = [f"*{header.strip()}*" if header.strip() else "", options, menu.footer.strip()]
    room = TEXT_LIMIT - sum(units(part) + 2 for part in around if part)
    body = shortened(menu.body.strip(), max(room, 0))
    parts = (around[0], body, options, around[2])
    return Text(shortened("\n\n".join(part for part in parts if part), TEXT_LIMIT), preview_url=False)


def _numbered(menu: Buttons | ListMenu) -> str:
    if isinstance(menu, Buttons):
        return "\n".join(f"{number}. {button.title}" for number, button in enumerate(menu.buttons, 1))
    lines, number = [], 0
    for section in menu.sections:
        lines += [f"*{section.title}*"] if section.title and len(menu.sections) > 1 else []
        for row in section.rows:
            number += 1
            lines.append(f"{number}. {row.title}" + (f": {row.description}" if row.description else ""))
    return "\n".join(lines)
