/* The owner's page: counts that are asked for every two seconds while it is looked at, raters, and the verdict for who insists. */

import { bars } from "./chart.js";
import { element, tell } from "./verdict.js";

const EVERY = 2000; // ms
const $ = (id) => document.getElementById(id);
const number = (count) => Number(count).toLocaleString("en");

const ASKED = { real: "Which one is real?", better: "Which one is better?" };
const WHY = {
  fixed: "The analysis of this study is fixed: it is read once, when all planned judgments are there. Who looks earlier, and stops when the answer pleases, errs more often than the 5 % that is claimed. Looking is noted, and the report says how often.",
  sequential: "The analysis of this study is sequential: its confidence sequence holds at all times at once, so that looking is safe, however often, and you may stop when the answer is clear.",
};

let state = null;
let csrf = "";
let timer = 0;
let sorted = { by: "last", isUp: false };
let drawn = "";

async function ask(path, isPost = false) {
  const answer = await fetch(`/a/${path}`, isPost ? { method: "POST", headers: { "X-CSRF": csrf, "Content-Type": "application/json" }, body: "{}" } : {});
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.message || "the study does not answer"), { status: answer.status });
  return told;
}

/* ---- Counts. */

async function poll() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    state = await ask("state");
    csrf = state.csrf;
    warn("");
    show();
  } catch (error) {
    const isOver = error.status === 403 || error.status === 401;
    warn(isOver ? "This page's session is over: open the address that `byheart rate serve` printed." : "The study does not answer. This page goes on trying; the numbers below may be old.");
    if (isOver) return;
  }
  timer = setTimeout(poll, EVERY);
}

function warn(text) {
  if ($("line").textContent !== text) $("line").textContent = text; // said once
  $("line").hidden = !text;
}

function show() {
  const analysis = { fixed: "fixed analysis", sequential: "sequential analysis" }[state.analysis];
  $("about").textContent = `${ASKED[state.question]} Kind: ${state.kind}; ${analysis}; made ${day(state.created)}`;
  $("badge").textContent = state.is_stopped ? "Stopped" : "Open";
  $("badge").className = `badge ${state.is_stopped ? "is-stopped" : "is-open"}`;
  $("stop").textContent = state.is_stopped ? "Resume the study" : "Stop the study";
  $("stop").disabled = false;
  $("judgments").textContent = number(state.judgments);
  $("planned").textContent = number(state.planned);
  $("progress").max = Math.max(1, state.planned);
  $("progress").value = state.judgments;
  for (const name of ["joined", "active", "finished", "lapsed"]) $(name).textContent = number(state.people[name]);
  $("slots").textContent = number(state.slots);
  crowd();
  $("address").textContent = state.raters_address;
  $("prolific").textContent = `${state.raters_address}?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}`;
  $("digest").textContent = state.digest;
  if ($("veil-text").textContent === "") $("veil-text").textContent = WHY[state.analysis];
  hours();
  raters();
}

/** Somebody wanted a place, and had none. */
function crowd() {
  const times = state.turned_away === 1 ? "once" : `${number(state.turned_away)} times`;
  const silent = state.people.silent;
  const held = silent ? ` ${number(silent)} ${silent === 1 ? "place is" : "places are"} held by people who have chosen nothing yet: after ten minutes they make room. If you did not invite so many, stop the study.` : "";
  const text = state.turned_away && !state.is_stopped && state.people.finished < state.slots ? `All places were taken when somebody came: ${times}.${held}` : "";
  if ($("crowd").textContent !== text) $("crowd").textContent = text; // said once
  $("crowd").hidden = !text;
}

function hours() {
  const told = JSON.stringify(state.per_hour);
  if (told === drawn || !state.per_hour.length) return;
  drawn = told;
  $("hours").hidden = false;
  const most = Math.max(...state.per_hour.map(([, count]) => count));
  bars($("hours").querySelector(".chart"), state.per_hour, {
    title: "Judgments an hour",
    description: `${number(state.per_hour.length)} hours, with up to ${number(most)} judgments in one.`,
  });
}

