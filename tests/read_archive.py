"""Reads the archive that `cargo run --example archive -- --out FILE` writes, with fastavro: every event must be the one that was written.

Usage: read_archive.py FILE COUNT
"""

import datetime
import sys

import fastavro

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def event(number):
    """The event of this number, by the same rule as in examples/archive.rs."""
    milliseconds = 1_760_000_000_000 + number * 250
    return {
        "timestamp": EPOCH + datetime.timedelta(milliseconds=milliseconds),
        "level": ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"][number % 5],
        "service": ["api", "billing", "größe"][number % 3],
        "message": f"request {number} took {number % 911} ms",
        "labels": {"pod": f"api-{number % 7}"} if number % 3 == 0 else {},
        "traceId": f"{number:032x}" if number % 2 == 0 else None,
    }


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    read = 0
    with open(path, "rb") as file:
        for number, found in enumerate(fastavro.reader(file)):
            if found != event(number):
                sys.exit(f"event {number} is {found}, not {event(number)}")
            read += 1
    if read != count:
        sys.exit(f"the archive holds {read} events, not {count}")
    print(f"fastavro {fastavro.__version__} read {read} events, each as it was written")


main()
