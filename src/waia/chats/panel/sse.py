"""Server-sent events as text, the way htmx reads them: unnamed ones are swapped, named ones become DOM events."""

import re

LINE_END = re.compile(r"\r\n|\r|\n")


def message(
    html: str = "", *, event: str = "", seq: int | None = None, retry_ms: int | None = None, comment: str = ""
) -> str:
    """One event. htmx reads `retry` only where there is a name or data, so those that matter have a name."""
    lines = [f": {comment}"] if comment else []
    lines += [f"event: {event}"] if event else []
    lines += [] if seq is None else [f"id: {seq}"]
    lines += [] if retry_ms is None else [f"retry: {retry_ms}"]
    lines += [f"data: {line}" for line in LINE_END.split(html)]
    return "\n".join(lines) + "\n\n"
