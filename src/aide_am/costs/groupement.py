"""The account of a groupement d'employeurs for a period, and the statement of each member (CST-02).

The members pay the loaded wages in proportion to real use, a coefficient that covers the running costs,
and their adhesion; what is billed over the cost, the subsidies and the rétrocession come back to them by
the same shares. So the statements sum to the cost, less subsidies and rétrocession, to the centime.
Not modelled: taxes on the bills, a subsidy tied to the post of one member, a surplus put in reserve.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Strict

from ..bareme import exact_decimal
from ..closed import Closed, Coherent, ReadBy, expected_type, expected_value, readable, shown
from ..collective.models import Identifiant
from ..decision import _Decimal, _Fraction
from ..documents import Format
from ..errors import Refusal, RefusedData
from ..events import Euros
from ..models import Jour, Part
from ..records import adapter_of, json_object
from ..rules import groupement as cst
from ..rules.amounts import centimes, from_centimes

LARGEST = 10**6
"""Hours and coefficients are read under this bound: over it, a unit or a decimal point is wrong."""
PLACES = 6
"""The decimals that hours and coefficients may have."""
LABEL_LENGTH = 80
"""The longest name of a subsidy or of an income, in characters."""


def _bounded(value: object, least: int) -> Decimal | None:
    """An exact decimal from `least` to `LARGEST`, of `PLACES` decimals at most, without exponent."""
    exact = exact_decimal(value)
    if exact is None or not exact.is_finite() or exact.is_signed() or not least <= exact < LARGEST:
        return None
    return Decimal(format(exact, "f")) if exact == round(exact, PLACES) else None


def _read_heures(value: object) -> Decimal:
    heures = _bounded(value, 0)
    if heures is None:
        raise expected_value(
            'un nombre d’heures, positif ou nul, par exemple "75.5"',
            "écrivez les heures entre guillemets, avec un point, les minutes en décimales",
            "heures",
        )
    return heures


def _read_coefficient(value: object) -> Decimal:
    coefficient = _bounded(value, 1)
    if coefficient is None:
        raise expected_value(
            'un coefficient d’au moins 1, par exemple "1.06" pour 6 % de frais',
            "écrivez le coefficient entre guillemets, avec un point, ou rien pour celui qui couvre les frais",
            "coefficient",
        )
    return coefficient


def _libelle(value: str) -> str:
    if not value.strip() or len(value) > LABEL_LENGTH or not value.isprintable():
        raise expected_value(
            f"un libellé de 1 à {LABEL_LENGTH} caractères, sur une ligne",
            "nommez la ressource, par exemple « subvention régionale »",
            "libelle",
        )
    return value


_EXACT = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]}
Heures = Annotated[Decimal, ReadBy(_read_heures, _EXACT)]
"""Hours of real use: a decimal text, a `Decimal` or a whole number, not negative."""
Coefficient = Annotated[Decimal, ReadBy(_read_coefficient, _EXACT)]
"""A coefficient on loaded wages, from 1: a decimal text, a `Decimal` or a whole number."""
Libelle = Annotated[str, Strict(), AfterValidator(_libelle)]


class MembreGroupement(Closed):
    """A member: his `heures` of real use in the period, or his `part` of it; one of the two."""

    identifiant: Identifiant
    heures: Heures | None = None
    part: Part | None = None


class Ressource(Closed):
    """Money that the groupement receives from others than its members, in euros."""

    libelle: Libelle
    montant: Euros


class CompteGroupement(Coherent):
    """What a groupement spends and receives from `debut` to `fin`, both included; sums in euros.

    `masse_salariale`: loaded wages of the staff put at disposal. `adhesion`: of each member.
    `coefficient`: on loaded wages; `None` is the one that covers the running costs exactly.
    `subventions` all reduce the bills; of `produits`, the part `retrocession` does.
    """

    debut: Jour
    fin: Jour
    masse_salariale: Euros
    frais_fonctionnement: Euros
    membres: tuple[MembreGroupement, ...]
    adhesion: Euros = Decimal(0)
    coefficient: Coefficient | None = None
    subventions: tuple[Ressource, ...] = ()
    produits: tuple[Ressource, ...] = ()
    retrocession: Part | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        return _account_faults(given, frozenset())

    @classmethod
    def _incoherences_of_refused(cls, value: Any, unread: Iterable[Refusal]) -> Iterator[Refusal]:
        return _account_faults(*_readable_account(value))


@json_object
class Lines(NamedTuple):
    """The lines of a statement, in euros, which sum to `net`; what comes back to the member is negative.

    `frais`: running costs billed through the coefficient. `regularisation`: billed over the cost.
    """

    salaires: _Decimal
    frais: _Decimal
    adhesion: _Decimal
    regularisation: _Decimal
    subventions: _Decimal
    retrocession: _Decimal
    net: _Decimal


@json_object
class Statement(NamedTuple):
    """What one member owes for the period: his exact share of real use, and his lines."""

    member: str
    share: _Fraction
    lines: Lines


@json_object
class Statements(NamedTuple):
    """The statements of all members, in the order of the account, which they carry; sums in euros.

    `coefficient`: used, exact. `least`: the one that covers the running costs. `cost`: wages and running
    costs. `total`: each line over all members, where `net` = cost − subventions − rétrocession.
    """

    account: CompteGroupement
    coefficient: _Fraction
    least: _Fraction
    cost: _Decimal
    statements: tuple[Statement, ...]
    total: Lines

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of this account, in French."""
        from .groupement_rendering import notes

        return notes(self)

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a member, ready for a data frame; euros as `Decimal`, share as `Fraction`."""
        return [
            {"membre": each.member, "part": each.share, **each.lines._asdict()} for each in self.statements
        ]

    def explain(self, format: Format = "texte") -> str:
        """The statements in French, as text, Markdown or HTML."""
        from .groupement_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The statements as JSON text: decimals and fractions as strings, dates in ISO form."""
        return adapter_of(Statements).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Statements":
        """The statements that `to_json` wrote, equal to them."""
        return adapter_of(Statements).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(Statements).json_schema(mode="serialization")


