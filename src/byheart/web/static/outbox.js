/* The wire: what the server is asked, and what it has not acknowledged yet.

   Rule 1: a choice is in the browser's storage before the next pair is shown, and stays there until the server has said that it is on the disk.
   Rule 2: a trial has one entry, with one random key: however often it is sent, and by whichever tab, it counts once.
   Rule 3: one request with choices is under way at a time; what comes meanwhile goes together in the next.
   Rule 4: the tab that came last is the only one that shows pairs. */

const BATCH = 20;
const PATIENCE = 20_000; // ms until a request is given up
const LONGEST_WAIT = 20_000; // ms between two tries

/** The server said no: `word` is for programs, `wait` for how many ms it asked to be left alone. */
export class Refusal extends Error {
  constructor(status, word, wait) {
    super(word);
    this.status = status;
    this.word = word;
    this.wait = wait;
  }
}

export class Server {
  csrf = "";

  constructor(base) {
    this.base = base;
  }

  /** A GET, or a POST where there is a body; what came as JSON. Throws a Refusal, or a TypeError where there is no network. */
  async ask(path, body) {
    const answer = await this.fetch(path, body);
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(answer.status, told.error ?? "", 1000 * Number(answer.headers.get("Retry-After") ?? 0));
    if (told.csrf) this.csrf = told.csrf;
    return told;
  }

  fetch(path, body) {
    const options = { signal: AbortSignal.timeout(PATIENCE) };
    if (body !== undefined) {
      // keepalive: a choice made in the moment of leaving still goes out
      Object.assign(options, { method: "POST", body: JSON.stringify(body), keepalive: true });
      options.headers = { "Content-Type": "application/json", "X-CSRF": this.csrf };
    }
    return fetch(this.base + path, options);
  }
}

/** Named words in the browser's storage; in memory alone where there is none, or no room. */
export class Shelf {
  #memory = new Map();

  constructor(prefix) {
    this.prefix = prefix;
  }

  get(name) {
    try {
      return localStorage.getItem(this.prefix + name) ?? this.#memory.get(name) ?? null;
    } catch {
      return this.#memory.get(name) ?? null;
    }
  }

  set(name, value) {
    try {
      localStorage.setItem(this.prefix + name, value);
    } catch {
      this.#memory.set(name, value);
    }
  }

  drop(name) {
    this.#memory.delete(name);
    try {
      localStorage.removeItem(this.prefix + name);
    } catch {
      // nothing was there
    }
  }

  names() {
    let stored = [];
    try {
      stored = Object.keys(localStorage).filter((name) => name.startsWith(this.prefix));
    } catch {
      // memory is all there is
    }
    return [...stored.map((name) => name.slice(this.prefix.length)), ...this.#memory.keys()];
  }
}

export class Outbox {
  #isSending = false;
  #tries = 0;
  #timer = 0;

  /** `told.state(state)`: the server acknowledged; `told.refusal(refusal)`: who we are is in doubt; `told.waiting(isWaiting)`: the network is. */
  constructor(server, shelf, told) {
    this.server = server;
    this.shelf = shelf;
    this.told = told;
  }

  /** What is not acknowledged, in the order of trials. */
  waiting() {
    const names = this.shelf.names().filter((name) => name.startsWith("choice "));
    const found = names.map((name) => JSON.parse(this.shelf.get(name))).filter((one) => one && !this.#isOld(one)); // another tab may just have dropped it
    return found.sort((one, other) => one.n - other.n);
  }

  /** Keep a choice, and send it without being waited for. */
  put(choice) {
    const name = `choice ${choice.n}`;
    const kept = JSON.parse(this.shelf.get(name));
    if (kept === null || this.#isOld(kept)) this.shelf.set(name, JSON.stringify({ ...choice, key: uuid(), session: this.server.csrf }));
    this.send();
  }

  /** Made in a session that is no more (its rater was erased, and came again): trial n is another pair now. */
  #isOld(choice) {
    return Boolean(this.server.csrf && choice.session && choice.session !== this.server.csrf);
  }

  async send() {
    if (this.#isSending) return;
    this.#isSending = true;
    clearTimeout(this.#timer);
    try {
      for (let batch = this.waiting().slice(0, BATCH); batch.length; batch = this.waiting().slice(0, BATCH)) {
        const state = await this.server.ask("/judge", { judgments: batch });
        for (const { n } of batch) this.shelf.drop(`choice ${n}`); // refused ones too: they were judged otherwise before
        this.#tries = 0;
        this.told.waiting(false);
        this.told.state(state);
      }
    } catch (error) {
      this.#later(error);
    } finally {
      this.#isSending = false;
    }
  }

  #later(error) {
    if (error instanceof Refusal && (error.status === 401 || error.status === 403)) {
      this.told.refusal(error);
      return;
    }
    this.told.waiting(true);
    const wait = backoff(this.#tries++);
    this.#timer = setTimeout(() => this.send(), Math.max(wait, error.wait ?? 0));
  }
}

/** Milliseconds until the next of several tries: longer each time, and not for all raters at once. */
export function backoff(tries) {
  return Math.min(LONGEST_WAIT, 500 * 2 ** tries) * (0.75 + 0.5 * Math.random());
}

/** Which tab shows pairs: the one that claimed last. `onTaken` is called in the one before. */
export class Tab {
  #id = uuid();
  #channel = null;

  constructor(shelf, onTaken) {
    this.shelf = shelf;
    const taken = (id) => id && id !== this.#id && onTaken();
    if ("BroadcastChannel" in window) {
      this.#channel = new BroadcastChannel(shelf.prefix);
      this.#channel.onmessage = (event) => taken(event.data);
    }
    addEventListener("storage", (event) => event.key === `${shelf.prefix}tab` && taken(event.newValue));
  }

  claim() {
    this.shelf.set("tab", this.#id);
    this.#channel?.postMessage(this.#id);
  }

  isMine() {
    return this.shelf.get("tab") === this.#id;
  }
}

/** Who this is: the address's parameters, and a short name for what is kept in this browser. Two raters may use one, each with a link of their own. */
export function rater(room) {
  const params = Object.fromEntries(new URLSearchParams(location.search));
  if (!params.PROLIFIC_PID && !params.rater) {
    if (room.get("browser") === null) room.set("browser", uuid());
    params.rater = room.get("browser"); // whoever comes back without an id is still the same
  }
  return { params, me: digest(params.PROLIFIC_PID || params.rater) };
}

/** So that the id itself is not kept (FNV-1a, twice: `crypto.subtle` is not there on plain http). */
function digest(text) {
  const one = (start) => [...text].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0, start);
  return one(0x811c9dc5).toString(16) + one(0x1234567).toString(16);
}

/** A random UUID, where the page is no secure context too (plain http in a laboratory's network). */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
