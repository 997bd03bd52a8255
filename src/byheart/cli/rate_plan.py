"""`byheart rate plan`: how many judgments?"""

from dataclasses import asdict

import click

from byheart.cli import screen, words
from byheart.cli.options import SHARE, Share, json_option, print_json
from byheart.rating.design import Asked
from byheart.rating.needs import needs
from byheart.rating.study import TRIALS


@click.command()
@click.option(
    "--margin",
    type=Share(0.5),
    default=0.05,
    show_default=True,
    help="Within which a share is as good as 1/2.",
)
@click.option(
    "--power",
    type=Share(),
    default=0.9,
    show_default=True,
    help="The probability to show it, if people cannot tell.",
)
@click.option(
    "--generators",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="That are asked about, each by as many pairs.",
)
@click.option("--raters-per-pair", type=click.IntRange(1, 3), default=2, show_default=True, help="Who judge each pair.")
@click.option(
    "--trials", type=click.IntRange(min=4), default=TRIALS, show_default=True, help="That each rater sees, about."
)
@click.option("--catch", type=SHARE, default=0.12, show_default=True, help="The share of trials whose answer is known.")
@click.option(
    "--rater-correlation",
    type=SHARE,
    default=0.0,
    show_default=True,
    help="How far judgments of one rater hang together.",
)
@click.option(
    "--pair-correlation", type=SHARE, default=0.02, show_default=True, help="The same, of judgments of one pair."
)
@json_option
def rate_plan(
    margin: float,
    power: float,
    generators: int,
    raters_per_pair: int,
    trials: int,
    catch: float,
    rater_correlation: float,
    pair_correlation: float,
    as_json: bool,
) -> None:
    """Say how many judgments, pairs and raters it takes to show that people cannot tell, if they cannot."""
    asked = Asked(None, raters_per_pair, catch, trials)
    told = needs(
        margin,
        power,
        asked=asked,
        generators=generators,
        of_raters=rater_correlation,
        of_pairs=pair_correlation,
    )
    if as_json:
        print_json(asdict(told))
        return
    click.echo(screen.accent(f"Within {margin * 100:g} points of a coin, with a power of {power:g}:"))
    alone = f"{words.count(told.independent)} if none hung together, {told.effect:.3g} times as many since they do"
    if generators > 1:
        alone = f"{words.count(told.each)} for each of {generators} generators, as each claim is corrected for their number; {alone}"
    looked = f"{words.count(told.catches_wanted)} show that raters look, if they get 96 % right"
    if told.catch > catch:
        looked += f": --catch {told.catch:g} gives so many"
    screen.fields(
        [
            ("judgments", f"{words.count(told.judgments)} ({alone})"),
            ("pairs", f"{words.count(told.pairs)}, each judged by {words.counted(raters_per_pair, 'rater')}"),
            ("raters", f"{words.count(told.raters)}, with about {words.counted(trials, 'trial')} each"),
            ("catches", f"{words.count(told.catches)}; {looked}"),
        ]
    )
    chosen = {"raters-per-pair": (raters_per_pair, 2), "trials": (trials, TRIALS), "catch": (told.catch, 0.12)}
    more = "".join(f" --{name} {value:g}" for name, (value, default) in chosen.items() if value != default)
    screen.next_step(
        f"byheart rate new STUDY --real SRC{' --generated SRC' * generators} --pairs {told.pairs} --margin {margin:g}{more}",
        "makes such a study",
    )
