"""French numbers, dates and typography. Pure functions from values to text."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

SHORT = 5
"""The longest fraction that still reads at a glance: 10/13."""
NARROW, WIDE = "\u202f", "\u00a0"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_BEFORE_NARROW = re.compile(r" +([;!?])")
_BEFORE_WIDE = re.compile(r" +([:%€»])")
_AFTER_QUOTE = re.compile(r"« +")


def typeset(text: str) -> str:
    """Plain spaces before ; ! ? : % € » and after « made into the no-break spaces of French."""
    text = _BEFORE_NARROW.sub(rf"{NARROW}\1", text)
    text = _BEFORE_WIDE.sub(rf"{WIDE}\1", text)
    return _AFTER_QUOTE.sub(f"«{WIDE}", text)


def whole(number: int) -> str:
    """1 300, with a narrow no-break space; a true minus sign."""
    text = f"{abs(number):,}".replace(",", NARROW)
    return f"−{text}" if number < 0 else text


def over(number: int) -> str:
    """What is known of a count by a bound alone: plus de 2 355."""
    return f"plus de {whole(number)}"


def euros(amount: Decimal) -> str:
    """18 000 €, or 18 947,37 € when there are centimes."""
    units, _, cents = f"{amount.copy_abs():.2f}".partition(".")
    text = whole(int(units)) + ("" if cents == "00" else f",{cents}")
    return f"{'−' if amount < 0 else ''}{text}{WIDE}€"


def patients(count: int) -> str:
    """1 patient, 1 300 patients."""
    return f"{whole(count)} patient{'s' if count > 1 else ''}"


def percent(part: Fraction | Decimal) -> str:
    """82 %, 81,82 % or 7,5 %: at most two decimals; 0 % and 100 % are exact."""
    number = round(Fraction(part) * 100, 2)
    if number in (0, 100) and number != Fraction(part) * 100:
        number += Fraction(1 if part > number / 100 else -1, 100)
    units, _, rest = f"{float(abs(number)):.2f}".partition(".")
    rest = rest.rstrip("0")
    return f"{'−' if number < 0 else ''}{whole(int(units))}{f',{rest}' if rest else ''}{WIDE}%"


def decimal(value: Decimal) -> str:
    """1,6: a decimal without zeros at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def fraction(value: Fraction) -> str:
    """0,5, or 1/3 where no decimal is exact."""
    exact = Decimal(value.numerator) / value.denominator
    return decimal(exact) if Fraction(exact) == value else str(value)


def share(part: Fraction) -> str:
    """100 %, or the exact fraction with its value: 9/11 (81,82 %); a long one by its value alone (DIT-05)."""
    if part.denominator == 1:
        return percent(part)
    if len(str(part)) <= SHORT:
        return f"{part} ({percent(part)})"
    return percent(part) if (part * 10_000).denominator == 1 else f"environ {percent(part)}"


def day(value: date) -> str:
    """1er septembre 2024."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number} {MONTHS[value.month - 1]} {value.year}".replace(" ", WIDE, 1)


def enumeration(words: list[str], last: str = "et") -> str:
    """A, b et c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def lower(text: str) -> str:
    """The text with its first letter in lower case."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
