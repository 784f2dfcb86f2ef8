"""A person's permissions are those that Django would find, in one query."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission

from accounts.backends import PeopleBackend
from accounts.models import User
from tests.factories import ReviewerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def person(kind: str) -> User:
    if kind == "reviewer":
        return ReviewerFactory()
    if kind == "platform admin":
        return UserFactory(is_superuser=True)
    user = UserFactory(is_active=kind != "inactive")
    own, of_the_group = Permission.objects.order_by("pk")[:2]
    group = Group.objects.create(name="Operators")
    group.permissions.add(own, of_the_group)
    user.groups.add(group)
    user.user_permissions.add(own)
    return user


@pytest.mark.parametrize("kind", ["reviewer", "platform admin", "operator", "inactive"])
def test_permissions_are_those_that_django_finds(kind: str):
    user = person(kind)

    found = PeopleBackend().get_all_permissions(User.objects.get(pk=user.pk))

    assert found == ModelBackend().get_all_permissions(User.objects.get(pk=user.pk))
    assert bool(found) is (kind != "inactive")


def test_they_are_asked_once(django_assert_num_queries):
    user = User.objects.get(pk=ReviewerFactory().pk)

    with django_assert_num_queries(1):
        assert user.has_perm("associations.review_claim")
        assert not user.has_perm("associations.delete_claim")
        assert user.has_module_perms("associations")


def test_a_stranger_and_a_single_row_have_none():
    assert PeopleBackend().get_all_permissions(AnonymousUser()) == set()
    assert PeopleBackend().get_all_permissions(ReviewerFactory(), obj=UserFactory()) == set()
