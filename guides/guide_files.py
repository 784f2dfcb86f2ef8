"""Editions as YAML files, which people review in a diff and carry from one installation to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import models, transaction

from guides.fields import ListField, NamesField
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide

# The columns that a file states, in its order. `edition` and `product` are codes.
GUIDE = {"edition": "code", "title": "title", "valid_from": "valid_from", "source": "source", "note": "note"}
AREA = ("code", "name", "succeeds")
ACTIVITY = (
    "code",
    "area",
    "name",
    "choose_when",
    "choice_group",
    "grain",
    "program",
    "pays",
    "gives_recognition",
    "asks",
    "opt_out_business_days",
    "needs_validation",
    "review_business_days",
    "answer_business_days",
    "dispute_days",
    "late_filing_days",
    "least_seats",
    "template_required",
    "proof_age_months",
    "proof_elements",
    "signature_kinds",
    "sales_channels",
    "contact_policy",
)
PRODUCT = (
    "product",
    "area",
    "group",
    "name",
    "former_names",
    "synonyms",
    "is_dynamics_365",
    "activities",
    "counts_for_payment",
)
SECTIONS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "areas": (GuideArea, AREA),
    "activities": (GuideActivity, ACTIVITY),
    "products": (GuideProduct, PRODUCT),
}


class GuideFileRefused(Exception):
    """The file doesn't fit; the message begins with the line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"Line {line}: {problem}")
        self.line = line


class Dumper(yaml.SafeDumper):
    """Writes lists of texts on one line and indents lists of rows."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        is_of_texts = all(isinstance(each, str) for each in sequence)
        return super().represent_sequence(tag, sequence, flow_style=is_of_texts)


def exported(guide: ProgramGuide) -> str:
    """Return the edition as YAML."""
    head = {key: getattr(guide, column) for key, column in GUIDE.items()}
    rows = {
        "areas": [stated(row, AREA) for row in guide.areas.all()],
        "activities": [
            stated(row, ACTIVITY) | {"area": row.area.code, "program": row.program.code}
            for row in guide.activities.select_related("area", "program")
        ],
        "products": [
            stated(row, PRODUCT) | {"area": row.area.code, "product": row.product.code}
            for row in guide.products.select_related("area", "product")
        ],
    }
    parts = [head, *({name: section} for name, section in rows.items())]
    return "\n".join(
        yaml.dump(part, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False)
        for part in parts
    )


def stated(row: models.Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@dataclass(frozen=True)
class Stated:
    """One mapping of a file: its line, and the value and the line of each key."""

    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int]


@transaction.atomic
def import_guide(text: str) -> ProgramGuide:
    """Make a draft of the edition that the file says; raise GuideFileRefused."""
    head, sections = parsed(text)
    guide = ProgramGuide(**{column: typed(ProgramGuide, column, key, head) for key, column in GUIDE.items()})
    save(guide, head, names={column: key for key, column in GUIDE.items()})
    areas: dict[str, models.Model] = {}
    for row in sections["areas"]:
        area = GuideArea(guide=guide, position=len(areas), **columns_of(GuideArea, row))
        save(area, row)
        areas[area.code] = area
    for position, row in enumerate(sections["activities"]):
        links = {
            "area": found(areas, "area", row),
            "program": found(rows_by_code(GuideActivity, "program"), "program", row),
        }
        save(GuideActivity(guide=guide, position=position, **links, **columns_of(GuideActivity, row)), row)
    products = rows_by_code(GuideProduct, "product")
    for row in sections["products"]:
        links = {"area": found(areas, "area", row), "product": found(products, "product", row)}
        save(GuideProduct(guide=guide, **links, **columns_of(GuideProduct, row)), row)
    return guide


def parsed(text: str) -> tuple[Stated, dict[str, list[Stated]]]:
    """Return the head of the file and the rows of each section; raise GuideFileRefused."""
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise GuideFileRefused(line, "A character is not allowed in YAML.") from error
    try:
        head = mapping_of(loader, loader.get_single_node(), (*GUIDE, *SECTIONS))
        return head, {name: section_of(loader, name, head) for name in SECTIONS}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise GuideFileRefused(mark.line + 1 if mark else 1, error.problem or "This is not YAML.") from error
    finally:
        loader.dispose()


def mapping_of(loader: yaml.SafeLoader, node: Any, keys: Sequence[str]) -> Stated:
    """Return the mapping *node*, which has every one of *keys* once and no other."""
    if not isinstance(node, yaml.MappingNode):
        raise GuideFileRefused(line_of(node), "Keys with values are expected.")
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key not in keys:
            raise GuideFileRefused(line_of(key_node), f"{key} is not a key of an edition's file here.")
        if key in values:
            raise GuideFileRefused(line_of(key_node), f"{key} is stated twice.")
        is_section = key in SECTIONS and isinstance(value_node, yaml.SequenceNode) and "edition" in keys
        values[key] = value_node if is_section else constructed(loader, value_node)
        lines[key] = line_of(key_node)
    for key in keys:
        if key not in values:
            raise GuideFileRefused(line_of(node), f"{key} is missing.")
    return Stated(line_of(node), values, lines)


def constructed(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    """Return the value of *node*, or refuse one that only looks like a day, such as 2027-13-01."""
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:
        raise GuideFileRefused(line_of(node), f"{error}.") from error


def section_of(loader: yaml.SafeLoader, name: str, head: Stated) -> list[Stated]:
    """Return the rows of a section."""
    node = head.values[name]
    if not isinstance(node, yaml.SequenceNode):
        raise GuideFileRefused(head.lines[name], f"{name} is a list of rows.")
    return [mapping_of(loader, row, SECTIONS[name][1]) for row in node.value]


def line_of(node: Any) -> int:
    return node.start_mark.line + 1 if node is not None else 1


def columns_of(model: type[models.Model], row: Stated) -> dict[str, Any]:
    """Return the values of a row's own columns, without what points at another row."""
    own = [key for key in row.values if not model._meta.get_field(key).is_relation]
    return {key: typed(model, key, key, row) for key in own}


