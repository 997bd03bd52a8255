"""What the paper says of costs, and what came of it: each verdict follows from seconds, or from bytes."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from byheart.paper.claims import Claim, holds
from byheart.paper.costs.series import Series
from byheart.paper.costs.timing import tells_energy
from byheart.paper.distances.standing import MEMGEN
from byheart.paper.generators import neural as network

TEN: Final = 10.0
"""Times as fast: what is taken for "significantly"."""
_UNITS: Final = ("bytes", "kB", "MB", "GB")


def claims(every: Sequence[Series]) -> list[Claim]:
    """All of them."""
    return [_fastest(every), _on_a_cpu(every), _gaming(), *_beyond_this_machine(), *_advantages(every)]


def times(value: float) -> str:
    """How many times, in two digits, and no more than people read.

    >>> times(1234.5), times(17.4), times(2.03)
    ('1,200', '17', '2.0')
    """
    return f"{float(f'{value:.2g}'):,.0f}" if value >= TEN else f"{value:.1f}"


def size(count: float) -> str:
    """Bytes, in two digits.

    >>> size(47_284_705), size(171_861), size(999.7), size(0)
    ('47 MB', '170 kB', '1.0 kB', '0 bytes')
    """
    value, at = float(f"{count:.2g}"), 0
    while value >= 1000 and at < len(_UNITS) - 1:
        value, at = value / 1000, at + 1
    return f"{value:.1f} {_UNITS[at]}" if at and value < TEN else f"{value:.0f} {_UNITS[at]}"


def without_joules() -> str:
    """A sentence on energy, where the machine does not tell it."""
    return "" if tells_energy() else "This machine does not tell the energy that it takes, so there are no joules."


def ratios(every: Sequence[Series]) -> dict[str, float]:
    """Seconds of each generator for the most records that it was trained on, over MemGEN's for as many."""
    memgen = _memgen(every)
    return {
        f"{one.name} ({one.records[-1]:,} {one.kind_of})": one.seconds[-1] / memgen[one.kind].at(one.records[-1])
        for one in every
        if not one.is_memgen
    }


def lighter(every: Sequence[Series]) -> list[Series]:
    """The generators that keep fewer bytes than MemGEN does, of as many records."""
    memgen = _memgen(every)
    return [one for one in every if not one.is_memgen and one.weighed.kept < memgen[one.kind].weighed.kept]


def _memgen(every: Sequence[Series]) -> dict[str, Series]:
    return {one.kind: one for one in every if one.name == MEMGEN}


def _fastest(every: Sequence[Series]) -> Claim:
    """That none is cheaper to train."""
    told, less = ratios(every), lighter(every)
    who = min(told, key=lambda name: told[name])
    listed = ", ".join(f"{name} {times(ratio)}" for name, ratio in told.items())
    return Claim(
        "The algorithm significantly outperforms any previous reasonable generative model in computational resources.",
        "4.2, Figure 4",
        holds(told[who] > 1, caveat=True),
        f"trains {times(told[who])} times as fast as the next, {who}",
        f"Processor time of one core to train, over MemGEN's for as many records: {listed}. It holds if each is above 1; with a caveat, since any previous model is more than these {len(told)}{'' if told[who] >= TEN else f', and less than {TEN:g} times as fast is not significantly'}. "
        + (f"Time is not the only resource: {_named(less)} less memory than MemGEN. " if less else "")
        + f"A kernel density keeps its records too, and sorts them. {without_joules()}",
        is_timed=True,
    )


