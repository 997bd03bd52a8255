"""What browsers are given: templates filled once, and static files, all held in RAM."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePath
from string import Template
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from byheart.rating.consenting import paragraphs
from byheart.rating.study import Study

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a study.

    Attributes:
        rater: what raters see.
        stopped: the same, while the study is closed: it says so on arrival.
        admin: what its owner sees.
        static: styles and scripts.
    """

    rater: Response
    stopped: Response
    admin: Response
    static: Mount


def pages(study: Study) -> Pages:
    """Fill them."""
    asked = "".join(f"<p>{html.escape(one)}</p>" for one in paragraphs(study.consent))
    rater = {
        "title": html.escape(study.title),
        "kind": html.escape(study.kind),
        "question": html.escape(study.question),
        "consent": html.escape(study.consent_version),
        "asked": f'<div class="asked">{asked}</div>' if asked else "",
    }
    admin = {"name": html.escape(study.name)}
    return Pages(
        rater=_page("rater.html", {**rater, "stopped": ""}),
        stopped=_page("rater.html", {**rater, "stopped": "yes"}),
        admin=_page("admin.html", admin),
        static=Mount("/static", routes=list(_static())),
    )


def _page(name: str, words: dict[str, str]) -> Response:
    template = Template(resources.files("byheart.web").joinpath(f"templates/{name}").read_text("utf-8"))
    return HTMLResponse(template.substitute(words))


def _static() -> Iterator[Route]:
    for file in resources.files("byheart.web").joinpath("static").iterdir():
        kind = _TYPES.get(PurePath(file.name).suffix)
        if kind is not None:
            yield _route(file.name, Response(file.read_bytes(), media_type=kind))


def _route(name: str, answer: Response) -> Route:
    async def give(_: Request) -> Response:
        return answer

    return Route(f"/{name}", give)
