"""Compares the rows of a sheet with what is there: a missing column keeps, a blank cell clears, extra media stay."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping

from waia.kit.i18n import N_
from waia.owner.sheets import kinds
from waia.owner.sheets.columns import REPLIES
from waia.owner.sheets.values import ADDED, CHANGED, SAME, Context, Grid, Item, Problem, Report, Row, Values

MEDIA, NO_MEDIA = ("media_url", "media_tipo"), "-"
TWICE = N_("La fila %(row)s ya trae lo mismo. Deja una sola.")


class _Known:
    """What is there, found by id first, else by what it is about; each is found once."""

    def __init__(self, kind: str, current: Mapping[str, Values]) -> None:
        self._kind, self._current = kind, {int(key): values for key, values in current.items()}
        self._by_key: dict[Hashable, list[int]] = defaultdict(list)
        for found_id, values in self._current.items():
            self._by_key[kinds.key_of(kind, values)].append(found_id)
        self.taken: dict[int, int] = {}

    def find(self, row: Row, given: Values) -> int | None:
        told = given.get("id", "")
        if told.isdigit() and int(told) in self._current:
            return int(told)
        same = self._by_key.get(kinds.key_of(self._kind, given), [])
        free = [found_id for found_id in same if found_id not in self.taken]
        exact = [found_id for found_id in free if kinds.hours_of(self._current[found_id]) == kinds.hours_of(given)]
        return next(iter(exact or free), None)

    def values(self, found_id: int | None) -> Values | None:
        return self._current.get(found_id) if found_id is not None else None

    def left(self) -> Iterator[tuple[int, str]]:
        for found_id, values in self._current.items():
            if found_id not in self.taken:
                yield found_id, kinds.title_of(self._kind, values)


def compare(grid: Grid, context: Context) -> Report:
    known, problems, items = _Known(context.kind, context.current), list(grid.problems), []
    seen: dict[Hashable, int] = {}
    for row in grid.rows:
        given = {name: cell.text for name, cell in row.cells.items()}
        if context.kind == REPLIES and not given.get("mensaje") and not given.get("media_url"):
            continue  # the original skipped them too
        found_id = known.find(row, given)
        about = (kinds.key_of(context.kind, given), kinds.hours_of(given))
        earlier = known.taken.get(found_id) if found_id is not None else seen.get(about)
        if earlier is not None:
            problems.append(Problem(f"A{row.number}", TWICE, {"row": str(earlier)}))
            continue
        seen[about] = row.number
        if found_id is not None:
            known.taken[found_id] = row.number
        before = known.values(found_id)
        values = _merged(context.kind, before, given)
        problems += kinds.problems_of(context, row, values)
        items.append(_item(context.kind, row.number, found_id, before, values))
    removed = list(known.left()) if context.replace_all else []
    return Report(items, removed, problems, grid.has_titles)


def _merged(kind: str, before: Values | None, given: Values) -> Values:
    merged = {**kinds.blank(kind), **(before or {})}
    defaults = kinds.blank(kind)
    for name, text in given.items():
        if name in merged and name not in MEDIA:
            merged[name] = text or defaults[name]
    return {**merged, **_media(before, given)}


def _media(before: Values | None, given: Values) -> Values:
    """A blank cell leaves the files; so does one that names only the first of several, as the original's sheets do."""
    cell = given.get("media_url", "")
    urls, had = cell.split(), (before or {}).get("media_url", "").split("\n")
    if not cell or (had and had[0] and urls == [had[0]]):
        return {name: (before or {}).get(name, "") for name in MEDIA}
    if cell == NO_MEDIA:
        return dict.fromkeys(MEDIA, "")
    kept = dict(zip(had, (before or {}).get("media_tipo", "").split("\n"), strict=False))
    told = dict(zip(urls, given.get("media_tipo", "").split(), strict=False))
    types = [told.get(url) or kept.get(url, "") for url in urls]
    return {"media_url": "\n".join(urls), "media_tipo": "\n".join(types) if any(types) else ""}


def _item(kind: str, number: int, found_id: int | None, before: Values | None, values: Values) -> Item:
    title = kinds.title_of(kind, values)
    if before is None:
        return Item(number, ADDED, title, None, values)
    changes = [(name, before.get(name, ""), text) for name, text in values.items() if before.get(name, "") != text]
    if not changes:
        return Item(number, SAME, title, found_id)
    return Item(number, CHANGED, title, found_id, values, changes)
