"""How thoroughly properties are tried that say nothing of it themselves."""

from hypothesis import settings

from tests.form import lasting

settings.register_profile("project", max_examples=lasting(40, 100))
settings.load_profile("project")
