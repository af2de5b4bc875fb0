"""The common form of values, from and to what fastavro reads and writes."""

import datetime
import decimal
import struct
import uuid

import fastavro

EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc
PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "string", "bytes"]
DURATION = struct.Struct("<III")


class Schema:
    """A schema with the definitions of its names."""

    def __init__(self, source):
        self.source = source
        self.parsed = fastavro.parse_schema(source)
        self.names = {}
        self._collect(self.parsed)

    def _collect(self, schema):
        if isinstance(schema, list):
            for branch in schema:
                self._collect(branch)
        elif isinstance(schema, dict):
            if "name" in schema:
                self.names[schema["name"]] = schema
            for part in [field["type"] for field in schema.get("fields", [])] + [
                schema[name] for name in ("items", "values") if name in schema
            ]:
                self._collect(part)

    def normal(self, value):
        """The common form of a value that fastavro has read."""
        return self._normal(self.parsed, value)

    def native(self, form):
        """The value that fastavro writes, of a common form."""
        return self._native(self.parsed, form)

    def _resolve(self, schema):
        """The definition, its type and its logical type."""
        if isinstance(schema, str) and schema not in PRIMITIVES:
            schema = self.names[schema]
        if isinstance(schema, list):
            return schema, "union", None
        if isinstance(schema, str):
            return schema, schema, None
        return schema, schema["type"], schema.get("logicalType")

    def _name(self, schema):
        """The name of a branch."""
        definition, kind, _ = self._resolve(schema)
        return definition["name"] if kind in ("record", "enum", "fixed") else kind

    def _branch(self, union, value):
        """The branch that a value of Python belongs to. What no type of Python tells apart is not in one union here."""
        kinds = {
            type(None): ["null"],
            bool: ["boolean"],
            int: ["int", "long"],
            float: ["float", "double"],
            str: ["string", "enum"],
            bytes: ["bytes", "fixed"],
            list: ["array"],
            dict: ["map"],
            datetime.datetime: ["long"],
        }[type(value)]
        return next(branch for branch in union if self._resolve(branch)[1] in kinds)

    def _normal(self, schema, value):
        schema, kind, logical = self._resolve(schema)
        if kind == "union":
            if value is None:
                return None
            if isinstance(value, tuple):
                name, value = value
                return {name: self._normal(name, value)}
            branch = self._branch(schema, value)
            return {self._name(branch): self._normal(branch, value)}
        if kind == "record":
            return {field["name"]: self._normal(field["type"], value[field["name"]]) for field in schema["fields"]}
        if kind == "array":
            return [self._normal(schema["items"], item) for item in value]
        if kind == "map":
            return {key: self._normal(schema["values"], item) for key, item in value.items()}
        if logical == "duration":
            return dict(zip(("months", "days", "millis"), DURATION.unpack(value)))
        # fastavro leaves nanoseconds as whole numbers.
        if logical in ("timestamp-nanos", "local-timestamp-nanos"):
            text = (EPOCH + datetime.timedelta(seconds=value // 10**9)).isoformat()
            return f"{text}.{value % 10**9:09}" + ("Z" if logical == "timestamp-nanos" else "")
        if isinstance(value, datetime.datetime):
            zone = "" if value.tzinfo is None else "Z"
            return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}000{zone}"
        if isinstance(value, datetime.time):
            return f"{value.isoformat(timespec='microseconds')}000"
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, decimal.Decimal):
            return format(value, "f")
        if isinstance(value, uuid.UUID):
            return str(value)
        if logical == "uuid" and kind == "fixed":
            return str(uuid.UUID(bytes=value))
        if kind == "long":
            return str(value)
        if kind == "float":
            return struct.pack(">f", value).hex()
        if kind == "double":
            return struct.pack(">d", value).hex()
        if kind in ("bytes", "fixed"):
            return value.hex()
        return value

    def _native(self, schema, form):
        schema, kind, logical = self._resolve(schema)
        if kind == "union":
            if form is None:
                return None
            ((name, form),) = form.items()
            branch = next(branch for branch in schema if self._name(branch) == name)
            value = self._native(branch, form)
            # fastavro takes a name beside the value for these; the others it tells apart by themselves.
            return (name, value) if isinstance(branch, str) or self._resolve(branch)[1] == "record" else value
        if kind == "record":
            return {field["name"]: self._native(field["type"], form[field["name"]]) for field in schema["fields"]}
        if kind == "array":
            return [self._native(schema["items"], item) for item in form]
        if kind == "map":
            return {key: self._native(schema["values"], item) for key, item in form.items()}
        if logical == "duration":
            return DURATION.pack(form["months"], form["days"], form["millis"])
        if logical in ("timestamp-nanos", "local-timestamp-nanos"):
            seconds = datetime.datetime.fromisoformat(form[:19]) - EPOCH
            return (seconds.days * 86_400 + seconds.seconds) * 10**9 + int(form[20:29])
        if logical in ("timestamp-millis", "timestamp-micros"):
            return datetime.datetime.fromisoformat(form[:26]).replace(tzinfo=UTC)
        if logical in ("local-timestamp-millis", "local-timestamp-micros"):
            return datetime.datetime.fromisoformat(form[:26])
        if logical in ("time-millis", "time-micros"):
            return datetime.time.fromisoformat(form[:15])
        if logical == "date":
            return datetime.date.fromisoformat(form)
        if logical == "decimal":
            return decimal.Decimal(form)
        if logical == "uuid":
            return uuid.UUID(form).bytes if kind == "fixed" else uuid.UUID(form)
        if kind == "long":
            return int(form)
        if kind == "float":
            return struct.unpack(">f", bytes.fromhex(form))[0]
        if kind == "double":
            return struct.unpack(">d", bytes.fromhex(form))[0]
        if kind in ("bytes", "fixed"):
            return bytes.fromhex(form)
        return form
