"""The media store: ids that live 30 or 7 days, and addresses for the bytes that live 5 minutes."""

import base64
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from waia.kit.clock import Clock
from waia.simulator.graph_errors import GraphError, not_found
from waia.simulator.ids import Ids

UPLOAD_LIVES = timedelta(days=30)
WEBHOOK_LIVES = timedelta(days=7)
ADDRESS_LIVES = timedelta(minutes=5)


@dataclass(slots=True)
class StoredMedia:
    """`flaw` is why Meta will fail a message that uses this file, found out only later."""

    id: str
    pnid: str
    content: bytes
    mime: str
    kind: str | None
    expires_at: datetime
    flaw: GraphError | None = None
    told_digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.told_digest = hashlib.sha256(self.content).digest()

    @property
    def sha256_base64(self) -> str:
        """As webhooks tell it."""
        return base64.b64encode(self.told_digest).decode()

    @property
    def sha256_hex(self) -> str:
        """As the media GET tells it."""
        return self.told_digest.hex()


class MediaStore:
    """Keeps at most `keep` files; the oldest go first."""

    def __init__(self, clock: Clock, ids: Ids, keep: int | None) -> None:
        self._clock = clock
        self._ids = ids
        self._keep = keep
        self._stored: OrderedDict[str, StoredMedia] = OrderedDict()

    def add(
        self,
        pnid: str,
        content: bytes,
        mime: str,
        *,
        kind: str | None,
        lives: timedelta = UPLOAD_LIVES,
        flaw: GraphError | None = None,
    ) -> StoredMedia:
        media_id = self._ids.number(16)
        media = StoredMedia(media_id, pnid, content, mime, kind, self._clock.business() + lives, flaw)
        self._stored[media_id] = media
        if self._keep is not None and len(self._stored) > self._keep:
            self._stored.popitem(last=False)
        return media

    def find(self, media_id: str) -> StoredMedia | None:
        media = self._stored.get(media_id)
        return media if media and self._clock.business() < media.expires_at else None

    def get(self, media_id: str, pnid: str | None = None) -> StoredMedia:
        """A file of this number; the Graph's usual refusal otherwise."""
        media = self.find(media_id)
        if media is None or pnid not in (None, media.pnid):
            raise not_found(media_id)
        return media

    def delete(self, media_id: str) -> None:
        self._stored.pop(media_id, None)

    def address(self, media: StoredMedia, *, late: bool = False) -> str:
        """Path and query below the Graph's base address, good for five minutes; or, `late`, not any more."""
        until = int((self._clock.business() + (timedelta() if late else ADDRESS_LIVES)).timestamp())
        seal = self._seal(media.id, str(until))
        return f"/lookaside/whatsapp_business/attachments/?mid={media.id}&ext={until}&hash={seal}"

    def at_address(self, query: dict[str, str]) -> StoredMedia | None:
        """The file, unless the address is forged or too old."""
        media_id, until = query.get("mid", ""), query.get("ext", "")
        if query.get("hash") != self._seal(media_id, until):
            return None
        if self._clock.business().timestamp() >= int(until):
            return None
        return self.find(media_id)

    def _seal(self, media_id: str, until: str) -> str:
        return hashlib.sha256(f"{media_id}/{until}/lookaside".encode()).hexdigest()[:32]
