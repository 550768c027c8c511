"use strict";

const words = JSON.parse(document.getElementById("words").textContent);
const page = JSON.parse(document.getElementById("page").textContent);
const canAct = page.role !== "picker";
const locale = page.language === "en" ? "en-GB" : "ro-RO";
const times = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone: "Europe/Bucharest" });
const days = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short", timeZone: "Europe/Bucharest" });
const seen = new Set();

// --- small tools ------------------------------------------------------------------------

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  for (const child of children.flat()) if (child !== null) element.append(child);
  return element;
}

function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children.flat());
}

// Quantities and prices come as texts of plain decimals; only the separators are local.
function decimal(text) {
  const [whole, fraction] = String(text).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, page.language === "en" ? "," : ".");
  return fraction ? grouped + (page.language === "en" ? "." : ",") + fraction : grouped;
}

function when(text) {
  if (!text) return words.never;
  const moment = new Date(text);
  const isToday = moment.toDateString() === new Date().toDateString();
  return (isToday ? times : days).format(moment);
}

function ago(text) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(text)) / 1000));
  if (seconds < 120) return seconds + " s";
  if (seconds < 7200) return Math.round(seconds / 60) + " min";
  return Math.round(seconds / 3600) + " h";
}

async function ask(path, options) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, ...options });
  if (answer.status === 401) location.href = "/login?lang=" + page.language;
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail || body.title);
  return body;
}

function trouble(error) {
  const place = document.getElementById("trouble");
  place.classList.toggle("hidden", !error);
  place.textContent = error ? words.failed + " " + error.message : "";
}

async function act(button, path) {
  button.disabled = true;
  try {
    await ask(path, { method: "POST" });
    trouble(null);
  } catch (error) {
    trouble(error);
  }
  button.disabled = false;
  refresh();
}

// --- what is shown ----------------------------------------------------------------------

function tile(label, value, note, kind) {
  return make("div", { class: "tile " + (kind || "") },
    make("span", {}, label), make("b", {}, value), make("span", {}, note || ""));
}

function showTiles(operations) {
  const books = operations.books;
  const live = Object.values(operations.actors).reduce((sum, each) => sum + each.live, 0);
  fill("tiles",
    tile(words.products, decimal(books.products)),
    tile(words.orders, decimal(books.orders), decimal(books.orders_open) + " " + words.open),
    tile(words.on_hand, decimal(books.on_hand)),
    tile(words.reserved, decimal(books.reserved)),
    tile(words.actors, decimal(live)),
    tile(words.alerts, decimal(books.alerts_open), "", books.alerts_open ? "bad" : ""));
}

const ORDER_KINDS = { reserved: "good", picked: "good", shipped: "good", invoiced: "good", short: "bad", taken: "warn", picking: "warn" };

function orderRow(order) {
  const isFresh = seen.size > 0 && !seen.has(order.id);
  const kind = ORDER_KINDS[order.status] || "";
  return make("tr", { class: isFresh ? "fresh" : null },
    make("td", { class: "code" }, order.number),
    make("td", { class: "wide" }, order.source),
    make("td", {}, order.customer.name || order.delivery.name),
    make("td", { class: "number" }, decimal(order.total), make("span", { class: "wide" }, " " + order.currency)),
    make("td", {}, make("span", { class: "badge " + kind }, words["state_" + order.status])),
    make("td", { class: "time wide" }, when(order.placed_at)));
}

function showOrders(orders) {
  if (!orders.length) return fill("orders", words.no_orders);
  fill("orders", make("table", {},
    make("tr", {},
      make("th", {}, words.number), make("th", { class: "wide" }, words.source),
      make("th", {}, words.customer), make("th", { class: "number" }, words.total),
      make("th", {}, words.status), make("th", { class: "wide" }, words.placed)),
    orders.map(orderRow)));
  for (const order of orders) seen.add(order.id);
}