def typed(model: type[models.Model], column: str, key: str, row: Stated) -> Any:
    """Return the value of a key, or refuse one of another type than its column's: YAML reads `no` as false."""
    field, value = model._meta.get_field(column), row.values[key]
    if value is None and field.null:
        return None
    if not fits(field, value):
        raise GuideFileRefused(row.lines[key], f"{key}: {expected(field)} is expected.")
    return value


def fits(field: Any, value: Any) -> bool:
    if isinstance(field, NamesField):
        return isinstance(value, dict) and all(
            code in LANG_INFO and isinstance(text, str) for code, text in value.items()
        )
    if isinstance(field, ListField):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(field, models.IntegerField):
        return isinstance(value, int) and not isinstance(value, bool)
    kinds = {models.BooleanField: bool, models.DateField: date}
    kind = next((kind for column, kind in kinds.items() if isinstance(field, column)), str)
    return isinstance(value, kind)


def expected(field: Any) -> str:
    if isinstance(field, NamesField):
        return "a text for each language"
    if isinstance(field, ListField):
        return "a list of texts"
    if isinstance(field, models.IntegerField):
        return "a whole number"
    words = {models.BooleanField: "true or false", models.DateField: "a day such as 2027-07-01"}
    return next((text for column, text in words.items() if isinstance(field, column)), "a text")


def rows_by_code(model: type[models.Model], name: str) -> Mapping[str, models.Model]:
    """Return the rows that a column can point at, by their code."""
    related: Any = model._meta.get_field(name).related_model
    return {row.code: row for row in related._default_manager.all()}


def found(rows: Mapping[str, models.Model], key: str, row: Stated) -> Any:
    code = row.values[key]
    if not isinstance(code, str) or code not in rows:
        raise GuideFileRefused(row.lines[key], f"{key}: {code} is not known.")
    return rows[code]


def save(instance: models.Model, row: Stated, *, names: Mapping[str, str] | None = None) -> None:
    """Check a row as the admin's pages do and save it, or refuse it with the line of what is wrong."""
    try:
        instance.full_clean()
    except ValidationError as error:
        for name, problems in error.message_dict.items():
            key = (names or {}).get(name, name)
            line = row.lines.get(key, row.line)
            raise GuideFileRefused(
                line, f"{key}: {' '.join(problems)}" if key in row.lines else " ".join(problems)
            ) from error
    instance.save()
