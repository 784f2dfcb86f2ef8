"""Italian days as the portal writes them, not as Django does: "01 Dicembre 2026"."""

DATE_FORMAT = "j b Y"
DATETIME_FORMAT = "j b Y, H:i"
