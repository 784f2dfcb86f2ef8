"""The reviewer's desk, and the reference data in the platform admin's hands."""

from associations.admin import claims, reference

__all__ = ["claims", "reference"]
