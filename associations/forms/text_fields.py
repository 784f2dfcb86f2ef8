"""A text box: its limit counts letters the way the browser does."""

from typing import Any

from django import forms

from accounts.text.form_fields import TextField


class LongTextField(TextField):
    """A text of several lines, at most *max_length* letters long; each line break counts as one.

    Browsers count a line break as one letter and send it as two (HTML: the value of a textarea is normalized when it
    is submitted). Only the one is counted and stored.
    """

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        text = str(value).replace("\r\n", "\n").replace("\r", "\n") if value else value
        return str(super().to_python(text))
