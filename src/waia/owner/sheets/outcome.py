"""What comes of a compared sheet: a summary for the page, and a line for each thing that applying it writes."""

from collections.abc import Iterator
from itertools import islice
from typing import IO

import msgspec

from waia.owner.sheets.columns import RULES
from waia.owner.sheets.rule_values import rule_content
from waia.owner.sheets.values import ADDED, CHANGED, SAME, Act, Change, Context, Report, Summary, Values

SHOWN = 300
_LINE = msgspec.json.Decoder(Change)


def summary_of(report: Report) -> Summary:
    items = [item for item in report.items if item.status != SAME]
    return Summary(
        counts={status: report.count(status) for status in (ADDED, CHANGED, SAME)},
        items=[msgspec.structs.replace(item, values={}) for item in items[:SHOWN]],
        removed=report.removed[:SHOWN],
        problems=report.problems[:SHOWN],
        more={"items": len(items), "removed": len(report.removed), "problems": len(report.problems)},
        has_titles=report.has_titles,
    )


def changes_of(report: Report, context: Context) -> Iterator[Change]:
    """None of a sheet with an error: it is not applied."""
    if report.problems:
        return
    for item in report.items:
        if item.status != SAME:
            is_in_force = context.in_force.get(str(item.id)) == item.values
            yield Change(item.id, Act.RESET if is_in_force else Act.WRITE, _content(item.values, context))
    for gone_id, _ in report.removed:
        yield Change(gone_id, Act.REMOVE, _content(context.current[str(gone_id)], context))


def next_changes(lines: IO[bytes], most: int) -> list[Change]:
    """From their lines, one by one: a thread that decodes in one piece holds everybody up until it is done."""
    return [_LINE.decode(line) for line in islice(lines, most)]


def _content(values: Values, context: Context) -> msgspec.Raw:
    content = rule_content(values, context.files).to_json() if context.kind == RULES else values
    return msgspec.Raw(msgspec.json.encode(content))
