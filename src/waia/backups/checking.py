"""Reads a copy from its first byte to its last: nothing of it is used before all of it was found to be whole."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from waia.backups.archive import CUT_SHORT, FILE, GONE, MANIFEST, ROWS, SETTINGS, SUMS, ArchiveReader, Member, Sums
from waia.backups.manifest import Manifest, Refused, read_manifest
from waia.backups.rows import LARGEST, unpack
from waia.kit import migrate

LARGEST_TEXT = 16 * 1024 * 1024


@dataclass(slots=True)
class Checked:
    """`settings` is the text of the settings there, `gone` counts files that were erased while it was taken."""

    manifest: Manifest
    settings: str = ""
    files: int = 0
    gone: int = 0
    rows: "Counter[str]" = field(default_factory=Counter)
    pieces: "Counter[str]" = field(default_factory=Counter)


def check(path: Path) -> Checked:
    """Raises Refused."""
    reader = ArchiveReader(path)
    try:
        return check_all(reader)
    finally:
        reader.close()


def check_all(reader: ArchiveReader) -> Checked:
    """Raises Refused."""
    members, sums = reader.members(), Sums()
    try:
        first = next(members)
        if first.name != MANIFEST:
            raise Refused("This is no copy of waia: it does not begin with a manifest")
        checked = Checked(read_manifest(reader.content(first, LARGEST_TEXT)))
        _require_known(checked.manifest)
        _sum_up(reader, first, sums)
        for member in members:
            if member.name == SUMS:
                sums.compare(reader.lines(member))
            else:
                _sum_up(reader, member, sums)
                _look_at(reader, member, checked)
    finally:
        sums.close()
    _require_all(checked)
    return checked


def _require_known(manifest: Manifest) -> None:
    if manifest.revision not in migrate.revisions():
        raise Refused(
            f"This copy was taken by waia {manifest.version}, which has a newer schema ({manifest.revision}):"
            " install that version or a newer one"
        )


def _sum_up(reader: ArchiveReader, member: Member, sums: Sums) -> None:
    digest = hashlib.sha256()
    for piece in reader.pieces(member):
        digest.update(piece)
    sums.add(member.name, digest.hexdigest())


def _look_at(reader: ArchiveReader, member: Member, checked: Checked) -> None:
    if found := ROWS.fullmatch(member.name):
        _look_at_rows(reader, member, checked, found[1], int(found[2]))
    elif FILE.fullmatch(member.name):
        checked.files += 1
    elif member.name == SETTINGS:
        checked.settings = reader.content(member, LARGEST_TEXT).decode("utf-8", "replace")
    elif member.name == GONE:
        checked.gone = sum(1 for _ in reader.lines(member))
    else:
        raise Refused(CUT_SHORT)


def _look_at_rows(reader: ArchiveReader, member: Member, checked: Checked, table: str, number: int) -> None:
    checked.pieces[table] += 1
    known = checked.manifest.tables.get(table)
    if known is None or number != checked.pieces[table]:
        raise Refused(CUT_SHORT)
    piece = reader.content(member, LARGEST)
    checked.rows[table] += sum(len(rows) for rows in unpack(piece, member.name, len(known.columns)))


def _require_all(checked: Checked) -> None:
    wanted = {name: table.rows for name, table in checked.manifest.tables.items() if table.rows}
    if dict(checked.rows) != wanted or checked.files + checked.gone != checked.manifest.files:
        raise Refused(CUT_SHORT)
