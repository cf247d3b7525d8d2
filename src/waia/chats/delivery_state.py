"""How far an outgoing message got; the numbers are those of `mensajes.status`, and higher is never lowered."""

from enum import IntEnum


class DeliveryState(IntEnum):
    """Meta's ranks are positive; what Meta does not know of is zero or below."""

    CANCELLED = -4
    UNCERTAIN = -3
    SENDING = -2
    FAILED = -1
    QUEUED = 0
    SENT = 1
    DELIVERED = 2
    READ = 3
    PLAYED = 4


RESTORED = "restored"
"""Said of what was under way when a copy was taken that was put back since."""
