/* Put into each page that a rater sees, before it runs: goes through the study as fast as the page lets it, and notes when each pair could be seen.

   SITE is put in front: {pair(): what can be seen of the pair, null where there is none; choose(): chooses; buttons: those to press on the way to pairs}. */
(() => {
  const NAME = "bench";
  const PAUSE = 250; // ms that a pair is looked at
  let told;
  try {
    told = JSON.parse(sessionStorage.getItem(NAME)) ?? { began: performance.timeOrigin, first: null, requests: 0, waits: [], chosen: null, seen: null };
  } catch {
    return; // the empty page before the first
  }
  const now = () => performance.timeOrigin + performance.now();
  const keep = () => sessionStorage.setItem(NAME, JSON.stringify(told));
  const pressed = new Set();

  const go = () => {
    for (const id of SITE.buttons) {
      const button = document.getElementById(id);
      const isSeen = button && button.offsetParent !== null;
      if (!isSeen) pressed.delete(id);
      else if (!pressed.has(id)) {
        pressed.add(id);
        told.chosen = null; // what comes next does not follow from a choice alone
        button.click();
      }
    }
  };

  const look = () => {
    const pair = SITE.pair();
    if (pair !== null && pair !== told.seen) {
      if (told.seen === null) {
        told.first = now() - told.began;
        told.requests = 1 + performance.getEntriesByType("resource").filter((one) => one.name.startsWith("http")).length;
      }
      if (told.chosen !== null) told.waits.push(now() - told.chosen);
      told.seen = pair;
      keep();
      setTimeout(() => {
        told.chosen = now();
        keep();
        SITE.choose();
      }, PAUSE);
    } else {
      go();
    }
    window.bench = told;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
