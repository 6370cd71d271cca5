
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
const time = (text) => new Date(text).toLocaleTimeString([], { hour12: false });
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
  state.append(badge, mode);
  const lines = [element("polyline"), element("polyline", { class: "bad" })];
  const perSecond = element("span");
  rate.append(element("svg", { viewBox: "0 0 59 20", preserveAspectRatio: "none", "aria-hidden": "true" }, ...lines), perSecond);
  const tr = element("tr", {}, element("th", { scope: "row" }, button, why), state, failures, calls, rate, left, sharing);
  const known = {
    tr, button, why, badge, mode, failures, calls, lines, perSecond, left, sharing,
    row, arrived: 0, all: [], worse: [], pending: [0, 0], detail: null,
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
  const probes = row.probes_in_flight > 0 ? `, ${row.probes_in_flight} probing` : "";
  write(known.failures, {
    closed: row.failures === 0 ? "none" : `${row.failures} of ${row.threshold}${among}`,
    open: "",
    "half-open": `${row.successes} good probes${probes}`,
  }[row.state]);
  known.failures.classList.toggle("empty", row.state === "open");
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
  if (row.state === "open" && row.retry_after === null) times.push("until the mode is changed");
  known.left.replaceChildren(...times.map((text) => element("span", {}, text)));
  known.left.classList.toggle("empty", times.length === 0);
}

// The service tells once a second, if there is anything to tell: so its messages set the beat, and a timer only where none come.
let sampledAt = performance.now();

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
    known.lines[line].setAttribute("points", most === 0 ? "" : points.join(" "));
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
  const link = known.detail ? `#${encodeURIComponent(known.row.name)}` : location.pathname;
  history.replaceState(null, "", link);
  known.button.setAttribute("aria-expanded", String(known.detail !== null));
  known.tr.classList.toggle("opened", known.detail !== null);
}

const address = (name) => `${base}breakers/${encodeURIComponent(name)}`;

async function read(known) {
  known.readAt = performance.now();
  try {
    const answer = await fetch(address(known.row.name));
    if (answer.ok && known.detail) describe(known, await answer.json());
  } catch { /* the line at the top says so */ }
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
    const pressed = element("button", { type: "button" }, text);
    pressed.addEventListener("click", () => act(action()));
    return pressed;
  };
  const mode = element("select", { "aria-label": "Mode" });
  mode.append(...["normal", "forced-open", "disabled", "shadow"].map((name) => element("option", { value: name }, name)));
  mode.value = whole.mode;
  const fields = Object.entries(whole.settings).map(([key, value]) => {
    const input = element("input", { name: key, value: String(value), spellcheck: "false" });
    return [key, input, element("label", {}, key, input)];
  });
  const given = () => Object.fromEntries(fields.filter(([, input]) => input.value !== input.defaultValue)
    .map(([key, input]) => [key, input.value]));
  known.inputs = fields.map(([key, input]) => [key, input]);
  return element("div", { class: "act" },
    button("Open", () => ({ action: "open" })),
    button("Half-open", () => ({ action: "half-open" })),
    button("Close", () => ({ action: "close" })),
    mode, button("Set mode", () => ({ action: "mode", mode: mode.value })),
    reason,
    element("fieldset", {}, element("legend", {}, "Settings"), ...fields.map(([, , label]) => label),
      button("Set settings", () => ({ action: "settings", settings: given() })),
      button("Reset", () => ({ action: "reset-settings" }))),
    output);
}

