
"use strict";
// Everything that came from a program is text here: nothing of it is ever parsed as markup.
const at = (id) => document.getElementById(id);
const base = location.pathname.replace(/\/?$/, "/");
const mayChange = document.body.dataset.changes === "yes";
const heading = document.title;
const SAMPLES = 60;
const breakers = new Map();
let seen = document.body.dataset.seen;
let order = [];

function element(tag, attributes = {}, ...children) {
  const made = tag === "svg" || tag === "polyline"
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return whole >= 100 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

const count = (number) => number.toLocaleString("en");
function moment(text) {
  const then = new Date(text);
  const clock = then.toLocaleTimeString([], { hour12: false });
  return then.toDateString() === new Date().toDateString() ? clock : `${then.toLocaleDateString()} ${clock}`;
}

const made = (calls) => calls.success + calls.failure + calls.excluded + calls.ignored + calls.cancelled + calls.rejected;
const bad = (calls) => calls.failure + calls.rejected;

// Each text once, and how often it comes.
function distinct(texts) {
  const times = new Map();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return [...times].map(([text, number]) => number > 1 ? `${text} (${number}×)` : text);
}

const list = (texts) => element("ul", {}, ...texts.map((text) => element("li", {}, text)));

function severity(row) {
  if (row.is_overflow) return 3;
  if (row.state === "open") return 0;
  if (row.state === "half-open") return 1;
  return row.mode !== "normal" || row.sharing === "local" ? 2 : 3;
}

// --- one breaker ---

function create(row) {
  const button = element("button", { type: "button", "aria-expanded": "false" });
  const why = element("div", { class: "why" });
  const cell = (label, name) => element("td", { "data-label": label, class: name ?? "" });
  const [state, failures, calls, rate, left, sharing] = [
    cell("State"), cell("Failures"), cell("Calls", "calls"), cell("A second", "rate live"), cell("Time", "left"), cell("Shared"),
  ];
  const badge = element("span", { class: "state" });
  const mode = element("span", { class: "mode" });
  state.append(badge, mode, why);
  const lines = [element("polyline"), element("polyline", { class: "bad" })];
  const perSecond = element("span");
  rate.append(element("svg", { viewBox: "0 0 59 20", preserveAspectRatio: "none", "aria-hidden": "true" }, ...lines), perSecond);
  const tr = element("tr", {}, element("th", { scope: "row" }, button), state, failures, calls, rate, left, sharing);
  const known = {
    tr, button, why, badge, mode, failures, calls, lines, perSecond, left, sharing,
    row, arrived: 0, all: [], worse: [], pending: [0, 0], detail: null, edited: new Set(), changes: 0,
  };
  button.addEventListener("click", () => toggle(known));
  button.textContent = row.name;
  return known;
}

function show(known, row, first) {
  if (!first) {
    known.pending[0] += Math.max(0, made(row.calls) - made(known.row.calls));
    known.pending[1] += Math.max(0, bad(row.calls) - bad(known.row.calls));
  }
  known.row = row;
  known.arrived = performance.now();
  known.tr.className = `${row.state}${known.detail ? " opened" : ""}`;
  write(known.badge, row.state);
  write(known.mode, row.mode === "normal" ? "" : row.mode);
  known.mode.hidden = row.mode === "normal";
  const among = row.window_calls === null ? "" : ` in ${count(row.window_calls)} calls`;
  const probes = [[row.successes, "probed well"], [row.probes_in_flight, "probing"]];
  write(known.failures, {
    closed: row.failures === 0 ? "none" : `${row.failures} of ${row.threshold}${among}`,
    open: "",
    "half-open": probes.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`).join(", "),
  }[row.state]);
  known.failures.classList.toggle("empty", known.failures.textContent === "");
  const { calls } = row;
  const parts = [["good", calls.success, "ok"], ["bad", calls.failure, "failed"], ["bad", calls.rejected, "rejected"],
    ["soft", calls.excluded, "excluded"], ["soft", calls.ignored, "ignored"], ["soft", calls.cancelled, "cancelled"]];
  known.calls.replaceChildren(...parts.filter(([, number], place) => number > 0 || place === 0)
    .map(([name, number, word]) => element("span", { class: name }, `${count(number)} ${word}`)));
  write(known.sharing, row.sharing === "alone" ? "" : row.sharing);
  known.sharing.classList.toggle("local", row.sharing === "local");
  known.sharing.classList.toggle("empty", row.sharing === "alone");
  // The last one is in the reason already.
  const failed = distinct(row.last_failures);
  const told = `${row.why ?? ""}\n${failed.join("\n")}`;
  if (known.told !== told) {
    known.told = told;
    known.why.replaceChildren(row.why ?? "");
    if (failed.length > 1) known.why.append(list(failed));
  }
  showTime(known);
}

function showTime(known) {
  const { row } = known;
  const since = (performance.now() - known.arrived) / 1000;
  const times = [];
  if (row.state !== "closed" && row.open_for !== null) times.push(`open ${span(row.open_for + since)}`);
  if (row.state === "open" && row.retry_after !== null) times.push(`${span(row.retry_after - since)} left`);
  if (row.mode === "forced-open") times.push("until the mode is changed");
  known.left.replaceChildren(...times.map((text) => element("span", {}, text)));
  known.left.classList.toggle("empty", times.length === 0);
}

// The service tells once a second, if there is anything to tell: so its messages set the beat, and a timer only where none come.
let sampledAt = performance.now();
let beat = 1500;

function sampleAll() {
  const seconds = (performance.now() - sampledAt) / 1000;
  sampledAt = performance.now();
  for (const known of order) sample(known, seconds);
}

function sample(known, seconds) {
  const { all, worse, pending } = known;
  all.push(pending[0] / seconds);
  worse.push(pending[1] / seconds);
  if (all.length > SAMPLES) { all.shift(); worse.shift(); }
  known.pending = [0, 0];
  const most = Math.max(...all);
  if (most === 0 && known.flat) return;
  known.flat = most === 0;
  [all, worse].forEach((samples, line) => {
    const start = SAMPLES - samples.length;
    const points = samples.map((number, place) => `${start + place},${(19 - 18 * number / Math.max(1, most)).toFixed(1)}`);
    known.lines[line].setAttribute("points", samples.every((number) => number === 0) ? "" : points.join(" "));
  });
  const last = all[all.length - 1];
  write(known.perSecond, count(last < 10 ? Math.round(last * 10) / 10 : Math.round(last)));
}

// --- a breaker whole ---

function toggle(known) {
  if (known.detail) {
    known.detail.remove();
    known.detail = null;
  } else {
    const facts = element("dl");
    known.detail = element("tr", { class: "detail" }, element("td", { colspan: "7" }, facts));
    known.facts = facts;
    known.tr.after(known.detail);
    read(known);
  }
  const link = known.detail ? `#${encodeURIComponent(known.row.name)}` : location.pathname + location.search;
  history.replaceState(null, "", link);
  known.button.setAttribute("aria-expanded", String(known.detail !== null));
  known.tr.classList.toggle("opened", known.detail !== null);
}

const address = (name) => `${base}breakers/${encodeURIComponent(name)}`;

// What the service answers, or what is wrong with it.
async function ask(where, request = {}) {
  const answer = await fetch(where, { ...request, signal: AbortSignal.timeout(10000) });
  let told;
  try { told = await answer.json(); } catch { throw new Error(`the answer is ${answer.status}, and none of this service's`); }
  if (!answer.ok) throw Object.assign(new Error(told.error), { status: answer.status });
  return told;
}

async function read(known) {
  known.readAt = performance.now();
  const { changes } = known;
  try {
    const whole = await ask(address(known.row.name));
    // What was asked for before a change, and answered after it, says what was.
    if (known.detail && known.changes === changes) describe(known, whole);
  } catch (error) {
    if (known.detail && !known.facts.firstChild) known.facts.replaceChildren(element("dt", {}, error.message));
  }
}

function describe(known, whole) {
  const facts = [];
  const fact = (term, ...values) => facts.push(element("dt", {}, term), element("dd", {}, ...values));
  if (whole.why !== null) fact("Opened last", `${new Date(whole.last_trip.at).toLocaleString()}: ${whole.why}`);
  if (whole.last_trip?.last_failures.length > 0) fact("Last failures", list(distinct(whole.last_trip.last_failures)));
  const given = Object.entries(whole.settings).filter(([, value]) => value !== "none");
  fact("Settings", given.map(([key, value]) => `${key} = ${value}`).join(", "));
  const went = whole.transitions.filter((one) => one.count > 0).map((one) => `${one.from} to ${one.to} ${count(one.count)}×`);
  fact("Changes", went.length > 0 ? went.join(", ") : "none");
  fact("Time in state", Object.entries(whole.time_in_state).map(([state, seconds]) => `${state} ${span(seconds)}`).join(", "));
  if (whole.calls.slow > 0) fact("Slow calls", count(whole.calls.slow));
  if (whole.declared.length > 0) fact("Declared at", whole.declared.join(", "));
  if (whole.listener_panics > 0) fact("Panics of listeners", count(whole.listener_panics));
  known.facts.replaceChildren(...facts);
  if (mayChange && !known.form) known.form = controls(known, whole);
  if (known.form && !known.form.isConnected) known.facts.after(known.form);
  // What is being edited is left alone, and all else says what holds, whoever set it.
  for (const [key, input] of Object.entries(known.inputs ?? {})) {
    if (!known.edited.has(key)) input.value = String(key === "mode" ? whole.mode : whole.settings[key]);
  }
}

// The breaker that the address names.
function expandLinked() {
  let name = "";
  try { name = decodeURIComponent(location.hash.slice(1)); } catch { /* no name is written so */ }
  const known = breakers.get(name);
  if (known && !known.detail) {
    toggle(known);
    known.tr.scrollIntoView();
  }
}

// --- changes ---

function controls(known, whole) {
  const reason = element("input", { class: "reason", placeholder: "reason, for those who read the events", maxlength: "200", "aria-label": "Reason" });
  const output = element("output", { role: "alert" });
  const act = (action) => change(known, action, reason, output);
  const button = (text, action) => {
    const pressed = element("button", { type: "button", "aria-label": `${text}: ${known.row.name}` }, text);
    pressed.addEventListener("click", () => act(action()));
    return pressed;
  };
  const mode = element("select", { name: "mode", "aria-label": "Mode" });
  mode.append(...["normal", "forced-open", "disabled", "shadow"].map((name) => element("option", { value: name }, name)));
  known.inputs = { mode };
  const labels = Object.keys(whole.settings).map((key) => {
    known.inputs[key] = element("input", { name: key, spellcheck: "false" });
    return element("label", {}, key, known.inputs[key]);
  });
  const given = () => Object.fromEntries(Object.keys(whole.settings).filter((key) => known.edited.has(key))
    .map((key) => [key, known.inputs[key].value]));
  const form = element("div", { class: "act" },
    button("Open", () => ({ action: "open" })),
    button("Half-open", () => ({ action: "half-open" })),
    button("Close", () => ({ action: "close" })),
    mode, button("Set mode", () => ({ action: "mode", mode: mode.value })),
    reason,
    element("fieldset", {}, element("legend", {}, "Settings"), ...labels,
      button("Set settings", () => ({ action: "settings", settings: given() })),
      button("Reset", () => ({ action: "reset-settings" }))),
    output);
  form.addEventListener("input", (event) => { if (event.target.name) known.edited.add(event.target.name); });
  return form;
}

async function change(known, action, reason, output) {
  const told = (text, name) => { output.textContent = text; output.className = name; };
  const token = at("token").value.trim();
  if (!/^[\x21-\x7e]*$/.test(token)) return told("the token has characters that no token has", "bad");
  if (action.settings && Object.keys(action.settings).length === 0) return told("no setting is another than it was", "bad");
  known.changes += 1;
  try {
    const whole = await ask(address(known.row.name), {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...action, reason: reason.value }),
    });
    known.changes += 1;
    told(`Done: ${action.action}`, "good");
    if (action.action === "mode") known.edited.delete("mode");
    if (action.action.endsWith("settings")) for (const key of Object.keys(whole.settings)) known.edited.delete(key);
    describe(known, whole);
  } catch (error) {
    told(error.message, "bad");
    if (error.status === 401) at("token").focus();
  }
}

// --- all of them ---

function receive({ all, breakers: rows, gone }) {
  const arrived = breakers.size === 0;
  if (all) {
    const there = new Set(rows.map((row) => row.name));
    gone = [...breakers.keys()].filter((name) => !there.has(name));
    if (arrived) at("breakers").replaceChildren();
  }
  for (const name of gone) remove(breakers.get(name));
  for (const row of rows) {
    let known = breakers.get(row.name);
    const first = known === undefined;
    if (first) breakers.set(row.name, known = create(row));
    // How long what is missed took, nobody knows.
    show(known, row, first || (all && beat < 5000));
  }
  arrange();
  if (performance.now() - sampledAt > beat / 2) sampleAll();
  if (arrived) expandLinked();
}

function remove(known) {
  if (!known) return;
  const focused = [known.tr, known.detail].some((row) => row?.contains(document.activeElement));
  const next = order[order.indexOf(known) + 1] ?? order[order.indexOf(known) - 1];
  known.detail?.remove();
  known.tr.remove();
  breakers.delete(known.row.name);
  if (focused) (next?.button ?? at("filter")).focus();
}

// Puts rows in their order. What is moved loses the focus and what is being typed, so as few are as can be: all but the most that
// are in order already.
function settle(table, rows) {
  const place = new Map(rows.map((row, number) => [row, number]));
  const [ends, before, stays] = [[], new Map(), new Set()];
  for (const row of table.children) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place.get(ends[middle]) < place.get(row)) low = middle + 1; else high = middle;
    }
    before.set(row, ends[low - 1]);
    ends[low] = row;
  }
  for (let row = ends[ends.length - 1]; row; row = before.get(row)) stays.add(row);
  let next = null;
  for (const row of rows.toReversed()) {
    if (!stays.has(row)) table.insertBefore(row, next);
    next = row;
  }
}

