"""Sends and reads messages with confluent-kafka and its Avro serializers. The page beside this folder has the jobs."""

import io
import json
import os
import platform
import struct
import sys
from importlib.metadata import version

import confluent_kafka
import fastavro
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

import normal_form

BROKERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
REGISTRY = SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]})
# How long the next record may take, in seconds.
PATIENCE = 60


class Confluent:
    """A zero, four bytes of schema id, and the datum: what Confluent's serializers write and read."""

    def __init__(self, topic, field):
        self.context = SerializationContext(topic, field)
        self.schema = latest(topic, field)[1]
        self.reader = AvroDeserializer(REGISTRY, return_record_name=True)
        settings = {"auto.register.schemas": False, "use.latest.version": True}
        self.writer = AvroSerializer(REGISTRY, json.dumps(self.schema.source), conf=settings)

    def write(self, value):
        return self.writer(value, self.context)

    def read(self, payload):
        return self.reader(payload, self.context)


class Bare:
    """Four bytes of schema id and the datum, as services write it by hand."""

    def __init__(self, topic, field):
        self.id, self.schema = latest(topic, field)

    def write(self, value):
        return struct.pack(">I", self.id) + datum(self.schema, value)

    def read(self, payload):
        (schema_id,) = struct.unpack(">I", payload[:4])
        schema = normal_form.Schema(json.loads(REGISTRY.get_schema(schema_id).schema_str))
        return fastavro.schemaless_reader(io.BytesIO(payload[4:]), schema.parsed, return_record_name=True)


FRAMINGS = {"confluent": Confluent, "bare": Bare}


def latest(topic, field):
    """The newest schema of a topic's values or keys, and its id."""
    found = REGISTRY.get_latest_version(f"{topic}-{field}")
    return found.schema_id, normal_form.Schema(json.loads(found.schema.schema_str))


def datum(schema, value):
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema.parsed, value)
    return buffer.getvalue()


def framings(job):
    """How keys are framed, or `None` for text, and how values are."""
    framing = FRAMINGS[job["framing"]]
    keys = framing(job["topic"], MessageField.KEY) if job["keys"] == "avro" else None
    return keys, framing(job["topic"], MessageField.VALUE)


def produce(job):
    keys, values = framings(job)
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": BROKERS, "compression.codec": job["codec"], "linger.ms": 20}
    )
    failed = []
    for message in job["messages"]:
        key = message["key"].encode() if keys is None else keys.write(keys.schema.native(message["key"]))
        value = message["value"]
        value = None if value is None else values.write(values.schema.native(value))
        producer.produce(job["topic"], value, key, on_delivery=lambda error, _: error and failed.append(error))
    if producer.flush(PATIENCE) or failed:
        raise RuntimeError(f"not delivered: {failed[:3]}")
    return {"sent": len(job["messages"])}


def consume(job):
    keys, values = framings(job)
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": BROKERS, "group.id": job["topic"], "enable.partition.eof": True}
    )
    consumer.assign([confluent_kafka.TopicPartition(job["topic"], 0, confluent_kafka.OFFSET_BEGINNING)])
    messages = []
    while True:
        record = consumer.poll(PATIENCE)
        if record is None:
            raise RuntimeError(f"no record within {PATIENCE} s after {len(messages)}")
        if record.error():
            if record.error().code() == confluent_kafka.KafkaError._PARTITION_EOF:
                break
            raise RuntimeError(str(record.error()))
        key = record.key().decode() if keys is None else keys.schema.normal(keys.read(record.key()))
        message = {"key": key, "value": None, "datum": None}
        if record.value() is not None:
            value = values.read(record.value())
            message["value"] = values.schema.normal(value)
            message["datum"] = datum(values.schema, value).hex()
        messages.append(message)
    consumer.close()
    return {"messages": messages}


def versions(_job):
    libraries = ["confluent-kafka", "fastavro"]
    return {
        "language": f"Python {platform.python_version()}",
        "libraries": ", ".join(f"{library} {version(library)}" for library in libraries),
    }


JOBS = {"versions": versions, "produce": produce, "consume": consume}

for line in sys.stdin:
    try:
        job = json.loads(line)
        answer = JOBS[job["do"]](job)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
