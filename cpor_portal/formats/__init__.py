"""Formats of days in the admin, as the portal's own pages write them."""
