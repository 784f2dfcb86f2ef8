"""The words of help pages in every language, in which a dry run looks for names that an edition gives up."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.urls import reverse
from django.utils.translation import gettext, override

if TYPE_CHECKING:
    from django.template.backends.django import Template

# By the name of its address, the template of each help page that speaks of programs.
HELP_PAGES = {
    "help_activity": "help/activity.html",
    "help_proof": "help/proof.html",
    "help_mpn_id": "help/mpn_id.html",
    "help_find_ids": "help/find_ids.html",
}


def texts_of_help() -> Mapping[str, str]:
    """Return the words of each help page by its address, in all languages, folded."""
    return {reverse(name): " ".join(words_on(template)).casefold() for name, template in HELP_PAGES.items()}


def words_on(template_name: str) -> Iterator[str]:
    """Yield each sentence of a template in each language."""
    nodes = cast("Template", get_template(template_name)).template.nodelist
    sentences: list[str] = []
    # Both kinds of node and what they hold are untyped.
    node: Any
    for node in nodes.get_nodes_by_type(TranslateNode):
        # A template that was rendered has a variable in place of the text.
        text = node.filter_expression.var
        sentences.append(str(getattr(text, "literal", text)))
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        sentences += [node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural) if tokens]
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield from map(gettext, sentences)


def says(text: str, word: str) -> bool:
    """Return whether *text* has *word* as a whole word."""
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text) is not None