def statements(account: CompteGroupement) -> Statements:
    """The statement of each member of a groupement d'employeurs (CST-02).

    Each net is the exact share to the centime, and their sum is the total. Centimes are split in the
    order of the labels: the order of the members changes nothing. Raises `RefusedData` for anything but
    a `CompteGroupement`.
    """
    remedy = "construisez d’abord le compte du groupement"
    expected_type("compte", account, CompteGroupement, "un CompteGroupement", remedy)
    sums = _sums(account)
    least = cst.coefficient_couvrant(sums.masse, sums.frais, sums.adhesions)
    used = least if account.coefficient is None else Fraction(account.coefficient)
    billed = cst.facturation(sums.masse, used)
    back = cst.excedent(billed, sums.adhesions, sums.masse, sums.frais)
    totals = (sums.masse, billed - sums.masse, -back, -sums.subventions, -sums.retrocession)
    ranked = sorted(zip(account.membres, shares(account), strict=True), key=lambda pair: pair[0].identifiant)
    cells = cst.lignes(totals, [share for _, share in ranked])
    found = {
        membre.identifiant: Statement(membre.identifiant, share, _lines(row, centimes(account.adhesion)))
        for (membre, share), row in zip(ranked, cells, strict=True)
    }
    return Statements(
        account=account,
        coefficient=used,
        least=least,
        cost=from_centimes(sums.masse + sums.frais),
        statements=tuple(found[membre.identifiant] for membre in account.membres),
        total=_lines(totals, sums.adhesions),
    )


def shares(account: CompteGroupement) -> list[Fraction]:
    """Each member's exact share of real use, from his hours or as given (CST-02); they sum to one."""
    parts = [Fraction(membre.part) for membre in account.membres if membre.part is not None]
    hours = [Fraction(membre.heures) for membre in account.membres if membre.heures is not None]
    return parts or cst.parts_d_utilisation(hours)


