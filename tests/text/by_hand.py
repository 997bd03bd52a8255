"""What the searches of a text index should answer, found by looking at every place of every record."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

END = 256
Symbols = tuple[int, ...]


@dataclass(frozen=True)
class ByHand:
    """Records (of bytes, or of other numbers below 256), with how often each occurs; and how many symbols there are."""

    records: tuple[tuple[Symbols, int], ...]
    symbols: int = 257

    @classmethod
    def of(cls, records: Sequence[Sequence[int]], symbols: int = 257) -> "ByHand":
        return cls(tuple(Counter(map(tuple, records)).items()), symbols)

    def places(self, pattern: Symbols) -> Iterator[tuple[Symbols, int, int]]:
        """The record (an END before and after it), the place in it, and its occurrences; the last END begins nothing."""
        for record, times in self.records:
            symbols = (END, *record, END)
            for at in range(len(symbols) - 1):
                if symbols[at : at + len(pattern)] == pattern:
                    yield symbols, at, times

    def count(self, pattern: Symbols) -> int:
        return sum(times for _, _, times in self.places(pattern))

    def following(self, pattern: Symbols) -> Counter[int]:
        found: Counter[int] = Counter()
        for symbols, at, times in self.places(pattern):
            found[symbols[at + len(pattern)]] += times
        return found

    def longest_suffix(self, context: Symbols) -> Symbols:
        return next(context[at:] for at in range(len(context) + 1) if self.count(context[at:]))

    def spans(self, text: Sequence[int], least: int) -> list[tuple[int, int]]:
        found, reached = [], 0
        for start in range(len(text)):
            ends = [end for end in range(start + 1, len(text) + 1) if self.count(tuple(text[start:end]))]
            end = max(ends, default=start)
            if end > reached and end - start >= least:
                found.append((start, end))
            reached = max(reached, end)
        return found

    def probability(self, context: Symbols, symbol: int) -> Fraction:
        """docs/text.md: P(b) = (c(sb) + P2(b)) / (c(s) + 1)."""
        suffix, last = self.longest_suffix(context), context[-1:]
        second = Fraction(self.following(last)[symbol] + 1, sum(self.following(last).values()) + self.symbols)
        following = self.following(suffix)
        return (following[symbol] + second) / (sum(following.values()) + 1)
