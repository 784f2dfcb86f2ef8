"""English days as the portal writes them, not as Django does: "Dec. 1, 2026, 3:13 a.m."."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
