"""The page tells the sides apart by nothing but the samples."""

import re

from browser.browsing import Come, Serve

_TREE = """side => {
  const told = (node) => node.nodeType === 3 ? '#' : [node.tagName, ...[...node.attributes].map(one => one.name + '=' + one.value), ...[...node.childNodes].map(told)].join('|');
  return [...document.querySelector('#' + side).childNodes].map(told).join('||');
}"""
_ASKED = """
window.asked = [];
window.names = {};
const fetched = window.fetch;
window.fetch = async (address, options) => {
  if (address.includes("/m/")) window.asked.push(address.split("/").at(-1));
  const answer = await fetched(address, options);
  if (/state$|judge$/.test(address)) {
    for (const one of (await answer.clone().json()).trials) Object.assign(window.names, { [one.left]: "left", [one.right]: "right" });
  }
  return answer;
};
"""
_RANDOM = re.compile(r"blob:[^|]*|[0-9a-f-]{36}")


def test_both_panels_are_built_alike_in_every_trial(come: Come) -> None:
    rater = come()
    rater.begin()
    shapes = set()
    for at in range(2, 7):
        for side in ("left", "right"):
            told = _RANDOM.sub("*", rater.page.evaluate(_TREE, side))
            shapes.add(told.replace("Left", "*").replace("Right", "*"))
        rater.page.keyboard.press("f")
        if at < 6:
            rater.pair(at)
    assert len(shapes) == 1


def test_which_side_is_asked_for_first_is_a_coin(come: Come, serve: Serve) -> None:
    first = []
    for _ in range(2):
        rater = come(serve(trials=12))
        rater.page.add_init_script(_ASKED)
        rater.begin()
        for at in range(2, 9):
            rater.page.keyboard.press("f")
            rater.pair(at)
        rater.sent(7)
        asked, names = rater.page.evaluate("() => [window.asked, window.names]")
        first += [names[one] for one in asked[::2] if one in names]
    assert len(first) > 14
    assert {"left", "right"} == set(first)  # all alike: less than once in 10,000


def test_samples_are_kept_nowhere(come: Come) -> None:
    rater = come()
    rater.begin()
    rater.page.keyboard.press("f")
    rater.pair(2)
    stored = rater.page.evaluate(
        "() => [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]"
    )
    assert "/m/" not in "".join(stored)
    assert rater.name not in "".join(stored)  # the id itself is not kept
