"""`waia upgrade`, for a database that nobody serves."""

from waia.app.parts import make_parts
from waia.app.server import hold_data_folder
from waia.app.setup import set_up
from waia.settings import Settings


async def upgrade(settings: Settings, copies: int) -> list[str]:
    """What it says. Before an older database changes, a copy is kept of it, `copies` in all. Raises SettingError."""
    lock = hold_data_folder(settings)
    parts = make_parts(settings)
    try:
        kept = await set_up(parts, copies)
    finally:
        await parts.stop()
        if lock:
            lock.close()
    before = [f"The database as it was before is in {kept}."] if kept else []
    return [*before, "The database is up to date."]
