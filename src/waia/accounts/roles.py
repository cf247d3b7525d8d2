"""Creates, changes and deletes roles, and says who has them. Keywords are found without regard to case or accents."""

import unicodedata

from waia.accounts import repository
from waia.accounts import role_repository as rows
from waia.accounts.errors import LastAdmin
from waia.accounts.logins.repository import revoke_logins
from waia.accounts.models import Role, User
from waia.accounts.office import By
from waia.accounts.signed_in import ADMIN
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound
from waia.kit.i18n import N_
from waia.kit.overtaken import refuse_overtaken, seen_of

LONGEST_NAME, LONGEST_KEYWORD = 50, 20
NO_NAME = N_("Escribe un nombre, como «Ventas».")
LONG_NAME = N_("Usa hasta 50 caracteres.")
NO_KEYWORD = N_("Escribe una palabra clave, como «ventas»: las reglas la usan para dar el chat a este rol.")
LONG_KEYWORD = N_("Usa hasta 20 caracteres.")
SPLIT_KEYWORD = N_("Usa letras, cifras, guion o guion bajo, sin espacios.")
KEYWORD_TAKEN = N_("Otro rol ya usa esa palabra clave (las tildes y mayúsculas no cuentan).")
KEYWORD_IN_USE = N_("Hay reglas o ajustes que usan la palabra clave de ahora. Cámbialos antes, o crea otro rol.")
ADMIN_KEYWORD = N_("La palabra clave de quienes administran no se puede cambiar.")


class AdminRoleStays(Conflict):
    code = "admin_role"
    message = N_("El rol de quienes administran no se puede borrar.")


def keyword_key(keyword: str) -> str:
    """What two keywords may not share: the same word without accents, in lower case."""
    letters = unicodedata.normalize("NFD", keyword.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


async def create_role(tx: Transaction, by: By, name: str, keyword: str) -> int:
    """Raises Invalid."""
    name, keyword = name.strip(), keyword.strip()
    _check(name, keyword)
    await _refuse_taken(tx, keyword, None)
    role = await repository.roles(tx).add(Role(name=name, keyword=keyword))
    await by.note(tx, "role_created", keyword, after={"name": name, "keyword": keyword})
    return role.id


async def change_role(tx: Transaction, by: By, role_id: int, name: str, keyword: str, seen: str = "") -> None:
    """Raises Invalid, NotFound, Overtaken."""
    name, keyword = name.strip(), keyword.strip()
    await rows.lock_keywords(tx)
    role = await role_with(tx, role_id)
    _check(name, keyword)
    before, after = {"name": role.name, "keyword": role.keyword}, {"name": name, "keyword": keyword}
    if before != after:
        refuse_overtaken(seen, seen_of(role.name, role.keyword))
    if keyword != role.keyword:
        await _check_new_keyword(tx, role, keyword)
    if before != after:
        await rows.store_role(tx, role_id, name, keyword)
        await by.note(tx, "role_changed", keyword, before=before, after=after)
        _tell(tx, await rows.member_ids(tx, role_id))


async def delete_role(tx: Transaction, by: By, role_id: int) -> None:
    """Its people lose it, and their logins that had it; chats and quick replies lose it too. Raises AdminRoleStays."""
    role = await role_with(tx, role_id)
    if role.keyword == ADMIN:
        raise AdminRoleStays
    members, reach = await rows.member_ids(tx, role_id), await rows.reach_of(tx, role_id, role.keyword)
    before = {"name": role.name, "keyword": role.keyword, "users": reach.users, "chats": reach.chats}
    await rows.remove_role(tx, role_id)
    for user_id in members:
        await revoke_logins(tx, user_id, by.now)
    await by.note(tx, "role_deleted", role.keyword, before=before)
    _tell(tx, members)


async def give_role(tx: Transaction, by: By, user_id: int, role_id: int) -> None:
    """Nothing happens to who has it already. A new admin has to sign in again; any other right just begins."""
    user, role = await _user(tx, user_id), await role_with(tx, role_id)
    before = sorted(each.keyword for each in user.roles)
    if role.keyword in before:
        return
    await rows.add_member(tx, user_id, role_id)
    if role.keyword == ADMIN:
        await revoke_logins(tx, user_id, by.now)
    after = sorted([*before, role.keyword])
    await by.note(tx, "roles_changed", user.username, before=before, after=after)
    _tell(tx, [user_id])


async def take_role(tx: Transaction, by: By, user_id: int, role_id: int) -> None:
    """Ends the logins that had the role. Raises LastAdmin."""
    user, role = await _user(tx, user_id), await role_with(tx, role_id)
    before = sorted(each.keyword for each in user.roles)
    if role.keyword not in before:
        return
    if role.keyword == ADMIN and await repository.lock_admins(tx) == {user_id}:
        raise LastAdmin
    await rows.remove_member(tx, user_id, role_id)
    await revoke_logins(tx, user_id, by.now)
    after = [keyword for keyword in before if keyword != role.keyword]
    await by.note(tx, "roles_changed", user.username, before=before, after=after)
    _tell(tx, [user_id])


async def role_with(tx: Transaction, role_id: int) -> Role:
    role = await repository.roles(tx).get_one_or_none(Role.id == role_id)
    if role is None:
        raise NotFound
    return role


async def _user(tx: Transaction, user_id: int) -> User:
    user = await repository.users(tx).with_id(user_id)
    if user is None:
        raise NotFound
    return user


def _check(name: str, keyword: str) -> None:
    """Raises Invalid with every field that is wrong."""
    errors = {}
    if not name or len(name) > LONGEST_NAME:
        errors["name"] = LONG_NAME if name else NO_NAME
    if not keyword or len(keyword) > LONGEST_KEYWORD:
        errors["keyword"] = LONG_KEYWORD if keyword else NO_KEYWORD
    elif not keyword.replace("-", "").replace("_", "").isalnum():
        errors["keyword"] = SPLIT_KEYWORD
    if errors:
        raise Invalid(errors)


async def _check_new_keyword(tx: Transaction, role: Role, keyword: str) -> None:
    if role.keyword == ADMIN:
        raise Invalid({"keyword": ADMIN_KEYWORD})
    reach = await rows.reach_of(tx, role.id, role.keyword)
    if role.keyword and (reach.rules or reach.is_handover):
        raise Invalid({"keyword": KEYWORD_IN_USE})
    await _refuse_taken(tx, keyword, role.id)


async def _refuse_taken(tx: Transaction, keyword: str, but: int | None) -> None:
    """Locks all roles until commit, so that two cannot take the same word at the same moment."""
    taken = {keyword_key(found) for role_id, found in await rows.lock_keywords(tx) if role_id != but}
    if keyword_key(keyword) in taken:
        raise Invalid({"keyword": KEYWORD_TAKEN})


def _tell(tx: Transaction, user_ids: list[int]) -> None:
    """Open streams look at their rights at once."""
    for user_id in user_ids:
        tx.announce("user_changed", None, str(user_id))
