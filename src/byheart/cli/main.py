"""`byheart`: the group of the verbs, and what becomes of errors."""

import sys

import click

from byheart.cli.info import info
from byheart.cli.learn import learn
from byheart.cli.sample import sample
from byheart.errors import ByheartError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="byheart")
def byheart() -> None:
    """Learn any data by heart, and sample it exactly."""


for _verb in (learn, sample, info):
    byheart.add_command(_verb)


def main() -> None:
    """Run a verb. Exit 0: done; 1: the answer is "no"; 2: wrong usage or bad input, told in one line."""
    try:
        code = byheart.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = 0
    except click.ClickException as error:
        code = _refuse(error.format_message())
    except click.Abort:
        code = _refuse("interrupted: nothing was changed", 130)
    except ByheartError as error:
        code = _refuse(str(error))
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(message: str, code: int = 2) -> int:
    click.echo(f"byheart: {' '.join(message.split())}", err=True)
    return code
