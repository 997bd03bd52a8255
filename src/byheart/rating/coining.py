"""A study's choices as those of a coin: what `byheart coin` says of a study."""

from collections.abc import Sequence
from dataclasses import replace

from byheart.coin import Coin, decided, recognise
from byheart.rating.clustered import mean
from byheart.rating.excluding import left_out
from byheart.rating.judged import judged
from byheart.rating.ledger import Kept
from byheart.rating.plan import Plan
from byheart.rating.rows import rows
from byheart.rating.sharp import sign_flip
from byheart.rating.study import Study


def coin_of(study: Study, plan: Plan, kept: Sequence[Kept]) -> Coin:
    """Hold the choices of study pairs, in the order in which they came in, against a coin: "real" is heads.

    The share's interval and p-value are those of choices that hang together by rater and by pair; runs are those of the whole order. Attention is not asked for: whoever does not look is a coin, and
    that is what is asked here.

    Raises:
        InputError: there are no choices yet.
    """
    everything = list(rows(plan, kept))
    gone = {one.rater for one in left_out(plan, everything, study.exclude_below)}
    choices = judged(row for row in everything if row.is_against_real and row.kept.rater not in gone).choices
    told = recognise((2 * choices.chose - 1).tolist(), margin=study.margin)
    share, p_share = mean(choices), sign_flip(choices)
    low, high = share.interval(0.9)
    is_within = 0.5 - study.margin < low and high < 0.5 + study.margin
    return replace(
        told,
        heads=int(choices.chose.sum()),
        names=("real", "generated"),
        share=share.value,
        low=low,
        high=high,
        p_share=p_share,
        verdict=decided(p_share, told.p_runs, is_within=is_within),
    )
