"""A French document and the three ways to write it: plain text, Markdown, HTML.

What is shown to a person is built as a `Document` first: a title, the answer in a few lines, then
sections of entries or a table. Nothing here knows the law.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape
from typing import Literal, NamedTuple

Format = Literal["texte", "markdown", "html"]


class Entry(NamedTuple):
    """One line of a section: what it says, and the smaller print under it."""

    text: str
    notes: tuple[str, ...] = ()


class Grid(NamedTuple):
    """A table of French text; a column of `numbers` is set to the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


class Section(NamedTuple):
    """A titled table, then a list of entries; either may be absent. `folded`: HTML hides it at first."""

    title: str
    entries: tuple[Entry, ...] = ()
    grid: Grid | None = None
    folded: bool = False


class Document(NamedTuple):
    """A title, the answer in a few lines, and the sections behind it."""

    title: str
    answer: tuple[str, ...]
    sections: tuple[Section, ...]


def written(found: Document, format: Format) -> str:
    """The document in one of the three forms; raises `ValueError` for a form that does not exist."""
    writers: Mapping[str, Callable[[Document], str]] = {
        "texte": as_text,
        "markdown": as_markdown,
        "html": as_html,
    }
    if format not in writers:
        raise ValueError(f"format inconnu : {format} ; formats : {', '.join(writers)}")
    return writers[format](found)


def as_text(found: Document) -> str:
    """Plain text: the answer, then each section with its table, its entries and notes, indented."""
    lines = [found.title, "", *found.answer]
    for section in found.sections:
        lines += ["", section.title.upper()]
        if section.grid is not None:
            lines += _text_grid(section.grid)
        for entry in section.entries:
            lines.append(f"- {entry.text}")
            lines += [f"    {note}" for note in entry.notes]
    return "\n".join(lines) + "\n"


def _text_grid(grid: Grid) -> list[str]:
    """Columns aligned with spaces."""
    table = [grid.headers, *grid.rows]
    widths = [max(len(row[rank]) for row in table) for rank in range(len(grid.headers))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.rjust(widths[rank]) if rank in grid.numbers else cell.ljust(widths[rank])
            for rank, cell in enumerate(row)
        ]
        return "  ".join(cells).rstrip(" ")

    return [line(grid.headers), line(["-" * width for width in widths]), *map(line, grid.rows)]


def as_markdown(found: Document) -> str:
    """Markdown: headings, a bold answer, tables, nested lists."""
    lines = [f"# {_md(found.title)}", ""]
    lines += [f"**{_md(line)}**  " for line in found.answer]
    for section in found.sections:
        lines += ["", f"## {_md(section.title)}", ""]
        if section.grid is not None:
            lines += [*_md_grid(section.grid), ""] if section.entries else _md_grid(section.grid)
        for entry in section.entries:
            lines.append(f"- {_md(entry.text)}")
            lines += [f"    - {_md(note)}" for note in entry.notes]
    return "\n".join(lines) + "\n"


def _md_grid(grid: Grid) -> list[str]:
    rule = ["---:" if rank in grid.numbers else "---" for rank in range(len(grid.headers))]
    return [
        f"| {' | '.join(row)} |" for row in (map(_md, grid.headers), rule, *(map(_md, r) for r in grid.rows))
    ]


def _md(text: str) -> str:
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return text


def as_html(found: Document) -> str:
    """An HTML fragment without style sheet or script; safe in any page."""
    parts = [f'<div class="aide-am" lang="fr"><h3>{escape(found.title)}</h3>']
    parts += [f"<p><strong>{escape(line)}</strong></p>" for line in found.answer]
    for section in found.sections:
        head = escape(section.title)
        parts.append(f"<details><summary>{head}</summary>" if section.folded else f"<h4>{head}</h4>")
        if section.grid is not None:
            parts.append(_html_grid(section.grid))
        if section.entries:
            parts.append("<ul>")
        for entry in section.entries:
            notes = "".join(f"<li><small>{escape(note)}</small></li>" for note in entry.notes)
            parts.append(f"<li>{escape(entry.text)}{f'<ul>{notes}</ul>' if notes else ''}</li>")
        if section.entries:
            parts.append("</ul>")
        if section.folded:
            parts.append("</details>")
    return "".join(parts) + "</div>"


STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;line-height:1.45}"
    "table{border-collapse:collapse;margin:.5rem 0;display:block;overflow-x:auto}"
    "th,td{border-bottom:1px solid #ccc;padding:.25rem .6rem}td{white-space:nowrap}"
    "th{text-align:left;vertical-align:bottom}h1{font-size:1.6rem}h2{font-size:1.2rem}"
)
"""The few rules that make a page readable and printable, without script or network."""


_TITLE = re.compile(r"<h3>(.*?)</h3>")


def page(fragment: str, title: str) -> str:
    """A whole page around a fragment, which a browser opens from a file: its encoding is told.

    Its title is that of the document, or `title`; the headings begin at the first level.
    """
    found = _TITLE.search(fragment)
    title = title if found is None else unescape(found[1])
    for level, higher in (("h3", "h1"), ("h4", "h2")):
        fragment = fragment.replace(f"<{level}>", f"<{higher}>").replace(f"</{level}>", f"</{higher}>")
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="fr"><head>{head}</head>\n<body>{fragment}</body></html>\n'


def _html_grid(grid: Grid) -> str:
    head = "".join(
        f'<th scope="col" style="text-align:right">{escape(cell)}</th>'
        if rank in grid.numbers
        else f'<th scope="col">{escape(cell)}</th>'
        for rank, cell in enumerate(grid.headers)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:right">{escape(cell)}</td>'
            if rank in grid.numbers
            else f"<td>{escape(cell)}</td>"
            for rank, cell in enumerate(row)
        )
        + "</tr>"
        for row in grid.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
