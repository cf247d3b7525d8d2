"""What `waia doctor` prints: all checks, in the owner's language, as lines for people or as JSON for programs."""

from collections.abc import Iterator, Sequence

import msgspec

from waia.health.check import Check, Report, State
from waia.health.report import Examiner
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.i18n import translator
from waia.kit.wakeups import Wakeups
from waia.settings import Settings

MARKS = {State.OK: "✓", State.WARN: "!", State.FAIL: "✗", State.UNKNOWN: "?"}


async def examined(settings: Settings) -> list[Report]:
    database = Database(settings.sqlalchemy_url, Wakeups())
    try:
        return await Examiner(settings, database, Clock()).everything()
    finally:
        await database.close()


def is_ill(reports: Sequence[Report]) -> bool:
    return any(report.worst is State.FAIL for report in reports)


def lines(reports: Sequence[Report], language: str) -> Iterator[str]:
    """A heading for each report, a line for each check, its cure below it."""
    say = translator(language).gettext
    for report in reports:
        yield say(report.title)
        for check in report.checks:
            told = f" [{check.told}]" if check.told else ""
            yield f"  {MARKS[check.state]} {say(check.subject)}: {check.said(language)}{told}"
            if check.cure:
                yield f"      → {check.advised(language)}"


def as_json(reports: Sequence[Report], language: str) -> str:
    checks = [_plain(check, language) for report in reports for check in report.checks]
    return msgspec.json.format(msgspec.json.encode({"ok": not is_ill(reports), "checks": checks})).decode()


def _plain(check: Check, language: str) -> dict[str, str]:
    subject = translator(language).gettext(check.subject)
    words = {"words": check.said(language), "cure": check.advised(language), "told": check.told}
    return {"name": check.name, "state": str(check.state), "subject": subject, **words}
