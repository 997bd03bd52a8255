/* A rater's way through a study: consent, instructions, practice, pairs, the end. The words stand in rater.html; here is what happens when.

   Rule 1: the server says where a rater is (`state.phase`); the page follows, and adds only what the server has not heard yet (the outbox).
   Rule 2: whatever interrupts (a pause, another tab, no network, a stopped study) hides the pair first. */

import { Outbox, Refusal, Server, Shelf, Tab, backoff, rater } from "./outbox.js";
import { Stage, key, load } from "./trial.js";

const AHEAD = 3; // pairs that are made ready while one is looked at
const SLOW = 200; // ms until it is said that a pair is waited for
const $ = (id) => document.getElementById(id);
const page = document.body.dataset;
const base = location.pathname.replace(/\/+$/, "");

/* ---- Words, by kind and question. */

const NOUNS = { image: "picture", text: "text", audio: "recording", row: "record" };
const LIKED = { image: "looks better", text: "reads better", audio: "sounds better", row: "looks better" };
const noun = NOUNS[page.kind];
const wanted = page.question === "real" ? "is real" : LIKED[page.kind];
const WORDS = {
  things: `${noun}s`,
  asked: `which one ${wanted}`,
  ask: `Which ${noun} ${wanted}?`,
  where: page.kind === "audio" ? "the button below the one that you choose" : "the one that you choose",
};
const TASK = {
  real: `In each pair, as a rule, one ${noun} is real and the other was made by a computer. Choose the one that you take for the real one. If you cannot tell, guess.`,
  better: `In each pair, choose the ${noun} that ${wanted} to you. Your first impression is what counts: take your time, but do not ponder.`,
};
const WRONG = { real: "No: the other one is real.", better: "No: this one was spoiled on purpose." };
const FROM_HERE = {
  real: "From here on you are not told whether you are right.",
  better: "From here on there is no right or wrong: what you prefer counts.",
};
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#5b7fa6"><path d="M2 8h13v16H2zM17 8h13v16H17z"/></svg>';

$("icon").href = URL.createObjectURL(new Blob([ICON], { type: "image/svg+xml" })); // a request less before the first pair
document.title = `${WORDS.ask} ${document.title}`;
for (const part of document.querySelectorAll("[data-word]")) part.textContent = WORDS[part.dataset.word];

const pairs = (count) => (count === 1 ? "one pair" : `${count.toLocaleString("en")} pairs`);

/* ---- Who this is. */

const room = new Shelf(`byheart ${base} `); // all raters of this browser
const { params, me } = rater(room);
const shelf = new Shelf(`byheart ${base} ${me} `);
const server = new Server(base);
const tab = new Tab(room, () => halt("elsewhere"));
const outbox = new Outbox(server, shelf, { state: received, refusal: doubted, waiting: waits });

/* ---- Screens: one is seen at a time; its heading takes the focus, so that it is read out. */

let screen = null;

function show(id) {
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== id;
  if (screen !== id) $(id).querySelector("h1").focus({ preventScroll: true });
  screen = id;
  if (id !== "trial") scrollTo(0, 0);
}

/** Whatever ran, runs no more, and a screen says why. */
function halt(id) {
  run.number++;
  stage?.drop();
  show(id);
}

const GONE = { stopped: "stopped", lapsed: "lapsed", full: "full", consent: "renewed" }; // the server's words, and the screens that say so

function notice(title, text, again) {
  $("notice-title").textContent = title;
  $("notice-text").textContent = text;
  $("notice-button").onclick = again;
  halt("notice");
}

/** What went wrong with a request, told as a screen, unless it is a matter of who we are. */
function trouble(error, again) {
  if (error instanceof Refusal && error.word in GONE) halt(GONE[error.word]);
  else if (error instanceof Refusal && error.status === 403) doubted(error);
  else if (error instanceof Refusal && error.status === 429) notice("A little too fast", "The study asks for a few seconds of rest. Your choices are kept.", again);
  else if (!navigator.onLine) notice("You are offline", "Your choices are kept in this browser. Go on when you have a connection.", again);
  else notice("The study does not answer", "Your choices are kept in this browser. Wait a moment, then try again.", again);
}

/** The session is not known (any more), or the study is closed: find out which, and come in again as who we are. */
let doubts = 0;

function doubted(error) {
  if (error.word in GONE) halt(GONE[error.word]);
  else if (doubts++ > 2) halt("over");
  else begin();
}

/** The quiet line: nothing is lost, whatever the network does. */
function waits(isWaiting) {
  $("quiet").textContent = !navigator.onLine ? "Offline: your choices are kept." : isWaiting ? "Your choices are kept, and sent when the study answers." : "";
}

const note = (kind) => server.ask("/note", { kind });

/* ---- Where the server says we are. */

