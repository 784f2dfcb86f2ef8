"""Pages of an edition's rows, as a browser posts them."""

from typing import Any

from django.urls import reverse

from guides.models import GuideActivity, GuideArea, GuideProduct


def posted(row: GuideArea | GuideActivity | GuideProduct, client: Any) -> dict[str, object]:
    """Return what the row's page would post when nothing was changed."""
    form = client.get(reverse(f"admin:guides_{row._meta.model_name}_change", args=[row.pk])).context["adminform"].form
    data: dict[str, object] = {}
    for bound in form:
        value = bound.value()
        if hasattr(bound.field.widget, "decompress"):
            parts = bound.field.widget.decompress(value)
            data |= {
                f"{bound.html_name}_{code}": part for code, part in zip(bound.field.languages, parts, strict=True)
            }
        elif value is not None and value is not False:
            data[bound.html_name] = value
    return data
