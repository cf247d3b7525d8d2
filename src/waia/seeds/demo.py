"""The demo: a countertop shop with its flow, two agents, quick replies and some days of history."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from waia.accounts.models import User, UserRole
from waia.accounts.repository import add_roles_once
from waia.chats.search.index_repository import index_contacts, last_ids, reindex_messages
from waia.kit.db import Transaction
from waia.media.values import StoredFile
from waia.quick_replies.models import QuickReply, QuickReplyMedia
from waia.rules.models import RuleMedia, RuleRow
from waia.rules.repository import has_rules, store_setting
from waia.seeds.bot_talks import bot_talks
from waia.seeds.cast import AGENTS, ROLES, Agent
from waia.seeds.history import World, write_conversations
from waia.seeds.replies import shop_replies
from waia.seeds.repository import role_ids, user_ids
from waia.seeds.samples import add_samples
from waia.seeds.shop import OPENING_HOURS, shop_rules
from waia.seeds.troubled_talks import troubled_talks
from waia.settings import Settings

NO_PASSWORD = "!"  # noqa: S105  # a hash that nothing matches: the demo signs in by choosing a person
DEMO_BUFFER_S = "1"


async def seed_demo(
    tx: Transaction, settings: Settings, now: datetime, shelved: Mapping[str, StoredFile] | None = None
) -> bool:
    """Fills a migrated database that has no rules; False, and nothing changed, when it has some.

    `shelved` are the demo's files in the storage; without them messages only tell of theirs.
    """
    if await has_rules(tx):
        return False
    media_url = f"{settings.own_address}/static/demo"
    rules, replies = shop_rules(settings.initial_step, media_url), shop_replies(media_url)
    files = await add_samples(tx, shelved or {}, now)
    _hang_files([*(media for rule in rules for media in rule.medias), *_medias_of(replies)], files)
    tx.session.add_all([*rules, *replies])
    await tx.session.flush()
    await store_setting(tx, "hours", OPENING_HOURS)
    await store_setting(tx, "buffer_s", DEMO_BUFFER_S)
    await _seed_agents(tx, now)
    talks = (*bot_talks(settings.initial_step, media_url), *troubled_talks())
    await write_conversations(tx, talks, await _world(tx, settings, rules, now, files))
    await index_everything(tx)
    return True


def _hang_files(medias: Iterable[RuleMedia | QuickReplyMedia], files: Mapping[str, int]) -> None:
    """Rules and quick replies of the demo name files that lie in the storage: they go out by upload."""
    for media in medias:
        media.file_id = files.get(media.url.rpartition("/")[2])


def _medias_of(replies: Iterable[QuickReply]) -> list[QuickReplyMedia]:
    return [media for reply in replies for media in reply.medias]


async def index_everything(tx: Transaction) -> None:
    """Make the history findable: it was written past those who do that."""
    await tx.session.flush()
    messages, contacts = await last_ids(tx)
    await reindex_messages(tx, range(1, messages + 1))
    await index_contacts(tx, range(1, contacts + 1))


async def _seed_agents(tx: Transaction, now: datetime) -> None:
    await add_roles_once(tx, ROLES)
    known, roles = await user_ids(tx), await role_ids(tx)
    for agent in AGENTS:
        if agent.username not in known:
            await _add_agent(tx, agent, roles[agent.role_keyword], now)


async def _add_agent(tx: Transaction, agent: Agent, role_id: int, now: datetime) -> None:
    user = User(username=agent.username, password_hash=NO_PASSWORD, display_name=agent.name, created_at=now)
    tx.session.add(user)
    await tx.session.flush()
    tx.session.add(UserRole(user_id=user.id, role_id=role_id))
    await tx.session.flush()


async def _world(
    tx: Transaction, settings: Settings, rules: list[RuleRow], now: datetime, files: Mapping[str, int]
) -> World:
    return World(
        phone_number_id=settings.phone_number_ids[0],
        users=await user_ids(tx),
        roles=await role_ids(tx),
        rules={(rule.step, rule.triggers): rule.id for rule in rules},
        session_timeout=timedelta(seconds=settings.session_timeout_s),
        resume_after=timedelta(hours=settings.bot_resume_hours),
        now=now,
        files=files,
    )
