"""The tables of the barèmes as the law prints them: percentiles, amounts, objectives, shares.

Every figure is read from the barèmes; nothing is typed in here but headings and labels.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import groupby
from math import prod
from typing import NamedTuple

from . import french
from .bareme import OUVERTE, Bareme, Distribution, Parametre, Part, Specialite
from .chronology import register
from .costs.bareme import BaremeEmploi, bareme_emploi
from .references import Reference, Source
from .rules.modulation import leve_le_zero
from .sentences import ETP, WORDS
from .tables import DecisionTable, Row
from .terms import INDICATEURS, PERCENTILES, Indicateur, Texte

NONE = "–"
"""What a table prints where the text gives nothing."""
NOT_PUBLISHED = "NC"
EVERY_TEXT = "tous"

HEADERS: Mapping[str, str] = {
    "pmt": "PMT",
    "pfa": "PFA",
    "augmentation": "Objectif d’augmentation",
    "maintien": "Objectif de maintien",
    "hausse": "Maintien en hausse",
}
LEVELS: Mapping[str, str] = {"p50": "≥ P50", "p30": "de P30 à P50", "sous_p30": "< P30"}
SHARES: Mapping[str, str] = {
    "cent": "100 %",
    "zero": "0 %",
    "prorata": "prorata du meilleur taux",
    "prorata_bas": "prorata du taux le plus bas",
    OUVERTE: "de 0 % à 100 %, la caisse décide",
}
SINGLE_RATE = "prorata du taux d’atteinte"
OPENINGS: Mapping[str, str] = {
    "ouverte": "ouverte",
    "fermee": "fermée",
    "zip": "ouverte en ZIP, à apprécier en ZAC",
    "sous_conditions": "sous conditions (ELI-08)",
}
ACCESS: Mapping[str, str] = {
    "satisfait": "ouverte",
    "non_satisfait": "exclue",
    "a_apprecier": "à apprécier par la caisse",
    "selon_la_tension": "selon la tension du département",
}

Cited = tuple[str, Reference]
"""What a reference stands for in a table, and the reference."""
Column = tuple[Indicateur, int]
"""An indicator, and the rank of one of its percentiles."""
Cells = tuple[tuple[str, ...], ...]
"""The values of each cell of a line."""


class PublishedTable(NamedTuple):
    """One table, every cell already in French; `reference_line` says where its values come from."""

    id: str
    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    reference_line: str


def published_tables(baremes: Iterable[Bareme]) -> tuple[PublishedTable, ...]:
    """Every table of these barèmes: those of each text, then those that they share.

    A shared table whose values differ between the barèmes is printed once for each of them, its id
    followed by that of the text.
    """
    given = tuple(baremes)
    if not given:
        return ()
    tables: list[PublishedTable] = []
    for bareme in given:
        tables += [percentiles(bareme), montants(bareme)]
        if bareme.objectifs is not None:
            tables.append(objectifs(bareme))
    tables += [specialites(given), options(given)]
    for regime in given[0].modulation:
        tables += _shared(given, regime, partial(modulation, regime=regime))
        for texte in (texte for name, texte in given[0].modulation_par_acces if name == regime):
            made = partial(modulation, regime=regime, acces=texte)
            tables += _shared(given, f"{regime}-signes-{texte}", made)
    tables.append(parametres(given))
    return tuple(tables)


def _shared(
    baremes: Sequence[Bareme], name: str, make: Callable[[Bareme], PublishedTable]
) -> list[PublishedTable]:
    """One table if all the barèmes agree on its cells, else one for each barème."""
    made = [(bareme, make(bareme)) for bareme in baremes]
    last = made[-1][1]
    if all(table.rows == last.rows for _, table in made):
        return [last._replace(reference_line=last.reference_line + _deduced(baremes, name))]
    return [
        table._replace(
            id=f"{name}-{bareme.texte}",
            title=f"{table.title}, {_name(bareme)}",
            reference_line=table.reference_line + _deduced([bareme], name),
        )
        for bareme, table in made
    ]


def _deduced(baremes: Iterable[Bareme], name: str) -> str:
    """The texts to which a table of shares applies by deduction only (TMP-05)."""
    texts = [bareme.nom for bareme in baremes if not bareme.modulation_publiee]
    if not texts or not name.startswith("MOD"):
        return ""
    return french.typeset(f" Appliquée par déduction aux années régies par : {', '.join(texts)} (TMP-05).")


def percentiles(bareme: Bareme) -> PublishedTable:
    """Illustration 1 (MNT-01): one row a specialty that has a published percentile, then the others.

    « NC » is not published; « – » says that the specialty has no such indicator (OBJ-01).
    """
    columns: list[Column] = [
        (indicateur, rank)
        for indicateur in INDICATEURS
        for rank, name in enumerate(PERCENTILES)
        if any(_is_told(d, rank) for d in bareme.percentiles.values())
    ]
    published = [s for s in bareme.specialites.values() if _is_published(bareme, s)]
    others = [s for s in bareme.specialites.values() if s not in published]
    heads = [_percentile_head(column) for column in columns]
    rows = [
        (s.code_convention or NONE, s.libelle, *(_percentile(bareme, [s], *column) for column in columns))
        for s in published
    ]
    if others:
        cells = (_percentile(bareme, others, *column) for column in columns)
        rows.append((NONE, "Autres spécialités", *cells))
    known, unknown = _cited_percentiles(bareme, published, columns)
    return _table(
        f"percentiles-{bareme.texte}",
        f"Percentiles des patientèles, {_name(bareme)}",
        ("Code (convention)", "Spécialité", *heads),
        rows,
        f"{_reference_line(bareme, [*known, *unknown])}"
        f" {NOT_PUBLISHED} : non publié ; {NONE} : sans objet pour la spécialité.",
    )


def _cited_percentiles(
    bareme: Bareme, specialites: Iterable[Specialite], columns: Iterable[Column]
) -> tuple[list[Cited], list[Cited]]:
    """The sources of the published cells, then those that only say that a cell is not published."""
    known: list[Cited] = []
    unknown: list[Cited] = []
    for indicateur, rank in columns:
        head = _percentile_head((indicateur, rank))
        for specialite in specialites:
            if indicateur in specialite.indicateurs:
                distribution = bareme.percentiles[specialite.slug, indicateur]
                published = _is_told(distribution, rank)
                cited = (head if published else NOT_PUBLISHED, distribution.references[rank])
                (known if published else unknown).append(cited)
    sources = {reference for _, reference in known}
    return known, [cited for cited in unknown if cited[1] not in sources]


def _is_told(distribution: Distribution, rank: int) -> bool:
    """Whether a percentile is published, be it by a bound alone."""
    return distribution[rank] is not None or distribution.bounds[rank] is not None


def _percentile_head(column: Column) -> str:
    indicateur, rank = column
    return f"{HEADERS[indicateur]} {PERCENTILES[rank].upper()}"


def _is_published(bareme: Bareme, specialite: Specialite) -> bool:
    known: list[Distribution] = [bareme.percentiles[specialite.slug, i] for i in specialite.indicateurs]
    return any(distribution.edges for distribution in known)


def _percentile(bareme: Bareme, specialites: Sequence[Specialite], indicateur: str, rank: int) -> str:
    """The one cell of specialties that share it: a count, a bound, « NC », « – » without this indicator."""
    concerned = [s for s in specialites if indicateur in s.indicateurs]
    if not concerned:
        return NONE
    known = bareme.percentiles[concerned[0].slug, indicateur]
    value, over = known[rank], known.bounds[rank]
    if isinstance(value, int):
        return french.whole(value)
    return NOT_PUBLISHED if over is None else french.over(over)


class _AmountRow(NamedTuple):
    """Amounts of successive bands and years that print the same cells."""

    bands: tuple[str, ...]
    years: tuple[str, ...]
    cells: tuple[str, ...]


def montants(bareme: Bareme) -> PublishedTable:
    """Illustrations 2 and 3 (MNT-03 to MNT-05): a column an option, « – » where no amount is given.

    Successive years of a band, then successive bands, that have the same amounts are one row.
    """
    table = bareme.montants
    etp, years, bands = table.inputs["option_etp"], table.inputs["annee"], table.inputs["bande"]
    rows: list[_AmountRow] = []
    for band in bands:
        cells = {year: tuple(_euros(table[option, year, band].value) for option in etp) for year in years}
        rows += [_AmountRow((band,), tuple(run), same) for same, run in groupby(years, cells.__getitem__)]
    cited = [(ETP[option], row.reference) for (option, *_), row in table.rows.items()]
    return _table(
        f"montants-{bareme.texte}",
        f"Montants maximaux de l’aide par année de contrat, {_name(bareme)}",
        ("Patientèle", "Année", *(ETP[option] for option in etp)),
        [(_band(row.bands), _years(row.years), *row.cells) for row in _merged(rows, bands)],
        _reference_line(bareme, cited),
    )


def _merged(rows: Iterable[_AmountRow], bands: Sequence[str]) -> list[_AmountRow]:
    """The rows, those of successive bands made one where years and amounts are the same."""
    merged: list[_AmountRow] = []
    for row in rows:
        before = bands[bands.index(row.bands[0]) - 1]
        for rank, found in enumerate(merged):
            if found[1:] == row[1:] and found.bands[-1] == before:
                merged[rank] = found._replace(bands=(*found.bands, *row.bands))
                break
        else:
            merged.append(row)
    return merged


def _euros(amount: int | None) -> str:
    return NONE if amount is None else f"{french.whole(amount)}{french.WIDE}€"


def _band(bands: Sequence[str]) -> str:
    """« P30 ≤ patientèle < P90 », from the codes of one or more successive bands."""
    low, high = bands[0].split("_")[0], bands[-1].partition("_")[2]
    return f"{low.upper()} ≤ patientèle" + (f" < {high.upper()}" if high else "")


def _years(years: Sequence[str]) -> str:
    """« Année 1 », « Années 1 et 2 », « Année 3 et au-delà », « Année 1 et suivantes »."""
    first, last = years[0].rstrip("+"), years[-1]
    if last.endswith("+"):
        return f"Année {first} et au-delà" if len(years) == 1 else f"Année {first} et suivantes"
    return f"Année {first}" if len(years) == 1 else f"Années {first} et {last}"


def objectifs(bareme: Bareme) -> PublishedTable:
    """The growth asked by avenant 7 (OBJ-03), as a percentage of the initial patientèle."""
    table = bareme.objectifs
    assert table is not None
    etp, bands = table.inputs["option_etp"], table.inputs["tranche"]

    def cell(option: str, band: str) -> str:
        value = table[option, band].value
        return "inconnu" if value is None else french.percent(Fraction(value) / 100)

    cited = [
        (f"{ETP[option]} {_short(band)}", table[option, band].reference) for option in etp for band in bands
    ]
    return _table(
        f"objectifs-{bareme.texte}",
        f"Hausse demandée, en part de la patientèle initiale, {_name(bareme)}",
        ("Patientèle", *(ETP[option] for option in etp)),
        [(_band([band]), *(cell(option, band) for option in etp)) for band in bands],
        _reference_line(bareme, cited),
    )


def _short(tranche: str) -> str:
    return tranche.upper().replace("_", "–")


def specialites(baremes: Sequence[Bareme]) -> PublishedTable:
    """The specialties that each text opened (ELI-01), those that share their answers in one row."""
    alike: dict[tuple[str, ...], list[str]] = {}
    cited: list[Cited] = []
    for slug, specialite in register().specialites.items():
        alike.setdefault(tuple(_access(bareme, slug) for bareme in baremes), []).append(specialite.libelle)
        rows = ((bareme.texte, bareme.eligibilite["ELI-01"][slug,]) for bareme in baremes)
        cited += [(f"{WORDS[texte]}, {ACCESS[row.value]}", row.reference) for texte, row in rows]
    return _table(
        "specialites",
        "Spécialités ouvertes par chaque texte",
        ("Spécialités", *map(_name, baremes)),
        [(", ".join(names), *cells) for cells, names in alike.items()],
        _reference_line(baremes[-1], cited),
    )


def _access(bareme: Bareme, slug: str) -> str:
    """The answer of ELI-01 to a specialty, with the départements that a source names."""
    answer = ACCESS[bareme.eligibilite["ELI-01"][slug,].value]
    named = bareme.departements.get(slug)
    return answer if named is None else f"{answer} (ouverte dans les départements {', '.join(named)})"


def options(baremes: Sequence[Bareme]) -> PublishedTable:
    """The options that each text opened (ELI-07), a row an option and a column a text."""
    tables = {bareme: bareme.eligibilite["ELI-07"] for bareme in baremes}
    etp = baremes[0].eligibilite["ELI-07"].inputs["options"]
    cited = [
        (f"{ETP[option]} {WORDS[bareme.texte]}", table[option,].reference)
        for bareme, table in tables.items()
        for option in etp
    ]
    cited += [
        (f"ZAC {WORDS[bareme.texte]}", bareme.references["ELI-07"])
        for bareme, table in tables.items()
        if any(row.value == "zip" for row in table.rows.values())
    ]
    return _table(
        "options",
        "Options ouvertes par chaque texte",
        ("Option", *map(_name, tables)),
        [(ETP[o], *(OPENINGS[table[o,].value] for table in tables.values())) for o in etp],
        _reference_line(baremes[-1], cited),
    )


def modulation(bareme: Bareme, regime: str, acces: Texte | None = None) -> PublishedTable:
    """Illustrations 5.1 to 7 (MOD-01 to MOD-07): one row a printed line, and the share it pays.

    acces: the table of the contracts signed under this text, where it differs from the printed one. The
    first column is the id of the line, which the reasons of a decision quote.
    """
    table = bareme.modulation[regime] if acces is None else bareme.parts(regime, acces)
    rates = len([name for name in table.inputs if name != "hausse"])
    lines = [(row, cells) for row, found in _lines(table) for cells in found]
    levels = any(value in LEVELS for domain in table.inputs.values() for value in domain)
    heads = [f"Niveau atteint {HEADERS[name]}" if levels else HEADERS[name] for name in table.inputs]
    note = ""
    if any(leve_le_zero(regime, row.value.fixed) for row, _ in lines):
        note = (
            " La part de 0 % peut être levée par la caisse en cas de circonstances exceptionnelles"
            " reconnues par la CPN (MOD-08)."
        )
    signed = "" if acces is None else f", contrats signés ({WORDS[acces]})"
    return _table(
        regime if acces is None else f"{regime}-signes-{acces}",
        f"{regime} – {bareme.titres[regime]}, part de l’aide versée{signed}",
        ("Ligne", *heads, "Part de l’aide versée"),
        [
            (row.id, *map(_choice, cells, table.inputs.values()), _share(row.value, rates))
            for row, cells in lines
        ],
        _reference_line(bareme, [(row.id, row.reference) for row, _ in lines]) + note,
    )


def _lines(table: DecisionTable[Part]) -> list[tuple[Row[Part], list[Cells]]]:
    """Each line of a table with the values of its cells, from the combinations that it covers.

    A line of which a simulated barème changed a part is no longer a product of its cells: it is
    given combination by combination.
    """
    keys: dict[int, list[tuple[str, ...]]] = {}
    rows: dict[int, Row[Part]] = {}
    for key, row in table.rows.items():
        rows[id(row)] = row
        keys.setdefault(id(row), []).append(key)
    lines = []
    for identity, found in keys.items():
        cells = tuple(tuple(dict.fromkeys(column)) for column in zip(*found, strict=True))
        whole = prod(len(cell) for cell in cells) == len(found)
        singles: list[Cells] = [tuple((value,) for value in key) for key in found]
        lines.append((rows[identity], [cells] if whole else singles))
    return sorted(lines, key=lambda line: int(line[0].id.rpartition("/")[2]))


def _choice(values: Sequence[str], domain: Sequence[str]) -> str:
    if len(values) == len(domain):
        return "indifférent"
    return " ou ".join(LEVELS.get(value) or WORDS.get(value, value) for value in values)


def _share(part: Part, rates: int) -> str:
    """The share of a line; a lone indicator has no better rate."""

    def named(code: str) -> str:
        return SINGLE_RATE if rates == 1 and code.startswith("prorata") else SHARES[code]

    if part.fixed:
        return named(part.fixed)
    values: dict[str, list[str]] = {}
    for value, code in part.by_value.items():
        values.setdefault(named(code), []).append(value)
    choices = " ; ".join(f"{' ou '.join(chosen)} : {share}" for share, chosen in values.items())
    return f"selon la lecture {part.reading} ({choices})"


def parametres(baremes: Sequence[Bareme]) -> PublishedTable:
    """The figures that stand alone: thresholds, tolerances, durations; a line for each value."""
    values: dict[tuple[str, Parametre], list[str]] = {}
    for name in baremes[0].parametres:
        for bareme in baremes:
            values.setdefault((name, bareme.parametres[name]), []).append(bareme.nom)
    sources = baremes[0].sources
    return _table(
        "parametres",
        "Seuils, tolérances et durées",
        ("Règle", "Paramètre", "Textes", "Valeur", "Unité", "Source"),
        [
            (
                p.regle,
                p.libelle,
                EVERY_TEXT if len(texts) == len(baremes) else french.enumeration(texts),
                _value(p),
                p.unite,
                _cited(sources, p.reference),
            )
            for (_, p), texts in values.items()
        ],
        _checked([p.reference for _, p in values]),
    )


def _value(parametre: Parametre) -> str:
    if parametre.unite == "part":
        return french.percent(parametre.valeur)
    return french.whole(int(parametre.valeur))


def sources(baremes: Iterable[Bareme]) -> PublishedTable:
    """The register of the sources (TMP-04), in its own order."""
    register: dict[str, Source] = {}
    for bareme in baremes:
        register |= bareme.sources
    return _table(
        "sources",
        "Registre des sources",
        ("Identifiant", "Titre", "Éditeur", "Date", "Nature", "Adresse", "Vérifiée le"),
        [
            (s.id, s.titre, s.editeur, s.date, WORDS[s.nature], s.adresse or NONE, s.verifie.isoformat())
            for s in register.values()
        ],
        "Nature : celle du document ; chaque valeur du barème porte aussi la sienne.",
    )


def employment_tables() -> tuple[PublishedTable, ...]:
    """What stands for the figures of a post that a caller does not give (CST-01, CST-02), and the minima."""
    return _employment_figures(bareme_emploi()), _minima(bareme_emploi())


def _employment_figures(bareme: BaremeEmploi) -> PublishedTable:
    cited = [(name, p.reference) for name, p in bareme.parametres.items()]
    return _table(
        "couts",
        "Coût d’un poste : valeurs par défaut",
        ("Paramètre", "Ce que c’est", "Valeur", "Règle", "Nature"),
        [
            (name, p.libelle, f"{french.decimal(p.valeur)} ({p.unite})", p.regle, WORDS[p.reference.nature])
            for name, p in bareme.parametres.items()
        ],
        _sources_line(bareme.sources, cited),
    )


def _minima(bareme: BaremeEmploi) -> PublishedTable:
    """Gross euros a month for a full time; between two grids nothing is known."""
    positions = list(bareme.grilles[0].minima)
    rows = []
    for grille in bareme.grilles:
        minima = (grille.minima[position] for position in positions)
        cells = (NOT_PUBLISHED if each is None else french.euros(each) for each in minima)
        until = NONE if grille.fin is None else grille.fin.isoformat()
        rows.append((grille.nom, grille.debut.isoformat(), until, *cells))
    return _table(
        "minima",
        "Minima conventionnels d’un assistant médical (IDCC 1147), euros bruts par mois à temps plein",
        ("Grille", "Du", "Au", *(f"Position {position}" for position in positions)),
        rows,
        _sources_line(bareme.sources, [(grille.nom, grille.reference) for grille in bareme.grilles]),
    )


def _table(
    name: str, title: str, headers: Iterable[str], rows: Iterable[Iterable[str]], line: str
) -> PublishedTable:
    """A table with the no-break spaces of French in every text that is read."""
    return PublishedTable(
        name,
        french.typeset(title),
        tuple(french.typeset(cell) for cell in headers),
        tuple(tuple(french.typeset(cell) for cell in row) for row in rows),
        french.typeset(line),
    )


def _name(bareme: Bareme) -> str:
    return f"{bareme.nom} (barème simulé)" if bareme.simulated else bareme.nom


def _reference_line(bareme: Bareme, cited: Iterable[Cited]) -> str:
    """Every source of a table of a barème."""
    return _sources_line(bareme.sources, cited)


def _sources_line(register: Mapping[str, Source], cited: Iterable[Cited]) -> str:
    """Every source of a table, with what it gives when there are several; then the day of the check."""
    found: dict[Reference, dict[str, None]] = {}
    for label, reference in cited:
        found.setdefault(reference, {})[label] = None
    texts = [
        (f"{', '.join(labels)} : " if len(found) > 1 else "") + _cited(register, reference)
        for reference, labels in found.items()
    ]
    head = "Source" if len(found) == 1 else "Sources"
    return f"{head} : {' ; '.join(texts)}. {_checked(found)}"


def _cited(register: Mapping[str, Source], reference: Reference) -> str:
    """Publisher, title, place, and the nature of the value there."""
    source = register[reference.source]
    return f"{source.editeur}, « {source.titre} », {reference.place} ({WORDS[reference.nature]})"


def _checked(references: Iterable[Reference]) -> str:
    """The day of the last check, the oldest if they differ."""
    return f"Vérifié le {french.day(min(reference.checked for reference in references))}."


def as_markdown(table: PublishedTable) -> str:
    """The table in Markdown: heading, cells, then its id and its sources."""
    lines = [f"### {table.title}", "", _line(table.headers), _line(["---"] * len(table.headers))]
    lines += [_line(row) for row in table.rows]
    return "\n".join([*lines, "", f"Tableau `{table.id}`. {table.reference_line}", ""])


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def as_csv(table: PublishedTable) -> str:
    """The headers and the rows as CSV: commas, UTF-8, one line a row; the sources stay out."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.headers)
    writer.writerows(table.rows)
    return text.getvalue()
