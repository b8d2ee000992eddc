// Shows /api/now, once a second. Texts of articles are outsiders' words: they are set as text, never as markup.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const EVERY_MS = 1000;
const TOLD_MS = 300_000; // how long it is said that another worker answers: as long as the history goes back
const BARS = 100; // of the history: 300 seconds, three a bar
const KINDS = ["enriched", "duplicate", "dead"];
const NAMES = { received: "received", enriched: "enriched", duplicate: "copies", dead: "dead letters" };
const ENDS = { enriched: "enriched", duplicate: "copy", dead: "dead letter" };

const byId = (id) => document.getElementById(id);
let paused = false;
let failures = 0;
let answered = null; // when the worker last answered
let shown = []; // articles in the list, the newest first
let started = null; // when the worker of which everything is shown started: there is one at a time
let another = null; // when another one began to answer

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
}

function draw(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text; // a screen reader says it again only when it has changed
}

// --- words for figures ---------------------------------------------------------------------------------------------

const grouped = (value) => value.toLocaleString("en");
const words = (name) => name.replaceAll("_", " ");
const clock = (instant) => new Date(instant).toLocaleTimeString("en-GB");

function perSecond(value) {
  if (value === 0) return "0";
  return value < 10 ? value.toFixed(1) : grouped(Math.round(value));
}

function duration(seconds) {
  if (seconds === null) return "unknown";
  if (seconds === 0) return "0 s";
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  for (const [size, name, part, partName] of [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]]) {
    if (whole >= size) {
      const rest = Math.floor((whole % size) / part);
      return `${Math.floor(whole / size)} ${name}${rest ? ` ${rest} ${partName}` : ""}`;
    }
  }
  return `${whole} s`;
}

// --- the parts of the page -----------------------------------------------------------------------------------------

function showHealth(now) {
  const { health, worker } = now;
  byId("health").dataset.condition = health.condition;
  setText(byId("sentence"), health.sentence);
  document.title = `${health.condition} · ${worker.app_id} · copydesk`;
  const troubles = byId("troubles");
  troubles.hidden = health.reasons.length === 0;
  troubles.replaceChildren(...health.reasons.map((reason) => make("li", "", reason)));
  setText(
    byId("about"),
    `${worker.app_id} on ${worker.brokers} · ${worker.stages.join(", ")} · ` +
      `${worker.delivery === "transactional" ? "exactly once" : "at least once"} · up ${duration(Math.round(worker.uptime_s))}`,
  );
  const versions = Object.entries(worker.versions).map(([name, version]) => `${name} ${version}`);
  setText(
    byId("versions"),
    `copydesk ${worker.version} · contract ${worker.contract} · options ${worker.config_hash} · ${versions.join(" · ")}`,
  );
}

function figure(label, value, unit, more, kind) {
  const list = make("dl", "figure");
  if (kind) list.dataset.kind = kind;
  const data = make("dd");
  const number = make("span", "value", value);
  if (unit) number.append(make("span", "unit", unit));
  data.append(number, make("span", "more", more || "\u00a0"));
  list.append(make("dt", "", label), data);
  return list;
}

function showFigures(now) {
  const { rates, totals, latency, lag, pool } = now;
  const figures = [figure("in", perSecond(rates.received), "/s", `${grouped(totals.received)} items`)];
  for (const kind of KINDS) {
    const one = figure(NAMES[kind], perSecond(rates[kind]), "/s", `${grouped(totals[kind])} items`, kind);
    one.classList.toggle("still", rates[kind] === 0);
    figures.push(one);
  }
  const age = lag.seconds === null ? "" : `oldest waits ${duration(lag.seconds)}`;
  figures.push(figure("behind", lag.records === null ? "?" : grouped(lag.records), "records", lag.records === null ? "not known" : age));
  if (latency) {
    figures.push(figure("arrival to outcome", duration(latency.median_s), "median", `95 % within ${duration(latency.p95_s)}`));
  } else {
    figures.push(figure("arrival to outcome", "–", "", "no article lately"));
  }
  if (totals.in_flight !== null || pool) {
    const busy = pool ? `${Math.min(pool.busy, pool.workers)} of ${pool.workers} processes busy` : "";
    figures.push(figure("in flight", totals.in_flight === null ? "–" : grouped(totals.in_flight), "items", busy));
  }
  byId("figures").replaceChildren(...figures);
}

