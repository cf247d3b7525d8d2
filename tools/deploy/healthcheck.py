"""Ends with 0 when the waia of this container answers, else with 1 and one line: for HEALTHCHECK."""

import http.client
import os
import sys

PATIENCE_S = 4


def main() -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 5000), timeout=PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"waia does not answer: {type(error).__name__}")
    # 400: the address by which we ask is not one of WAIA_ALLOWED_HOSTS, which only somebody who works can tell.
    if status not in {200, 400}:
        sys.exit(f"waia answers {status}")


if __name__ == "__main__":
    main()
