"""How deep the properties look: a profile of hypothesis, named by the environment variable `AIDE_AM_DEPTH`.

`check` while working, `test` by default, `thorough` before a release, `seeds` for other draws than the fixed
ones: `AIDE_AM_DEPTH=seeds AIDE_AM_SHIFT=7 pytest --hypothesis-seed 7`, where the shift moves the draws of the
random tables too. A test says how many examples it asks for at the depth `test`.
"""

import os
from collections.abc import Mapping

from hypothesis import HealthCheck, settings

PERCENT: Mapping[str, int] = {"check": 20, "test": 100, "thorough": 400, "seeds": 100}
"""The part of the examples that each depth draws."""
LEAST = 5
"""No property is looked at with fewer examples."""
DEPTH = os.environ.get("AIDE_AM_DEPTH", "test")
SHIFT = 10_000_000 * int(os.environ.get("AIDE_AM_SHIFT", "0"))
"""What is added to the seed of every random table."""

for name in PERCENT:
    settings.register_profile(
        name,
        derandomize=name != "seeds",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
settings.load_profile(DEPTH)


def drawing(count: int) -> settings:
    """The settings of a property that draws `count` examples at the depth `test`."""
    return settings(max_examples=max(min(count, LEAST), count * PERCENT[DEPTH] // 100))
