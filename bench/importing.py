"""A process that imports `aide_am`, beside one that imports pydantic and defines one model.

Whole processes, run in turn; the ratio of each pair is what to compare.

    python bench/importing.py [pairs]
"""

import subprocess
import sys
from statistics import median
from time import perf_counter

YARDSTICK = "from pydantic import BaseModel\nclass M(BaseModel):\n    a: int\nM(a=1)"
IMPORT = "import aide_am"
EXTRAS = ("typer", "rich", "click", "dateutil", "tomllib", "pandas", "polars", "numpy")


def seconds(code: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


def main(pairs: int = 15) -> None:
    found = [(seconds(IMPORT), seconds(YARDSTICK)) for _ in range(pairs)]
    print(f"import aide_am          {median(a for a, _ in found) * 1e3:7.1f} ms (median of {pairs})")
    print(f"pydantic and one model  {median(b for _, b in found) * 1e3:7.1f} ms")
    print(f"ratio                   {median(a / b for a, b in found):7.2f}")
    code = f"import sys, aide_am\nprint([name for name in {EXTRAS!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"imported though not asked for: {loaded.stdout.strip()}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
