"""What notifications need in one process; nothing of it where the package for keys and seals is not installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from waia.kit.places import AllowedPlaces
from waia.settings import Settings

if TYPE_CHECKING:
    from waia.push.client import PushClient


class Push:
    """`client` None: notifications on phones are not offered. `shows_text`: they may tell what the customer wrote."""

    def __init__(self, client: "PushClient | None", *, shows_text: bool) -> None:
        self.client, self.shows_text = client, shows_text

    async def close(self) -> None:
        if self.client is not None:
            await self.client.close()


def open_push(settings: Settings) -> Push:
    """Raises SettingError for a key that is none."""
    if find_spec("cryptography") is None:
        return Push(None, shows_text=False)
    from waia.push.client import PushClient
    from waia.push.vapid import open_vapid

    hosts = [name for name in settings.push_hosts if "://" not in name]
    own = next((name for name in settings.push_hosts if "://" in name), "")
    vapid = open_vapid(settings.push_key, settings.data_dir, _contact(settings))
    return Push(PushClient(AllowedPlaces(hosts, own), vapid), shows_text=settings.push_text)


def _contact(settings: Settings) -> str:
    """Whom a push service writes to when something is wrong: a mailto: or https: address."""
    return settings.push_contact or (settings.base_url if settings.base_url.startswith("https://") else "")
