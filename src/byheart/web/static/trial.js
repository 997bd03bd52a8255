/* Two samples beside each other: loaded ahead, revealed in one frame, timed from that frame to the choice.

   Rule 1: both sides go through the same steps at the same time; which is asked for first is a coin.
   Rule 2: nothing of a sample is named in the page: a side is "left" or "right".
   Rule 3: time runs only while the pair can be seen (of a timed exposure: until the choice); a pause stops it. */

import { backoff } from "./outbox.js";

const TRIES = 4;
const SMALL = 320; // px: small pictures are magnified up to this,
const MOST = 20; // and so many times: larger squares are harder to see as a picture
const FIXATION = 600; // ms
const UPRIGHT = matchMedia("(max-width: 40rem) and (orientation: portrait)"); // as in rate.css: one above the other

export const SIDES = ["left", "right"];
const sideNames = () => (UPRIGHT.matches ? { left: "Upper", right: "Lower" } : { left: "Left", right: "Right" });

/** Make both of a pair ready to be shown: `{left, right}`, elements; `free()` when done. Throws where one cannot be had after some tries. */
export async function load(server, kind, shown) {
  for (let tries = 0; ; tries++) {
    try {
      return await loaded(server, kind, shown);
    } catch (error) {
      if (error.status === 404 || tries === TRIES) throw error; // names are of a session: there is a new one
      await new Promise((resolve) => setTimeout(resolve, backoff(tries)));
    }
  }
}

async function loaded(server, kind, shown) {
  const order = Math.random() < 0.5 ? SIDES : [...SIDES].reverse();
  const urls = [];
  const made = {};
  const one = async (side) => {
    const answer = await server.fetch(`/m/${shown[side]}`);
    if (!answer.ok) throw Object.assign(new Error("no sample"), { status: answer.status });
    made[side] = await MAKERS[kind](await answer.blob(), urls);
  };
  await Promise.all(order.map(one));
  return { ...made, free: () => urls.forEach((url) => URL.revokeObjectURL(url)) };
}

const MAKERS = {
  async image(blob, urls) {
    const img = new Image();
    img.draggable = false;
    urls.push((img.src = URL.createObjectURL(blob)));
    await img.decode();
    return img;
  },

  async text(blob) {
    const part = document.createElement("div");
    part.dir = "auto";
    part.textContent = (await blob.text()).replace(/\0+$/, ""); // what bodies are padded with
    return part;
  },

  async row(blob) {
    const table = document.createElement("table");
    for (const [name, value] of JSON.parse(await blob.text())) {
      const row = table.insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      row.append(head);
      row.insertCell().textContent = value;
    }
    return table;
  },

  async audio(blob, urls) {
    const sound = new Audio();
    sound.preload = "auto";
    urls.push((sound.src = URL.createObjectURL(blob)));
    await new Promise((resolve, reject) => {
      sound.oncanplaythrough = resolve;
      sound.onerror = () => reject(new Error("this sound cannot be played"));
    });
    return player(sound);
  },
};

/** A button and a bar for a sound; `part.toggle()`, `part.sound`. */
function player(sound) {
  const part = document.createElement("div");
  const button = document.createElement("button");
  const bar = document.createElement("progress");
  const heard = document.createElement("p");
  part.className = "player";
  button.type = "button";
  button.className = "quiet";
  heard.className = "heard";
  bar.max = 1;
  bar.value = 0;
  part.append(button, bar, heard);
  const draw = () => {
    const [name, key] = part.called ?? ["", ""];
    const cap = document.createElement("kbd");
    cap.textContent = key;
    cap.ariaHidden = "true";
    button.replaceChildren(`${sound.paused ? "Play" : "Stop"} ${name.toLowerCase()} `, cap);
    button.setAttribute("aria-keyshortcuts", key);
    bar.ariaLabel = `${name}: how much was played`;
    heard.textContent = part.isStarted ? "started" : "not started yet";
  };
  const step = () => {
    bar.value = sound.duration ? sound.currentTime / sound.duration : 0;
    if (!sound.paused) requestAnimationFrame(step);
  };
  sound.onplay = () => ((part.isStarted = true), draw(), step(), part.onStarted?.());
  sound.onpause = sound.onended = () => (draw(), step());
  part.sound = sound;
  part.isStarted = false;
  part.stop = () => (sound.pause(), (sound.currentTime = 0));
  part.toggle = () => (sound.paused ? sound.play() : part.stop());
  part.call = (name, key) => ((part.called = [name, key]), draw());
  button.onclick = () => part.toggle();
  return part;
}

/** Milliseconds while it runs. */
class Watch {
  #spent = 0;
  #since = null;

  start(at) {
    this.#since ??= at;
  }

