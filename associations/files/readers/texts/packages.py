"""The parts of an Office package, bounded; XML without document types and entities."""

import codecs
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

MEGABYTE = 1024 * 1024
LARGEST_PART = 60 * MEGABYTE
MOST_PARTS = 5_000
PALE = "89abcdefABCDEF"

for _codec in ("cp437", "utf-8", "utf-16", "utf-16-le", "latin-1"):
    codecs.lookup(_codec)
# Loaded here, as the child can load nothing later.
etree.fromstring(b"<a/>")


class Damaged(ValueError):
    """The package is not what its kind says."""


def root_of(package: zipfile.ZipFile, name: str) -> Any:
    """Return the root element of a part; raise Damaged where there is none."""
    try:
        with package.open(name) as part:
            data = part.read(LARGEST_PART + 1)
    except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise Damaged from error
    if len(data) > LARGEST_PART:
        raise Damaged
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    root = etree.fromstring(data, parser)
    if root is None or root.getroottree().docinfo.doctype:
        raise Damaged
    return root


def names_like(package: zipfile.ZipFile, start: str) -> list[str]:
    """Return the names of the XML parts that begin so, the lower numbers first."""
    names = [name for name in package.namelist()[:MOST_PARTS] if name.startswith(start) and name.endswith(".xml")]
    return sorted(names, key=lambda name: (len(name), name))


def links_of(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return the relationships of a part: by ID the last word of their type, and the part they lead to."""
    folder, name = posixpath.split(part)
    links = posixpath.join(folder, "_rels", f"{name}.rels")
    if links not in package.namelist():
        return {}
    found = {}
    for each in root_of(package, links):
        if isinstance(each.tag, str) and each.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
            found[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], target)
    return found


def local(element: Any) -> str:
    """Return the name of an element without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(element: Any, *names: str) -> Iterator[Any]:
    """Yield the elements below with one of these names, whatever their namespace."""
    for each in element.iter():
        if local(each) in names:
            yield each


def child(element: Any, name: str) -> Any:
    """Return the first direct child of this name, or None."""
    return next((each for each in element if local(each) == name), None)


def value(element: Any, name: str) -> str:
    """Return an attribute, whatever its namespace."""
    if element is None:
        return ""
    return next((str(found) for key, found in element.attrib.items() if key.rpartition("}")[2] == name), "")


def signed_digitally(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield who signed the package, in the words of the certificate, and the day (ISO)."""
    for name in names_like(package, "_xmlsignatures/sig"):
        root = root_of(package, name)
        words = [each.text or "" for each in named(root, "X509SubjectName", "X509IssuerName", "SignatureText")]
        days = [each.text or "" for each in named(root, "SigningTime", "Value") if (each.text or "")[:2] == "20"]
        yield " | ".join(words)[:2000], days[0][:10] if days else ""


def is_pale(color: str) -> bool:
    """Return whether a color in hexadecimal digits can't be told from white paper."""
    color = color.strip().lstrip("#")[-6:]
    return len(color) == 6 and all(color[each] in "fF" and color[each + 1] in PALE for each in (0, 2, 4))
