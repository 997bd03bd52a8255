"""One self-contained page: opens without a network, in light and dark, prints; its numbers stand in it as JSON too."""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, and what it looks like: "", "right", "strong", "copy", "doubt" or "worse"; the name of a part of the page that it leads to; and more of it, for those who ask."""

    text: str
    look: str = ""
    leads_to: str = ""
    more: str = ""


def page(*, title: str, headline: str, subline: str, body: Iterable[str], data: Mapping[str, Any]) -> str:
    """The whole page.

    Args:
        title: of the window.
        headline: what it says, in a sentence.
        subline: of what.
        body: parts, in HTML that the functions below made.
        data: every number of it.
    """
    template = Template(resources.files("byheart.report").joinpath("templates/page.html").read_text("utf-8"))
    return template.substitute(
        title=html.escape(title),
        headline=html.escape(headline),
        subline=html.escape(subline),
        body="\n".join(body),
        data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    )


def heading(text: str, *, level: int = 2, name: str = "") -> str:
    """A heading; with a name, links lead to it.

    >>> heading("What & why"), heading("Why", name="why")
    ('<h2>What &amp; why</h2>', '<h2 id="why">Why</h2>')
    """
    named = f' id="{html.escape(name)}"' if name else ""
    return f"<h{level}{named}>{html.escape(text)}</h{level}>"


def contents(links: Iterable[tuple[str, str]]) -> str:
    """Where everything is: names of headings, and what stands there.

    >>> contents([("why", "What & why")])
    '<nav aria-label="Contents"><ul><li><a href="#why">What &amp; why</a></li></ul></nav>'
    """
    items = "".join(f"<li>{_link(name, html.escape(text))}</li>" for name, text in links)
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


def paragraph(text: str, *, is_soft: bool = False) -> str:
    """A paragraph; a soft one is smaller, and paler."""
    look = ' class="soft"' if is_soft else ""
    return f"<p{look}>{html.escape(text)}</p>"


def badge(word: str) -> str:
    """One word that is the answer.

    >>> badge("BELOW")
    '<p><span class="answer BELOW">BELOW</span></p>'
    """
    return f'<p><span class="answer {html.escape(word)}">{html.escape(word)}</span></p>'


def banner(text: str) -> str:
    """What nobody may overlook: it stays in sight while the page is scrolled, and is printed.

    >>> banner("simulated")
    '<p class="banner" role="alert">simulated</p>'
    """
    return f'<p class="banner" role="alert">{html.escape(text)}</p>'


def listed(items: Iterable[str]) -> str:
    """A list of sentences.

    >>> listed(["a & b"])
    '<ul><li>a &amp; b</li></ul>'
    """
    return f"<ul>{''.join(f'<li>{html.escape(item)}</li>' for item in items)}</ul>"


def gallery(parts: Iterable[str], *, is_small: bool) -> str:
    """Pairs of records, below each other; small ones, as pictures are, beside each other too."""
    return f'<div class="gallery{" small" if is_small else ""}">{"".join(parts)}</div>'


def figure(svg: str, caption: str) -> str:
    """A picture, and what it shows."""
    return f"<figure>{svg}<figcaption>{html.escape(caption)}</figcaption></figure>"


def table(columns: Sequence[Cell], rows: Iterable[Sequence[Cell]], *, is_stacked: bool = False) -> str:
    """A table with a header; one of words is stacked on a phone, cells below each other, rather than scrolled.

    >>> table([Cell("n", "right")], [[Cell("<1>", "right")]])
    '<div class="wide" tabindex="0"><table><thead><tr><th class="right">n</th></tr></thead><tbody><tr><td class="right">&lt;1&gt;</td></tr></tbody></table></div>'
    """
    head = "".join(_cell("th", column) for column in columns)
    names = [column.text if is_stacked else "" for column in columns]
    body = "".join(
        f"<tr>{''.join(_cell('td', cell, name) for cell, name in zip(row, names, strict=True))}</tr>" for row in rows
    )
    look = 'class="stacked"' if is_stacked else 'class="wide" tabindex="0"'  # what scrolls is reached by keys
    return f"<div {look}><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def terms(pairs: Iterable[tuple[str, str]]) -> str:
    """Names, and what each is."""
    return f"<dl>{''.join(f'<dt>{html.escape(name)}</dt><dd>{html.escape(said)}</dd>' for name, said in pairs)}</dl>"


def folded(summary: str, parts: Iterable[str]) -> str:
    """What is there for those who ask."""
    return f"<details><summary>{html.escape(summary)}</summary>{''.join(parts)}</details>"


def _cell(tag: str, cell: Cell, name: str = "") -> str:
    look = f' class="{cell.look}"' if cell.look else ""
    named = f' data-name="{html.escape(name)}"' if name and cell.text else ""
    text = html.escape(cell.text)
    told = _link(cell.leads_to, text) if cell.leads_to else text
    return f"<{tag}{look}{named}>{told}{folded('more', [html.escape(cell.more)]) if cell.more else ''}</{tag}>"


def _link(name: str, text: str) -> str:
    return f'<a href="#{html.escape(name)}">{text}</a>'
