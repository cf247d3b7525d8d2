"""What a new database begins with: the starter flow of a real business, or the whole world of the demo."""

from waia.seeds.cast import CUSTOMERS, Agent, Customer
from waia.seeds.demo import seed_demo
from waia.seeds.repository import OpenWindow, open_windows
from waia.seeds.starter import seed_starter

__all__ = ["CUSTOMERS", "Agent", "Customer", "OpenWindow", "open_windows", "seed_demo", "seed_starter"]
