"""Checks of interactive messages that show products of a catalogue."""

from waia.simulator.validate import fields
from waia.simulator.validate.actions import ACTION, named, section_title
from waia.simulator.wire import Json


def product(action: Json) -> None:
    fields.only(action, frozenset({"catalog_id", "product_retailer_id"}), ACTION)
    fields.text(action, "catalog_id", ACTION, 256)
    fields.text(action, "product_retailer_id", ACTION, 256)


def products(action: Json) -> None:
    fields.only(action, frozenset({"catalog_id", "sections"}), ACTION)
    fields.text(action, "catalog_id", ACTION, 256)
    sections = fields.items(action, "sections", ACTION, 1, 10)
    count = 0
    for number, section in enumerate(sections):
        where = f"{ACTION}['sections'][{number}]"
        fields.only(section, frozenset({"title", "product_items"}), where)
        section_title(section, where, len(sections))
        for item in fields.items(section, "product_items", where, 1, 30):
            fields.text(item, "product_retailer_id", f"{where}['product_items']", 256)
            count += 1
    if count > 30:
        raise fields.wrong(f"{ACTION}['sections']", f"must have at most 30 products, it has {count}")


def catalog(action: Json) -> None:
    if "parameters" in action:
        where = f"{ACTION}['parameters']"
        parameters = named(action, "catalog_message")
        fields.only(parameters, frozenset({"thumbnail_product_retailer_id"}), where)
    else:
        fields.choice(action, "name", ACTION, ("catalog_message",))
