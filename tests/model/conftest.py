from hypothesis import settings

# A loaded machine is slow, not wrong: no test of a rule fails by the clock.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