class _Sums(NamedTuple):
    """The sums of an account, in whole centimes."""

    masse: int
    frais: int
    adhesions: int
    subventions: int
    retrocession: int


def _sums(account: Any) -> _Sums:
    produits = sum(centimes(each.montant) for each in account.produits)
    return _Sums(
        masse=centimes(account.masse_salariale),
        frais=centimes(account.frais_fonctionnement),
        adhesions=centimes(account.adhesion) * len(account.membres),
        subventions=sum(centimes(each.montant) for each in account.subventions),
        retrocession=cst.retrocession(produits, Fraction(account.retrocession or 0)),
    )


def _lines(by_use: tuple[int, ...], adhesion: int) -> Lines:
    """The lines in euros from those that follow use, and the adhesion, in centimes."""
    wages, costs, *back = by_use
    return Lines(*map(from_centimes, (wages, costs, adhesion, *back, sum(by_use) + adhesion)))


LISTS: Mapping[str, type[Closed]] = {
    "membres": MembreGroupement,
    "subventions": Ressource,
    "produits": Ressource,
}
"""The lists of an account, and what each holds."""


def _readable_account(value: Any) -> tuple[Any, frozenset[str]]:
    """The parts of refused data that can be read, and the names of the fields that cannot."""
    raw = value if isinstance(value, dict) else {}
    account, unread = readable(CompteGroupement, value), set()
    for name, field in CompteGroupement.model_fields.items():
        given = raw.get(name, field.get_default())
        if name in LISTS and isinstance(given, list | tuple):
            setattr(account, name, [readable(LISTS[name], each) for each in given])
            if not all(_reads(LISTS[name], each) for each in given):
                unread.add(name)
        elif name not in raw and not field.is_required():
            setattr(account, name, given)
        elif (getattr(account, name) is None and (given, field.default) != (None, None)) or name in LISTS:
            setattr(account, name, None)
            unread.add(name)
    return account, frozenset(unread)


def _reads(model: type[Closed], value: Any) -> bool:
    try:
        model.model_validate(value)
    except RefusedData:
        return False
    return True


def _account_faults(account: Any, unread: frozenset[str]) -> Iterator[Refusal]:
    """What cannot be true across the fields of an account; nothing is compared to the `unread` ones."""
    debut, fin = account.debut, account.fin
    if debut is not None and fin is not None and fin < debut:
        expected = f"une date à partir du début ({debut.isoformat()})"
        remedy = "vérifiez les deux dates : l’une des deux est fausse"
        yield Refusal("fin", f"« {fin.isoformat()} »", expected, remedy, "date_impossible")
    if account.masse_salariale == 0:
        expected = "les salaires chargés du personnel mis à disposition, plus que 0"
        remedy = "donnez le coût des salaires de la période : sans eux, rien n’est facturé"
        yield Refusal("masse_salariale", "0", expected, remedy, "masse_nulle")
    if account.membres is not None:
        yield from _member_faults(account.membres)
        yield from () if "membres" in unread else _use_faults(account.membres)
    if not unread & {"produits", "retrocession"}:
        yield from _income_faults(account)
    if not unread and account.masse_salariale and account.membres:
        yield from _money_faults(_sums(account), account)


def _member_faults(membres: Any) -> Iterator[Refusal]:
    """At least one member, and each label once."""
    if not membres:
        yield Refusal("membres", "aucun", "au moins un membre", "ajoutez-le", "sans_membre")
    seen: dict[str, int] = {}
    for rank, label in enumerate(membre.identifiant for membre in membres):
        if label is not None and seen.setdefault(label, rank) != rank:
            expected = f"un repère que le membre {seen[label]} ne porte pas déjà"
            remedy = "donnez à chaque membre un repère différent, ou réunissez ses heures"
            field = f"membres.{rank}.identifiant"
            yield Refusal(field, shown(label), expected, remedy, "identifiant_double")