async function change(known, action, reason, output) {
  const told = (text, name) => { output.textContent = text; output.className = name; };
  try {
    const answer = await fetch(address(known.row.name), {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${at("token").value.trim()}` },
      body: JSON.stringify({ ...action, reason: reason.value }),
    });
    const whole = await answer.json();
    if (!answer.ok) {
      told(whole.error, "bad");
      if (answer.status === 401) at("token").focus();
      return;
    }
    told(`Done: ${action.action}`, "good");
    for (const [key, input] of known.inputs) {
      input.value = input.defaultValue = String(whole.settings[key]);
    }
    describe(known, whole);
  } catch (error) {
    told(`The service does not answer: ${error.message}`, "bad");
  }
}

// --- all of them ---

function receive({ all, breakers: rows, gone }) {
  if (all) {
    const there = new Set(rows.map((row) => row.name));
    gone = [...breakers.keys()].filter((name) => !there.has(name));
    if (breakers.size === 0) at("breakers").replaceChildren();
  }
  const arrived = breakers.size === 0;
  for (const name of gone) {
    const known = breakers.get(name);
    known?.detail?.remove();
    known?.tr.remove();
    breakers.delete(name);
  }
  for (const row of rows) {
    let known = breakers.get(row.name);
    const first = known === undefined;
    if (first) breakers.set(row.name, known = create(row));
    show(known, row, first);
    if (known.detail && performance.now() - known.readAt > 900) read(known);
  }
  arrange();
  if (performance.now() - sampledAt > 700) sampleAll();
  if (arrived) expandLinked();
}

function arrange() {
  const sorted = [...breakers.values()].sort((a, b) =>
    severity(a.row) - severity(b.row) || (a.row.name < b.row.name ? -1 : 1));
  if (sorted.some((known, place) => known !== order[place]) || sorted.length !== order.length) {
    // What is moved loses the focus.
    const focused = document.activeElement;
    at("breakers").append(...sorted.flatMap((known) => known.detail ? [known.tr, known.detail] : [known.tr]));
    if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    order = sorted;
  }
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

function tell(event) {
  const when = element("time", { datetime: event.at }, time(event.at));
  at("events").prepend(element("li", {}, when, event.text));
  while (at("events").childElementCount > 256) at("events").lastElementChild.remove();
  if (event.event === "state_change") write(at("news"), event.text);
}

// --- from the service ---

function connect() {
  const source = new EventSource(`${base}stream?after=${seen}`);
  const link = (text, lost) => { write(at("link"), text); at("link").className = lost ? "lost" : ""; };
  source.addEventListener("open", () => link("live", false));
  source.addEventListener("breakers", (message) => receive(JSON.parse(message.data)));
  source.addEventListener("change", (message) => {
    seen = message.lastEventId;
    tell(JSON.parse(message.data));
  });
  source.addEventListener("error", () => {
    link("not live: the service does not answer", true);
    if (source.readyState === EventSource.CLOSED) {
      poll(link);
      setTimeout(connect, 5000);
    }
  });
}

// Where no more may watch live.
async function poll(link) {
  try {
    const answer = await fetch(`${base}breakers`);
    if (!answer.ok) return;
    const { breakers: all } = await answer.json();
    const rows = all.map((whole) => {
      const open = whole.state !== "closed";
      return {
        ...whole,
        threshold: whole.settings.threshold,
        open_for: whole.opened_at === null ? null : (Date.now() - Date.parse(whole.opened_at)) / 1000,
        why: null,
        last_failures: open ? whole.last_trip?.last_failures ?? [] : [],
      };
    });
    receive({ all: true, breakers: rows, gone: [] });
    link("asked every 5 s: as many watch live as may", true);
  } catch { /* it does not answer, as is said already */ }
}

function move(by) {
  const buttons = order.filter((known) => !known.tr.hidden).map((known) => known.button);
  const place = buttons.indexOf(document.activeElement);
  buttons[Math.min(buttons.length - 1, Math.max(0, place + by))]?.focus();
}

document.addEventListener("keydown", (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  const typing = key.target.matches("input, select");
  if (key.key === "/" && !typing) { key.preventDefault(); at("filter").focus(); }
  if (key.key === "Escape" && key.target === at("filter")) { at("filter").value = ""; arrange(); }
  if ((key.key === "ArrowDown" || key.key === "ArrowUp") && (!typing || key.target === at("filter"))) {
    key.preventDefault();
    move(key.key === "ArrowDown" ? 1 : -1);
  }
});

at("tools").addEventListener("submit", (event) => event.preventDefault());
at("tools").addEventListener("input", (event) => { if (event.target !== at("token")) arrange(); });
at("tools").hidden = false;
at("key").hidden = !mayChange;
at("json").href = `${base}breakers`;
addEventListener("hashchange", expandLinked);
setInterval(() => {
  if (performance.now() - sampledAt > 1500) sampleAll();
  for (const known of order) if (known.row.state !== "closed") showTime(known);
}, 500);
connect();
