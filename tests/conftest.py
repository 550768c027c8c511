import os

from hypothesis import settings

# A loaded machine is slow, not wrong: no test of a rule fails by the clock. CI draws the same
# examples at every run, so that what is red there is red again at a desk with CI=true.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "house")