def _use_faults(membres: Any) -> Iterator[Refusal]:
    """Hours for all or parts for all, which tell the whole use."""
    wrong = [rank for rank, m in enumerate(membres) if (m.heures is None) == (m.part is None)]
    for rank in wrong:
        received = "aucune des deux" if membres[rank].part is None else "les deux"
        remedy = "donnez les heures d’utilisation, 0 s’il n’y en a pas, ou la part"
        yield Refusal(f"membres.{rank}", received, "heures ou part, l’une des deux", remedy, "heures_ou_part")
    if wrong or not membres:
        return
    parts = [membre.part for membre in membres if membre.part is not None]
    if 0 < len(parts) < len(membres):
        expected = "des heures pour tous, ou des parts pour tous"
        remedy = "donnez les heures de tous"
        yield Refusal("membres", "des heures et des parts", expected, remedy, "heures_et_parts")
    elif parts:
        yield from _part_faults(sum(map(Fraction, parts)))
    elif not any(membre.heures for membre in membres):
        expected = "au moins une heure d’utilisation, puisque des salaires sont à facturer"
        yield Refusal("membres", "0 heure en tout", expected, "donnez les heures de chacun", "sans_heures")


def _part_faults(total: Fraction | int) -> Iterator[Refusal]:
    """Parts of one use sum to one."""
    if total != 1:
        code = "parts_au_dela_de_un" if total > 1 else "parts_incompletes"
        remedy = "corrigez les parts, ou donnez les heures : la part de chacun s’en déduit exactement"
        received = f"{plain(Fraction(total))} en tout"
        yield Refusal("membres", received, "des parts dont la somme est 1", remedy, code)


def _income_faults(account: Any) -> Iterator[Refusal]:
    """The part that is given back and the income of which it is one go together: missing is not zero."""
    if account.produits and account.retrocession is None:
        remedy = 'donnez la part rendue aux membres, "0" si le groupement garde tout'
        expected = "une part entre 0 et 1, puisqu’il y a des produits"
        yield Refusal("retrocession", "rien", expected, remedy, "retrocession_manquante")
    elif account.retrocession and not account.produits:
        remedy = "donnez les produits, ou retirez cette part"
        expected = "rien ou 0, puisqu’il n’y a pas de produits"
        yield Refusal(
            "retrocession", shown(format(account.retrocession, "f")), expected, remedy, "sans_produits"
        )


def _money_faults(sums: _Sums, account: Any) -> Iterator[Refusal]:
    """No under-invoicing, and no resources over the cost: the bill of use would turn negative."""
    least = cst.coefficient_couvrant(sums.masse, sums.frais, sums.adhesions)
    if account.coefficient is not None and Fraction(account.coefficient) < least:
        shown_least = plain(cst.coefficient_affichable(least))
        yield Refusal(
            "coefficient",
            shown(format(account.coefficient, "f")),
            f"au moins {shown_least} : les frais de fonctionnement que les adhésions ne paient pas doivent "
            "être couverts, la sous-facturation n’est pas possible",
            f'écrivez "{shown_least}" ou plus, ou rien pour le coefficient exact',
            "sous_facturation",
        )
    cost, received = sums.masse + sums.frais, sums.adhesions + sums.subventions + sums.retrocession
    if received > cost:
        field = "subventions" if sums.subventions else "produits" if sums.retrocession else "adhesion"
        yield Refusal(
            field,
            f"{from_centimes(received)} € d’adhésions, de subventions et de rétrocession",
            f"au plus le coût du groupement, {from_centimes(cost)} € : "
            "rien ne resterait à facturer à l’usage",
            "baissez l’adhésion, ou ne comptez que la part des ressources qui revient à cette période",
            "ressources_au_dela_du_cout",
        )


def plain(number: Fraction) -> str:
    """An exact decimal as it is typed: 1.0612."""
    return format((Decimal(number.numerator) / number.denominator).normalize(), "f")


__all__ = [
    "CompteGroupement",
    "Lines",
    "MembreGroupement",
    "Ressource",
    "Statement",
    "Statements",
    "shares",
    "statements",
]
