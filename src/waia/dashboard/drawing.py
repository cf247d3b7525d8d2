"""A card as a reader gets it: values in their language for the chart, plain ones for a sheet."""

import csv
from datetime import date
from io import StringIO
from textwrap import shorten, wrap
from typing import Any

from babel import Locale, dates

from waia.dashboard.cards import Card, Cell, Is
from waia.kit.i18n import translator

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
SEPARATORS = {"es": ";"}
WIDEST_LABEL = 24
BEFORE_ADDRESS = " · "


def chart_of(card: Card, language: str) -> dict[str, Any] | None:
    """What the script draws; None where there is no chart, or nothing to draw."""
    if card.chart is None or card.is_empty:
        return None
    translate = translator(language).gettext
    series = [
        {
            "label": translate(each.label),
            "hue": each.hue,
            "values": [row.cells[each.column].value or 0 for row in card.rows],
        }
        for each in card.chart.series
    ]
    return {"shape": card.chart.shape, "labels": [_label(row.label, language) for row in card.rows], "series": series}


def csv_of(card: Card, language: str) -> str:
    """Exactly the table that is drawn; where there is none, its figures. Excel opens it with accents and columns."""
    translate = translator(language).gettext
    out = StringIO()
    writer = csv.writer(out, delimiter=SEPARATORS.get(language, ","), lineterminator="\r\n")
    if card.rows or not card.facts:
        writer.writerow([safe(translate(column)) for column in card.columns])
        writer.writerows([_plain(each, language) for each in (row.label, *row.cells)] for row in card.rows)
    else:
        writer.writerows([safe(translate(fact.label)), _plain(fact.cell, language)] for fact in card.facts)
    return BOM + out.getvalue()


def safe(text: str) -> str:
    """A spreadsheet must not take somebody's words for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _plain(cell: Cell, language: str) -> str | int | float:
    """Times in whole seconds, days as 2026-11-30, numbers without marks."""
    if cell.value is None:
        return ""
    if cell.kind is Is.WORDS:
        return safe(translator(language).gettext(str(cell.value)))
    return safe(cell.value) if isinstance(cell.value, str) else cell.value


def _label(cell: Cell, language: str) -> str | list[str]:
    """Short enough to stand beside a bar; the table has the whole of it. Several lines are a list."""
    match cell.kind:
        case Is.DAY:
            return dates.format_skeleton("MMMd", date.fromisoformat(str(cell.value)), locale=Locale.parse(language))
        case Is.HOUR:
            return f"{cell.value}:00"
        case Is.WORDS:
            return wrap(translator(language).gettext(str(cell.value)), WIDEST_LABEL)
        case _:
            name = str(cell.value).partition(BEFORE_ADDRESS)[0]
            return shorten(name, WIDEST_LABEL, placeholder="…") or name[:WIDEST_LABEL]