function arrange() {
  order = [...breakers.values()].sort((a, b) =>
    severity(a.row) - severity(b.row) || (a.row.name < b.row.name ? -1 : 1));
  const focused = document.activeElement;
  settle(at("breakers"), order.flatMap((known) => known.detail ? [known.tr, known.detail] : [known.tr]));
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  const wanted = at("filter").value.trim().toLowerCase();
  const troubled = at("troubled").checked;
  let shown = 0;
  for (const known of order) {
    const hidden = !known.row.name.toLowerCase().includes(wanted) || (troubled && severity(known.row) === 3);
    known.tr.hidden = hidden;
    if (known.detail) known.detail.hidden = hidden;
    if (!hidden) shown += 1;
  }
  at("none").hidden = shown > 0;
  const of = (state) => order.filter((known) => known.row.state === state).length;
  const [open, half] = [of("open"), of("half-open")];
  write(at("tally"), `${open} open, ${half} half-open, ${order.length - open - half} closed`);
  document.title = open > 0 ? `(${open} open) ${heading}` : heading;
}

const toldEvents = new Set();

function tell(event) {
  // Of several instances behind one address each numbers its own, and tells all of them to who comes from another.
  if (toldEvents.has(event.id)) return;
  toldEvents.add(event.id);
  if (toldEvents.size > 2000) toldEvents.delete(toldEvents.values().next().value);
  const when = element("time", { datetime: event.at }, moment(event.at));
  at("events").prepend(element("li", {}, when, event.text));
  while (at("events").childElementCount > 256) at("events").lastElementChild.remove();
  if (event.event === "state_change") write(at("news"), event.text);
}

