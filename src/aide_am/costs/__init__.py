"""What the post of an assistant médical costs, and what remains to pay (chapter CST).

from aide_am.costs import EmploiDirect, Poste, remaining_cost
poste = Poste(debut="2026-09-01", etp="1", position=5)
print(remaining_cost(dossier, poste, EmploiDirect()).explain())

`employment_cost` is the invoice of a post; `remaining_cost`, `shared_cost` and `collective_cost` what remains
once the aid is counted; `break_even` the consultations that pay it; `compare_employment` the ways to employ
side by side; `statements` the bills of a groupement d'employeurs; `groupements` their directory.
"""

from .collective import collective_cost
from .comparison import compare_employment, usual_ways
from .consultations import BreakEven, BreakEvenYear, break_even
from .directory import Departement, Directory, DirectoryEntry, groupements
from .groupement import CompteGroupement, MembreGroupement, Ressource, Statement, Statements, statements
from .invoicing import employment_cost
from .models import (
    Associe,
    CoefficientGroupement,
    EmploiDirect,
    FactureGroupement,
    Modalite,
    Poste,
    Projet,
)
from .records import (
    Assumption,
    Balance,
    Case,
    ComparedEmployment,
    CostLine,
    EmploymentComparison,
    EmploymentCost,
    MonthBalance,
    Note,
    RemainingCost,
    YearBalance,
)
from .remaining import remaining_cost, shared_cost

__all__ = [
    "Associe",
    "Assumption",
    "Balance",
    "BreakEven",
    "BreakEvenYear",
    "Case",
    "CoefficientGroupement",
    "ComparedEmployment",
    "CompteGroupement",
    "CostLine",
    "Departement",
    "Directory",
    "DirectoryEntry",
    "EmploiDirect",
    "EmploymentComparison",
    "EmploymentCost",
    "FactureGroupement",
    "MembreGroupement",
    "Modalite",
    "MonthBalance",
    "Note",
    "Poste",
    "Projet",
    "RemainingCost",
    "Ressource",
    "Statement",
    "Statements",
    "YearBalance",
    "break_even",
    "collective_cost",
    "compare_employment",
    "employment_cost",
    "groupements",
    "remaining_cost",
    "shared_cost",
    "statements",
    "usual_ways",
]
