import re

from django.conf import settings

from cpor_portal import settings as portal
from cpor_portal import sign_in_settings


def variables_read_by_settings() -> set[str]:
    names = "settings.py", "sign_in_settings.py", "variables.py"
    text = "".join((settings.BASE_DIR / "cpor_portal" / name).read_text() for name in names)
    return set(re.findall(r"\benv\.\w+\(\s*['\"]([A-Z0-9_]+)['\"]", text))


def test_every_sign_in_setting_is_a_setting():
    for name, value in vars(sign_in_settings).items():
        if name.isupper():
            assert getattr(portal, name) == value


def test_env_example_lists_exactly_the_variables_that_settings_read():
    text = (settings.BASE_DIR / ".env.example").read_text()

    listed = set(re.findall(r"^#?([A-Z0-9_]+)=", text, flags=re.MULTILINE))

    assert listed == variables_read_by_settings()
