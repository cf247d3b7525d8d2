"""The other end of the wire: a fake Graph API, its webhooks, and the customers. A stranger to waia."""

from waia.simulator.faults import Faults, Knob, WindowMode, always, once
from waia.simulator.graph_api import create_graph_app, graph_routes
from waia.simulator.handset import Handset
from waia.simulator.people import Customer, IdentityMode
from waia.simulator.templates import Template, TemplateStatus
from waia.simulator.world import World

__all__ = [
    "Customer",
    "Faults",
    "Handset",
    "IdentityMode",
    "Knob",
    "Template",
    "TemplateStatus",
    "WindowMode",
    "World",
    "always",
    "create_graph_app",
    "graph_routes",
    "once",
]
