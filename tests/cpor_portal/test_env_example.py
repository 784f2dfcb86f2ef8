import re

from django.conf import settings


def variables_read_by_settings() -> set[str]:
    text = (settings.BASE_DIR / "cpor_portal" / "settings.py").read_text()
    return set(re.findall(r"\benv\.\w+\(\s*['\"]([A-Z0-9_]+)['\"]", text))


def test_env_example_lists_exactly_the_variables_that_settings_read():
    text = (settings.BASE_DIR / ".env.example").read_text()

    listed = set(re.findall(r"^#?([A-Z0-9_]+)=", text, flags=re.MULTILINE))

    assert listed == variables_read_by_settings()
