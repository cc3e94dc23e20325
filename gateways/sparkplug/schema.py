"""The Sparkplug B payload as protobuf messages: the parts of it that carry values, by the specification's numbers.

What is left out here (data sets, files' metadata, extensions) is skipped by protobuf when it comes.
Source: Sparkplug 3.0.0, section 6.4.1 "Google Protocol Buffer Schema".
"""

from collections.abc import Iterable, Mapping, MutableSequence
from typing import Protocol, cast

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto
PACKAGE = "lineside.sparkplug"

_SCALARS = {
    "uint32": Field.TYPE_UINT32,
    "uint64": Field.TYPE_UINT64,
    "float": Field.TYPE_FLOAT,
    "double": Field.TYPE_DOUBLE,
    "bool": Field.TYPE_BOOL,
    "string": Field.TYPE_STRING,
    "bytes": Field.TYPE_BYTES,
}
_MESSAGES: Mapping[str, Mapping[int, tuple[str, str]]] = {
    "PropertyValue": {
        1: ("type", "uint32"),
        2: ("is_null", "bool"),
        3: ("int_value", "uint32"),
        4: ("long_value", "uint64"),
        5: ("float_value", "float"),
        6: ("double_value", "double"),
        7: ("boolean_value", "bool"),
        8: ("string_value", "string"),
    },
    "PropertySet": {1: ("keys", "string*"), 2: ("values", "PropertyValue*")},
    "Template": {
        1: ("version", "string"),
        2: ("metrics", "Metric*"),
        4: ("template_ref", "string"),
        5: ("is_definition", "bool"),
    },
    "Metric": {
        1: ("name", "string"),
        2: ("alias", "uint64"),
        3: ("timestamp", "uint64"),
        4: ("datatype", "uint32"),
        5: ("is_historical", "bool"),
        6: ("is_transient", "bool"),
        7: ("is_null", "bool"),
        9: ("properties", "PropertySet"),
        10: ("int_value", "uint32"),
        11: ("long_value", "uint64"),
        12: ("float_value", "float"),
        13: ("double_value", "double"),
        14: ("boolean_value", "bool"),
        15: ("string_value", "string"),
        16: ("bytes_value", "bytes"),
        18: ("template_value", "Template"),
    },
    "Payload": {1: ("timestamp", "uint64"), 2: ("metrics", "Metric*"), 3: ("seq", "uint64")},
}


class WireProperty(Protocol):
    """A property's value; `WhichOneof("value")` names the field that holds it."""

    type: int
    is_null: bool
    int_value: int
    long_value: int
    string_value: str


class WireProperties(Protocol):
    """Names and values, side by side."""

    keys: MutableSequence[str]
    values: MutableSequence[WireProperty]


class WireMetric(Protocol):
    """One metric; which of the value fields is set is told by WhichOneof."""

    name: str
    alias: int
    timestamp: int
    datatype: int
    is_historical: bool
    is_transient: bool
    is_null: bool
    int_value: int
    long_value: int
    float_value: float
    double_value: float
    boolean_value: bool
    string_value: str
    bytes_value: bytes

    @property
    def properties(self) -> WireProperties:
        """What is said about the metric beside its value."""

    @property
    def template_value(self) -> "WireTemplate":
        """The members of a UDT."""

    def HasField(self, name: str) -> bool:  # noqa: N802  protobuf's own name
        """Whether the field was sent."""

    def WhichOneof(self, group: str) -> str | None:  # noqa: N802  protobuf's own name
        """Return the name of the field of the group that was sent."""


class WireMetrics(Iterable[WireMetric], Protocol):
    """Metrics as protobuf keeps them, in the order sent."""

    def add(self) -> WireMetric:
        """Append an empty metric and return it."""


class WireTemplate(Protocol):
    """A UDT: its members are metrics by name."""

    template_ref: str
    is_definition: bool

    @property
    def metrics(self) -> WireMetrics:
        """The members."""


class WirePayload(Protocol):
    """What a Sparkplug message holds."""

    timestamp: int
    seq: int

    @property
    def metrics(self) -> WireMetrics:
        """The metrics, in the order sent."""

    def HasField(self, name: str) -> bool:  # noqa: N802  protobuf's own name
        """Whether the field was sent."""

    def ParseFromString(self, raw: bytes) -> int:  # noqa: N802  protobuf's own name
        """Read `raw` into this message. Raises google.protobuf.message.DecodeError."""

    def SerializeToString(self) -> bytes:  # noqa: N802  protobuf's own name
        """Return the message as bytes."""


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="lineside_sparkplug.proto", package=PACKAGE, syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        has_value = any(field.endswith("_value") for field, _ in fields.values())
        if has_value:
            message.oneof_decl.add(name="value")
        for number, (field, kind) in fields.items():
            _add(message, number, field, kind)
    return file


def _add(message: descriptor_pb2.DescriptorProto, number: int, name: str, kind: str) -> None:
    is_list, kind = kind.endswith("*"), kind.rstrip("*")
    field = message.field.add(name=name, number=number)
    field.label = Field.LABEL_REPEATED if is_list else Field.LABEL_OPTIONAL
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = Field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    if name.endswith("_value"):
        field.oneof_index = 0


def _payload_class() -> type:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Payload"))


_PAYLOAD = _payload_class()


def new_payload() -> WirePayload:
    """Return an empty payload."""
    return cast("WirePayload", _PAYLOAD())
