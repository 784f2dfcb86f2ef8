"""Asks DNS for the texts of a name, and says why there are none."""

from collections.abc import Callable
from functools import cache
from ipaddress import ip_address

import dns.exception
import dns.name
import dns.resolver

# Returns every TXT record of a name, or none for a name without; raises NoAnswer.
Texts = Callable[[str], list[str]]
SECONDS = 5.0


class NoAnswer(Exception):
    """No name server answered, or the answer was an error: nothing is known about the name."""


class BadServer(ValueError):
    """The text isn't the address of a name server."""


def texts_from(server: str = "") -> Texts:
    """Return a function that asks *server*, such as 192.0.2.53 or 127.0.0.1:5353, or the servers of this computer.

    Raise BadServer.
    """
    resolver = resolver_at(server)

    @cache
    def texts(name: str) -> list[str]:
        try:
            answer = resolver.resolve(dns.name.from_text(name), "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, UnicodeError, OSError) as error:
            raise NoAnswer(f"DNS gave no answer about {name} ({type(error).__name__}): try again") from error
        return [b"".join(record.strings).decode(errors="replace") for record in answer]

    return texts


def resolver_at(server: str) -> dns.resolver.Resolver:
    try:
        resolver = dns.resolver.Resolver(configure=not server)
    except dns.exception.DNSException as error:
        raise BadServer("This computer names no name server: name one.") from error
    resolver.lifetime = SECONDS
    if server:
        host, _colon, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "")
        try:
            resolver.nameservers = [str(ip_address(host))]
            resolver.port = int(port or 53)
        except ValueError as error:
            raise BadServer(f"{server!r} is no address of a name server, such as 192.0.2.53.") from error
    return resolver
