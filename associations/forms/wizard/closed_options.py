"""A pick-list that shows what can't be chosen, beside what can."""

from typing import Any

from django import forms


class SelectWithClosedOptions(forms.Select):
    """A pick-list in which the options *closed*, by their values, are shown and can't be chosen."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option
