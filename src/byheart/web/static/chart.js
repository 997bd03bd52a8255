/* Charts as SVG, drawn at the width that there is, and again when it changes. A title and a description go with each, for who cannot see them. */

const SPACE = "http://www.w3.org/2000/svg";
const LEFT = 46;
const RIGHT = 12;
let named = 0;

function part(name, attributes, text) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Keep `holder` filled with what `draw(svg, width)` draws. */
function drawn(holder, height, title, description, draw) {
  holder.watch?.disconnect();
  const id = `chart-${++named}`;
  const again = () => {
    const width = Math.max(260, holder.clientWidth);
    const svg = part("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-labelledby": `${id}-title ${id}-about` });
    svg.append(part("title", { id: `${id}-title` }, title), part("desc", { id: `${id}-about` }, description));
    draw(svg, width);
    holder.replaceChildren(svg);
  };
  let before = 0;
  holder.watch = new ResizeObserver(() => {
    if (holder.clientWidth !== before) again();
    before = holder.clientWidth;
  });
  holder.watch.observe(holder);
  again();
}

/** Round numbers from 0 to at least `most`: about `count` steps. */
function steps(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = Math.max(1, [1, 2, 5, 10].find((one) => one * power >= rough) * power);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, at) => at * step);
}

/** A share as judgments came in: its line, its confidence sequence as a band, the margin around 1/2. `told`: `{judgments, value, low, high}`. */
export function sequence(holder, told, { margin, title, description }) {
  const height = 300;
  const bottom = height - 44;
  drawn(holder, height, title, description, (svg, width) => {
    const most = told.judgments.at(-1);
    const x = (n) => LEFT + ((width - LEFT - RIGHT) * n) / most;
    const y = (share) => 10 + (bottom - 10) * (1 - share);
    const line = (shares) => shares.map((share, at) => `${x(told.judgments[at]).toFixed(1)},${y(share).toFixed(1)}`);
    svg.append(part("rect", { class: "margin", x: LEFT, width: width - LEFT - RIGHT, y: y(0.5 + margin), height: y(0.5 - margin) - y(0.5 + margin) }));
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(part("line", { class: share === 0.5 ? "coin" : share ? "grid" : "axis", x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share) }));
      svg.append(part("text", { x: LEFT - 8, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`));
    }
    for (const n of steps(most, width < 500 ? 3 : 6)) svg.append(part("text", { x: x(n), y: bottom + 18, "text-anchor": n ? "middle" : "start" }, n.toLocaleString("en")));
    svg.append(part("text", { x: (LEFT + width - RIGHT) / 2, y: height - 6, "text-anchor": "middle" }, "judgments"));
    svg.append(part("polygon", { class: "band", points: [...line(told.low), ...line(told.high).reverse()].join(" ") }));
    if (told.value) svg.append(part("polyline", { class: "value", points: line(told.value).join(" ") }));
  });
}

/** A bar an hour. `hours`: `[[iso, count], …]`. */
export function bars(holder, hours, { title, description }) {
  const height = 110;
  const bottom = height - 22;
  drawn(holder, height, title, description, (svg, width) => {
    const most = Math.max(...hours.map(([, count]) => count), 1);
    const step = (width - LEFT - RIGHT) / hours.length;
    const y = (count) => 12 + (bottom - 12) * (1 - count / most);
    svg.append(part("text", { x: LEFT - 8, y: y(most) + 5, "text-anchor": "end" }, most.toLocaleString("en")));
    svg.append(part("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: bottom, y2: bottom }));
    const bar = Math.min(40, step * 0.8);
    hours.forEach(([, count], at) => {
      if (count) svg.append(part("rect", { class: "bar", x: LEFT + step * (at + 0.5) - bar / 2, width: bar, y: y(count), height: bottom - y(count) }));
    });
    const format = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    const ends = hours.length > 1 ? [[0, "start", LEFT], [hours.length - 1, "end", width - RIGHT]] : [[0, "middle", (LEFT + width) / 2]];
    for (const [at, anchor, place] of ends) svg.append(part("text", { x: place, y: height - 5, "text-anchor": anchor }, format.format(new Date(hours[at][0]))));
  });
}
