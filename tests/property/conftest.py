"""Properties are about results: how long one example takes is the machine's business, and a hang is pytest's."""

from hypothesis import settings

settings.register_profile("copydesk", deadline=None)
settings.load_profile("copydesk")
