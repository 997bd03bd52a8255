"""What an audit says, in words."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from byheart.auditing.identity import CANONICAL, EXACT
from byheart.auditing.naming import fewest_same
from byheart.auditing.results import Results, Seen, Verdict
from byheart.auditing.share import Rate, Share
from byheart.judging.wording import sentence

_LISTED: Final = 8
_WAYS: Final = 3  # to differ, that are told apart
_NOUNS: Final = {"text": "texts", "image": "images", "audio": "recordings", "array": "arrays", "row": "rows"}
_EXPLAINED: Final[dict[Verdict, str]] = {
    "COPIES": "above the threshold of {}",
    "BELOW": "below the threshold of {}",
    "INCONCLUSIVE": "these records cannot tell whether that is above or below the threshold of {}",
}


def percent(share: float) -> str:
    """Three figures of a share, in percent.

    >>> percent(0.031), percent(0.00012), percent(1.0), percent(0)
    ('3.1 %', '0.012 %', '100 %', '0 %')
    """
    return f"{share * 100:.3g} %"


def interval(share: Share) -> str:
    """Its ends, in percent.

    >>> interval(Share(0.031, 0.022, 0.0434))
    '(95 %: 2.2 to 4.34 %)'
    """
    return f"(95 %: {share.low * 100:.3g} to {share.high * 100:.3g} %)"


def things(audit: Results) -> str:
    """What the records are called."""
    return _NOUNS.get(audit.kind, "records")


def headline(audit: Results) -> str:
    """The answer in a sentence."""
    told = _EXPLAINED[audit.verdict].format(percent(audit.fail_above))
    share = f"{percent(audit.share.value)} {interval(audit.share)} of what the generator puts out are copies"
    if not audit.knows_chance:
        share = f"At most {percent(audit.share.high)} of what the generator puts out are copies"
    return f"{share}: {told}."


def named(audit: Results) -> str:
    """How many are named."""
    copies, noun = len(audit.copies), things(audit)
    if audit.seen[0].real is None:
        near = len(audit.pairs)
        return f"{near:,} of {audit.samples:,} {noun} are like a training record; without held-out data none is named as a copy."
    if not copies:
        told = f"None of the {audit.samples:,} {noun} is named as a copy"
        if audit.verdict == "COPIES":
            return f"{told}: some are, but chance makes too many that look alike to say which."
        return f"{told}."
    return (
        f"{copies:,} of {audit.samples:,} {noun} are named as copies of a training record, beyond what chance gives on held-out data"
        f" (false discovery rate {percent(audit.alpha)})."
    )


def kinds(audit: Results) -> list[tuple[str, str, int]]:
    """Of the copies (of all pairs where chance is not known, so that none is named): the evidence, how they differ, and how many; many ways are told as one."""
    pairs = audit.pairs if audit.seen[0].real is None else audit.copies
    told = []
    for evidence in dict.fromkeys(pair.evidence for pair in pairs):
        ways = Counter(pair.words for pair in pairs if pair.evidence == evidence)
        if len(ways) <= _WAYS:
            told += [(evidence, words, count) for words, count in ways.most_common()]
        else:
            told.append((evidence, f"such as: {ways.most_common(1)[0][0]}", ways.total()))
    return sorted(told, key=lambda one: -one[2])


def seen(one: Seen) -> str:
    """How many are seen at a limit, and how many of held-out."""
    told = f"{one.name[0].upper()}{one.name[1:]}: {_rate(one.made)} samples"
    return f"{told}." if one.real is None else f"{told}, {_rate(one.real)} held-out records."


def _rate(rate: Rate) -> str:
    return f"{percent(rate.value)} ({rate.hits:,}) of {rate.records:,}"


def which(audit: Results) -> str:
    """Which samples are named, the first of them; nothing where none is."""
    first = ", ".join(f"{pair.sample:,}" for pair in audit.copies[:_LISTED])
    more = len(audit.copies) - _LISTED
    if not first:
        return ""
    return f"Named are sample{'s' * (len(audit.copies) > 1)} {first}{f' and {more:,} more' if more > 0 else ''} (counted from 0)."


def text(audit: Results) -> str:
    """The audit as plain text: its sentences, and a line for each way in which copies differ; no training record is shown."""
    ways = [f"{count:,} {evidence}: {said}" for evidence, said, count in kinds(audit)]
    parts = [
        [headline(audit)],
        [named(audit), *filter(None, [which(audit)])],
        ways,
        [*map(seen, audit.seen), *limits(audit)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def limits(audit: Results) -> Iterator[str]:
    """What these records could not have shown."""
    if audit.fewest is not None and audit.fewest > 1:
        told = f"near copies can be named if there are {audit.fewest:,} or more among {audit.samples:,} samples"
        if audit.fewest > audit.samples:
            told = "near copies cannot be named: there are too few held-out records for so few samples"
        yield f"With {audit.sizes['held-out']:,} held-out records, {told}; {_verbatim(audit)}."
    unnamed = sum(pair.evidence in {EXACT, CANONICAL} and not pair.is_copy for pair in audit.pairs)
    if unnamed and audit.knows_chance:
        yield (
            f"{unnamed:,} samples are the same as a training record and are not named, since chance may explain as many: the list of pairs has them."
        )
    yield from map(sentence, audit.warnings)


def _verbatim(audit: Results) -> str:
    """From how many on verbatim copies are named."""
    real = audit.seen[0].real
    if real is not None and real.hits:
        return f"of verbatim ones, too, a handful is not enough, since held-out has {real.hits:,}"
    fewest = fewest_same(audit.samples, audit.sizes["held-out"], audit.alpha)
    if fewest is None:
        return "nor could all of them be named, were they verbatim"
    return f"verbatim ones are named from {fewest:,} on"