function bins(series) {
  const width = series.length / BARS;
  return Array.from({ length: BARS }, (_, bar) => {
    const part = series.slice(Math.round(bar * width), Math.round((bar + 1) * width));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function ceiling(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function showHistory(now) {
  const history = now.history;
  const left = 34, bottom = 18, top = 6;
  const width = Math.max(240, byId("graph").clientWidth), height = 150;
  const received = bins(history.received);
  const stacks = KINDS.map((kind) => bins(history[kind]));
  const sums = received.map((_, bar) => stacks.reduce((sum, stack) => sum + stack[bar], 0));
  const highest = ceiling(Math.max(...sums, ...received));
  const x = (bar) => left + (bar * (width - left)) / BARS;
  const y = (value) => top + (height - top - bottom) * (1 - value / highest);
  const total = (kind) => history[kind].reduce((sum, value) => sum + value, 0);
  const told = ["received", ...KINDS].map((kind) => `${total(kind)} ${NAMES[kind]}`).join(", ");
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `In the last five minutes: ${told}.` });
  for (const share of [0, 0.5, 1]) {
    svg.append(draw("line", { class: "grid", x1: left, x2: width, y1: y(share * highest), y2: y(share * highest) }));
    svg.append(draw("text", { x: left - 6, y: y(share * highest) + 4, "text-anchor": "end" }, String(share * highest)));
  }
  const minutes = (history.received.length * history.step_s) / 60;
  for (let minute = minutes; minute >= 0; minute -= 1) {
    const at = width - ((width - left) * minute) / minutes;
    if (minute === minutes - 1 && width < 520) continue; // no room beside the first
    const anchor = minute === minutes ? "start" : minute === 0 ? "end" : "middle";
    svg.append(draw("text", { x: at, y: height - 3, "text-anchor": anchor }, minute === 0 ? "now" : `−${minute} min`));
  }
  const thickness = Math.max(1, (width - left) / BARS - 1);
  for (let bar = 0; bar < BARS; bar += 1) {
    let base = 0;
    KINDS.forEach((kind, index) => {
      const value = stacks[index][bar];
      if (value > 0) {
        svg.append(draw("rect", {
          class: `bar-${kind}`, x: x(bar).toFixed(1), width: thickness.toFixed(1),
          y: y(base + value).toFixed(1), height: (y(base) - y(base + value)).toFixed(1),
        }));
      }
      base += value;
    });
  }
  const points = received.map((value, bar) => `${(x(bar) + thickness / 2).toFixed(1)},${y(value).toFixed(1)}`);
  svg.append(draw("polyline", { class: "line-received", points: points.join(" ") }));
  byId("graph").replaceChildren(svg);
}

function articleRow(article) {
  const row = make("li");
  row.dataset.kind = article.outcome;
  const time = make("time", "", clock(article.at));
  time.dateTime = article.at;
  const cell = make("div");
  const heading = make("div", "title");
  const badge = make("span", "badge", `${ENDS[article.outcome] || article.outcome} · ${words(article.reason)}`);
  badge.dataset.kind = article.outcome;
  const title = make("bdi");
  if (/^https?:\/\//.test(article.url || "")) {
    const link = make("a", "", article.title);
    link.href = article.url;
    link.rel = "noreferrer noopener nofollow";
    link.target = "_blank";
    title.append(link);
  } else {
    title.textContent = article.title;
  }
  heading.append(badge, title);
  const why = make("div", "why");
  why.append(make("bdi", "", article.why));
  const meta = [article.source, article.language, article.revision > 1 ? `revision ${article.revision}` : null];
  meta.push(article.latency_s === null ? null : `took ${duration(article.latency_s)}`, ...article.flags.map(words));
  if (article.title !== article.raw) meta.push(article.raw);
  cell.append(heading, why);
  if (article.evidence.length) {
    const evidence = make("div", "evidence");
    evidence.append(make("bdi", "", `Evidence: ${article.evidence.join(" · ")}`));
    cell.append(evidence);
  }
  const foot = make("div", "meta");
  foot.append(make("bdi", "", meta.filter(Boolean).join(" · ")));
  cell.append(foot);
  row.append(time, cell);
  return row;
}

function showArticles(now) {
  const list = byId("list");
  const fresh = now.articles.filter((article) => !shown.includes(article.number));
  const first = shown.length === 0;
  for (const article of fresh.reverse()) { // rows that are there stay: what has the focus or is selected keeps it
    const row = articleRow(article);
    if (!first) row.className = "new";
    list.prepend(row);
  }
  while (list.children.length > now.articles.length) list.lastChild.remove();
  shown = now.articles.map((article) => article.number);
  showNone(now.articles.length, now.totals);
}

function showNone(count, totals) {
  const list = byId("list");
  const show = list.dataset.show;
  const any = show === "all" ? count : list.querySelectorAll(`li[data-kind="${show}"]`).length;
  const none = byId("none");
  none.hidden = any > 0;
  const ended = totals ? totals.enriched + totals.duplicate + totals.dead : 0;
  if (count > 0) setText(none, `None of the last ${count} articles.`);
  else setText(none, ended ? "The settings keep no articles for this page." : "No article has ended yet. Send one: copydesk produce FILE");
}

function told(text, className) {
  const row = make("tr");
  const cell = make("td", className, text);
  cell.colSpan = 6;
  row.append(cell);
  return row;
}

function showStages(now) {
  const box = byId("stages");
  if (!now.stages.length) {
    box.replaceChildren(make("p", "note", "No stage has started yet."));
    return;
  }
  const table = make("table");
  const head = make("tr");
  for (const label of ["", "state", "offset", "behind", "waits", "/s"]) {
    const cell = make("th", "", label);
    cell.scope = "col";
    head.append(cell);
  }
  const thead = make("thead");
  thead.append(head);
  const body = make("tbody");
  const behind = (lag) => (lag.records === null ? "?" : grouped(lag.records));
  const waits = (lag) => (lag.seconds === null ? "–" : duration(lag.seconds));
  for (const stage of now.stages) {
    const row = make("tr", "stage");
    const name = make("th", "", stage.stage);
    name.scope = "row";
    name.title = stage.topic;
    const state = stage.broker_answers ? (stage.ready ? "ready" : "not ready") : "no broker";
    row.append(name, make("td", "", state), make("td"), make("td", "", behind(stage.lag)));
    row.append(make("td", "", waits(stage.lag)), make("td", "", perSecond(stage.per_second)));
    body.append(row);
    if (!stage.partitions.length) {
      body.append(told("no partitions", "told"));
    }
    for (const part of stage.partitions) {
      const line = make("tr", "part");
      const cell = make("td");
      cell.append(make("span", `state-${part.state}`, part.state));
      line.append(make("td", "", `partition ${part.partition}`), cell);
      line.append(make("td", "", part.next_offset === null ? "–" : grouped(part.next_offset)));
      line.append(make("td", "", behind(part.lag)), make("td", "", waits(part.lag)), make("td"));
      body.append(line);
      if (part.restored) body.append(told(part.restored, "told"));
      if (part.trouble) body.append(told(part.trouble, "told trouble"));
    }
  }
  table.append(thead, body);
  const scroll = make("div", "scroll");
  scroll.append(table);
  box.replaceChildren(scroll);
}

function showLetters(now) {
  const rows = now.dead_letters.map((entry) => {
    const row = make("div", "letter");
    const line = make("div", "line");
    line.append(make("span", "code", words(entry.code)), make("span", "count", grouped(entry.count)));
    const kind = entry.kind === "failed" ? "a fault" : "policy";
    const said = make("p", "said");
    said.append(make("bdi", "", `${kind}, last at ${clock(entry.last_at)}${entry.last_message ? `: ${entry.last_message}` : ""}`));
    row.append(line, make("p", "", entry.hint), said);
    return row;
  });
  byId("letters").replaceChildren(...(rows.length ? rows : [make("p", "note", "None.")]));
}

function showReasons(now) {
  const most = Math.max(1, ...now.reasons.map((entry) => entry.count));
  const rows = now.reasons.map((entry) => {
    const row = make("div", "bar");
    row.dataset.kind = entry.outcome;
    const label = make("span");
    const badge = make("span", "badge", ENDS[entry.outcome] || entry.outcome);
    badge.dataset.kind = entry.outcome;
    label.append(badge, words(entry.reason));
    const svg = draw("svg", { class: "track", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(draw("rect", { class: "track", width: 100, height: 4 }));
    svg.append(draw("rect", { class: "full", width: Math.max(1, (100 * entry.count) / most), height: 4 }));
    row.append(label, make("span", "count", grouped(entry.count)), svg);
    return row;
  });
  byId("reasons").replaceChildren(...(rows.length ? rows : [make("p", "note", "Nothing has ended yet.")]));
}

// Started again, or another one behind the same address: numbers of articles begin anew, so that rows would be mixed up.
function showAnother(now) {
  const since = now.worker.started_at;
  if (since !== started) {
    if (started !== null) another = new Date();
    started = since;
    byId("list").replaceChildren();
    shown = [];
  }
  const fresh = another !== null && Date.now() - another < TOLD_MS;
  const what = fresh ? `Since ${clock(another)} another worker answers, started at ${clock(since)}. All of this is its own.` : "";
  setText(byId("another"), what);
}

function show(now) {
  showAnother(now);
  showHealth(now);
  showFigures(now);
  showHistory(now);
  showArticles(now);
  showStages(now);
  showLetters(now);
  showReasons(now);
}

// --- asking ----------------------------------------------------------------------------------------------------------

async function ask() {
  try {
    const answer = await fetch("/api/now", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    show(await answer.json());
    failures = 0;
    answered = new Date();
    document.body.classList.remove("stale");
  } catch (error) {
    failures += 1;
    if (failures < 2) return;
    document.body.classList.add("stale");
    byId("health").dataset.condition = "unhealthy";
    document.title = "no answer · copydesk";
    const since = answered ? ` since ${clock(answered)}; what stands below is as it was then` : "";
    setText(byId("sentence"), `The worker does not answer${since}`);
  }
}

async function run() {
  for (;;) {
    if (!paused && !document.hidden) await ask();
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", String(paused));
  setText(byId("pause"), paused ? "Go on" : "Pause");
});

byId("filter").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  byId("list").dataset.show = button.dataset.show;
  for (const other of byId("filter").children) other.setAttribute("aria-pressed", String(other === button));
  showNone(byId("list").children.length, null);
});

run();
