"""Who did what, in a chain that shows every change made to it afterwards."""

from waia.accounts.audit.trail import Actor, Detail, Verdict, record, verify

__all__ = ["Actor", "Detail", "Verdict", "record", "verify"]