let stage = null;
let latest = null;
let before = 0; // trials of the slot that another had judged
let upcoming = []; // {n, shown, pair: a promise once it is being made ready}
const judged = new Set(); // in this page's life, or waiting in the outbox
let wake = () => {};

async function begin() {
  tab.claim();
  try {
    if (shelf.get("agreed") !== page.consent) return show("consent");
    const state = room.get("who") === me ? await server.ask("/state") : { phase: "new" };
    enter(state.phase === "new" ? await join() : state);
  } catch (error) {
    trouble(error, begin);
  }
}

async function join() {
  const state = await server.ask("/join", { consent: page.consent, params });
  room.set("who", me);
  shelf.set("agreed", page.consent);
  if (shelf.get("before") === null) shelf.set("before", String(state.done));
  return state;
}

function enter(state) {
  upcoming = []; // samples have new names in a new session
  judged.clear();
  for (const { n } of outbox.waiting()) judged.add(n);
  stage ??= new Stage({ kind: page.kind, exposure: state.exposure, words: (name) => `${name} ${wanted}` });
  stage.areLettersOn = shelf.get("letters") !== "off";
  before = Number(shelf.get("before") ?? 0);
  take(state);
  outbox.send();
  if (state.phase === "practice") instruct(state);
  else if (state.phase === "trials" && (state.exposure !== null || screen === "paused")) begun(); // nothing is shown to who may not look
  else if (state.phase === "trials") run();
  else if (state.phase === "done") finish();
}

/** Choices were acknowledged. */
function received(state) {
  doubts = 0;
  take(state);
}

/** Any state, whenever it comes. */
function take(state) {
  if (state.phase in GONE) return halt(state.phase);
  if (state.phase === "new") return doubted(new Refusal(403, "session", 0));
  latest = state;
  for (const n of state.refused ?? []) judged.delete(n); // if it is still open, it comes again
  for (const shown of state.trials) {
    if (!judged.has(shown.n) && !upcoming.some((one) => one.n === shown.n)) upcoming.push({ n: shown.n, shown, pair: null });
  }
  wake();
}

/** Make pairs ready, the next first. */
function warm(list, count) {
  for (const one of list.slice(0, count)) one.pair ??= load(server, page.kind, one.shown).catch((error) => ({ error }));
}

/** The pair, or null: then a screen says why. */
async function ready(one) {
  warm([one], 1);
  const slow = setTimeout(() => (stage.clear(), ($("hint").textContent = "The next pair is on its way…")), SLOW);
  const pair = await one.pair;
  clearTimeout(slow);
  if (!pair.error) return pair;
  one.pair = null;
  trouble(pair.error, begin);
  return null;
}

/* ---- Practice: the only place where anything is right or wrong. */

function instruct(state) {
  const practice = state.practice.map((shown) => ({ n: shown.n, shown, pair: null }));
  warm(practice, 1);
  $("task").textContent = TASK[page.question];
  $("listen").hidden = page.kind !== "audio";
  $("glance").hidden = stage.exposure === null;
  const [few, all] = [pairs(practice.length), pairs(state.total - before)];
  $("length").textContent = practice.length ? `First ${few} for practice, then ${all} that count.` : `There are ${all}.`;
  $("practise").textContent = practice.length ? "Start practice" : "Start";
  $("practise").onclick = () => (practice.length ? practise(practice) : practised());
  show("instructions");
}

async function practise(practice) {
  const mine = ++run.number;
  for (const [at, one] of practice.entries()) {
    const pair = await ready(one);
    if (!pair || mine !== run.number) return;
    place(`Practice ${at + 1} of ${practice.length}`, at, practice.length);
    const shown = stage.show(pair);
    warm(practice.slice(at), AHEAD);
    const { side } = await shown;
    if (mine !== run.number) return;
    if (!(await feedback(one, side))) return;
    pair.free();
  }
  practised();
}

async function feedback(one, side) {
  const told = await server.ask("/practice", { n: one.n, side }).catch((error) => trouble(error, begin));
  if (!told) return false;
  const words = told.right ? "Correct." : WRONG[page.question];
  $("told").textContent = words;
  $("told").className = told.right ? "right" : "wrong";
  $(`choose-${side}`).classList.add("chosen");
  say(words);
  $("hint").hidden = true;
  $("feedback").hidden = false;
  $("next").focus();
  await new Promise((resolve) => ($("next").onclick = resolve));
  $(`choose-${side}`).classList.remove("chosen");
  $("feedback").hidden = true;
  $("hint").hidden = false;
  $("question").focus();
  return true;
}

async function practised() {
  try {
    await note("practised");
    take(await server.ask("/state"));
    if (latest.phase === "trials") begun();
  } catch (error) {
    trouble(error, practised);
  }
}

