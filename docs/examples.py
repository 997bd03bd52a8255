"""For the reference: the examples of docstrings, which stand in them as they are run, are shown as such (an extension of griffe)."""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:^(?!\s*$).*\n?)*)", re.MULTILINE)


class Examples(griffe.Extension):
    """Fences what begins with `>>>` and ends with a blank line."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Before the docstring is parsed."""
        if obj.docstring is not None:
            obj.docstring.value = _EXAMPLE.sub(
                lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", obj.docstring.value
            )