  stop(at) {
    if (this.#since !== null) this.#spent += Math.max(0, at - this.#since);
    this.#since = null;
  }

  read(at) {
    return this.#spent + (this.#since === null ? 0 : Math.max(0, at - this.#since));
  }
}

/** Where pairs are shown. `await stage.show(pair)` gives `{side, ms, device}`. */
export class Stage {
  areLettersOn = true;
  #phase = "idle"; // "fixing": the cross is seen; "seen": a pair that will be masked; "open": a choice may be made
  #isPaused = false;
  #turn = 0; // of what was begun before, nothing happens any more
  #masks = [];

  /** `words`: of a side's name, what its button says; `exposure`: ms, or null until the choice. */
  constructor({ kind, exposure, words }) {
    this.kind = kind;
    this.exposure = kind === "audio" ? null : exposure; // a sound has its own time
    this.words = words;
    this.root = document.getElementById("pair");
    this.fixation = document.getElementById("fixation");
    this.panels = Object.fromEntries(SIDES.map((side) => [side, document.getElementById(side)]));
    this.buttons = Object.fromEntries(SIDES.map((side) => [side, document.getElementById(`choose-${side}`)]));
    for (const side of SIDES) {
      this.buttons[side].onclick = (event) => this.#choose(side, device(event));
      this.panels[side].onclick = (event) => this.#touched(side, event);
      if (kind === "text" || kind === "row") Object.assign(this.panels[side], { tabIndex: 0, role: "group" }); // it scrolls, by keys too
      if (kind === "audio") this.panels[side].role = "group";
    }
    addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("resize", () => this.pair && this.#fit());
    UPRIGHT.addEventListener("change", () => this.#name());
    this.#name();
  }

  show(pair) {
    this.pair = pair;
    this.watch = new Watch();
    this.#isPaused = false;
    this.#phase = this.exposure === null ? "open" : "fixing";
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.#begin();
    });
  }

  /** Whether a pair waits for a choice. */
  get isBusy() {
    return this.#phase !== "idle";
  }

  pause() {
    if (this.#isPaused || !this.isBusy) return;
    this.#isPaused = true;
    this.#turn++;
    this.watch.stop(performance.now());
    SIDES.forEach((side) => this.pair[side].stop?.());
    if (this.#phase !== "seen") return;
    this.#phase = "open"; // it is not shown a second time
    this.#place({ isMasked: true });
  }

  resume() {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#begin();
  }

  /** Give up the pair: the promise of `show` stays open for ever. */
  drop() {
    this.pause();
    this.#phase = "idle";
    this.clear();
  }

  /** Show nothing. */
  clear() {
    this.root.ariaBusy = "true";
    this.root.classList.add("is-blank");
    SIDES.forEach((side) => this.panels[side].replaceChildren());
  }

  /* One frame each: what is drawn in a callback of requestAnimationFrame is seen in the frame that its argument is the time of. */
  #begin() {
    const turn = ++this.#turn;
    requestAnimationFrame((at) => {
      if (turn !== this.#turn) return;
      if (this.#phase === "fixing") {
        this.#place({ isBlank: true });
        this.#until(at + FIXATION, turn, (then) => this.#expose(then, turn));
      } else {
        this.#place({ isMasked: this.exposure !== null });
        this.watch.start(at);
      }
    });
  }

  #expose(at, turn) {
    this.#phase = "seen";
    this.#place({});
    this.watch.start(at);
    this.#until(at + this.exposure, turn, () => {
      this.#phase = "open";
      this.#place({ isMasked: true });
    });
  }

