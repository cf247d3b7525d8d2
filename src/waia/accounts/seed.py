"""The people of an empty database: three roles and the first admin."""

import asyncio
from datetime import datetime

from waia.accounts import repository
from waia.accounts.audit import Actor
from waia.accounts.password_policy import DEFAULT_PASSWORD
from waia.accounts.passwords import new_hasher
from waia.accounts.people import create_user
from waia.accounts.signed_in import ADMIN
from waia.kit.db import Transaction
from waia.settings import Settings

ROLES = (("Administrador", ADMIN), ("Tiquetes", "tiquetes"), ("Cotizar", "cotizar"))
FIRST_START = Actor(None, "waia upgrade")


async def seed_people(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Once: whoever renames or deletes one of these later does not get it back. True if they were created.

    Without `WAIA_ADMIN_PASSWORD` the original's password opens from this machine only, for three days, and
    leads only to choosing another one.
    """
    if await repository.users(tx).exist():
        return False
    await repository.add_roles_once(tx, ROLES)
    password = settings.admin_password or DEFAULT_PASSWORD
    hashed = await asyncio.to_thread(new_hasher().hash, password)
    await create_user(
        tx,
        FIRST_START,
        username=ADMIN,
        password_hash=hashed,
        name="Administrador",
        role_keywords=[ADMIN],
        must_change=password == DEFAULT_PASSWORD,
        now=now,
    )
    return True
