"""The bodies of devices' requests in the OpenAPI document; the handlers take bytes, to hash them."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from msgspec import Struct

from sync.contract.batch import BATCH_LIMIT
from sync.contract.enrolment import EnrolRequest
from sync.contract.heartbeat import Heartbeat
from sync.contract.patterns import whole
from sync.contract.response import Uuid
from sync.contract.text import Id
from sync.contract.tombstones import LIMIT


def _body_operation(description: str, schema: Schema) -> type[Operation]:
    """An operation that describes its body: the handlers take bytes, because they have to hash them."""

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                required=True,
                description=description,
                content={"application/json": OpenAPIMediaType(schema=schema)},
            )

    return Described


def _schema(type: type[Struct]) -> Schema:
    """The complete JSON Schema of a struct that contains no other struct."""
    (found,), _ = msgspec.json.schema_components([type])
    definition = msgspec.json.schema(type)["$defs"][type.__name__]
    assert found
    return _as_schema(definition)


def _as_schema(definition: dict[str, Any]) -> Schema:
    names = {"type", "format", "pattern", "minimum", "maximum", "required", "description"}
    values: dict[str, Any] = {name: value for name, value in definition.items() if name in names}
    if "properties" in definition:
        values["properties"] = {name: _as_schema(each) for name, each in definition["properties"].items()}
        values["additional_properties"] = definition.get("additionalProperties", True)
    if "items" in definition:
        values["items"] = _as_schema(definition["items"])
        values["max_items"] = definition.get("maxItems")
    if "maxLength" in definition:
        values["max_length"] = definition["maxLength"]
    if "anyOf" in definition:
        values["any_of"] = [_as_schema(each) for each in definition["anyOf"]]
    return Schema(**values)


def _pattern(text: object) -> str:
    """The pattern of one of the contract's kinds of text."""
    (_, meta) = get_args(text)
    return str(meta.pattern)


def _tombstone() -> dict[str, Any]:
    properties = {
        "id": {"type": "string", "pattern": _pattern(Uuid)},
        "key": {"type": "string", "pattern": _pattern(Id)},
        "signature": {"type": "string", "pattern": whole("[A-Za-z0-9+/]{86}==")},
    }
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


BatchOperation = _body_operation(
    "Responses of one device, oldest first; zstd, gzip or as it is.",
    _as_schema(
        {
            "type": "object",
            "required": ["device", "responses"],
            "additionalProperties": False,
            "properties": {
                "device": {"type": "string", "pattern": _pattern(Id)},
                "responses": {
                    "type": "array",
                    "maxItems": BATCH_LIMIT,
                    "items": {
                        "type": "object",
                        "description": "The canonical bytes of a response",
                        "required": ["id", "seq"],
                        "properties": {
                            "id": {"type": "string", "pattern": _pattern(Uuid)},
                            "seq": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
                        },
                    },
                },
            },
        }
    ),
)
EnrolOperation = _body_operation("The code's secret and the device's key.", _schema(EnrolRequest))
HeartbeatOperation = _body_operation("How the device is.", _schema(Heartbeat))
ForgottenOperation = _body_operation(
    "How far the device's tombstones go.",
    _as_schema(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "after": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
                "known": {"type": "array", "maxItems": LIMIT, "items": _tombstone()},
            },
        }
    ),
)
