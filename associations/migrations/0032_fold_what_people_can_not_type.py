import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import migrations, transaction

from accounts.text.readable import in_own_letters
from accounts.text.search_keys import domain_key, search_key

ROWS_READ = 5_000
ROWS_LOCKED = 200
NUMBER = "CPOR-{:07d}"
# Of ASCII texts, the keys of these alone may change; an acute accent by itself became a space.
TELLING = ("xn--", "`", "\u00b4")

Keys = Callable[[Sequence[int]], dict[int, str]]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A column of search keys, the columns it is made of, and what its rows should hold."""

    model: Any
    column: str
    made_of: tuple[str, ...]
    keys: Keys


def fold_everything(apps: Any, schema_editor: Any) -> None:
    """Bring every stored search key up to the rule of `accounts.text.search_keys`."""
    for stored in columns(apps, text_key=search_key, name_key=domain_key, letters_of=in_own_letters):
        refold(stored, may_change=may_change)


def fold_as_before(apps: Any, schema_editor: Any) -> None:
    """Write the keys that the release before looks for."""
    for stored in columns(apps, text_key=key_before, name_key=str, letters_of=str):
        refold(stored, may_change=lambda texts: True)


def key_before(text: str) -> str:
    """Return *text* as it was searched before: without accents and case."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def may_change(texts: Sequence[str]) -> bool:
    """Return whether the key made of *texts* can be another one than the stored key, the first of them."""
    return any(not text.isascii() or any(sign in text for sign in TELLING) for text in texts) or not texts[0]


def columns(apps: Any, *, text_key: Any, name_key: Any, letters_of: Any) -> Iterator[Stored]:
    """Yield every column of search keys; *letters_of* is what a domain name is found by besides."""
    for model_name, of, key in (
        ("Partner", "name", text_key),
        ("CustomerTenant", "name", text_key),
        ("TenantDomain", "domain_name", name_key),
    ):
        model = apps.get_model("associations", model_name)
        yield Stored(model=model, column="folded_name", made_of=(of,), keys=keys_of_names(model, of, key))
    claims, items = apps.get_model("associations", "Claim"), apps.get_model("associations", "ClaimedProduct")
    yield Stored(
        model=claims,
        column="search_text",
        made_of=("name", "tenant__name"),
        keys=keys_of_claims(claims, items, text_key=text_key, letters_of=letters_of),
    )


def keys_of_names(model: Any, of: str, key: Callable[[str], str]) -> Keys:
    def keys(pks: Sequence[int]) -> dict[int, str]:
        return {pk: key(name) for pk, name in model.objects.filter(pk__in=pks).values_list("pk", of)}

    return keys


def keys_of_claims(
    claims: Any, items: Any, *, text_key: Callable[[str], str], letters_of: Callable[[str], str]
) -> Keys:
    def keys(pks: Sequence[int]) -> dict[int, str]:
        texts = {}
        facts = ("pk", "name", "domain_name", "tenant__name", "tenant__tenant_id")
        for pk, name, domain, customer, tenant_id in claims.objects.filter(pk__in=pks).values_list(*facts):
            texts[pk] = [NUMBER.format(pk), name, domain, customer, str(tenant_id)]
        letters = {pk: letters_of(parts[2]) for pk, parts in texts.items()}
        named = items.objects.filter(claim__in=pks, subscription__isnull=False).order_by("product__name", "pk")
        for pk, subscription_id in named.values_list("claim_id", "subscription__subscription_id"):
            texts[pk].append(str(subscription_id))
        for pk, parts in texts.items():
            parts += [letters[pk]] if letters[pk] != parts[2] else []
        return {pk: text_key(" ".join(parts)) for pk, parts in texts.items()}

    return keys


def refold(stored: Stored, *, may_change: Callable[[Sequence[str]], bool]) -> None:
    """Write the column anew where it changes, in small transactions that lock few rows; safe to run again."""
    objects, last = stored.model.objects, 0
    while rows := list(
        objects.filter(pk__gt=last).order_by("pk").values_list("pk", stored.column, *stored.made_of)[:ROWS_READ]
    ):
        suspects = [pk for pk, *texts in rows if may_change(texts)]
        for start in range(0, len(suspects), ROWS_LOCKED):
            rewrite(stored, suspects[start : start + ROWS_LOCKED])
        last = rows[-1][0]


@transaction.atomic
def rewrite(stored: Stored, pks: Sequence[int]) -> None:
    """Write the keys of the rows *pks*, locked before they are read so that nothing saved meanwhile is lost."""
    locked = stored.model.objects.filter(pk__in=pks).order_by("pk").select_for_update()
    rows = list(locked.only("pk", stored.column))
    keys = stored.keys([row.pk for row in rows])
    changed = [row for row in rows if getattr(row, stored.column) != keys[row.pk]]
    for row in changed:
        setattr(row, stored.column, keys[row.pk])
    stored.model.objects.bulk_update(changed, [stored.column])


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("associations", "0031_domains_are_found_in_their_letters")]

    operations: ClassVar = [migrations.RunPython(fold_everything, fold_as_before)]