function showAlerts(alerts, total) {
  if (!alerts.length) return fill("alerts", words.no_alerts);
  const advised = new Set();
  const firstOf = (kind) => !advised.has(kind) && advised.add(kind);
  const shown = alerts.map((alert) => make("div", { class: "alert" },
    make("div", {}, make("p", {}, make("b", {}, alert.title), " · ", alert.text),
      alert.advice && firstOf(alert.kind) ? make("p", { class: "advice" }, alert.advice) : null,
      make("p", { class: "muted" }, alert.subject + " · " + when(alert.since))),
    alert.state === "open" && canAct
      ? make("button", { class: "small", onclick: (event) => act(event.target, "/api/v1/alerts/" + alert.id + "/close") }, words.close)
      : null));
  const more = total > alerts.length ? [make("p", { class: "muted" }, words.more.replace("{count}", total - alerts.length))] : [];
  fill("alerts", shown, more);
}

function fact(label, value, kind) {
  return make("span", {}, label + " ", make("b", { class: kind ? "badge " + kind : null }, String(value)));
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

function lastRequest(summary) {
  const sent = parsed(summary.last_request);
  const answer = parsed(summary.last_answer);
  if (!Array.isArray(sent) || !answer) return [make("p", { class: "muted" }, words.nothing_sent)];
  const rows = new Map();
  for (const each of sent) rows.set(each.sku, { ...rows.get(each.sku), [each.field]: each.value });
  const outcome = words["outcome_" + answer.outcome] || answer.outcome;
  const kind = answer.outcome === "answered" ? "good" : "bad";
  const shown = [...rows].slice(0, 10).map(([sku, values]) => {
    const said = (answer.items || {})[sku] || "";
    return make("tr", {},
      make("td", {}, sku),
      make("td", { class: "number" }, values.stock ? decimal(values.stock) : ""),
      make("td", { class: "number" }, values.price ? decimal(values.price) : ""),
      make("td", { class: "number" }, make("span", { class: "badge " + (said === "done" ? "good" : said ? "bad" : "") }, words["item_" + said] || said)));
  });
  return [
    make("p", {}, when(summary.last_sent_at) + " ", make("span", { class: "badge " + kind }, outcome), answer.reason ? " " + answer.reason : ""),
    make("table", {}, make("tr", {}, make("th", {}, words.sku), make("th", { class: "number" }, words.stock),
      make("th", { class: "number" }, words.price), make("th", { class: "number" }, words.answer)), shown),
    rows.size > 10 ? make("p", { class: "muted" }, words.more.replace("{count}", rows.size - 10)) : null,
  ];
}

function waiting(outbox) {
  const items = outbox.items.slice(0, 8);
  if (!items.length) return make("p", { class: "muted" }, outbox.summary.pending ? "" : words.nothing_pending);
  return make("table", {},
    make("tr", {}, make("th", {}, words.sku), make("th", { class: "number" }, words.should_have),
      make("th", { class: "number" }, words.shop_has), make("th", { class: "number" }, words.status)),
    items.map((item) => make("tr", { title: item.reason },
      make("td", {}, item.sku || item.external_id, " ", make("span", { class: "muted" }, words[item.field])),
      make("td", { class: "number" }, item.should_have === null ? "" : decimal(item.should_have)),
      make("td", { class: "number" }, item.shop_has === null ? "?" : decimal(item.shop_has)),
      make("td", { class: "number" }, make("span", { class: "badge " + (item.state === "waiting" ? "" : "warn") }, words["wait_" + item.state])))));
}

function shopCard(shop, outbox) {
  const summary = outbox && outbox.summary;
  const path = "/api/v1/shops/" + encodeURIComponent(shop.name) + "/outbox/flush";
  const card = make("section", { class: "card" },
    make("div", { class: "shop-head" }, make("h2", {}, shop.name), make("span", { class: "muted" }, shop.kind),
      shop.is_served && canAct ? make("button", { class: "small", onclick: (event) => act(event.target, path) }, words.send_now) : null));
  if (!shop.is_served) card.append(make("p", { class: "muted" }, words.not_served));
  if (shop.orders && shop.orders.failing_since) card.append(make("p", { class: "problem" }, words.failing + " " + when(shop.orders.failing_since)));
  const facts = make("p", { class: "facts" });
  if (shop.orders) facts.append(fact(words.orders_read, when(shop.orders.last_complete_at)));
  if (shop.budget) facts.append(fact(words.budget, Math.floor(shop.budget.read_left) + " " + words.read + ", " + Math.floor(shop.budget.write_left) + " " + words.write));
  card.append(facts);
  if (!summary) return card;
  if (summary.stopped) card.append(make("p", { class: "problem" }, words.stopped + ": " + summary.stopped));
  const state = make("p", { class: "facts" }, fact(words.pending, summary.pending, summary.pending ? "warn" : "good"));
  if (summary.oldest_pending_at) state.append(fact(words.oldest, ago(summary.oldest_pending_at)));
  for (const name of ["in_doubt", "parked", "held", "statuses_due"]) if (summary[name]) state.append(fact(words[name], summary[name], "warn"));
  card.append(state, waiting(outbox), make("h3", {}, words.last_request), ...lastRequest(summary).filter(Boolean));
  return card;
}

function showShops(shops, outboxes) {
  if (!shops.length) return fill("shops", make("section", { class: "card" }, make("h2", {}, words.shops), make("p", { class: "muted" }, words.no_shops)));
  fill("shops", shops.map((shop, index) => shopCard(shop, outboxes[index])));
}

function showSystem(operations) {
  const storage = operations.storage;
  fill("system",
    make("p", { class: "facts" },
      fact(words.commits, decimal(storage.commits)),
      fact(words.mean, decimal(storage.mean_commit_ms) + " ms"),
      fact(words.loop_lag, decimal(operations.loop_lag_ms) + " ms")),
    make("table", {},
      make("tr", {}, make("th", {}, words.actor_class), make("th", { class: "number" }, words.alive),
        make("th", { class: "number" }, words.handled), make("th", { class: "number" }, words.mean)),
      Object.entries(operations.actors).map(([name, each]) => make("tr", {},
        make("td", {}, name), make("td", { class: "number" }, decimal(each.live)),
        make("td", { class: "number" }, decimal(each.handled)),
        make("td", { class: "number" }, decimal(each.mean_turn_ms) + " ms")))));
}

// --- keeping up -------------------------------------------------------------------------

let isAsking = false;
let isWanted = false;

async function refresh() {
  if (isAsking) { isWanted = true; return; }
  isAsking = true;
  try {
    const [operations, orders, alerts] = await Promise.all([
      ask("/api/v1/operations"), ask("/api/v1/orders?limit=12"), ask("/api/v1/alerts?limit=10&lang=" + page.language),
    ]);
    const outboxes = await Promise.all(operations.shops.map((shop) =>
      ask("/api/v1/shops/" + encodeURIComponent(shop.name) + "/outbox?limit=8").catch(() => null)));
    showTiles(operations);
    showOrders(orders.items);
    showAlerts(alerts.items, operations.books.alerts_open);
    showShops(operations.shops, outboxes);
    showSystem(operations);
    if (isTroubled) { isTroubled = false; trouble(null); }
  } catch (error) {
    isTroubled = true;
    trouble(error);
  }
  isAsking = false;
  if (isWanted) { isWanted = false; soon(); }
}

let isTroubled = false;
let timer = null;

function soon() {
  if (timer === null) timer = setTimeout(() => { timer = null; refresh(); }, 800);
}

function showLive(isLive) {
  const place = document.getElementById("live");
  place.classList.toggle("off", !isLive);
  place.lastElementChild.textContent = isLive ? words.live : words.offline;
}

function listen(pause) {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/ws/events");
  let wait = pause;
  socket.onopen = () => { wait = 1000; showLive(true); soon(); };
  socket.onmessage = soon;
  socket.onclose = () => {
    showLive(false);
    setTimeout(() => listen(Math.min(wait * 2, 30000)), wait);
  };
}

refresh();
listen(1000);
setInterval(() => { if (!document.hidden) refresh(); }, 10000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
