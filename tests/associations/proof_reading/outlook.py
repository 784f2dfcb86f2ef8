"""Messages as Outlook saves them, made in memory: compound files with whole chains, also of small streams."""

import struct
from collections.abc import Mapping

from tests.files import END_OF_CHAIN, FREE, NOTHING, directory_entry

SECTOR, SMALL_SECTOR, SMALL = 512, 64, 4096
OF_THE_TABLE = 0xFFFFFFFD
SUBJECT, SENDER, TEXT, PAGE = "0037", "0C1A", "1000", "1013"


def message_of(
    text: str = "", *, subject: str = "", page: bytes = b"", attached: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a message with its subject, its text or page, and attachments by their names."""
    streams = {"__properties_version1.0": bytes(32), named(SUBJECT): wide(subject), named(TEXT): wide(text)}
    if page:
        streams["__substg1.0_10130102"] = page
    storages = {
        f"__attach_version1.0_#{number:08X}": {named("3707"): wide(name), "__substg1.0_37010102": content}
        for number, (name, content) in enumerate((attached or {}).items())
    }
    return compound(streams, storages)


def named(property_: str) -> str:
    return f"__substg1.0_{property_}001F"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def compound(streams: Mapping[str, bytes], storages: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """Return a compound file with these streams at the top, and storages with streams of their own."""
    contents = [*streams.values(), *(content for inner in storages.values() for content in inner.values())]
    small = [content for content in contents if len(content) < SMALL]
    small_table = table_of([blocks(content, SMALL_SECTOR) for content in small])
    small_data = b"".join(padded(content, SMALL_SECTOR) for content in small)
    count = 1 + len(streams) + sum(1 + len(inner) for inner in storages.values())
    directory_size = padded_size(128 * count)
    parts = [
        bytes(directory_size),
        padded(struct.pack(f"<{len(small_table)}I", *small_table), SECTOR),
        padded(small_data, SECTOR),
        *(padded(content, SECTOR) for content in contents if len(content) >= SMALL),
    ]
    sizes = [len(part) // SECTOR for part in parts]
    in_table = 1
    while in_table * 128 < in_table + sum(sizes):
        in_table += 1
    table = [OF_THE_TABLE] * in_table + table_of(sizes, first=in_table)
    table += [FREE] * (in_table * 128 - len(table))
    starts = [in_table + sum(sizes[:number]) for number in range(len(sizes))]
    small_starts, large_starts = iter(places(small, SMALL_SECTOR)), iter(starts[3:])
    entries = [directory_entry("Root Entry", kind=5, child=1, start=starts[2], size=len(small_data))]

    def add(level: Mapping[str, bytes | Mapping[str, bytes]]) -> None:
        first = len(entries)
        own = list(level)
        inner_at = first + len(own)
        for number, name in enumerate(own):
            content = level[name]
            right = first + number + 1 if number + 1 < len(own) else NOTHING
            if isinstance(content, bytes):
                start = next(small_starts if len(content) < SMALL else large_starts)
                entries.append(directory_entry(name, kind=2, right=right, start=start, size=len(content)))
            else:
                entries.append(directory_entry(name, kind=1, right=right, child=inner_at))
                inner_at += len(content)
        for inner in level.values():
            if not isinstance(inner, bytes):
                add(inner)

    add({**streams, **storages})
    parts[0] = b"".join(entries).ljust(directory_size, b"\0")
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<5I", in_table, starts[0], 0, SMALL, starts[1] if small else END_OF_CHAIN)
    header += struct.pack("<3I", sizes[1], END_OF_CHAIN, 0)
    header += struct.pack("<109I", *range(in_table), *[FREE] * (109 - in_table))
    return header + struct.pack(f"<{len(table)}I", *table) + b"".join(parts)


def blocks(content: bytes, size: int) -> int:
    return -(-len(content) // size)


def padded(content: bytes, size: int) -> bytes:
    return content + bytes(-len(content) % size)


def padded_size(size: int) -> int:
    return size + -size % SECTOR


def table_of(lengths: list[int], *, first: int = 0) -> list[int]:
    """Return the chains of pieces of these lengths, one behind the other."""
    table: list[int] = []
    for length in lengths:
        begin = first + len(table)
        table += [*range(begin + 1, begin + length), END_OF_CHAIN] if length else []
    return table


def places(contents: list[bytes], size: int) -> list[int]:
    """Return the sector with which each of the contents begins."""
    ends = 0
    found = []
    for content in contents:
        found.append(ends)
        ends += blocks(content, size)
    return found
