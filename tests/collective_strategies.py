"""Hypothesis strategies: groups that the models accept, around the bounds of chapter COL."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from aide_am import Readings
from aide_am.calendar import anniversary
from aide_am.collective.models import DossierCollectif
from aide_am.readings import CHOICES
from strategies import iso, maybe

CONSULTED = ("taux_atteinte", "arrondi", "objectifs_collectifs", "demi_etp_collectif")
"""The readings that a contrat collectif may consult."""
DAYS = (date(2026, 2, 25), date(2026, 10, 31), date(2026, 11, 1), date(2028, 2, 29))


def readings() -> st.SearchStrategy[Readings]:
    """Every open point that matters here settled one way or another; the default is the simplest."""
    return st.fixed_dictionaries({name: st.sampled_from(CHOICES[name]) for name in CONSULTED}).map(
        lambda chosen: Readings(**chosen)
    )


def groups(**fixed: Any) -> st.SearchStrategy[DossierCollectif]:
    """Valid dossiers; `annee`, `complete=True` (nothing unknown) and `observed=True` can be fixed."""
    return group_dicts(**fixed).map(DossierCollectif.model_validate)


@st.composite
def group_dicts(
    draw: st.DrawFn, *, annee: int | None = None, complete: bool = False, observed: bool = False
) -> dict[str, Any]:
    """The same as input of `DossierCollectif.model_validate`."""

    def known(values: st.SearchStrategy[Any]) -> Any:
        return draw(values if complete else maybe(values))

    signed = draw(st.sampled_from(DAYS) | st.dates(date(2026, 2, 25), date(2029, 12, 31)))
    year = annee or draw(st.integers(1, 7))
    size = draw(st.integers(1, 4))
    members = [draw(_member(rank, signed, complete)) for rank in range(size)]
    inside = [m for m in members if _inside(m, signed, year)]
    seen = {name: known(_count(inside, name)) for name in ("pmt", "pfa")}
    for name in seen:
        own = [m["observation"] and m["observation"][name] for m in inside]
        if None not in own:
            seen[name] = sum(own)
    return {
        "structure": known(st.sampled_from(("SCP", "SCM", "SISA", "SISA", "SEL", "autre"))),
        "activite_de_soins": known(st.sampled_from((True, True, True, False))),
        "date_signature": iso(signed),
        "etp": draw(st.sampled_from(("0.5", "1", "1.5", "2", "2.5", "3", "4.5"))),
        "membres": members,
        "annee": year,
        "observation": seen if observed else draw(maybe(st.just(seen))),
        "agree_terrain_de_stage": known(st.booleans()),
        "groupement_employeurs": draw(st.booleans()),
        "convention_cabinets_medicaux": known(st.sampled_from((True, True, False))),
        "renouvellement": known(st.booleans()),
    }


def _inside(member: dict[str, Any], signed: date, year: int) -> bool:
    start = anniversary(signed, year - 1).isoformat()
    entry, leaving = member["date_adhesion"] or signed.isoformat(), member["date_retrait"]
    return bool(entry <= start and (leaving is None or leaving > start))


def _count(members: list[dict[str, Any]], name: str) -> st.SearchStrategy[int]:
    """Around the start of the group, or anywhere."""
    base = sum(m["patientele"][name] or 0 for m in members)
    return st.integers(max(0, base - 100), base + 1500) | st.integers(0, 9000)


@st.composite
def _member(draw: st.DrawFn, rank: int, signed: date, complete: bool) -> dict[str, Any]:
    """A doctor; the first one adheres at the signature and stays."""

    def known(values: st.SearchStrategy[Any]) -> Any:
        return draw(values if complete else maybe(values))

    entry = draw(st.sampled_from((0, 0, 0, 1, 2))) if rank else 0
    leaving = draw(st.sampled_from((None, None, None, 1, 2, 3))) if rank else None
    adhered = anniversary(signed, entry)
    state = known(st.sampled_from(("aucun", "aucun", "clos", "en_cours")))
    edge = anniversary(adhered, -1)
    installed = known(
        st.sampled_from((edge, edge + timedelta(days=1), adhered))
        | st.integers(0, 9000).map(lambda days: adhered - timedelta(days=days))
    )
    gains = {name: known(st.integers(0, 400)) for name in ("pmt", "pfa")}
    seen = {name: known(st.integers(0, 2500)) for name in ("pmt", "pfa")}
    earlier = draw(maybe(st.integers(0, 900).map(lambda days: adhered - timedelta(days=days))))
    return {
        "identifiant": f"medecin_{rank + 1}",
        "specialite": draw(st.sampled_from(("medecine_generale",) * 5 + ("mep", "dermatologie"))),
        "secteur": known(st.sampled_from(("1", "1", "2", "non_conventionne"))),
        "option_tarifaire": known(st.sampled_from(("OPTAM", "OPTAM", "OPTAM-CO", "aucune"))),
        "associe_en_nom_propre": known(st.sampled_from((True, True, True, False))),
        "patientele": {"pmt": known(_edge(775)), "pfa": known(_edge(1219))},
        "date_installation": iso(installed),
        "date_adhesion": iso(adhered) if entry else draw(st.sampled_from((None, iso(adhered)))),
        "date_retrait": None if leaving is None else iso(anniversary(signed, entry + leaving)),
        "contrat_individuel": state,
        "date_cloture_individuel": iso(
            known(st.integers(-40, 400).map(lambda days: adhered - timedelta(days=days)))
            if state == "clos"
            else None
        ),
        "gains_anterieurs": None if state == "aucun" else gains,
        "fin_collectif_anterieur": iso(
            earlier if earlier is not None and earlier >= date(2026, 2, 25) else None
        ),
        "derogation_carence": draw(st.booleans()),
        "maitre_de_stage_pamsu": known(st.booleans()),
        "accueille_docteur_junior": known(st.booleans()),
        "observation": known(st.just(seen)),
    }


def _edge(count: int) -> st.SearchStrategy[int]:
    return st.sampled_from((count - 1, count, count + 1)) | st.integers(0, 2500)
