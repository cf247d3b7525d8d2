"""The composition root: everything below meets here and becomes processes."""

from waia.app.composition import create_app

__all__ = ["create_app"]
