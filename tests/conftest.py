"""How thoroughly properties are tried that say nothing of it themselves; none fails since the machine is busy."""

from hypothesis import settings

from tests.form import lasting

settings.register_profile("project", max_examples=lasting(40, 100), deadline=None)
settings.load_profile("project")