// --- from the service ---

let source = null;
let asking = 0;

function link(text, lost) {
  write(at("link"), text);
  at("link").className = lost ? "lost" : "";
}

function connect() {
  clearTimeout(asking);
  source?.close();
  const stream = source = new EventSource(`${base}stream?after=${seen}`);
  source.addEventListener("open", () => {
    beat = 1500;
    link("live", false);
  });
  source.addEventListener("breakers", (message) => receive(JSON.parse(message.data)));
  source.addEventListener("change", (message) => {
    seen = message.lastEventId;
    tell(JSON.parse(message.data));
  });
  source.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) poll(stream);
    else link("not live: the service does not answer", true);
  });
}

// Where no more may watch live, or what is between lets no stream through.
async function poll(stream) {
  asking = setTimeout(connect, 5000);
  // It may be live again before it is answered, and know more.
  const isLate = () => stream !== source || document.hidden;
  try {
    const rows = await ask(`${base}rows`);
    const { events } = await ask(`${base}events?after=${seen}`);
    if (isLate()) return;
    beat = 10000;
    receive(rows);
    for (const event of events) {
      seen = event.id;
      tell(event);
    }
    link("asked every 5 s: as many watch live as may, or none", true);
  } catch (error) {
    if (!isLate()) link(`not live: ${error.message}`, true);
  }
}

