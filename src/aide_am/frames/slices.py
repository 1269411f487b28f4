"""A slice of a table as codes, and which of its rows the codes do not cover."""

from typing import Any

import numpy as np

from ..chronology import first_day
from ..models import LAST_YEAR, Dossier
from ..rules.dates import FILLERS, LAST_UNEXPLAINED_YEAR, OLDEST, YOUNGEST, first_renewable
from ..terms import INDICATEURS, PERCENTILES, Indicateur
from .columns import COLUMNS
from .engine import Engine
from .ranks import Part
from .reading import EPOCH, NULL_DAY, Table
from .situations import FIRST, LAST

MAINTIEN_STATED, AUGMENTATION_STATED = 2, 1
"""The codes of a stated nature."""
AFTER_DISPUTED = 2
"""The code of an option obtained the day after a disputed one, which is the last day before the avenant."""
PROLONGED = 2
"""The code of a prorogation that is true."""
FILLED = [code for day in FILLERS if FIRST <= (code := day.toordinal() - EPOCH) < LAST]
LAST_FILLER = max(FILLED)
"""The fillers among the days that tables of days hold (DIT-07)."""
FEWEST, MOST = YOUNGEST * 366, OLDEST * 365
"""The days of a life between which no birth is refused (DIT-07), whatever the leap years."""


class Rows:
    """The cells of a slice as codes; `None` for a column that is absent or empty."""

    def __init__(self, table: Table, start: int, stop: int) -> None:
        self.size = stop - start
        self.rows: Any = np.arange(self.size)
        self._table, self._start = table, start
        self._codes: dict[str, Any] = {
            name: reader.codes(start, stop) for name, reader in table.readers.items() if not reader.empty
        }
        specialite = table.specialites(start, stop)
        if specialite is not None:
            self._codes["specialite"] = specialite

    def get(self, name: str) -> Any:
        """The codes of a column, `None` where no row has any."""
        return self._codes.get(name)

    def counts(self, name: str) -> Any:
        """The counts of a column, -1 where there is none."""
        codes = self.get(name)
        return np.full(self.size, -1, np.int32) if codes is None else codes

    def part(self, name: str, many: int) -> Part:
        """A column of ranks as an input of a facet."""
        codes = self.get(name)
        return (0 if codes is None else codes, many)

    def yes(self, name: str) -> Any:
        """Whether a flag is true: an array, or 0 where no row says it."""
        codes = self.get(name)
        return 0 if codes is None else (codes == 2).view(np.int8)

    def known(self, name: str, null: int) -> Any:
        """Whether a cell is given: an array, or 0 where no row has any."""
        codes = self.get(name)
        return 0 if codes is None else (codes != null).view(np.int8)

    def dossier(self, row: int) -> Dossier:
        """The dossier of a row of what is left of the slice."""
        found: Dossier = self._table.dossier(self._start + int(self.rows[row]))
        return found

    def keep(self, rows: Any) -> None:
        """Keep these rows of the slice only."""
        self.rows, self.size = self.rows.take(rows), len(rows)
        self._codes = {name: codes.take(rows) for name, codes in self._codes.items()}


def uncovered(cells: Rows) -> Any:
    """Whether each row must be left to `evaluate`: refused data, or data that the codes do not cover.

    Rows that may be refused are all here; among them some are not.
    """
    left = np.zeros(cells.size, bool)
    if not cells.size or any(cells.get(column.name) is None for column in COLUMNS if column.required):
        return ~left
    _unread(cells, left)
    _unexplained_years(cells, left)
    _impossible_dates(cells, left)
    _targets_under_base(cells, left)
    return left


def own_percentiles(cells: Rows, name: Indicateur) -> list[Any] | None:
    """The caller's five percentiles of an indicator, -1 where he has none; `None` where no row has any."""
    columns = [f"{name}_{percentile}" for percentile in PERCENTILES]
    if all(cells.get(column) is None for column in columns):
        return None
    return [cells.counts(column) for column in columns]


def merged(published: Any, bounds: Any, own: list[Any]) -> list[Any]:
    """MNT-01: the published cells of each row, completed by those of the caller that no bound excludes."""
    return [
        np.where(published[:, rank] >= 0, published[:, rank], np.where(cell > bounds[:, rank], cell, -1))
        for rank, cell in enumerate(own)
    ]


def sources_of(published: Any, bounds: Any, own: list[Any], two: Any) -> list[Part]:
    """MNT-01: which percentiles of the caller stand for an unpublished one, and whether one differs."""
    differs: Any = np.zeros(len(own[0]), bool)
    parts: list[Part] = []
    for rank, cell in enumerate(own):
        known, over = published[:, rank], bounds[:, rank]
        used = (known < 0) & (cell > over)
        differs |= two & (cell >= 0) & ~used & (cell != known)
        parts.append((two & (cell >= 0) & used, 2))
    return [*parts, (differs, 2)]


def disordered(cells: list[Any], bounds: Any = None) -> Any:
    """Whether the known cells of a row do not rise strictly, over the bounds of those before them too."""
    wrong = np.zeros(len(cells[0]), bool)
    before = np.full(len(cells[0]), -1)
    for rank, cell in enumerate(cells):
        wrong |= (cell >= 0) & (cell <= before)
        before = np.where(cell >= 0, cell, before)
        if bounds is not None:
            over = bounds[:, rank]
            before = np.where((cell < 0) & (over >= 0), np.maximum(before, over + 1), before)
    return wrong


