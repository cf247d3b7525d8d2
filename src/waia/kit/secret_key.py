"""The key that signs what the browser keeps: `SECRET_KEY`, else one made once and kept in the data folder."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from waia.settings import SettingError

FILE_NAME = "secret_key"
SHORTEST = 32


class SecretKeyUnusable(SettingError):
    """The key file is there but holds no key; the text says what to do."""


def secret_key(configured: str, data_dir: Path) -> bytes:
    if configured:
        return configured.encode()
    file = data_dir / FILE_NAME
    key = kept_once(file, lambda: secrets.token_urlsafe(48))
    if len(key) < SHORTEST:
        raise SecretKeyUnusable(f"{file} is too short to be a key: delete it, and everybody signs in again")
    return key


def kept_once(file: Path, make: Callable[[], str]) -> bytes:
    """What the file holds. Several processes may ask at once: the one that creates it wins, the others read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _create(file, make())
    return file.read_bytes().strip()


def _create(file: Path, content: str) -> None:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(content)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
