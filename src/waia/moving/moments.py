"""Times of the original, which it wrote in the zone of its database server and without saying which."""

from datetime import UTC, datetime, tzinfo


def moment(written: str | None, zone: tzinfo, after: datetime | None = None) -> datetime | None:
    """In UTC; None for no time and for days that are none (0000-00-00).

    An hour that a clock change repeats is the second one when the first lies before `after`.
    """
    try:
        naive = datetime.fromisoformat((written or "").strip()).replace(tzinfo=None)
        first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    return second if after is not None and first < after <= second else first
