"""The key that signs what the browser keeps: `SECRET_KEY`, else one made once and kept in the data folder."""

import os
import secrets
from pathlib import Path

from waia.settings import SettingError

FILE_NAME = "secret_key"
SHORTEST = 32


class SecretKeyUnusable(SettingError):
    """The key file is there but holds no key; the text says what to do."""


def secret_key(configured: str, data_dir: Path) -> bytes:
    """Several processes may ask at once: the one that creates the file wins, the others read it."""
    if configured:
        return configured.encode()
    file = data_dir / FILE_NAME
    data_dir.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _create(file)
    key = file.read_bytes().strip()
    if len(key) < SHORTEST:
        raise SecretKeyUnusable(f"{file} is too short to be a key: delete it, and everybody signs in again")
    return key


def _create(file: Path) -> None:
    draft = file.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
