"""The legacy 1/3 ETP case: closed to new contracts since 2023-05-01, alive in older ones (MNT-04).

The option itself is closed by the table of ELI-07 and its amounts stand in the tables of MNT-03;
what is special to it is said here.
"""

from ..bareme import Bareme
from ..terms import OptionEtp
from .registry import rule


@rule("MNT-04")
def tableau_du_tiers_temps(option: OptionEtp, year: Bareme) -> str | None:
    """Which table a 1/3 ETP contract follows in a year: that of the convention or an older one.

    Under `convention_2024` the option has amounts from year 2 on (that of year 2 is only reached
    when years count from the hiring), and in year 1 for P95 and over alone. `None` for other options.
    """
    if option != "1/3":
        return None
    return "convention" if year.modulation_publiee else "avant_convention"
