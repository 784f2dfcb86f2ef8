"""The names of countries, for templates that hold a code."""

from django import template

from associations.countries import country_name

register = template.Library()
register.filter("country_name", country_name)
