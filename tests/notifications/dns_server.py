"""A name server for tests: answers TXT over UDP on this computer, from a dict."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENT, BROKEN = "silent", "broken"


def answer_to(question: bytes, texts: Mapping[str, list[str] | str]) -> bytes | None:
    """Return the answer to one question, or None to say nothing."""
    asked = dns.message.from_wire(question)
    name = asked.question[0].name.to_text(omit_final_dot=True).lower()
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.RA
    found = texts.get(name)
    if found == SILENT:
        return None
    if found == BROKEN:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif found is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif isinstance(found, str):
        reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{found}."))
        reply.answer.append(text_records(found, list(texts[found])))
    elif found:
        reply.answer.append(text_records(name, found))
    return reply.to_wire(max_size=65535)


def text_records(name: str, texts: list[str]) -> dns.rrset.RRset:
    """Return TXT records; a text is cut into strings of 255 bytes, as long keys are."""
    parts = [" ".join(f'"{text[n : n + 255]}"' for n in range(0, len(text), 255)) for text in texts]
    return dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *parts)


@contextmanager
def name_server(texts: Mapping[str, list[str] | str]) -> Iterator[str]:
    """Serve *texts* by name, and yield the server's address; a text in place of a list is the target of an alias."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.1)
        is_over = threading.Event()
        thread = threading.Thread(target=serve, args=(listener, texts, is_over))
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            is_over.set()
            thread.join()


def serve(listener: socket.socket, texts: Mapping[str, list[str] | str], is_over: threading.Event) -> None:
    while not is_over.is_set():
        try:
            question, asker = listener.recvfrom(65535)
        except TimeoutError:
            continue
        if answer := answer_to(question, texts):
            listener.sendto(answer, asker)
