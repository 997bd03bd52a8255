"""Held-out records that are training records: by who they are, never by what they hold.

A record that stands in both by chance is just what held-out is for: it tells how often that happens. If it were dropped, an innocent table of which 73 % of
held-out recurs in train would look 73 % copied.
"""

import numpy as np
import pyarrow.compute as pc

from byheart.errors import InputError
from byheart.judging.samples import Sample, Train
from byheart.neighbours.blocks import Indices


def unlearned(real: Sample, learned: Train) -> tuple[Sample, int]:
    """Held-out without those that were learned, and how many these were.

    A record was learned if a train record has the same value in the column that says who it is (`Train.group`), or came from the same place (the line of a
    file) and has the same bytes.

    Raises:
        InputError: all of them were.
    """
    is_learned = np.zeros(len(real), np.bool_)
    if real.members is not None and learned.members is not None:
        known = learned.members.drop_null()
        if not real.members.type.equals(known.type):
            known = known.cast(real.members.type)
        is_learned |= np.asarray(pc.is_in(real.members, known)) & np.asarray(pc.is_valid(real.members))
    elif real.places:
        is_learned[_from_same_place(real, learned)] = True
    dropped = int(is_learned.sum())
    if dropped == len(real):
        raise InputError(f"held-out: wanted records that were not learned, got {dropped:,} that all were: name others")
    return (real.only(np.flatnonzero(~is_learned)) if dropped else real), dropped


def _from_same_place(real: Sample, learned: Train) -> Indices:
    sources = {source for segment in learned.snapshot.segments for source in segment.sources}
    here = [at for at, (source, _) in enumerate(real.places) if source in sources]
    if not here:
        return np.empty(0, np.int64)
    rows = learned.snapshot.rows(np.arange(len(learned)))
    places = zip(learned.snapshot.origins(rows), learned.fingerprints.tolist(), strict=True)
    known = {(*place, print_) for place, print_ in places}
    prints = real.fingerprints.tolist()
    return np.array([at for at in here if (*real.places[at], prints[at]) in known], np.int64)
