"""What answers under some readings and barème: its texts as arrays, and the facets of the law.

An engine keeps every situation that it met, so that the next table asks the scalar rules less.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..bareme import Bareme, Distribution, Specialite
from ..calendar import anniversary, months_before
from ..chronology import chronology_with, first_day, register
from ..decision import Criterion, Step
from ..readings import Readings
from ..rules import eligibility, modulation, positions, texts
from ..rules.facts import DEUX
from ..terms import INDICATEURS, OPTIONS_ETP, OPTIONS_TARIFAIRES, TRANCHES
from ..tracing import missing_of, time_steps, weak
from .columns import known_slugs
from .ranks import Ranks
from .reading import EPOCH
from .results import NO_SUM
from .situations import LAST, Days, Facet

YEARS = 100
NO, YES, UNKNOWN = 0, 1, 2
"""The codes of a thing that is false, true, or not known."""
RULES = (*(f"ELI-{number:02}" for number in range(1, 11)), "CTR-01")
"""The criteria, in the order in which a decision lists them."""
CRITERIA = {
    "specialties": ("ELI-01", "ELI-02"),
    "tarifs": ("ELI-03", "ELI-09", "ELI-10", "CTR-01"),
    "activity": ("ELI-04", "ELI-05", "ELI-06"),
    "options": ("ELI-07", "ELI-08"),
}
"""The criteria that share their inputs."""
SMALL = 100
"""The denominator up to which its product with the largest count, grown, fits in 32 bits."""
Lacks = tuple[tuple[str, str], ...]
"""What is missing: the rule that waits and the datum, in the order of the steps."""
WAITING_FOR_HIRING: Lacks = (("TMP-03", "contrat.date_embauche"),)
Said = tuple[tuple[str, ...], bool]
"""What some steps want to be said: the codes of their warnings, and whether one of their sources is weak."""
SILENT: Said = ((), False)
SPEAKING = ("time", "verdict", "rise", "maximum", "counting", *INDICATEURS, "shares", "revision")
"""The parts of a decision whose steps may warn, in its order."""
CLOSING = ("nature_source", "bareme_simule")
"""The codes that end the warnings of a decision: for its weakest source, and for a simulated barème."""

Rate = tuple[int, int, str]
"""A rate that a share reads: the indicator, the nature, whether it is known or one end of two targets."""
Term = tuple[bool, tuple[Rate, ...]]
"""The better (true) or the lower of some rates."""
End = int | tuple[Term, ...] | None
"""One end of a share: none, 0, 1, or the lowest (the highest) of several terms."""


def three(answer: bool | None) -> int:
    """The code of an answer."""
    return UNKNOWN if answer is None else int(answer)


def lacks_of(steps: Iterable[Step | Criterion]) -> Lacks:
    """What these steps lack."""
    return tuple((step.rule, field) for step in steps for field in step.missing)


def said_of(steps: Iterable[Step | Criterion]) -> Said:
    """What these steps want to be said."""
    codes: dict[str, None] = {}
    feeble = False
    for step in steps:
        codes.update(dict.fromkeys(step.warnings))
        feeble = feeble or any(map(weak, step.references))
    return tuple(codes), feeble


def together(each: Iterable[Said]) -> Said:
    """What several parts of a decision want to be said, one after the other."""
    told = tuple(each)
    return tuple(dict.fromkeys(code for codes, _ in told for code in codes)), any(
        feeble for _, feeble in told
    )


@lru_cache(maxsize=8)
def engine(readings: Readings, bareme: Bareme | None) -> "Engine":
    """The engine of these readings and this barème, with what it has met."""
    return Engine(readings, bareme)


class Engine:
    """The texts of some readings and barème as arrays, and one facet for each part of the law."""

    def __init__(self, readings: Readings, bareme: Bareme | None) -> None:
        self.readings, self.bareme = readings, bareme
        self.chronology = chronology_with(bareme)
        self.baremes = self.chronology.baremes
        self.exact = _exact(self.baremes)
        self.counts = np.int32 if _small(self.baremes) else np.int64
        self.slugs = known_slugs()
        specialites = [register().specialites[slug] for slug in self.slugs]
        self.groupes = Ranks()
        self.general_of = np.array([each.groupe == "generaliste" for each in specialites])
        self.mep_of = np.array([each.groupe == "mep" for each in specialites])
        self.groupe_of = np.array([self.groupes.rank(each.groupe) for each in specialites], np.int8)
        self.accesses = Ranks()
        self.access_of = np.array([self.accesses.rank(self._opening(slug)) for slug in self.slugs], np.int8)
        modes = [(each, self._mode(each)) for each in specialites]
        self.decides = {name: np.array([mode in (name, *DEUX) for _, mode in modes]) for name in INDICATEURS}
        self.rises = np.array([positions.hausse_exclut_p95(each.texte) for each in self.baremes])
        self.two_of = np.array([len(each.indicateurs) == 2 for each in specialites])
        self.starts = np.array([self._start(bareme) for bareme in self.baremes], np.int32)
        self.disputed = [_disputed(bareme) for bareme in self.baremes if bareme.variantes]
        self.lasting = min(bareme.parametres["duree_contrat"].num for bareme in self.baremes)
        self.first = first_day().toordinal() - EPOCH
        self.span = LAST - self.first
        windows, after = cache(_window), cache(_after)
        self.windows = [windows(b.parametres["fenetre_primo_mois"].num) for b in self.baremes]
        self.ages = [after(b.parametres["age_senior"].num) for b in self.baremes]
        self.follows = [after(b.parametres["annee_etp_eleve"].num - 1) for b in self.baremes]
        self.tolerances = _alike(self.baremes)
        self._tables_of_positions()
        self._tables_of_growth()
        self._facets()

    def _mode(self, specialite: Specialite) -> str:
        lecture = self.readings.indicateur_p30
        return eligibility.mode_de_decision(specialite.groupe, specialite.indicateurs, lecture)

    def _start(self, bareme: Bareme) -> int:
        return bareme.variantes.get(self.readings.entree_en_vigueur, bareme.debut).toordinal() - EPOCH

    def _facets(self) -> None:
        self.access_codes, self.amount_codes, self.year_codes = Ranks(), Ranks(), Ranks()
        self.time = Facet(
            acces=0, access=0, amount=0, year=0, annee=0, publiee=0, apres=0, echu=0, unknown=0, said=0
        )
        self.debuts = Facet(debut=0)
        self.criteria = {
            name: Facet(failed=0, unsure=0, lacks=0, primo=0, said=0, useful=0) for name in CRITERIA
        }
        self.verdicts = Facet(verdict=0, failed=0, lacks=0, said=0)
        self.own_positions, self.own_sources = Facet(rank=0), Facet(rank=0)
        self.maximum = Facet(known=0, low=NO_SUM, high=NO_SUM, band=-1, lacks=0, said=0)
        self.counting, self.revision, self.rise = (Facet(said=0) for _ in range(3))
        self.natures = {name: Facet(natures=0, target=0, mask=0) for name in INDICATEURS}
        self.objectives = {name: Facet(cells=0, status=-1, rate=0, lacks=0, said=0) for name in INDICATEURS}
        self.shares = Facet(low=0, high=0, regime=-1, lacks=0, said=0)
        self.missing, self.warnings = Facet(text=0), Facet(text=0)
        self.doctors, self.years, self.together, self.share_years = (Facet(rank=0) for _ in range(4))
        self.starters, self.pairs, self.cell_pairs, self.lacking = (Facet(rank=0) for _ in range(4))
        self.access_met, self.claims_met = Facet(rank=0), Facet(rank=0)
        self.states, self.levels = ({name: Facet(rank=0) for name in INDICATEURS} for _ in range(2))
        self.useful: Ranks = Ranks(None)
        self.asked, self.natures_met, self.targets_met, self.cells_met = Ranks(()), Ranks(), Ranks(), Ranks()
        self.lacks = {name: Ranks(()) for name in ("criteria", "maximum", *INDICATEURS, "shares")}
        self.ends = Ranks(None, 0, 1)
        self.said_by_criteria, self.said_of_objectives = Ranks(()), Facet(rank=0)
        self.said = {name: Ranks(SILENT) for name in SPEAKING}
        self.failed_texts, self.missing_texts, self.warning_texts = Ranks(""), Ranks(""), Ranks("")

    def _opening(self, slug: str) -> tuple[str, ...]:
        """What the criteria ask of a specialty: its group, and its rows of ELI-01 and ELI-03."""
        rows = [
            row.id
            for bareme in self.baremes
            for rule in ("ELI-01", "ELI-03")
            for key, row in bareme.eligibilite[rule].rows.items()
            if slug in key
        ]
        return (register().specialites[slug].groupe, *rows)

    # --- Texts -----------------------------------------------------------------------------------

    def ask_time(self, signature: date, annee: int) -> tuple[int, ...]:
        """The texts of a contract year whose first day depends on the signature alone (TMP-01 to TMP-03)."""
        temps = texts.textes_applicables(
            signature, None, None, annee,
            self.chronology, self.readings.entree_en_vigueur, self.readings.debut_annee,
        )  # fmt: skip
        acces, year = self.baremes.index(temps.acces), temps.annee
        past = eligibility.apres_le_terme(annee, temps.acces)
        signed: Any = SimpleNamespace(date_signature=signature, date_option=None, date_embauche=None)
        classes = tuple((self.baremes.index(b), b.classes_annee.at(annee).value) for b in temps.montants)
        whole = modulation.versement_integral(annee, year)
        apres = annee > year.parametres["derniere_annee_primo"].num
        place, unknown = self.baremes.index(year), temps.debut is None
        return (
            acces,
            self.access_codes.rank((acces, self._tarifs(acces, signature), past)),
            self.amount_codes.rank((classes, place)),
            self.year_codes.rank((place, temps.publiee, whole, apres, past, unknown)),
            place,
            three(temps.publiee),
            int(apres),
            int(past),
            int(unknown),
            self.said["time"].rank(said_of(time_steps(signed, annee, temps, self.chronology))),
        )

    def _tarifs(self, acces: int, signature: date) -> tuple[str, ...]:
        """The rows of ELI-03 on a day, by option tarifaire."""
        tables = self.baremes[acces].options_tarifaires
        return tuple(tables[name].at(signature.toordinal()).id for name in OPTIONS_TARIFAIRES)

    def first_days(self, signature: Any, annee: Any) -> Any:
        """The first day of contract years that run from the signature (TMP-02)."""

        def ask(row: int) -> tuple[int]:
            day = date.fromordinal(int(signature[row]) + EPOCH)
            return (anniversary(day, int(annee[row]) - 1).toordinal() - EPOCH,)

        return self.debuts.at([(signature - self.first, self.span), (annee, YEARS)], len(signature), ask)[
            "debut"
        ]

    # --- Positions -------------------------------------------------------------------------------

    def _tables_of_positions(self) -> None:
        """The code of the position of every count in every distribution (MNT-01), in one array.

        Its last cell is that of an unknown count, its first row that of an indicator without objective.
        """
        cells = {
            (number, slug, name): bareme.percentiles[slug, name]
            for number, bareme in enumerate(self.baremes)
            for slug in self.slugs
            for name in bareme.specialites[slug].indicateurs
        }
        distinct = {(each[:5], each.bounds): each for each in cells.values()}
        self.cap = max(max(d.edges, default=0) for d in distinct.values()) + 3
        self.positions = Ranks("sans_objet")
        rows = [np.zeros(self.cap + 1, np.uint8), *map(self._position_row, distinct.values())]
        self.position_table = np.concatenate(rows)
        self.published = _cells(each[:5] for each in distinct.values())
        self.bounds = _cells(each.bounds for each in distinct.values())
        self.bounded = np.flatnonzero((self.bounds >= 0).any(axis=0)).tolist()
        self._tables_of_sources()
        place = {key: rank for rank, key in enumerate(distinct, start=1)}
        self.distribution_of = {
            name: np.array(
                [
                    0 if known is None else place[known[:5], known.bounds]
                    for number in range(len(self.baremes))
                    for known in (cells.get((number, slug, name)) for slug in self.slugs)
                ],
                np.intp,
            )
            for name in INDICATEURS
        }

    def _tables_of_sources(self) -> None:
        """Which percentiles of each text and specialty have a weak source, as a code, and P50 alone."""
        self.sources = Ranks()
        found = [
            [
                tuple(map(weak, bareme.percentiles[slug, name].references)) if name in own else ()
                for name in INDICATEURS
            ]
            for bareme in self.baremes
            for slug in self.slugs
            for own in (bareme.specialites[slug].indicateurs,)
        ]
        self.source_of = np.array([self.sources.rank(tuple(each)) for each in found], np.int8)
        self.weak_p50_of = {
            name: np.array([each[place][1:2] == (True,) for each in found])
            for place, name in enumerate(INDICATEURS)
        }

    def _position_row(self, distribution: Distribution) -> Any:
        row = np.zeros(self.cap + 1, np.uint8)
        edges = sorted({0, *distribution.edges, *(cell + 1 for cell in distribution.known)})
        for low, high in zip(edges, [*edges[1:], self.cap], strict=True):
            row[low:high] = self.position_rank(low, distribution)
        row[self.cap] = self.position_rank(None, distribution)
        return row

    def position_rank(self, count: int | None, distribution: Distribution) -> int:
        """The rank of a position: which percentiles are known, the ranks it may have, its side of P30."""
        p30 = distribution.p30
        known = tuple(cell is not None for cell in distribution[:5])
        beside = None if p30 is None or count is None else (count > p30) - (count < p30)
        rank = positions.position(count, distribution)
        return self.positions.rank((known, rank, beside, count is None, False))

    def without_p95(self, ranks: Any) -> Any:
        """The ranks of the same positions, P95 excluded where it is but one of several (MNT-09)."""
        found = np.arange(len(self.positions.values))
        for rank in np.unique(ranks).tolist():
            if rank:
                known, (low, high), *rest, _ = self.positions.values[rank]
                if positions.p95_a_exclure((low, high)):
                    found[rank] = self.positions.rank((known, (low, high - 1), *rest, True))
        return found.take(ranks)

    def _tables_of_growth(self) -> None:
        """Under avenant 7 the growth of each option and tranche, as a fraction of 100 (OBJ-03)."""
        shape = (len(self.baremes), len(OPTIONS_ETP) + 1, len(TRANCHES) + 1)
        self.growth_num, self.growth_den = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.growth_weak = np.zeros(shape, bool)
        for number, bareme in enumerate(self.baremes):
            for (option, tranche), row in (bareme.objectifs.rows if bareme.objectifs else {}).items():
                place = number, OPTIONS_ETP.index(option) + 1, TRANCHES.index(tranche)
                self.growth_weak[place] = weak(row.reference)
                if row.value is not None:
                    self.growth_num[place], self.growth_den[place] = row.value.as_integer_ratio()

    def tranches(self, ranks: Any) -> Any:
        """The tranche of each position, the last place where it is not known."""
        several = len(TRANCHES)
        spans = [(0, 1) if value == "sans_objet" else value[1] for value in self.positions.values]
        return np.array([low if low == high else several for low, high in spans]).take(ranks)

    def lacks_of_p50(self, ranks: Any) -> Any:
        """What tells whether a position is under P50 (ELI-06): known, the count missing, or P50."""
        found = [0]
        for known, _, beside, uncounted, _ in self.positions.values[1:]:
            open_side = not known[1] and beside != -1
            found.append(1 if uncounted else 2 if open_side else 0)
        return np.array(found, np.int8).take(ranks)

    # --- What is missing ---------------------------------------------------------------------------

    def ask_missing(self, unknown: bool, lacks: Iterable[Lacks]) -> int:
        """The rank of the text that says what these steps lack, in the order of a decision."""
        time = WAITING_FOR_HIRING if unknown else ()
        steps = [
            Step(rule, "", {}, missing=(field,))
            for rule, field in (*time, *(pair for each in lacks for pair in each))
        ]
        return self.missing_texts.rank(" ".join(missing.field for missing in missing_of(steps)))

    def ask_warnings(self, said: Iterable[Said]) -> int:
        """The rank of the text that has the codes of `Decision.warnings`, in its order."""
        codes, feeble = together(said)
        ends = (feeble, self.chronology.simulated)
        closing = (code for code, there in zip(CLOSING, ends, strict=True) if there)
        return self.warning_texts.rank(" ".join((*codes, *closing)))


def _cells(rows: Iterable[Sequence[int | None]]) -> Any:
    """Five cells a row, -1 where there is none; the first row is that of an indicator without objective."""
    known = [[-1 if cell is None else cell for cell in row] for row in rows]
    return np.array([[-1] * 5, *known], np.int32)


def _disputed(bareme: Bareme) -> tuple[int, int]:
    """The first day on which a text may be in force, by the reading, and that on which it is for sure."""
    days = [day.toordinal() - EPOCH for day in (bareme.debut, *bareme.variantes.values())]
    return min(days), max(days)


def _window(months: int) -> Days:
    return Days(lambda day: months_before(day, months))


def _after(years: int) -> Days:
    return Days(lambda day: anniversary(day, years))


def _exact(baremes: Iterable[Bareme]) -> bool:
    """Whether whole numbers of 64 bits hold every product that these barèmes ask for."""
    return all(
        all(parametre.den < 10**6 for parametre in bareme.parametres.values())
        and all((row.value or 0) < 10**8 for row in bareme.montants.rows.values())
        for bareme in baremes
    )


TOLERANCES = ("taux_atteint", "tolerance_augmentation", "tolerance_maintien", "tolerance_senior")


def _alike(baremes: tuple[Bareme, ...]) -> list[Bareme]:
    """For each barème the first one that has its tolerances: what is made with one serves the other."""
    found: dict[tuple[Any, ...], Bareme] = {}
    return [
        found.setdefault(tuple(bareme.parametres[name].valeur for name in TOLERANCES), bareme)
        for bareme in baremes
    ]


def _small(baremes: Iterable[Bareme]) -> bool:
    """Whether 32 bits are enough for the product of a count and a tolerance."""
    return all(bareme.parametres[name].den <= SMALL for bareme in baremes for name in TOLERANCES)
