"""The two documents a client reads first: the service document (JSON) and $metadata (CSDL XML, OData 4.0)."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from sync.central.pulling.odata.model import ENTITY, ENTITY_SET, KEY, NAMESPACE, Property

_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
XML = "application/xml"


def service_document(root: str) -> dict[str, Any]:
    """The list of entity sets; `root` is the address of the service."""
    return {
        "@odata.context": f"{root}$metadata",
        "value": [{"name": ENTITY_SET, "kind": "EntitySet", "url": ENTITY_SET}],
    }


def metadata(every: Sequence[Property]) -> bytes:
    """The schema of the feed for one role."""
    Xml.register_namespace("edmx", _EDMX)
    edmx = Xml.Element(f"{{{_EDMX}}}Edmx", {"Version": "4.0"})
    services = Xml.SubElement(edmx, f"{{{_EDMX}}}DataServices")
    schema = Xml.SubElement(services, "Schema", {"xmlns": _EDM, "Namespace": NAMESPACE})
    entity = Xml.SubElement(schema, "EntityType", {"Name": ENTITY})
    Xml.SubElement(Xml.SubElement(entity, "Key"), "PropertyRef", {"Name": KEY})
    for one in every:
        attributes = {"Name": one.name, "Type": one.type}
        if not one.nullable:
            attributes["Nullable"] = "false"
        Xml.SubElement(entity, "Property", attributes)
    container = Xml.SubElement(schema, "EntityContainer", {"Name": "Container"})
    Xml.SubElement(container, "EntitySet", {"Name": ENTITY_SET, "EntityType": f"{NAMESPACE}.{ENTITY}"})
    return bytes(Xml.tostring(edmx, encoding="utf-8", xml_declaration=True))