// A browser keeps few connections to one service, and a page that nobody looks at needs none.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return connect();
  clearTimeout(asking);
  source?.close();
});

// Returns whether there is one to move to: where there is none, the page may scroll.
function move(by) {
  const buttons = order.filter((known) => !known.tr.hidden).map((known) => known.button);
  const next = buttons[buttons.indexOf(document.activeElement) + by];
  next?.focus();
  return next !== undefined;
}

document.addEventListener("keydown", (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  const typing = key.target.matches("input, select");
  if (key.key === "/" && !typing) { key.preventDefault(); at("filter").focus(); }
  if (key.key === "Escape" && key.target === at("filter")) { at("filter").value = ""; arrange(); }
  const among = key.target === at("filter") || key.target.matches("tbody th button");
  if ((key.key === "ArrowDown" || key.key === "ArrowUp") && among && move(key.key === "ArrowDown" ? 1 : -1)) key.preventDefault();
});

at("tools").addEventListener("submit", (event) => event.preventDefault());
at("tools").addEventListener("input", (event) => { if (event.target !== at("token")) arrange(); });
at("tools").hidden = false;
at("key").hidden = !mayChange;
at("json").href = `${base}breakers`;
for (const served of at("events").children) {
  toldEvents.add(Number(served.dataset.id));
  const when = served.querySelector("time");
  write(when, moment(when.dateTime));
}
addEventListener("hashchange", expandLinked);
setInterval(() => {
  if (performance.now() - sampledAt > beat) sampleAll();
  for (const known of order) {
    if (known.row.state !== "closed") showTime(known);
    if (known.detail && !document.hidden && performance.now() - known.readAt > 1000) read(known);
  }
}, 500);
if (!document.hidden) connect();
