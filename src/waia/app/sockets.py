"""Ports to listen on, with one line that names the setting when somebody else has one."""

import socket

from waia.settings import SettingError


def listen(variable: str, host: str, port: int) -> socket.socket:
    """Raises SettingError."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingError(
            f"{variable} {port} on {_HOSTS[variable]} {host} cannot be used ({error.strerror}):"
            f" choose another {variable}"
        ) from None
    return listener


_HOSTS = {"PORT": "HOST", "METRICS_PORT": "METRICS_HOST"}
