"""What a study asks: settled before the first rater comes, and never changed."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from byheart.errors import InputError

Kind = Literal["image", "text", "audio", "row"]
Question = Literal["real", "better"]
Analysis = Literal["fixed", "sequential"]
KINDS: Final = get_args(Kind)
QUESTIONS: Final = get_args(Question)
ANALYSES: Final = get_args(Analysis)
TRIALS: Final = 50
"""Of a rater, where nothing else was asked for: about six minutes."""
CONSENT: Final = "2026-11-26"
"""The version of the consent's text (`web/templates/rater.html`), kept with each rater: a new text, a new date."""


_FREE: Final = {"name", "lease_minutes", "digest", "code", "link", "created"}  # what no verdict depends on


@dataclass(frozen=True, slots=True)
class Study:
    """What is asked, of whom, and how it will be judged.

    Attributes:
        name: for people: the folder's.
        kind: of the samples.
        question: "real": which one is real? Or "better": which one looks (reads, sounds) better? They are different questions.
        generators: the generators' names, in order; the players are the real samples, number 0, and these, from 1.
        pairs: of a real and a generated sample, of all generators together.
        raters_per_pair: how many judge each pair: 1 to 3.
        catch: the share of trials with a known answer.
        margin: within which a share is as good as 1/2; in (0, 1/2).
        analysis: "fixed": the interval is read once, at the end; "sequential": a confidence sequence, that may be looked at at any time.
        exclude_below: raters with a lower share of right answers are left out of the analysis, decided on every other catch trial of theirs; None: nobody is.
        exposure: for how many milliseconds a pair is seen; None: until the choice.
        lease_minutes: after so long without a word from a rater, what is left is given to another.
        digest: SHA-256 of the secret seed, the plan and the terms, in hexadecimal: published before the first judgment.
        code: what a rater is given at the end.
        link: where a rater is sent at the end; "" for nowhere.
        created: when, in UTC, as ISO 8601.
    """

    name: str
    kind: Kind
    question: Question
    generators: tuple[str, ...]
    pairs: int
    raters_per_pair: int
    catch: float
    margin: float
    analysis: Analysis
    exclude_below: float | None
    exposure: int | None
    lease_minutes: int
    digest: str
    code: str
    link: str
    created: str

    @property
    def terms(self) -> dict[str, Any]:
        """What is asked, and how it will be judged, in types that JSON has: under the digest, so that it cannot be changed after a look at the data."""
        told = asdict(self) | {"generators": list(self.generators)}
        return {name: value for name, value in told.items() if name not in _FREE}

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"kind: wanted one of {', '.join(KINDS)}, got {self.kind!r}")
        if not 0 < self.margin < 0.5:
            raise InputError(f"margin: wanted more than 0 and less than 0.5, got {self.margin:g}")
        if not 0 <= self.catch <= 0.5:
            raise InputError(f"catch: wanted a share from 0 to 0.5, got {self.catch:g}")
        if not 1 <= self.raters_per_pair <= 3:
            raise InputError(f"raters per pair: wanted 1 to 3, got {self.raters_per_pair}")
