"""A look at all that would be brought over, which writes nothing anywhere."""

from collections.abc import Mapping

from msgspec import Struct

from waia.moving.chats import in_order
from waia.moving.flow_values import check_rules, contents_of, names_in, replies_of
from waia.moving.messages import AT_ONCE, Line, lines_of, note, said_twice
from waia.moving.move import Reading
from waia.moving.numbers import is_tidy, who_is
from waia.moving.original import (
    OldAlias,
    OldChat,
    OldChatRole,
    OldMember,
    OldProcessed,
    OldReply,
    OldReplyMedia,
    OldRole,
    OldRule,
    OldRuleMedia,
    OldUser,
)
from waia.moving.people import Staff, check_users, keywords_of, with_known_passwords
from waia.moving.progress import Stage
from waia.moving.tally import Mend, Tally

SMALL: Mapping[str, type[Struct]] = {
    "aliases_read": OldAlias, "chat_roles_read": OldChatRole, "states_read": OldChat, "processed_read": OldProcessed,
}  # fmt: skip


async def rehearse(reading: Reading) -> dict[Stage, Tally]:
    """What would be counted and mended, by part."""
    original = reading.original
    staff = Staff(await original.all(OldRole), await original.all(OldUser), await original.all(OldMember))
    people = Tally()
    check_users(await with_known_passwords(staff), people)
    chats = Tally()
    for what, kind in SMALL.items():
        chats.count(what, await original.count(kind))
    for numero in filter(None, in_order(await original.numbers())):
        who = who_is(numero)
        if who.called:
            chats.mend(Mend.ODD_NUMBER, numero)
        elif not is_tidy(numero):
            chats.mend(Mend.TIDY_NUMBER, numero)
    for each in await original.all(OldChatRole):
        if each.role_id not in keywords_of(staff):
            chats.mend(Mend.NO_SUCH_ROLE, f"chat_roles {each.numero}, {each.role_id}")
    return {
        Stage.USERS: people,
        Stage.RULES: await _flow(reading, staff),
        Stage.CHATS: chats,
        Stage.MESSAGES: await _messages(reading),
    }


async def _flow(reading: Reading, staff: Staff) -> Tally:
    original, tally = reading.original, Tally()
    rules, medias = await original.all(OldRule), await original.all(OldRuleMedia)
    replies, reply_medias = await original.all(OldReply), await original.all(OldReplyMedia)
    tally.count("rules_read", len(rules))
    tally.count("replies_read", len(replies))
    contents = contents_of(reading.texts.rows(rules, tally), medias, lambda _: None, tally)
    check_rules(contents, keywords_of(staff).values(), tally)
    replies_of(reading.texts.rows(replies, tally), reply_medias, lambda _: None, tally)
    names = names_in(rules, medias, reading.uploads) | names_in(replies, reply_medias, reading.uploads)
    for name in sorted(names):
        if not reading.uploads.is_here(name) and reading.uploads.folder is not None:
            tally.mend(Mend.NO_FILE, name)
    return tally


async def _messages(reading: Reading) -> Tally:
    tally, after, last_at, seen = Tally(), 0, None, set[str]()
    rule_ids = {rule.id for rule in await reading.original.all(OldRule)}
    while rows := await reading.original.messages(after, AT_ONCE):
        twice = await said_twice(reading, rows)
        lines = lines_of(reading, [row for row in rows if row.id not in twice], last_at, tally)
        note(tally, rows, lines, twice, rule_ids, reading.now())
        for line in lines:
            if line.row.wa_id in seen:
                tally.mend(Mend.REPEATED_ID, line.row.id)
            elif line.row.wa_id:
                seen.add(line.row.wa_id)
        _note_files(reading, lines, tally)
        after, last_at = rows[-1].id, lines[-1].at if lines else last_at
    return tally


def _note_files(reading: Reading, lines: list[Line], tally: Tally) -> None:
    for line in lines:
        if not line.said.has_file or line.said.link:
            continue
        here = reading.uploads.is_here(line.said.upload or "")
        tally.count("files_here" if here else "files_missing")
        if not here and reading.uploads.folder is not None:
            tally.mend(Mend.NO_FILE, line.file_name)
