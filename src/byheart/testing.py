"""For the tests of those who train generators: fail where one has learned by heart."""

from collections.abc import Sequence
from os import PathLike

from byheart.auditing import wording
from byheart.auditing.audit import ALPHA, FAIL_ABOVE, audit
from byheart.auditing.findings import Audit
from byheart.draws import RandomState
from byheart.model import MemGEN

_NAMED = 5


def assert_not_memorized(  # noqa: PLR0913  # each is told by its name
    generated: object,
    heldout: object = None,
    *,
    memory: "MemGEN | str | PathLike[str] | None" = None,
    train: object = None,
    fail_above: float = FAIL_ABOVE,
    alpha: float = ALPHA,
    features: str | None = None,
    keys: Sequence[str] = (),
    random_state: RandomState = 0,
) -> Audit:
    """Assert that the share of copies is at most `fail_above`; give back the audit.

    A share that these records cannot tell (`INCONCLUSIVE`) fails too: more samples, or more held-out records, would tell. The message holds nothing of a
    training record.

    Args:
        generated: records of the generator, or a function that is asked for n of them.
        heldout: real records that it was not trained on.
        memory: what it was trained on, learned by heart.
        train: the same as records, where there is no memory.
        fail_above: the share of copies that is too much, in [0, 1).
        alpha: the false discovery rate of the copies that are named.
        features: what to compare records by; None for what their kind suggests.
        keys: of tables, quasi-identifiers.
        random_state: an integer seed, None for one from the operating system, or a numpy generator.

    Raises:
        AssertionError: there are more copies, or it cannot be told.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> train, heldout = rng.normal(size=(2, 900, 4))
    >>> assert_not_memorized(rng.normal(size=(900, 4)), heldout, train=train).verdict
    'BELOW'
    >>> assert_not_memorized(train[:50], heldout, train=train)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: COPIES: 100 % (95 %: 90.8 to 100 %) of what the generator puts out are copies: above the threshold of 1 %. ...
    """
    __tracebackhide__ = True  # pytest then shows the test's own line
    told = audit(
        generated,
        heldout,
        memory=memory,
        train=train,
        alpha=alpha,
        fail_above=fail_above,
        features=features,
        keys=keys,
        random_state=random_state,
    )
    if told.verdict != "BELOW":
        raise AssertionError(f"{told.verdict}: {wording.headline(told)} {wording.named(told)}{_samples(told)}")
    return told


def _samples(told: Audit) -> str:
    numbers = [str(pair.sample) for pair in told.copies[:_NAMED]]
    more = ", ..." if len(told.copies) > _NAMED else ""
    return f" Samples {', '.join(numbers)}{more}" if numbers else ""
