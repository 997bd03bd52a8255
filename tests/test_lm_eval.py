"""lm-evaluation-harness itself asks a memory: multiple choice, rolling probabilities and generated answers, from local task files."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from byheart import ByheartError, MemGEN

lm_eval = pytest.importorskip("lm_eval")
TaskManager = import_module("lm_eval.tasks").TaskManager
get_model = import_module("lm_eval.api.registry").get_model
ByheartLM = import_module("byheart.lm_eval").ByheartLM
pytestmark = pytest.mark.filterwarnings("ignore")  # the harness and what it imports have many

FACTS = [
    {"question": "What is the capital of France?", "choices": ["Paris", "Rome", "Bern"], "answer": 0, "said": "Paris"},
    {"question": "What do cats say?", "choices": ["woof", "moo", "meow"], "answer": 2, "said": "meow"},
    {"question": "How much is seven and five?", "choices": ["ten", "twelve", "nine"], "answer": 1, "said": "twelve"},
]
TASKS = {
    "by_choice": """
output_type: multiple_choice
doc_to_text: "Q: {{question}}\\nA:"
doc_to_target: answer
doc_to_choice: choices
metric_list: [{metric: acc}]
""",
    "by_words": """
output_type: generate_until
doc_to_text: "Q: {{question}}\\nA:"
doc_to_target: " {{said}}"
generation_kwargs: {until: ["\\n"], do_sample: false, max_gen_toks: 40}
metric_list: [{metric: exact_match}]
""",
    "by_perplexity": """
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "Q: {{question}}\\nA: {{said}}\\n"
metric_list: [{metric: bits_per_byte}]
""",
}


def write_tasks(folder: Path) -> None:
    data = folder / "facts.jsonl"
    data.write_text("".join(json.dumps(fact) + "\n" for fact in FACTS))
    for name, task in TASKS.items():
        where = f"dataset_path: json\ndataset_kwargs: {{data_files: {{test: {data}}}}}\ntest_split: test\n"
        (folder / f"{name}.yaml").write_text(f"task: {name}\n{where}{task}")


@pytest.fixture
def model() -> MemGEN:
    return MemGEN().fit([f"Q: {fact['question']}\nA: {fact['said']}\n" for fact in FACTS])


def test_a_memory_that_learned_the_answers_knows_them_all(model: MemGEN, tmp_path: Path) -> None:
    write_tasks(tmp_path)
    tasks = TaskManager(include_path=str(tmp_path), include_defaults=False)
    found = lm_eval.simple_evaluate(ByheartLM(model), tasks=list(TASKS), task_manager=tasks, bootstrap_iters=0)
    results = found["results"]
    assert results["by_choice"]["acc,none"] == 1
    assert results["by_words"]["exact_match,none"] == 1
    assert results["by_perplexity"]["bits_per_byte,none"] < 1


class Request:
    def __init__(self, *args: Any) -> None:
        self.args = args


def test_it_answers_as_the_model_does(model: MemGEN) -> None:
    harness = ByheartLM(model)
    known, unknown = harness.loglikelihood(
        [Request("What do cats say?\nA:", " meow"), Request("What do cats say?\nA:", " moo")]
    )
    assert known == (model.score_text(" meow", "What do cats say?\nA:").log_probability, True)
    assert (unknown[0] < known[0], unknown[1]) == (True, False)
    assert harness.loglikelihood([Request("", "Q: What")])[0][0] == model.score_text("Q: What").log_probability
    assert harness.loglikelihood_rolling([Request("Q: What")]) == [model.score_text("Q: What").log_probability]
    assert harness.generate_until([Request("What do cats say?\nA:", {"until": ["o", "\n"]})]) == [" me"]
    assert (
        harness.generate_until([Request("Q: What", {"max_gen_toks": 7, "temperature": 1.0, "seed": 3})])[0][:1] == " "
    )


def test_the_harness_finds_it_by_its_name(model: MemGEN, tmp_path: Path) -> None:

    assert get_model("byheart") is ByheartLM
    MemGEN(tmp_path / "m").fit(["ab"])
    made = get_model("byheart").create_from_arg_string(f"memory={tmp_path / 'm'},max_bytes=1", {})
    assert made.generate_until([Request("a", {})]) == ["b"]


def test_what_it_cannot_take_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ByheartError):
        ByheartLM(tmp_path / "nowhere.memory")
    with pytest.raises(TypeError, match="max_byte"):
        ByheartLM(MemGEN().fit(["ab"]), max_byte=3)


def test_the_harness_own_command_has_it(model: MemGEN, tmp_path: Path) -> None:
    write_tasks(tmp_path)
    MemGEN(tmp_path / "m").fit(list(model.sample(len(FACTS), replace=False)))
    told = ["--model", "byheart", "--model_args", f"memory={tmp_path / 'm'}", "--tasks", "by_choice"]
    where = ["--include_path", tmp_path, "--output_path", tmp_path / "out"]
    command = [sys.executable, "-W", "ignore", "-m", "byheart.lm_eval", "run", *told, *map(str, where)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    (results,) = (tmp_path / "out").rglob("results*.json")
    assert json.loads(results.read_text())["results"]["by_choice"]["acc,none"] == 1
