"""What an audit found."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from byheart.auditing.redaction import Ids
from byheart.auditing.share import Rate, Share

Verdict: TypeAlias = Literal["COPIES", "BELOW", "INCONCLUSIVE"]

DIFFER: Final = 0.01
"""From this p-value down, train and held-out differ. A judgment marks verdicts as in doubt at .05; here one release in twenty would be stopped by chance."""
EXIT_CODES: Final[Mapping[Verdict, int]] = {"BELOW": 0, "COPIES": 1, "INCONCLUSIVE": 3}


@dataclass(frozen=True, slots=True)
class Pair:
    """A generated record, and the training record that it may be a copy of.

    Attributes:
        sample: its place among the generated records, from 0.
        name: the file that it came from, and the line or row in it; "" where it came from none.
        record: an occurrence of the training record in the memory, from 0; of the same record, learned several times, the first.
        source: where that was learned from, and the line, member or row in it.
        fingerprint: of the training record.
        learned: how often it was learned.
        evidence: what gives it away: "exact", "canonical", or the name of an evidence.
        distance: between the two, in the evidence's own unit; 0 for the same.
        p_value: that a fresh record is as near, by held-out records; None without any.
        is_copy: whether it is named as a copy, at the false discovery rate; else it is near, and chance may explain it.
        words: how the two differ.
    """

    sample: int
    name: str
    record: int = field(repr=False)  # what is hidden says which training record it is: a printed pair is a report too
    source: tuple[str, int] = field(repr=False)
    fingerprint: int = field(repr=False)
    learned: int
    evidence: str
    distance: float
    p_value: float | None
    is_copy: bool
    words: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How many records are seen at a limit that was fixed beforehand.

    Attributes:
        name: of the limit.
        made: of the generated records.
        real: of held-out; None without any.
    """

    name: str
    made: Rate
    real: Rate | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair's two records themselves, which no report holds unless it is asked to."""

    pair: Pair
    made: Any
    original: Any


@dataclass(frozen=True, slots=True)
class Results:
    """An audit.

    Attributes:
        samples: the generated records.
        kind: of the records.
        pairs: the copies, and those that are near, in the order of the samples.
        share: of copies in what the generator puts out, of the stated kinds.
        verdict: "COPIES" if the share is above the threshold, "BELOW" if it is not, "INCONCLUSIVE" if these records cannot tell.
        alpha: the false discovery rate of the copies that are named.
        fail_above: the threshold of the share.
        fewest: the fewest copies that single p-values could name.
        seen: at each limit.
        heldout_p_value: that train and held-out, if they are of one distribution, differ as much; None where there are too few to tell.
        sizes: the records of each sample, and those of held-out that were dropped.
        warnings: what could not be known.
        methods: how it was done, by name.
        shown: the first pairs with their records.
        ids: names of training records.
    """

    samples: int
    kind: str
    pairs: tuple[Pair, ...]
    share: Share
    verdict: Verdict
    alpha: float
    fail_above: float
    fewest: int | None
    seen: tuple[Seen, ...]
    heldout_p_value: float | None
    sizes: Mapping[str, int]
    warnings: tuple[str, ...]
    methods: Mapping[str, str]
    shown: tuple[Shown, ...] = field(repr=False)
    ids: Ids = field(repr=False)

    @property
    def copies(self) -> tuple[Pair, ...]:
        """The pairs that are named as copies."""
        return tuple(pair for pair in self.pairs if pair.is_copy)

    @property
    def exit_code(self) -> int:
        """0 below the threshold, 1 above, 3 where it cannot be told."""
        return EXIT_CODES[self.verdict]

    @property
    def knows_chance(self) -> bool:
        """Whether held-out tells what chance does: there is some, and it does not differ from train."""
        return self.seen[0].real is not None and (self.heldout_p_value is None or self.heldout_p_value > DIFFER)

    def most_copied(self, most: int = 10) -> list[tuple[Pair, int]]:
        """The training records with the most copies: a pair of each, and how many."""
        counts = Counter(pair.record for pair in self.copies)
        first = {pair.record: pair for pair in reversed(self.copies)}
        return [(first[record], count) for record, count in counts.most_common(most)]


def verdict(share: Share, fail_above: float) -> Verdict:
    """What a pipeline is told.

    >>> verdict(Share(0.02, 0.01, 0.03), 0.005), verdict(Share(0.02, 0.01, 0.03), 0.02), verdict(Share(0, 0, 0.001), 0.01)
    ('COPIES', 'INCONCLUSIVE', 'BELOW')
    """
    if share.high <= fail_above:
        return "BELOW"
    return "COPIES" if share.low > fail_above else "INCONCLUSIVE"
