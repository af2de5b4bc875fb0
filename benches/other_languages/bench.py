"""Times fastavro on the messages of a folder, and prints a line of JSON for each operation."""

import io
import json
import statistics
import struct
import sys
import time
from pathlib import Path

from fastavro import parse_schema, schemaless_reader, schemaless_writer

ROUNDS = 7


def data(path):
    """The data of a workload: each is behind its length."""
    content = path.read_bytes()
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from("<I", content, at)
        yield content[at + 4 : at + 4 + length]
        at += 4 + length


def measure(items, handle):
    """The median time of a message."""
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter_ns()
        for item in items:
            handle(item)
        times.append((time.perf_counter_ns() - start) / len(items))
    return statistics.median(times[1:])


def main(folder):
    for path in sorted(folder.glob("*.bin")):
        workload = path.stem

        def schema(ending):
            return parse_schema(json.loads((folder / (workload + ending)).read_text()))

        def report(operation, items, handle):
            line = {"workload": workload, "operation": operation, "candidate": "fastavro (Python)"}
            print(json.dumps(line | {"median_ns": measure(items, handle)}), flush=True)

        encoded = list(data(path))
        writer = schema(".avsc")
        if (folder / (workload + ".reader.avsc")).exists():
            reader = schema(".reader.avsc")
            report("decode as version 2", encoded, lambda item: schemaless_reader(io.BytesIO(item), writer, reader))
            continue
        values = [schemaless_reader(io.BytesIO(item), writer, None) for item in encoded]

        def encode(value):
            out = io.BytesIO()
            schemaless_writer(out, writer, value)
            return out.getvalue()

        for value, expected in zip(values, encoded):
            if encode(value) != expected:
                raise SystemExit(f"{workload}: fastavro writes other bytes")
        report("encode", values, encode)
        report("decode to owned values", encoded, lambda item: schemaless_reader(io.BytesIO(item), writer, None))


main(Path(sys.argv[1]))
