"""Drafts become the flow in force and back: ids, versions, what counts at once, chats that are under way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest
from sqlalchemy import insert, select, text

from waia.accounts.models import User
from waia.accounts.signed_in import SignedIn
from waia.bot.engine import decide
from waia.bot.models import ChatState, FlowSettings, Rule, RuleBook, Turn, Utterance, UtteranceKind, split_steps
from waia.bot.normalise import step_key
from waia.kit.db import Database
from waia.kit.errors import NotFound
from waia.rules import draft_repository as repository
from waia.rules import editing
from waia.rules.book import Rules
from waia.rules.content import Contents, MediaRef, RuleContent
from waia.rules.draft import Draft, rules_in
from waia.rules.editing import Overtaken
from waia.rules.models import FlowVersion, RuleRow
from waia.rules.publishing import DraftMoved, NothingToPublish, prepare, publish, retired_steps, roll_back
from waia.rules.repository import store_setting
from waia.settings import Settings

NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
HOME = "menu_principal"
GREETING = RuleContent(step=HOME, triggers="iniciar, hola", text="Hola")
SEQUENCES, CHATS = 500, 50


def person(name: str, user_id: int) -> SignedIn:
    return SignedIn(
        id=user_id, username=name, name=name.title(), role_ids=frozenset(), role_keywords=frozenset({"admin"}),
        is_admin=True, login_id=1, csrf_token="", language="", must_change_password=False,
    )  # fmt: skip


BETO, EVA = person("beto", 1), person("eva", 2)


@pytest.fixture
async def desk(database: Database) -> Database:
    """A flow in force of one greeting, and two admins."""
    async with database.writing() as tx:
        await tx.execute(
            insert(User), [{"id": one.id, "username": one.username, "password_hash": "!"} for one in (BETO, EVA)]
        )
        await repository.write_live(tx, {}, {1: GREETING})
    return database


async def save(
    desk: Database, content: RuleContent, rule_id: int | None = None, seen: str = "", who: SignedIn = BETO
) -> int:
    return (await desk.run(lambda tx: editing.save(tx, who, rule_id, content, seen, NOW))).rule_id


async def draft_of(desk: Database) -> Draft:
    async with desk.reading() as tx:
        return await repository.read_draft(tx)


async def live(desk: Database) -> dict[int, RuleContent]:
    return dict((await draft_of(desk)).live)


async def go_live(desk: Database) -> int:
    return (await desk.run(lambda tx: publish(tx, BETO, NOW))).version_id


async def back_to(desk: Database, version: int) -> int:
    return (await desk.run(lambda tx: roll_back(tx, BETO, version, NOW))).version_id


async def test_an_edit_changes_nothing_for_customers_until_it_is_published(desk: Database, settings: Settings) -> None:
    rules = Rules(desk, settings)
    await save(desk, msgspec.structs.replace(GREETING, text="Buenas"), 1)
    assert [rule.text for rule in (await rules.book(NOW)).book.rules] == ["Hola"]
    await go_live(desk)
    rules.read_again()
    assert [rule.text for rule in (await rules.book(NOW)).book.rules] == ["Buenas"]


async def test_what_was_read_before_counts_only_while_nobody_changed_it(desk: Database) -> None:
    known = await draft_of(desk)
    async with desk.reading() as tx:
        ready = await prepare(tx, known)
    first = await save(desk, msgspec.structs.replace(GREETING, triggers="uno", priority=7), who=EVA)
    await save(desk, msgspec.structs.replace(GREETING, text="Buenas"), 1, who=EVA)
    with pytest.raises(Overtaken):
        await desk.run(lambda tx: editing.save(tx, BETO, 1, GREETING, GREETING.seen, NOW, known=known))
    new = msgspec.structs.replace(GREETING, triggers="dos")
    edited = await desk.run(lambda tx: editing.save(tx, BETO, None, new, "", NOW, known=known))
    assert edited.draft.rules == (await draft_of(desk)).rules
    assert edited.rule_id != first
    with pytest.raises(DraftMoved):
        await desk.run(lambda tx: publish(tx, BETO, NOW, seen=known.seen, ready=ready))
    await desk.run(lambda tx: publish(tx, BETO, NOW, ready=ready))
    assert set(await live(desk)) == {1, first, edited.rule_id}
    assert (await live(desk))[1].text == "Buenas"


async def test_everything_that_a_rule_says_survives_draft_publication_and_way_back(desk: Database) -> None:
    full = RuleContent(
        step="cotizar", triggers="*", text="Son {total}", next_steps="a,b", kind="image", options="", formula="p1*p2",
        role_keyword="ventas", match="contiene", condition="abierto", at_end="persona", capture_name="medida",
        capture_kind="medida", capture_retry="¿Cuánto?", unit="m", minimum=0.2, maximum=6.0, enabled=False,
        medias=(MediaRef("https://example.com/a.jpg", "image/jpeg"), MediaRef("https://example.com/b.jpg")),
    )  # fmt: skip
    rule_id = await save(desk, full)
    version = await go_live(desk)
    assert (await live(desk))[rule_id] == full
    await desk.run(lambda tx: editing.remove(tx, BETO, rule_id, NOW))
    await go_live(desk)
    assert rule_id not in await live(desk)
    await desk.run(lambda tx: roll_back(tx, BETO, version, NOW))
    assert (await live(desk))[rule_id] == full


async def test_an_edit_taken_back_by_hand_is_no_change(desk: Database) -> None:
    await save(desk, msgspec.structs.replace(GREETING, text="Buenas"), 1)
    await save(desk, GREETING, 1)
    assert not (await draft_of(desk)).pending
    with pytest.raises(NothingToPublish):
        await go_live(desk)


async def test_the_second_of_two_admins_is_told_and_sees_what_the_first_wrote(desk: Database) -> None:
    await save(desk, msgspec.structs.replace(GREETING, text="De Beto"), 1, GREETING.seen)
    with pytest.raises(Overtaken) as told:
        await save(desk, msgspec.structs.replace(GREETING, text="De Eva"), 1, GREETING.seen, EVA)
    assert told.value.theirs is not None
    assert (told.value.theirs.text, told.value.author) == ("De Beto", "beto")
    await save(desk, msgspec.structs.replace(GREETING, text="De Eva"), 1, "", EVA)
    assert (await draft_of(desk)).rules[1].text == "De Eva"


async def test_a_rule_removed_meanwhile_is_told_and_comes_back_by_saving(desk: Database) -> None:
    await desk.run(lambda tx: editing.remove(tx, BETO, 1, NOW))
    with pytest.raises(Overtaken) as told:
        await save(desk, GREETING, 1, GREETING.seen, EVA)
    assert told.value.theirs is None


async def test_a_draft_that_changed_meanwhile_is_not_published_unseen(desk: Database) -> None:
    await save(desk, msgspec.structs.replace(GREETING, text="Uno"), 1)
    seen = (await draft_of(desk)).seen
    await save(desk, RuleContent(step=HOME, triggers="x", text="Dos"), who=EVA)
    with pytest.raises(DraftMoved):
        await desk.run(lambda tx: publish(tx, BETO, NOW, seen=seen))
    assert len(await live(desk)) == 1


async def test_an_id_is_never_used_twice(desk: Database) -> None:
    first = await save(desk, RuleContent(step=HOME, triggers="x", text="X"))
    await go_live(desk)
    await desk.run(lambda tx: editing.remove(tx, BETO, first, NOW))
    await go_live(desk)
    assert await save(desk, RuleContent(step=HOME, triggers="y", text="Y")) > first


async def test_versions_say_who_when_how_and_what(desk: Database) -> None:
    await save(desk, msgspec.structs.replace(GREETING, text="Buenas"), 1)
    await go_live(desk)
    async with desk.reading() as tx:
        newest, first = await repository.versions(tx)
    assert (newest.author, newest.created_at, newest.profile) == ("beto", NOW, "waia")
    assert newest.summary == {"added": 0, "removed": 0, "changed": 1, "moved": 0}
    assert first.author_id is None, "what was in force before the first publication"


async def test_rules_changed_by_sql_are_kept_as_a_version_before_the_next_publication(desk: Database) -> None:
    await save(desk, RuleContent(step=HOME, triggers="x", text="X"))
    await go_live(desk)
    async with desk.writing() as tx:
        await tx.execute(text("UPDATE reglas SET respuesta = 'Por SQL' WHERE id = 1"))
    await save(desk, RuleContent(step=HOME, triggers="y", text="Y"))
    await go_live(desk)
    async with desk.reading() as tx:
        foreign = (await repository.versions(tx))[1]
        found = await repository.version(tx, foreign.id)
    assert found is not None
    assert foreign.author_id is None
    assert repository.rules_of_version(found)[1].text == "Por SQL"


async def test_going_back_brings_the_profile_back_too_and_keeps_the_draft(desk: Database, settings: Settings) -> None:
    await save(desk, RuleContent(step=HOME, triggers="x", text="X"))
    version = await go_live(desk)
    async with desk.writing() as tx:
        await store_setting(tx, "flow_profile", "original")
    await save(desk, msgspec.structs.replace(GREETING, text="Sin publicar"), 1)
    await desk.run(lambda tx: roll_back(tx, BETO, version, NOW))
    assert (await Rules(desk, settings).book(NOW)).profile == "waia"
    assert (await draft_of(desk)).rules[1].text == "Sin publicar"


async def test_going_back_to_a_version_that_never_was_is_refused(desk: Database) -> None:
    with pytest.raises(NotFound):
        await desk.run(lambda tx: roll_back(tx, BETO, 99, NOW))


async def test_rules_are_put_in_order_with_as_few_changes_as_may_be(desk: Database) -> None:
    ids = [await save(desk, RuleContent(step=HOME, triggers=f"r{n}", text="x")) for n in range(3)]
    await go_live(desk)
    await desk.run(lambda tx: editing.move(tx, BETO, ids[2], 0, NOW))
    draft = await draft_of(desk)
    assert draft.in_step(HOME) == [ids[2], 1, ids[0], ids[1]]
    assert set(draft.pending) == {ids[2]}
    await desk.run(lambda tx: editing.move(tx, BETO, 1, 2, NOW))
    assert (await draft_of(desk)).in_step(HOME) == [ids[2], ids[0], 1, ids[1]]


async def test_a_copy_stands_below_its_rule_and_sleeps(desk: Database) -> None:
    other = await save(desk, RuleContent(step=HOME, triggers="x", text="X"))
    copy_id = (await desk.run(lambda tx: editing.copy(tx, BETO, 1, NOW))).rule_id
    draft = await draft_of(desk)
    assert draft.in_step(HOME) == [1, copy_id, other]
    assert not draft.rules[copy_id].enabled


async def test_a_removed_rule_comes_back_as_it_was_last(desk: Database) -> None:
    await save(desk, msgspec.structs.replace(GREETING, text="Cambiada"), 1)
    await desk.run(lambda tx: editing.remove(tx, BETO, 1, NOW))
    await desk.run(lambda tx: editing.bring_back(tx, BETO, 1, NOW))
    assert (await draft_of(desk)).rules[1].text == "Cambiada"


async def test_a_step_that_left_the_flow_is_known_and_forgotten_when_it_returns(
    desk: Database, settings: Settings
) -> None:
    rules = Rules(desk, settings)
    promo = await save(desk, RuleContent(step="Promoción", triggers="@entrada", text="Oferta"))
    await go_live(desk)
    await desk.run(lambda tx: editing.remove(tx, BETO, promo, NOW))
    version = await go_live(desk)
    rules.read_again()
    assert (await rules.book(NOW)).book.is_retired("promocion")
    await desk.run(lambda tx: roll_back(tx, BETO, version - 1, NOW))
    rules.read_again()
    assert not (await rules.book(NOW)).book.is_retired("promocion")


async def test_random_edits_publications_and_ways_back_leave_the_database_as_told(desk: Database) -> None:
    """The rows in force are always those of the newest version, and the versions never change."""
    random, told = Random(7), {}
    for _ in range(60):
        draft = await draft_of(desk)
        ids = [*draft.rules]
        act = random.choice(["save", "save", "edit", "remove", "move", "publish", "back"])
        if act == "save":
            await save(desk, RuleContent(step=random.choice("abc"), triggers=random.choice("xyz"), text="x"))
        elif act == "publish" and draft.rules != draft.live:
            told[await go_live(desk)] = draft.rules
        elif act == "back" and told:
            version = random.choice([*told])
            told[await back_to(desk, version)] = told[version]
        elif act in {"edit", "remove", "move"} and ids:
            await _touch(desk, act, random, random.choice(ids), draft)
        newest = told.get(max(told, default=0))
        assert newest is None or await live(desk) == newest
    async with desk.reading() as tx:
        for version, rules in told.items():
            found = await repository.version(tx, version)
            assert found is not None
            assert repository.rules_of_version(found) == rules
        assert len((await tx.execute(select(FlowVersion.id))).all()) >= len(told)
        assert {row.id for row in await tx.execute(select(RuleRow.id))} == set(told[max(told)])


async def _touch(desk: Database, act: str, random: Random, rule_id: int, draft: Draft) -> None:
    if act == "edit":
        await save(desk, msgspec.structs.replace(draft.rules[rule_id], text=f"x{random.random()}"), rule_id)
    elif act == "remove":
        await desk.run(lambda tx: editing.remove(tx, BETO, rule_id, NOW))
    else:
        await desk.run(lambda tx: editing.move(tx, BETO, rule_id, random.randint(0, 4), NOW))


STEPS = (HOME, "a", "b", "c", "d")


def _rule(random: Random) -> RuleContent:
    step, way = random.choice(STEPS), random.choice(["", *STEPS])
    menu = f'[{{"id":"1","title":"Uno","step":"{way}"}},{{"id":"2","title":"Dos","step":""}}]'
    kind = random.choice(["texto", "boton"])
    words = random.choice(["@entrada", "*", "uno", "dos", "tres"])
    return RuleContent(step=step, triggers=words, text=f"{step}:{words}", kind=kind, next_steps=way, options=menu)


def _steps_of(rules: Contents) -> set[str]:
    return {step_key(step) for rule in rules_in(rules) for step in _named(rule)}


def _named(rule: Rule) -> Iterator[str]:
    yield from (rule.step, *rule.next_steps)
    for option in rule.menu.options if rule.menu else ():
        yield from split_steps(option.target)


def test_chats_under_way_are_never_lost_by_any_sequence_of_publications() -> None:
    """Each sequence edits, publishes and goes back at random while 50 chats go on talking and tapping old menus."""
    settings = FlowSettings()
    for seed in range(SEQUENCES):
        random, now = Random(seed), NOW
        versions: list[Contents] = [{1: GREETING, 2: _rule(random), 3: _rule(random)}]
        retired: set[str] = set()
        book = RuleBook(rules_in(versions[0]), settings)
        chats = [ChatState(step=random.choice([None, HOME, *_steps_of(versions[0])])) for _ in range(CHATS)]
        ever = {step_key(HOME)} | _steps_of(versions[0])
        for _ in range(3):
            after = dict(random.choice(versions)) if random.random() < 0.3 else _edited(random, versions[-1])
            retired = retired_steps(retired, versions[-1], after)
            versions.append(after)
            ever |= _steps_of(after)
            book = RuleBook(rules_in(after), settings, retired)
            for number in random.sample(range(CHATS), 6):
                chats[number] = _speaks(random, book, chats[number], now, versions)
                assert chats[number].step is None or step_key(chats[number].step or "") in ever
            now += timedelta(minutes=1)
        for chat in random.sample(chats, 10):
            _speaks(random, book, chat, now, versions)


def _edited(random: Random, rules: Contents) -> Contents:
    after = dict(rules)
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.4 and len(after) > 1:
            del after[random.choice([rule_id for rule_id in after if rule_id != 1])]
        else:
            after[random.choice([*after, max(after) + 1, max(after) + 1])] = _rule(random)
    return after | {1: GREETING}


def _speaks(random: Random, book: RuleBook, chat: ChatState, now: datetime, versions: list[Contents]) -> ChatState:
    """One message: the chat comes to rest in a step of the flow in force, and an old tap is answered by R15."""
    tap = random.random() < 0.5
    menu = random.choice([*random.choice(versions)])
    said = Utterance(1, UtteranceKind.TAP if tap else UtteranceKind.TEXT, "Uno", now, "1", menu if tap else None)
    decision = decide(book, replace(chat, last_customer_at=now), Turn((said,), now))
    after, here = decision.state, {step_key(rule.step) for rule in book.rules}
    known = here | {step_key(step) for rule in book.rules for step in _named(rule)}
    assert after.step is None or step_key(after.step) in known or after.step == chat.step
    assert after.step is None or not book.is_retired(after.step)
    rule = book.rule(menu) if tap else None
    if tap and rule is None:
        assert ("tap", "rule_gone", str(menu)) in decision.trace.stages
        assert decision.replies[0].text == GREETING.text
    if not tap and chat.step and book.is_retired(chat.step):
        assert decision.replies[0].text == GREETING.text
    return replace(after, holder=ChatState().holder)