const day = (iso) => new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** A moment as people say it; `last` comes as ISO 8601, or in seconds since 1970. */
function moment(told) {
  if (told === null || told === undefined) return "–";
  const at = new Date(typeof told === "number" ? 1000 * told : told);
  return at.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/* ---- Raters. */

const VALUES = { catches: (one) => (one.catches ? one.catch_right / one.catches : 2) }; // who has had none comes last

function raters() {
  const value = VALUES[sorted.by] ?? ((one) => one[sorted.by] ?? 0);
  const order = (one, other) => (value(one) < value(other) ? -1 : value(one) > value(other) ? 1 : 0);
  const list = [...(state.raters ?? [])].sort((one, other) => (sorted.isUp ? order(one, other) : order(other, one)));
  $("raters").tBodies[0].replaceChildren(...list.map(row));
  $("raters").parentNode.hidden = !list.length;
  $("nobody").hidden = list.length > 0;
  $("odd").hidden = !list.some((one) => one.flags?.length);
  for (const head of document.querySelectorAll("#raters th[data-sort]")) {
    if (head.dataset.sort === sorted.by) head.setAttribute("aria-sort", sorted.isUp ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  }
}

function row(one) {
  const made = element("tr");
  const head = element("th", one.rater);
  head.scope = "row";
  const marked = (text, flag) => {
    const cell = element("td", text);
    if (one.flags?.includes(flag)) cell.prepend(element("span", flag, "odd"), " ");
    return cell;
  };
  made.append(
    head,
    element("td", number(one.judgments)),
    marked(one.catches ? `${one.catch_right} of ${one.catches}` : "–", "inattentive"),
    marked(one.median_ms ? `${(one.median_ms / 1000).toFixed(1)} s` : "–", "too fast"),
    marked(one.judgments ? `${Math.round(100 * one.left_share)} %` : "–", "one side"),
    element("td", one.is_finished ? "yes" : "no"),
    element("td", moment(one.last)),
  );
  return made;
}

for (const head of document.querySelectorAll("#raters th[data-sort]")) {
  head.querySelector("button").onclick = () => {
    const by = head.dataset.sort;
    sorted = { by, isUp: sorted.by === by ? !sorted.isUp : by === "rater" };
    raters();
    $("said").textContent = `Sorted by ${head.textContent.toLowerCase()}, ${sorted.isUp ? "ascending" : "descending"}`;
  };
}

/* ---- The verdict: a peek, so it takes a press. */

$("reveal").onclick = async () => {
  const button = $("reveal");
  button.disabled = true;
  button.textContent = "Computing…";
  $("verdict-said").textContent = "Computing the verdict";
  try {
    tell($("found"), { ...state, ...(await ask("verdict", true)) });
    $("found").hidden = false;
    $("verdict-said").textContent = "The verdict is shown";
    if (button.textContent === "Computing…") $("found").focus({ preventScroll: true });
  } catch (error) {
    $("found").replaceChildren(element("p", `There is no verdict: ${error.message}`, "warning"));
    $("found").hidden = false;
  } finally {
    button.disabled = false;
    button.textContent = "Renew the verdict";
  }
};

/* ---- Stopping, and going on. */

const CONFIRM = {
  stop: ["Stop the study?", "Nobody can join or judge until you resume it. Raters who are in the middle are told that it is closed; what they chose is kept.", "Stop it"],
  resume: ["Resume the study?", "Raters can join again, and those who were in the middle go on where they were.", "Resume it"],
};

$("stop").onclick = () => {
  const verb = state.is_stopped ? "resume" : "stop";
  [$("confirm-title").textContent, $("confirm-text").textContent, $("yes").textContent] = CONFIRM[verb];
  $("yes").onclick = async () => {
    $("confirm").close();
    try {
      await ask(verb, true);
      $("said").textContent = verb === "stop" ? "The study is stopped" : "The study is open";
    } catch (error) {
      warn(`That did not work: ${error.message}`);
    }
    poll();
  };
  $("confirm").showModal();
  $("no").focus(); // the harmless one
};
$("no").onclick = () => $("confirm").close();

/* ---- Copying. */

for (const button of document.querySelectorAll("[data-copy]")) {
  button.onclick = async () => {
    const source = $(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source); // plain http has no clipboard of that kind
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    $("said").textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 3000);
  };
}

document.addEventListener("visibilitychange", poll);
poll();
