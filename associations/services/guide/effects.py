"""The effects of an edition on what is there: drafts, saved views, and the words of sheets and help pages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import parse_qs

from associations.choices import ClaimStatus
from associations.models import Claim, SavedView
from associations.models.claim_queries import ClaimQuerySet
from associations.services.guide.help_words import says, texts_of_help
from guides.comparison import Change, Difference, Row, differences
from guides.editions import Activity, Edition, Product

DRAFTS_AT_ONCE = 500
DRAFTS_NAMED = 20


@dataclass(frozen=True)
class LostWord:
    """A word that the edition doesn't have any more, and the addresses of the help pages that say it."""

    word: str
    pages: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class DraftEffect:
    """An open draft that an edition touches: its answers that are no longer offered, and its rules that change.

    Names are those of the edition in which the draft was begun.
    """

    draft: Claim
    lost_area: str
    lost_activities: tuple[str, ...]
    lost_products: tuple[str, ...]
    changed: tuple[Difference, ...]

    @property
    def needs_answers(self) -> bool:
        """True if the draft states something that the edition doesn't offer."""
        return bool(self.lost_area or self.lost_activities or self.lost_products)


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The effects of an edition: how many drafts and views there are, those touched, and words without a meaning."""

    differences: Sequence[Difference]
    draft_count: int
    touched_count: int
    needing_answers: int
    needing_an_activity: int
    named_drafts: Sequence[DraftEffect]
    view_count: int
    lost_views: Sequence[SavedView]
    following_views: int
    lost_words: Sequence[LostWord]


def effects_of(after: Edition, *, before: Edition) -> Effects:
    """Return what would change if *after* followed *before* now. Writes nothing."""
    found = differences(before, after)
    drafts = with_answers(Claim.objects.filter(status=ClaimStatus.DRAFT))
    count = touched = needing = activity = 0
    named: list[DraftEffect] = []
    for draft in drafts.iterator(chunk_size=DRAFTS_AT_ONCE):
        count += 1
        effect = effect_on(draft, found, before=before, after=after)
        if effect is None:
            continue
        touched += 1
        needing += effect.needs_answers
        activity += bool(effect.lost_area or effect.lost_activities)
        if effect.needs_answers and len(named) < DRAFTS_NAMED:
            named.append(effect)
    views = list(SavedView.objects.select_related("partner"))
    return Effects(
        differences=found,
        draft_count=count,
        touched_count=touched,
        needing_answers=needing,
        needing_an_activity=activity,
        named_drafts=named,
        view_count=len(views),
        lost_views=[view for view in views if finds_nothing(view, after)],
        following_views=sum(follows_a_successor(view, after) for view in views),
        lost_words=lost_words(found, before=before, after=after),
    )


def with_answers(drafts: ClaimQuerySet) -> ClaimQuerySet:
    """Return *drafts* with what `effect_on` reads of them, in two queries."""
    return drafts.select_related("tenant").prefetch_related("items__product")


def effects_on(drafts: Iterable[Claim], *, before: Edition, after: Edition) -> list[DraftEffect]:
    """Return the effects on those of *drafts*, read by `with_answers`, that the edition *after* touches."""
    found = differences(before, after)
    effects = (effect_on(draft, found, before=before, after=after) for draft in drafts)
    return [effect for effect in effects if effect is not None]


def effect_on(draft: Claim, found: Sequence[Difference], *, before: Edition, after: Edition) -> DraftEffect | None:
    """Return the effect on one draft, or None if the edition changes nothing for it."""
    codes = set(draft.activity_codes)
    products = {item.product.code for item in draft.items.all()}
    open_to = {product.code for product in after.products if codes & product.activities}
    had = {product.code for product in before.products if codes & product.activities}
    gone = (products & had) - open_to
    effect = DraftEffect(
        draft=draft,
        lost_area=lost_area(draft.solution_area, before=before, after=after),
        lost_activities=tuple(
            str(activity.name)
            for activity in before.activities_named(codes)
            if not after.activities_named([activity.code])
        ),
        lost_products=tuple(product.name for product in before.products if product.code in gone),
        changed=tuple(
            each
            for each in found
            if each.change is Change.CHANGED and concerns(each, activities=codes, products=products)
        ),
    )
    return effect if effect.needs_answers or effect.changed else None


def lost_area(code: str, *, before: Edition, after: Edition) -> str:
    """Return the name of an area that the edition neither has nor replaces, or an empty text."""
    stays = not code or code in after.area_names or after.successor_of(code) is not None
    return "" if stays else before.area_name(code)


def concerns(each: Difference, *, activities: set[str], products: set[str]) -> bool:
    if isinstance(each.row, Activity):
        return each.row.code in activities
    return isinstance(each.row, Product) and each.row.code in products


def filters_of(view: SavedView) -> tuple[str, str]:
    """Return the solution area and the kind of activity that a saved view filters by; empty texts for none."""
    query = parse_qs(view.query)
    return query.get("area", [""])[-1], query.get("activity", [""])[-1]


def kinds_of(edition: Edition) -> set[str]:
    """Return the kinds of activity as addresses name them: "usage" of M365_USAGE."""
    return set(edition.kinds)


def finds_nothing(view: SavedView, after: Edition) -> bool:
    """Return whether a view filters by an area or a kind of activity that the edition doesn't have or succeed."""
    area, kind = filters_of(view)
    areas = {*after.area_names, *chain.from_iterable(each.succeeds for each in after.areas)}
    return bool((area and area not in areas) or (kind and kind not in kinds_of(after)))


def follows_a_successor(view: SavedView, after: Edition) -> bool:
    """Return whether a view filters by an area that another one succeeds."""
    area, _kind = filters_of(view)
    return after.successor_of(area) is not None


def words_lost(found: Iterable[Difference], *, before: Edition, after: Edition) -> Iterator[str]:
    """Yield the words of rows that end or are renamed and that no row of *after* has: sheets and help may say them.

    They are the names in every language, other names of products, and codes.
    """
    kept = {word.casefold() for row in rows_of(after) for word in words_of(row)}
    changed = {(type(each.row), each.row.code) for each in found if each.change is not Change.ADDED}
    for row in rows_of(before):
        if (type(row), row.code) in changed:
            yield from (word for word in words_of(row) if word.casefold() not in kept)


def rows_of(edition: Edition) -> Iterator[Row]:
    yield from edition.areas
    yield from edition.activities
    yield from edition.products


def words_of(row: Row) -> Iterator[str]:
    """Yield what a sheet or a help page may call a row."""
    if isinstance(row, Product):
        yield from (row.name, *row.former_names, *row.synonyms)
    else:
        yield from row.name.texts.values()
    yield row.code


def lost_words(found: Sequence[Difference], *, before: Edition, after: Edition) -> list[LostWord]:
    """Return the words that lose their meaning, each with the help pages that say it in any language."""
    pages = texts_of_help()
    words = dict.fromkeys(words_lost(found, before=before, after=after))
    return [LostWord(word, [page for page, text in pages.items() if says(text, word)]) for word in words]
