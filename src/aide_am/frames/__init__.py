"""Tables of dossiers: the answers of `evaluate` for every row, in the kind of table that came in.

from aide_am.frames import evaluate_frame
answers = evaluate_frame(table)
"""

from .columns import BY_NAME, COLUMNS, OUTPUTS, Column
from .evaluation import evaluate_frame, explain_row
from .summary import SUMMARY, summarise
from .thresholds import near_thresholds

__all__ = [
    "BY_NAME",
    "COLUMNS",
    "OUTPUTS",
    "SUMMARY",
    "Column",
    "evaluate_frame",
    "explain_row",
    "near_thresholds",
    "summarise",
]