function begun() {
  const left = latest.total - latest.done - outbox.waiting().length;
  const isFirst = latest.done <= before;
  warm(upcoming, 1);
  $("start-title").textContent = isFirst ? "Now it counts" : "Welcome back";
  $("start-text").textContent = `${pairs(left)} to go. ${FROM_HERE[page.question]}`;
  $("go").textContent = isFirst ? "Start" : "Continue";
  $("go").onclick = run;
  show("start");
}

/* ---- Pairs that count. */

async function run() {
  const mine = ++run.number;
  guard();
  for (;;) {
    if (!upcoming.length && !(await more(mine))) return;
    const one = upcoming[0];
    const pair = await ready(one);
    if (!pair || mine !== run.number) return;
    const at = latest.done - before + outbox.waiting().length;
    place(`Trial ${at + 1} of ${latest.total - before}`, at, latest.total - before);
    const shown = stage.show(pair);
    requestAnimationFrame(() => setTimeout(() => warm(upcoming, 1 + AHEAD), 30)); // the pair first
    const { side, ms, device } = await shown;
    if (mine !== run.number) return;
    if (!tab.isMine()) return halt("elsewhere");
    upcoming.shift();
    judged.add(one.n);
    outbox.put({ n: one.n, side, ms, device });
    pair.free();
  }
}
run.number = 0;

/** Nothing is left to show here: wait until the server has all, and says what comes. Whether there is more. */
async function more(mine) {
  for (let tries = 0; ; tries++) {
    const woken = new Promise((resolve) => (wake = resolve));
    if (outbox.waiting().length) {
      const later = setTimeout(() => mine === run.number && show("sending"), 300); // most are through by then
      outbox.send();
      await woken;
      clearTimeout(later);
    } else {
      await new Promise((resolve) => setTimeout(resolve, tries && backoff(tries)));
      await server.ask("/state").then(take, () => waits(true));
    }
    if (mine !== run.number) return false;
    if (upcoming.length) return true;
    if (latest.phase === "done" && !outbox.waiting().length) return finish(), false;
  }
}

function place(words, at, total) {
  $("count").textContent = words;
  $("progress").max = total;
  $("progress").value = at;
  $("hint").textContent = page.kind === "audio" ? "Listen to both, then choose." : stage.exposure !== null ? "Look at the cross, then choose." : "";
  show("trial");
  say(words);
}

function say(words) {
  $("said").textContent = words;
}

/* ---- Pauses: by the button, by P, by going back, and when the page cannot be seen. */

function pause(kind) {
  if (screen !== "trial" || !stage.isBusy) return;
  stage.pause();
  show("paused");
  note(kind).catch(() => {}); // told for the record only
}

function goOn() {
  show("trial");
  guard();
  stage.resume();
  say($("count").textContent);
  note("resumed").catch(() => {});
}

/** The first step back in the browser's history is a pause, and the second leaves. */
function guard() {
  if (!history.state?.isGuard) history.pushState({ isGuard: true }, "");
}

addEventListener("popstate", () => pause("paused"));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) pause("hidden");
  else if (screen === "paused") note("shown").catch(() => {});
  if (!document.hidden) outbox.send();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) begin(); // out of the browser's cache: what is on it may be old
});
addEventListener("online", () => {
  waits(outbox.waiting().length > 0);
  outbox.send();
  if (stage) note("offline").then(() => note("online"), () => {}); // the first could not be told when it happened
});
addEventListener("offline", () => waits(true));
addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || key(event) !== "p" || !stage?.areLettersOn) return;
  if (screen === "trial") pause("paused");
  else if (screen === "paused") goOn();
});
for (const button of document.querySelectorAll("[data-again]")) button.onclick = begin;
for (const button of document.querySelectorAll("[data-reload]")) button.onclick = () => location.reload();
$("pause").onclick = () => pause("paused");
$("continue").onclick = goOn;
$("letters").checked = shelf.get("letters") !== "off";
$("letters").onchange = () => {
  stage.areLettersOn = $("letters").checked;
  shelf.set("letters", stage.areLettersOn ? "on" : "off");
};

/* ---- The end. */

function finish() {
  if (outbox.waiting().length) return run(); // which waits until all is received
  run.number++;
  $("with-code").hidden = !latest.code;
  $("code").textContent = latest.code ?? "";
  $("with-link").hidden = !/^https?:\/\//i.test(latest.link ?? "");
  if (!$("with-link").hidden) $("link").href = latest.link;
  show("end");
}

$("copy").onclick = async () => {
  try {
    await navigator.clipboard.writeText($("code").textContent);
  } catch {
    getSelection().selectAllChildren($("code")); // plain http has no clipboard of that kind
    document.execCommand("copy");
  }
  $("copy").textContent = "Copied";
  say("Copied");
};

$("agree").onclick = async () => {
  $("agree").disabled = true;
  try {
    enter(await join());
  } catch (error) {
    trouble(error, begin);
  } finally {
    $("agree").disabled = false;
  }
};

begin();
