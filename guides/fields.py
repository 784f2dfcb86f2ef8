"""Columns of an edition: texts per language, and lists of texts. Each is JSON, with a form field of its own."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from guides.names import FALLBACK

LONGEST_TEXT = 500


class NamesWidget(forms.MultiWidget):
    """One input for each language that the portal offers, with the language as its label."""

    use_fieldset = True

    def __init__(self, *, is_long: bool = False, attrs: dict[str, Any] | None = None) -> None:
        self.languages = [code for code, _name in settings.LANGUAGES]
        one: type[forms.Widget] = forms.Textarea if is_long else forms.TextInput
        shape = {"rows": 2} if is_long else {"size": 60}
        super().__init__({code: one(attrs={"lang": code, **shape}) for code in self.languages}, attrs)

    def decompress(self, value: Any) -> list[str]:
        names = value if isinstance(value, dict) else {}
        return [names.get(code, "") for code in self.languages]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        context = self.get_context(name, value, attrs)
        labels = [label for _code, label in settings.LANGUAGES]
        inputs = [
            (label, part["attrs"].get("id", ""), widget.render(part["name"], part["value"], part["attrs"], renderer))
            for label, part, widget in zip(labels, context["widget"]["subwidgets"], self.widgets, strict=True)
        ]
        return render_to_string("guides/names_widget.html", {"inputs": inputs})


class NamesFormField(forms.MultiValueField):
    """A text per language; English is required where the text is, the others fall back to it."""

    def __init__(self, *, is_long: bool = False, required: bool = True, **options: Any) -> None:
        self.languages = [code for code, _name in settings.LANGUAGES]
        fields = [
            forms.CharField(required=required and code == FALLBACK, max_length=LONGEST_TEXT) for code in self.languages
        ]
        options.setdefault("error_messages", {"incomplete": _("Enter the text in English.")})
        super().__init__(
            fields, required=required, require_all_fields=False, widget=NamesWidget(is_long=is_long), **options
        )

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return {code: text for code, text in zip(self.languages, data_list, strict=False) if text}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is stated alone: an empty text and none are the same."""
        before = {code: text for code, text in (initial or {}).items() if text}
        return before != self.compress([str(text or "") for text in data or []])


class NamesField(models.JSONField):
    """A text per language, as `guides.names` reads it. Texts in languages that aren't offered are kept."""

    def __init__(self, *args: Any, is_long: bool = False, **options: Any) -> None:
        self.is_long = is_long
        super().__init__(*args, **{"default": dict, **options})

    def formfield(self, **options: Any) -> forms.Field:
        """Return one input for each offered language."""
        return NamesFormField(
            is_long=self.is_long, required=not self.blank, label=capfirst(self.verbose_name), help_text=self.help_text
        )


class CodesFormField(forms.CharField):
    """Codes, separated by commas or spaces."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=True, empty_value="", **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [part for part in str(value or "").replace(",", " ").split() if part]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Leave the length of a list alone: the validators of a text are about letters."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


class LinesFormField(CodesFormField):
    """Names, one a line: a name may have spaces and commas."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


class ListField(models.JSONField):
    """A list of texts; with *codes*, of those alone."""

    def __init__(
        self, *args: Any, codes: type[models.TextChoices] | None = None, are_names: bool = False, **options: Any
    ) -> None:
        self.codes, self.are_names = codes, are_names
        super().__init__(*args, **{"default": list, **options})

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        unknown = [each for each in value if self.codes is not None and each not in self.codes.values]
        if unknown:
            raise ValidationError(_("Unknown: %(codes)s") % {"codes": ", ".join(unknown)})

    def formfield(self, **options: Any) -> forms.Field:
        """Return a box for each code, or a text of codes or of names."""
        shown: dict[str, Any] = {
            "required": not self.blank,
            "label": capfirst(self.verbose_name),
            "help_text": self.help_text,
        }
        if self.codes is not None:
            return forms.MultipleChoiceField(choices=self.codes.choices, widget=forms.CheckboxSelectMultiple, **shown)
        return LinesFormField(**shown) if self.are_names else CodesFormField(**shown)