def uncovered_by(engine: Engine, cells: Rows) -> Any:
    """The same, for what depends on the texts: what else `evaluate` must answer row by row."""
    signature, annee = cells.get("date_signature"), cells.get("annee")
    left = disputed(engine, cells)
    unplaced = np.zeros(cells.size, bool)
    if engine.readings.debut_annee == "embauche":
        unplaced = signature < engine.starts[1]
        hired = cells.get("date_embauche")
        if hired is not None:
            left |= unplaced & (hired != NULL_DAY)
    option = cells.get("date_option")
    if option is not None:
        rows = np.flatnonzero((option != NULL_DAY) & (option > signature))
        first = engine.first_days(signature.take(rows), annee.take(rows))
        left[rows] |= unplaced[rows] | (option.take(rows) > first)
    for name in INDICATEURS:
        own = own_percentiles(cells, name)
        if own is not None:
            text = np.searchsorted(engine.starts, signature, side="right") - 1
            place = text * len(engine.slugs) + cells.get("specialite") - 1
            known = engine.distribution_of[name].take(place)
            published, bounds = (table.take(known, axis=0) for table in (engine.published, engine.bounds))
            left |= disordered(own) | disordered(merged(published, bounds, own), bounds)
    return left


def disputed(engine: Engine, cells: Rows) -> Any:
    """Rows on which the reading of the entry into force joins criteria of several kinds (DIT-03).

    A disputed day alone joins none: its texts must differ in more than the options that they open, by a
    renewal (CTR-01) or by a simulated figure.
    """
    signed, held = of_disputed_days(engine, cells)
    left = (signed + held) * np.ones(cells.size, np.int8) != 0
    return left if engine.bareme is not None else left & (cells.get("annee") > engine.lasting)


def of_disputed_days(engine: Engine, cells: Rows) -> tuple[Any, Any]:
    """Whether the text of the signature depends on a reading, and that of the option or of the day before."""
    signature, option = cells.get("date_signature"), cells.get("date_option")
    signed, held = np.zeros(cells.size, np.int8), np.zeros(cells.size, np.int8)
    for first, sure in engine.disputed:
        signed |= (signature >= first) & (signature < sure)
        if option is not None:
            held |= (option >= first) & (option < sure)
            held[option == sure] = AFTER_DISPUTED
    return signed, held


def _unread(cells: Rows, left: Any) -> None:
    """Cells that could not be read, and what every dossier must have."""
    for column in COLUMNS:
        codes = cells.get(column.name)
        if codes is None or column.kind == "code" or column.name == "mep":
            continue
        if column.kind == "date":
            _beyond(codes, left)
        elif column.kind == "part":
            left |= codes < 0
        elif codes.size and codes.min() < (-1 if column.kind in ("effectif", "annee") else 0):
            left |= codes < (-1 if column.kind in ("effectif", "annee") else 0)
    for name in ("specialite", "option_etp", "annee"):
        if cells.get(name).min() <= 0:
            left |= cells.get(name) <= 0
    if cells.get("annee").max() > LAST_YEAR:
        left |= cells.get("annee") > LAST_YEAR
    left |= cells.get("date_signature") < first_day().toordinal() - EPOCH


def _beyond(days: Any, left: Any) -> None:
    """Days outside of those that tables of days hold, and days that fill an empty cell (DIT-07)."""
    if days.min() < FIRST or days.max() >= LAST:
        left |= (days != NULL_DAY) & ((days < FIRST) | (days >= LAST))
    if days.min() <= LAST_FILLER:
        for filler in FILLED:
            left |= days == filler


def _unexplained_years(cells: Rows, left: Any) -> None:
    """CTR-01: years past a term and its prorogation, of contracts that nothing says go on."""
    annee, prolonged = cells.get("annee"), cells.get("prorogation")
    if annee.max() <= LAST_UNEXPLAINED_YEAR:
        return
    over = (annee > LAST_UNEXPLAINED_YEAR) & (
        cells.get("date_signature") < first_renewable().toordinal() - EPOCH
    )
    left |= over if prolonged is None else over & (prolonged != PROLONGED)


def _impossible_dates(cells: Rows, left: Any) -> None:
    """Dates that contradict one another; an option after the signature is judged by the year's first day."""
    signature = cells.get("date_signature")
    born, installed = cells.get("date_naissance"), cells.get("date_installation")
    if installed is not None:
        left |= installed > signature
    if born is not None:
        before = signature if installed is None else np.where(installed == NULL_DAY, signature, installed)
        left |= born >= before
        left |= (born > signature - FEWEST) | ((born != NULL_DAY) & (born < signature - MOST))
    option = cells.get("date_option")
    if option is not None:
        left |= (option != NULL_DAY) & (option < signature)
    earlier = cells.get("anterieur_date_signature")
    if earlier is not None:
        first = first_day().toordinal() - EPOCH
        left |= (earlier > signature) | ((earlier != NULL_DAY) & (earlier < first))


def _targets_under_base(cells: Rows, left: Any) -> None:
    """Targets that may be refused (OBJ-02): under their base, or not over it for a stated increase."""
    for indicateur in INDICATEURS:
        target = cells.get(f"{indicateur}_objectif")
        if target is None:
            continue
        base, fixed = cells.counts(f"{indicateur}_initiale"), cells.get(f"{indicateur}_reference")
        if fixed is not None:
            base = np.where(fixed < 0, base, fixed)
        stated = cells.get(f"{indicateur}_nature")
        known = (target >= 0) & (base >= 0)
        if stated is None:
            left |= known & (target < base)
        else:
            left |= known & (target < base) & (stated != MAINTIEN_STATED)
            left |= known & (target <= base) & (stated == AUGMENTATION_STATED)