def _on_a_cpu(every: Sequence[Series]) -> Claim:
    """That a processor will do, at a lower cost."""
    told = ratios(every)
    middle, least = median(told.values()), min(told.values())
    neural = {name: ratio for name, ratio in told.items() if name.startswith(network.NAME)}
    most = max((one for one in every if one.name == MEMGEN), key=lambda one: one.records[-1])
    named = "".join(f", and of the {name} {times(ratio)} times as much" for name, ratio in neural.items())
    return Claim(
        "MemGEN can run on a simple CPU, hence reducing the training cost significantly.",
        "4.2",
        holds(middle > 1, caveat=True),
        f"the median generator takes {times(middle)} times as long",
        f"MemGEN learned {most.records[-1]:,} {most.kind_of} in {_lasting(most.seconds[-1])} on one core. For as many records the training of the median generator takes {times(middle)} times as much processor time{named}; of the cheapest {times(least)} times. "
        "It holds if the median takes longer; with a caveat, since it is not the CPU that makes the difference: all of them were trained on one core, and none on a GPU.",
        is_timed=True,
    )


def _gaming() -> Claim:
    return Claim(
        "Thanks to the algorithm efficiency on CPU, GPUs will be free to be used again for gaming.",
        "1",
        "not tried",
        "0 GPUs used",
        "No training here asked for a GPU, so that as far as we are concerned they are free. Nobody was seen gaming, but nobody looked.",
    )


def _beyond_this_machine() -> list[Claim]:
    return [
        Claim(
            "Folklore dictates that a custom FPGA implementation might provide a performance benefit.",
            "4.2",
            "not tried",
            "0 FPGAs used",
            "There was none. Learning is copying, and the copy waits for memory and for the disk: nobody has shown what an FPGA would speed up.",
        ),
        Claim(
            "PhD students can now compete with large organizations, which cannot leverage their more advanced infrastructure.",
            "1",
            "not tried",
            "",
            "Neither a PhD student nor a large organization took part. Whoever has one core and this page has what it took.",
        ),
        Claim(
            "GPUs have better calorific value than CPUs; due to the global GPU utilisation drop, Winter is coming.",
            "4.2",
            "not tried",
            "",
            "No joule of a GPU was measured. North of the equator winter comes every year all the same.",
        ),
    ]


def _advantages(every: Sequence[Series]) -> list[Claim]:
    """The conclusion, and the footnote that takes it back."""
    memgen, less = _memgen(every), lighter(every)
    number = "no generator keeps less"
    if less:
        one = min(less, key=lambda one: one.weighed.kept / memgen[one.kind].weighed.kept)
        own = memgen[one.kind].weighed
        number = (
            f"of {own.records:,} {one.kind_of} MemGEN keeps {size(own.kept)}, the {one.name} {size(one.weighed.kept)}"
        )
    grown = "; ".join(
        f"of {one.memories[-1].records:,} {one.kind_of} it keeps {size(one.memories[-1].kept)}, {size(one.each_more)} more with each record"
        for one in memgen.values()
    )
    fixed = [one for one in every if not one.is_memgen and not one.each_more]
    detail = (
        f"Counted is the memory that is still taken when training is done and the records are let go. MemGEN's grows without end: {grown}. "
        + (f"{_upper(_named(fixed))} the same however many records there are. " if fixed else "")
        + (f"{_upper(_named(less))} less than MemGEN, of as many records." if less else "None keeps less, of as many.")
    )
    return [
        Claim(
            "A novel generative modeling algorithm that has only advantages.",
            "5",
            holds(False if less else None),
            number,
            f"{detail} One disadvantage is enough. (That all it says is a copy is another: see the distances.)",
            is_timed=True,  # as times do, bytes differ a little from run to run
        ),
        Claim(
            "It actually has disadvantages, but we omit them for lack of space.",
            "5, footnote 6",
            holds(True if less else None),
            number,
            "The memory that MemGEN keeps, as above: this page had space for it. Whether the paper had none was not tried.",
            is_timed=True,
        ),
    ]


def _lasting(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= 0.01 else f"{1000 * seconds:.2g} ms"


def _named(some: Sequence[Series]) -> str:
    return f"{_list(some)} {'keeps' if len(some) == 1 else 'keep'}"


def _upper(told: str) -> str:
    return told[:1].upper() + told[1:]


def _list(some: Sequence[Series]) -> str:
    names = [f"the {one.name}" for one in some]
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), *names[-1:]])
