"""A page that shows a text with what of it stands elsewhere: one HTML file, that loads nothing."""

import html
import json
from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from string import Template
from typing import Any, Final

from byheart.text.tracing import Span, Trace

_HEATS: Final = ((0, 1), (50, 2), (100, 3), (200, 4))  # from so many bytes on, so strong a colour
_CONTINUES: Final = range(0x80, 0xC0)  # bytes that go on with a character of UTF-8


def page(found: Trace[bytes], memory: str, min_length: int) -> str:
    """The page of a trace.

    Args:
        found: what was traced.
        memory: what it was traced in, as its readers call it.
        min_length: of the spans.
    """
    template = Template(resources.files("byheart.report").joinpath("templates/highlights.html").read_text("utf-8"))
    spans, share = len(found.spans), f"{found.share * 100:.3g} %"
    return template.substitute(
        title=html.escape(f"Traced in {memory}"),
        headline=html.escape(f"{share} of this text stands verbatim in {memory}"),
        subline=f"{spans:,} {'span' if spans == 1 else 'spans'} of {min_length:,} bytes or more, in a text of {len(found.text):,} bytes",
        scale="".join(
            f'<span><mark class="h{heat}">{_from(least, min_length)}</mark></span>' for least, heat in _HEATS
        ),
        text="".join(_marked(found)),
        spans=json.dumps([_told(found, span) for span in found.spans]).replace("<", "\\u003c"),
    )


def _from(least: int, min_length: int) -> str:
    return f"{max(least, min_length)} bytes or more"


def _marked(found: Trace[bytes]) -> Iterator[str]:
    """The text, cut where a span begins or ends."""
    text = found.text
    edges = [(_whole(text, span.start), _whole(text, span.end)) for span in found.spans]
    cuts = sorted({0, len(text), *(edge for pair in edges for edge in pair)})
    first = last = 0  # those that may hold what is looked at
    for start, end in pairwise(cuts):
        while first < len(edges) and edges[first][1] <= start:
            first += 1
        while last < len(edges) and edges[last][0] <= start:
            last += 1
        holding = [number for number in range(first, last) if start < edges[number][1]]
        said = html.escape(text[start:end].decode("utf-8", "replace"))
        if holding:
            holding.sort(key=lambda number: -len(found.spans[number]))
            heat = max(heat for least, heat in _HEATS if len(found.spans[holding[0]]) >= least)
            yield f'<mark class="h{heat}" data-spans="{" ".join(map(str, holding))}">{said}</mark>'
        else:
            yield said


def _whole(text: bytes, place: int) -> int:
    """A place that cuts no character."""
    while 0 < place < len(text) and text[place] in _CONTINUES:
        place -= 1
    return place


def _told(found: Trace[bytes], span: Span) -> dict[str, Any]:
    return {
        "text": found.text[span.start : span.end].decode("utf-8", "replace"),
        "size": f"{len(span):,} bytes",
        "count": f"{span.count:,} {'time' if span.count == 1 else 'times'} in the memory",
        "places": [
            {
                "source": place.where,
                "before": place.before.decode("utf-8", "replace"),
                "after": place.after.decode("utf-8", "replace"),
            }
            for place in span.places
        ],
    }
