"""Help: quick, true to the commands, and the same in the documentation."""

import json
import os
import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from tools.commands import PAGE, help_of, rendered, verbs

from byheart.cli.group import VERBS
from byheart.cli.group import byheart as group
from command_line import Command, installed


@pytest.mark.parametrize("verb", verbs())
def test_the_help_of_every_command_stands_in_the_documentation(verb: str) -> None:
    assert f"```text\n{help_of(verb)}\n```" in PAGE.read_text("utf-8")


def test_the_documentation_has_no_help_of_former_days() -> None:
    page = PAGE.read_text("utf-8")
    assert rendered(page) == page, "run `python -m tools.commands`"


@pytest.mark.parametrize("verb", verbs())
def test_every_command_takes_json_and_says_what_each_option_does(verb: str) -> None:
    found: click.Command | None = group
    for word in verb.split():
        assert isinstance(found, click.Group)
        found = found.get_command(group.make_context("byheart", [word]), word)
    assert found is not None
    options = [parameter for parameter in found.params if isinstance(parameter, click.Option)]
    assert "--json" in [name for option in options for name in option.opts]
    assert all(option.help for option in options)


def test_help_names_the_commands_and_the_exit_codes(byheart: Command) -> None:
    for arguments in (["--help"], ["-h"], []):
        answer = byheart(*arguments)
        assert (answer.code, answer.err) == (0, "")
        assert all(verb in answer.out for verb in VERBS)
        assert "Exit codes" in answer.out


def test_the_version_is_that_of_the_distribution(byheart: Command) -> None:
    assert byheart("--version").out == f"byheart {version('byheart')}\n"


def test_help_imports_neither_arrow_nor_any_command() -> None:
    code = (
        "import json, sys; from byheart.cli.main import run; run(['--help']);"
        "print(); print(json.dumps(sorted(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    modules = set(json.loads(answer.stdout.splitlines()[-1]))
    unwanted = {"numpy", "pyarrow", "pandas", "PIL", "rich", *(f"byheart.cli.{verb}" for verb in VERBS)}
    assert not modules & unwanted


def test_help_takes_a_quarter_of_a_second_at_most() -> None:
    """Of the processor's time: others may be using it too."""
    took = []
    for _ in range(5):
        before = os.times()
        assert installed("--help").returncode == 0
        after = os.times()
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(took) < 0.25
