"""Domain names and email addresses as people read them, in pages and emails."""

from django import template

from accounts.text import readable

register = template.Library()

register.filter("domain_in_full", readable.domain_in_full)
register.filter("address_in_full", readable.address_in_full)
