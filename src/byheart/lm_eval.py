"""A memory of text as a model of lm-evaluation-harness: how well does a benchmark's own text, learned by heart, do?

    from byheart.lm_eval import ByheartLM
    from lm_eval import simple_evaluate
    simple_evaluate(ByheartLM("corpus.memory"), tasks=["lambada_openai"])

or, from a shell, which is the harness's own command with this model in it:

    python -m byheart.lm_eval run --model byheart --model_args memory=corpus.memory --tasks lambada_openai

It needs `pip install 'byheart[lm-eval]'`. Probabilities are those of `byheart.text.scoring`, symbols are bytes, and texts are
generated greedily unless a task asks for a temperature. Limits on tokens are limits on bytes.
"""

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, Final

from lm_eval.__main__ import cli_evaluate
from lm_eval.api.model import LM
from lm_eval.api.registry import register_model
from tqdm import tqdm  # the harness needs it too

from byheart.model import MemGEN

_MAX_BYTES: Final = 1024  # where a task does not say


@register_model("byheart")
class ByheartLM(LM):  # type: ignore[misc]  # the harness has no types
    """A memory of text, as the harness asks models.

    Args:
        memory: a path, or a model that has learned texts.
        seed: of what is generated with a temperature.
        max_bytes: to generate at most, where a task does not say.
        batch_size, max_batch_size, device: the harness tells them to every model; they change nothing.

    Raises:
        InputError: there is no such memory, or it holds no texts.
    """

    def __init__(  # noqa: PLR0913  # each is told by its name
        self,
        memory: str | PathLike[str] | MemGEN,
        *,
        seed: int = 0,
        max_bytes: int = _MAX_BYTES,
        batch_size: object = None,
        max_batch_size: object = None,
        device: object = None,
    ) -> None:
        super().__init__()
        del batch_size, max_batch_size, device  # nothing is batched, and nothing runs elsewhere
        self._model = memory if isinstance(memory, MemGEN) else MemGEN(memory)
        _ = self._model.text  # what cannot be searched is told now, not in the midst of a run
        self._seed = int(seed)
        self._max_bytes = int(max_bytes)

    def loglikelihood(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """The natural logarithm of each continuation's probability, and whether it is what comes greedily."""
        return [self._continued(*request.args) for request in tqdm(requests, disable=disable_tqdm)]

    def loglikelihood_rolling(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[float]:
        """The natural logarithm of the probability of each text, as the beginning of a record."""
        asked = tqdm(requests, disable=disable_tqdm)
        return [self._model.score_text(request.args[0]).log_probability for request in asked]

    def generate_until(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[str]:
        """What comes after each context, up to a text at which it shall end."""
        return [self._generated(*request.args) for request in tqdm(requests, disable=disable_tqdm)]

    def _continued(self, context: str, continuation: str) -> tuple[float, bool]:
        score = self._model.score_text(continuation, context or None)
        return score.log_probability, all(self._greedy(context, continuation))

    def _greedy(self, context: str, continuation: str) -> Iterator[bool]:
        """Of each byte of a continuation, whether none is likelier."""
        before, rest = context.encode(), continuation.encode()
        index = self._model.text
        for at, byte in enumerate(rest):
            said = before + rest[:at]
            likely = index.next_probabilities(said or None)
            yield likely[byte] >= likely.max()

    def _generated(self, context: str, how: dict[str, Any]) -> str:
        until = how.get("until") or []
        until = [until] if isinstance(until, str) else until
        heat = how.get("temperature")
        is_drawn = how.get("do_sample", heat is not None)
        said = self._model.recite(
            context,
            max_bytes=int(self._max_bytes if how.get("max_gen_toks") is None else how["max_gen_toks"]),
            random_state=int(how.get("seed", self._seed)),
            temperature=float(1.0 if heat is None else heat) if is_drawn else 0.0,
        ).text.decode("utf-8", "ignore")
        ends = [at for stop in until if stop and (at := said.find(stop)) >= 0]
        return said[: min(ends, default=len(said))]


if __name__ == "__main__":
    cli_evaluate()
