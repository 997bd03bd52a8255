/* The verdict as it stands, from what `byheart rate report --json` says: nothing is computed here. */

import { sequence } from "./chart.js";

const ROWS = 12; // of the chart's table

export function element(name, text, kind) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

const points = (share) => (100 * share).toFixed(1);
const interval = ([low, high]) => `[${points(low)}, ${points(high)}]`;
const shown = (share) => (share ? `${points(share.value)} % ${interval([share.low, share.high])}` : "none");
const p = (value) => (value === null || value === undefined ? "unknown" : value < 0.001 ? "p < .001" : `p = ${value.toFixed(3).replace(/^0/, "")}`);
const sentence = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** Fill `holder` with a report. */
export function tell(holder, told) {
  const chose = told.question === "better" ? "the real one was preferred" : "raters picked the real one";
  const within = told.verdict === "INDISTINGUISHABLE" ? ` within ±${+(100 * told.margin).toFixed(1)} points` : "";
  const interim = told.is_interim ? " (interim)" : "";
  const counted = told.judgments.toLocaleString("en");
  const parts = [
    element("p", told.headline ?? `${told.verdict}${within}${interim}: ${chose} ${shown(told.estimate)} of ${counted} times`, "answer"),
    element("p", sentence(told.reason)),
  ];
  if (told.is_interim) parts.push(element("p", `Interim: ${told.received.toLocaleString("en")} of ${told.planned.toLocaleString("en")} planned judgments of study pairs are there. The verdict is read when all are.`));
  for (const warning of told.warnings ?? []) parts.push(element("p", sentence(warning), "warning"));
  parts.push(element("h3", "Numbers"), numbers(told));
  if ((told.generators ?? []).length > 1) parts.push(element("h3", "Each generator"), generators(told.generators));
  holder.replaceChildren(...parts);
  if (told.sequence?.judgments.length > 1) running(holder, told);
}

function numbers(told) {
  const tests = told.tests ?? {};
  const { panel } = told;
  const rows = [
    ["Share that chose the real one", shown(told.estimate), "with its 95 % interval"],
    ["Read for equivalence", `${interval(told.inner)} %`, `must lie between ${points(0.5 - told.margin)} and ${points(0.5 + told.margin)} %`],
    ["Sign-flip test", p(tests.p_sharp), "that nobody could tell anything"],
    ["Clustered test", p(tests.p_mean), "that the share is 1/2, over raters and pairs"],
    ["At any time", p(tests.p_anytime), "1 / the largest e-value that there was: it holds whenever one stops"],
    ["E-value", tests.e_value === undefined ? "unknown" : String(+Number(tests.e_value).toPrecision(3)), "against the coin, at the end of what is there"],
    ["Catch trials right", shown(panel.accuracy), panel.is_attentive ? `of ${panel.catches}: the raters looked` : `of ${panel.catches}: that the raters looked is not shown (the lower limit must be 90 %)`],
  ];
  return table(["", "", ""], rows);
}

function generators(list) {
  return table(["Generator", "Share for the real one", "Verdict"], list.map((one) => [one.generator, shown(one.estimate), one.verdict]));
}

/** A table in a frame that scrolls; without heads if they are all empty. */
function table(heads, rows) {
  const frame = element("div", undefined, "scroll");
  const made = element("table");
  frame.tabIndex = 0; // what scrolls can be scrolled by keys
  frame.role = "group";
  frame.ariaLabel = heads.some(Boolean) ? heads.join(", ") : "Numbers of the verdict";
  if (heads.some(Boolean)) {
    const row = made.createTHead().insertRow();
    heads.forEach((head, at) => {
      const cell = element("th", head, at ? "" : "name");
      cell.scope = "col";
      row.append(cell);
    });
  }
  const body = made.createTBody();
  for (const [name, ...cells] of rows) {
    const row = body.insertRow();
    const head = element("th", name);
    head.scope = "row";
    row.append(head, ...cells.map((cell, at) => element("td", cell, at ? "words" : "")));
  }
  frame.append(made);
  return frame;
}

function running(holder, told) {
  const run = told.sequence;
  const last = run.judgments.length - 1;
  const figure = element("figure");
  const frame = element("div", undefined, "chart");
  figure.append(element("figcaption", "The share that chose the real one, and its confidence sequence: the truth lies within at all times at once, with a probability of 95 %. The grey band is the margin around a coin."), frame);
  const details = element("details");
  const picked = Array.from({ length: Math.min(ROWS, last + 1) }, (_, at) => Math.round((at * last) / Math.max(1, Math.min(ROWS, last + 1) - 1)));
  const rows = picked.map((at) => [run.judgments[at].toLocaleString("en"), `${run.value ? points(run.value[at]) : "–"} % ${interval([run.low[at], run.high[at]])}`, `e = ${+Number(run.e[at]).toPrecision(3)}`]);
  details.append(element("summary", "The chart as a table"), table(["Judgments", "Share and confidence sequence", "Evidence against a coin"], rows));
  holder.append(element("h3", "As judgments came in"), figure, details);
  sequence(frame, run, {
    margin: told.margin,
    title: "The share that chose the real one, as judgments came in",
    description: `After ${run.judgments[last].toLocaleString("en")} judgments the confidence sequence goes from ${points(run.low[last])} to ${points(run.high[last])} percent. A coin is at 50 percent.`,
  });
}
