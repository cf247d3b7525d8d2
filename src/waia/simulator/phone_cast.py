"""Brings people into a world that begins with an empty memory: customers, and the windows they had opened."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from waia.simulator.people import Customer, IdentityMode
from waia.simulator.world import World


class Person(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def wa_id(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def hides_phone(self) -> bool: ...


class Window(Protocol):
    @property
    def phone_number_id(self) -> str: ...
    @property
    def wa_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def opened_at(self) -> datetime: ...


def invite(world: World, cast: Iterable[Person], shop: str) -> None:
    """People come with their own ids, so that a chat from before goes on; `shop` is the business's name."""
    for person in cast:
        mode = IdentityMode.BSUID_ONLY if person.hides_phone else IdentityMode.PHONE_AND_BSUID
        world.customers[person.key] = Customer(
            person.key, person.name, person.wa_id or None, person.user_id, username=person.username or None, mode=mode
        )
    for number in world.numbers.values():
        number.verified_name = shop


def reopen_windows(world: World, windows: Iterable[Window]) -> None:
    """Meta remembers who wrote within a day; a world that was just made does not."""
    for window in windows:
        person = world.directory.find(window.user_id) or world.directory.find(window.wa_id)
        if person is not None and window.phone_number_id in world.numbers:
            world.windows.open(window.phone_number_id, person.key, window.opened_at)
