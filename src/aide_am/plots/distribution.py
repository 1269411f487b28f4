"""A group of doctors: their distribution around the published percentiles."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import altair as alt
import narwhals as nw

from .. import french
from ..bareme import Bareme, Distribution
from ..chronology import last_bareme
from ..closed import expected_type, shown
from ..frames.backends import opened
from ..sentences import WORDS
from ..terms import INDICATEURS, PERCENTILES, Indicateur
from .style import LIGHT_BLUE, ORANGE, WHOLE, Row, halo, rows, titled
from .tables import collected, refused

WIDTH, HEIGHT = 620, 320
BINS = 40
"""The most bars of a distribution, about."""
FAR = 2
"""It is drawn up to this many times its highest percentile; the doctors beyond are counted."""
SHOWN = ("p30", "p50", "p90", "p95")
"""The percentiles that the texts use."""
RANKS: Mapping[str, int] = {name: rank for rank, name in enumerate(PERCENTILES)}


class _Group(NamedTuple):
    """A column of counts: how many are known, how many are not, the highest, those under each percentile."""

    known: int
    unknown: int
    highest: int
    under: dict[str, int]


def distribution_chart(
    frame: Any,
    indicator: Indicateur = "pmt",
    *,
    specialite: str | None = None,
    column: str | None = None,
    bareme: Bareme | None = None,
) -> alt.LayerChart:
    """The distribution of a group of doctors, and the published percentiles of their specialty.

    frame: a table of dossiers, evaluated or not, of any kind. specialite: the specialty, whose rows alone
    are kept where the table has a column `specialite`; by default the only one of the table. column: the
    counts, whole patients; by default those of the signature, `pmt_initiale` or `pfa_initiale`. bareme:
    whose percentiles; by default the last one, so that contracts of avenant 7, whose PMT counts adults,
    should be drawn apart with theirs. Raises `RefusedData`, in French.
    """
    if indicator not in INDICATEURS:
        raise refused("indicator", shown(indicator), '"pmt" ou "pfa"', "choisissez-en un", "choix")
    if bareme is not None:
        expected_type("bareme", bareme, Bareme, "un Bareme", "bareme_at(…)")
    table, law = opened(frame), bareme or last_bareme()
    name = column or f"{indicator}_initiale"
    _check_counts(table, name)
    slug = specialite or _only_specialty(table)
    named = law.specialites.get(slug)
    if named is None or indicator not in named.indicateurs:
        received, expected = f"{shown(slug)} et {indicator}", "une spécialité qui a cet indicateur"
        raise refused("specialite", received, expected, "changez l’un ou l’autre", "choix")
    if "specialite" in table.collect_schema():
        table = table.filter(nw.col("specialite").cast(nw.String) == slug)
    counts = table.select(nw.col(name).alias("patients"))
    heading = f"{named.libelle} : distribution de la {WORDS[indicator]}"
    return _drawn(counts, heading, law.percentiles[slug, indicator], law)


def _drawn(counts: Any, heading: str, known: Distribution, law: Bareme) -> alt.LayerChart:
    """counts: a table whose only column is `patients`."""
    cells = _published(known)
    group = _group(counts, cells)
    top = min(group.highest, FAR * max(cells.values(), default=group.highest))
    width = _nice(top)
    end = (top // width + 1) * width
    bars = _bars(counts, width, end)
    scale = alt.Scale(nice=False, domain=[0, end])
    x = alt.X("de:Q", title="Patients", axis=alt.Axis(format=WHOLE, grid=False), scale=scale)
    per = f"Médecins, par tranche de {french.whole(width)} patients"
    room = alt.Scale(domain=[0, max([1, *(bar["medecins"] for bar in bars)]) * 1.2], nice=False)
    y = alt.Y("medecins:Q", title=per, axis=alt.Axis(format=WHOLE, tickMinStep=1), scale=room)
    tooltip = [alt.Tooltip("patients:N", title="Patients"), _whole("medecins:Q", "Médecins")]
    drawn = alt.Chart(rows(bars)).mark_rect(color=LIGHT_BLUE, stroke="white", strokeWidth=1)
    layers = [drawn.encode(x=x, x2="a:Q", y=y, y2=alt.datum(0), tooltip=tooltip), *_rules(cells, x, end)]
    beyond = group.known - sum(bar["medecins"] for bar in bars)
    notes = [_group_note(group, beyond, end), *_percentile_notes(known, law, cells)]
    chart = alt.LayerChart(layer=layers)
    return titled(chart, heading, notes, simulated=law.simulated, width=WIDTH, height=HEIGHT)


def _whole(field: str, title: str) -> alt.Tooltip:
    return alt.Tooltip(field, title=title, format=WHOLE)


def _rules(cells: Mapping[str, int], x: alt.X, end: int) -> list[alt.Chart]:
    """A line and its name at each percentile, the names on both sides and two levels, not to touch."""
    layers = []
    for rank, (name, cell) in enumerate(cells.items()):
        rule = alt.Chart(rows([{"de": cell, "dit": f"{name.upper()} : {french.whole(cell)}"}])).encode(x=x)
        before = rank % 2 == 0 and cell > end / 8
        side = {"align": "right", "dx": -5} if before else {"align": "left", "dx": 5}
        layers.append(rule.mark_rule(color=ORANGE, strokeWidth=2))
        layers += halo(rule.encode(text="dit:N"), y=10 + 18 * (rank % 2), fontWeight="bold", **side)
    return layers


def _published(known: Distribution) -> dict[str, int]:
    """The percentiles that are published, in patients."""
    told = zip(PERCENTILES, known[: len(PERCENTILES)], strict=True)
    return {name: cell for name, cell in told if name in SHOWN and isinstance(cell, int)}


# --- Counting, where the table is ---------------------------------------------------------------


def _check_counts(table: Any, name: str) -> None:
    schema = table.collect_schema()
    if name not in schema:
        expected = f"une colonne du tableau : {', '.join(schema)}"
        raise refused("column", shown(name), expected, "donnez column=…", "colonne_inconnue")
    if not schema[name].is_numeric():
        remedy, field = "convertissez la colonne en nombres entiers", f"colonne {name}"
        raise refused(field, f"le type {schema[name]}", "des nombres entiers", remedy, "type_colonne")


def _only_specialty(table: Any) -> str:
    if "specialite" not in table.collect_schema():
        remedy = 'donnez specialite="medecine_generale"'
        raise refused("specialite", "rien", "la spécialité du groupe", remedy, "missing")
    found = collected(table.select(nw.col("specialite").cast(nw.String)).unique().sort("specialite"))
    slugs = [row["specialite"] for row in found if isinstance(row["specialite"], str)]
    if len(slugs) != 1:
        several = f" ({', '.join(slugs[:5])}{'…' if len(slugs) > 5 else ''})" if slugs else ""
        received = f"{len(slugs)} spécialités dans le tableau{several}"
        raise refused("specialite", received, "une seule", 'donnez specialite="…"', "missing")
    return slugs[0]


def _group(counts: Any, cells: Mapping[str, int]) -> _Group:
    patients = nw.col("patients")
    tests = {"connus": ~patients.is_null()}
    tests |= {name: (patients < cell).fill_null(False) for name, cell in cells.items()}
    ones = [nw.when(test).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name) for name, test in tests.items()]
    sums = [nw.col(name).sum() for name in tests]
    found = counts.with_columns(*ones).select(nw.len().alias("lignes"), patients.max(), *sums)
    (row,) = collected(found)
    if not row["connus"]:
        raise refused("column", "aucun effectif connu", "au moins un", "vérifiez le groupe", "vide")
    known = int(row["connus"])
    under = {name: int(row[name]) for name in cells}
    return _Group(known, int(row["lignes"]) - known, int(row["patients"]), under)


def _bars(counts: Any, width: int, end: int) -> list[Row]:
    """One row a bar, from the first that has a doctor."""
    kept = counts.filter(~nw.col("patients").is_null()).filter(nw.col("patients") < end)
    ranks = kept.select((nw.col("patients") // width).cast(nw.Int64).alias("rang"), nw.lit(1).alias("un"))
    found = []
    for row in collected(ranks.group_by("rang").agg(nw.col("un").sum()).sort("rang")):
        first = int(row["rang"]) * width
        said = f"{french.whole(first)} à {french.whole(first + width - 1)}"
        found.append({"de": first, "a": first + width, "medecins": int(row["un"]), "patients": said})
    return found


def _nice(top: int) -> int:
    """A round width for at most about `BINS` bars up to `top`."""
    least = max(1, top // BINS)
    scale = int(10 ** (len(str(least)) - 1))
    return next(step * scale for step in (1, 2, 5, 10) if step * scale >= least)


# --- What stands under the title ----------------------------------------------------------------


def _group_note(group: _Group, beyond: int, end: int) -> str:
    note = f"{french.whole(group.known)} médecins"
    note += f", {french.whole(group.unknown)} d’effectif non connu" if group.unknown else ""
    parts = [f"sous {name.upper()} {_percent(count, group.known)}" for name, count in group.under.items()]
    note += f". Part du groupe : {', '.join(parts)}" if parts else ""
    note += f". Non dessinés, {french.whole(end)} patients et plus : {french.whole(beyond)}" if beyond else ""
    return f"{note}."


def _percent(count: int, total: int) -> str:
    return f"{round(100 * count / total)} %"


def _percentile_notes(known: Distribution, law: Bareme, cells: Mapping[str, int]) -> list[str]:
    """Whose percentiles they are, the nature of their sources, and those that nobody publishes."""
    told: dict[str, list[str]] = {}
    for name in cells:
        reference = known.references[RANKS[name]]
        source = law.sources.get(reference.source)
        editor = "" if source is None else f", {source.editeur}"
        told.setdefault(f"{WORDS[reference.nature]}{editor}", []).append(name.upper())
    notes = [f"{french.enumeration(names)} : {law.nom}, {nature}." for nature, names in told.items()]
    bounds = {name: known.bounds[RANKS[name]] for name in SHOWN if name not in cells}
    notes += [f"{name.upper()} : {french.over(over)}." for name, over in bounds.items() if over is not None]
    absent = [name.upper() for name, over in bounds.items() if over is None]
    return [*notes, f"Non publiés : {french.enumeration(absent)}."] if absent else notes