  /** Call `then(at)` in the frame that is nearest to `end`. */
  #until(end, turn, then) {
    let before = null;
    let frame = Infinity;
    const tick = (at) => {
      if (turn !== this.#turn) return;
      if (before !== null) frame = Math.min(frame, at - before);
      before = at;
      if (at >= end - (frame === Infinity ? 8 : frame) / 2) then(at);
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  #place({ isBlank = false, isMasked = false }) {
    this.root.classList.toggle("is-blank", isBlank);
    this.root.ariaBusy = isBlank ? "true" : null;
    this.fixation.hidden = !isBlank;
    if (isMasked && !this.#masks.length) this.#masks = masks();
    SIDES.forEach((side, at) => {
      const part = this.pair[side];
      if (part.parentNode !== this.panels[side]) {
        this.panels[side].replaceChildren(part);
        this.panels[side].scrollTop = 0;
        if (part.sound) part.onStarted = () => this.#started(side);
      }
      part.style.visibility = isMasked ? "hidden" : "";
      if (isMasked) this.panels[side].append(this.#masks[at]);
      else this.#masks[at]?.remove();
    });
    this.#name();
    this.#fit();
    this.#allow();
  }

  /** Both pictures at one scale: whole factors for small ones, as they are where there is room, smaller where there is none. */
  #fit() {
    if (this.kind !== "image") return;
    const both = SIDES.map((side) => this.pair[side]);
    const width = Math.max(...both.map((img) => img.naturalWidth));
    const height = Math.max(...both.map((img) => img.naturalHeight));
    const rows = UPRIGHT.matches ? 2 : 1;
    const style = getComputedStyle(this.root);
    const gaps = parseFloat(style.rowGap) * (2 * rows - 1) + (rows === 2 ? 8 : 0);
    const button = this.buttons.left.offsetHeight;
    const roomWide = rows === 2 ? this.root.clientWidth : (this.root.clientWidth - parseFloat(style.columnGap)) / 2;
    const roomHigh = (this.root.clientHeight - gaps) / rows - button;
    const fits = Math.min(roomWide / width, roomHigh / height);
    const whole = Math.max(1, Math.min(Math.floor(fits), Math.floor(SMALL / Math.max(width, height)), MOST));
    const scale = fits < 1 ? fits : whole;
    for (const img of both) {
      img.width = Math.floor(img.naturalWidth * scale);
      img.height = Math.floor(img.naturalHeight * scale);
      img.className = scale > 1 ? "is-whole" : "";
    }
  }

  #name() {
    const names = sideNames();
    SIDES.forEach((side, at) => {
      const sample = `${names[side]} sample`;
      this.buttons[side].firstElementChild.textContent = this.words(names[side]);
      if (this.panels[side].role) this.panels[side].ariaLabel = sample;
      if (!this.pair) return;
      if (this.kind === "image") this.pair[side].alt = sample;
      this.pair[side].call?.(names[side], String(at + 1));
    });
  }

  /** Whether a choice may be made now. */
  get #isOpen() {
    return this.#phase === "open" && !this.#isPaused && SIDES.every((side) => this.pair[side].isStarted ?? true);
  }

  #allow() {
    for (const side of SIDES) this.buttons[side].ariaDisabled = this.#isOpen ? null : "true"; // not `disabled`: the focus would be lost
  }

  #started(side) {
    const other = SIDES.find((one) => one !== side);
    if (!this.pair[other].sound.paused) this.pair[other].stop();
    this.last = side;
    this.#allow();
  }

  #choose(side, by) {
    if (!this.#isOpen || this.watch.read(performance.now()) === 0) return; // not revealed yet
    const ms = Math.round(10 * this.watch.read(performance.now())) / 10;
    this.#phase = "idle";
    this.#turn++;
    this.root.ariaBusy = "true"; // until the next pair is there
    SIDES.forEach((one) => this.pair[one].stop?.());
    this.resolve({ side, ms, device: by });
  }

  #touched(side, event) {
    if (this.kind === "audio") return; // there, what is in the panel plays
    if (String(getSelection())) return; // words were being marked, not chosen
    this.#choose(side, device(event));
  }

  #pressed(event) {
    if (!this.isBusy || this.#isPaused || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = key(event);
    const isLetter = name.length === 1 && name >= "a";
    if (isLetter && !this.areLettersOn) return;
    const isUpright = UPRIGHT.matches && (this.kind === "image" || this.kind === "audio"); // elsewhere these scroll
    const side = { f: "left", ArrowLeft: "left", j: "right", ArrowRight: "right", ...(isUpright && { ArrowUp: "left", ArrowDown: "right" }) }[name];
    if (side) {
      event.preventDefault();
      this.#choose(side, "key");
    } else if (this.kind === "audio") {
      this.#play(name, event);
    }
  }

  #play(name, event) {
    let side = { 1: "left", 2: "right" }[name];
    if (name === " " && event.target.tagName !== "BUTTON") side = SIDES.find((one) => !this.pair[one].isStarted) ?? this.last;
    if (!side) return;
    event.preventDefault();
    this.pair[side].toggle();
  }
}

/** A key's name: letters and digits small; where the layout has no Latin letters, by the key's place. */
export function key(event) {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  return { KeyF: "f", KeyJ: "j", KeyP: "p" }[event.code] ?? event.key;
}

function device(event) {
  if (event.detail === 0) return "key"; // a button that was pressed by a key
  return event.pointerType === "touch" || event.pointerType === "pen" ? "touch" : "mouse";
}

/** The same noise twice: it wipes out what the eye still holds, on both sides alike. */
function masks() {
  const noise = new ImageData(48, 48);
  noise.data.forEach((_, at) => (noise.data[at] = at % 4 === 3 ? 255 : 256 * Math.random()));
  return SIDES.map(() => {
    const mask = document.createElement("canvas");
    Object.assign(mask, { className: "mask", width: 48, height: 48 });
    mask.getContext("2d").putImageData(noise, 0, 0);
    return mask;
  });
}
