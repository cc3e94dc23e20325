/* The one connection of a page: newest board wins, one paint per frame, age of data, reconnects for ever. */
(function (L) {
  "use strict";

  var AMBER_MS = 5000, STALE_MS = 15000, SILENT_MS = 40000, LONGEST_WAIT_MS = 20000, HIDDEN_MS = 10000;
  var NOTICES = "~";
  var source = null, topic = null, root = null, paint = null, board = null;
  var isQueued = false, paintedAt = 0, heardAt = 0, wait = 1000, retryTimer = 0, hiddenTimer = 0, looked = 0, version = null, wasOpen = false;
  var push = L.push = { ticks: 0, spent: 0 };

  function flush() {
    isQueued = false;
    if (!paint || !board) { return; }
    var began = performance.now();
    paint(board);
    root.removeAttribute("data-empty");
    paintedAt = began;
    push.ticks += 1;
    push.spent += performance.now() - began;
    age();
    L.needs(board);
  }
  function queue() {
    if (!isQueued) { isQueued = true; requestAnimationFrame(flush); }
  }

  function age() {
    var old = board ? L.now() - board.at : null, level = topic ? "waiting" : "off";
    if (old !== null) { level = old > STALE_MS ? "stale" : old > AMBER_MS ? "aging" : "fresh"; }
    if (document.documentElement.dataset.age !== level) { document.documentElement.dataset.age = level; }
    var text = L.t("age.waiting");
    if (level === "fresh" || level === "aging") { text = L.t("age.live") + " " + seconds(old); }
    if (level === "stale") { text = L.t("age.last_known") + " " + L.format(board.at, "seconds"); }
    each("[data-age-text]", function (node) { if (node.textContent !== text) { node.textContent = text; } });
    each("[data-clock]", function (node) {
      var now = L.format(L.now(), "seconds");
      if (node.textContent !== now) { node.textContent = now; }
    });
  }
  function seconds(ms) {
    return new Intl.NumberFormat(L.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
      .format(Math.max(0, ms) / 1000) + " " + L.t("unit.s");
  }
  function each(selector, work) { Array.prototype.forEach.call(document.querySelectorAll(selector), work); }

  function take(fresh) {
    var name = fresh.schema + "/" + fresh.version;
    if (version && name !== version) { renew(); }
    version = version || name;
    if (fresh.line ? topic !== fresh.line : topic !== fresh.area) { return; }
    board = fresh;
    L.board = fresh;
    queue();
  }
  /* A new version of the plant or the program: load it once a minute at most, never while a dialog is open. */
  function renew() {
    if (Date.now() - Number(sessionStorage.getItem("renewed") || 0) < 60000) { return; }
    if (document.querySelector("dialog[open]")) { return; }
    sessionStorage.setItem("renewed", String(Date.now()));
    setTimeout(function () { location.reload(); }, Math.random() * 4000);
  }

  function open() {
    close();
    if (!root || document.hidden) { return; }
    heardAt = performance.now();
    source = new EventSource("/live/" + (topic || NOTICES));
    source.addEventListener("open", function () {
      if (wasOpen) { L.alertsChanged(); }
      wasOpen = true;
    });
    source.addEventListener("alerts", function () { heardAt = performance.now(); L.alertsChanged(); });
    source.addEventListener("alive", function () { heardAt = performance.now(); wait = 1000; });
    source.addEventListener("snapshot", function (event) {
      var fresh = JSON.parse(event.data);
      heardAt = performance.now();
      wait = 1000;
      L.heardTime(fresh.at);
      take(fresh);
    });
    source.addEventListener("refused", function () { location.assign(loginUrl()); });
    source.onerror = function () {
      if (source && source.readyState === EventSource.CLOSED) { later(); }
    };
  }
  function close() {
    clearTimeout(retryTimer);
    if (source) { source.close(); source = null; }
  }
  function later() {
    close();
    retryTimer = setTimeout(knock, wait * (0.5 + Math.random()));
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  }
  /* A refused stream has no status in the browser: ask once, so that a session that ended leads to the sign-in. */
  function knock() {
    var stop = new AbortController();
    fetch("/live/" + (topic || NOTICES), { signal: stop.signal, cache: "no-store" }).then(function (answer) {
      stop.abort();
      if (answer.status === 401) { location.assign(loginUrl()); } else if (answer.ok) { open(); } else { later(); }
    }, later);
  }
  function loginUrl() { return "/login?next=" + encodeURIComponent(location.pathname + location.search); }

  function tick() {
    if (performance.now() - paintedAt > 900) { if (board) { queue(); } else { age(); } }
    if (source && performance.now() - heardAt > SILENT_MS) { open(); }
    if (L.rotate) { L.rotate(); }
  }
  document.addEventListener("visibilitychange", function () {
    clearTimeout(hiddenTimer);
    if (document.hidden) { hiddenTimer = setTimeout(close, HIDDEN_MS); } else if (!source) { wait = 1000; open(); queue(); }
  });
  setInterval(tick, 1000);

  /* Listen to another topic with the same page (kiosk rotation). */
  push.topic = function () { return topic; };
  push.listen = function (name) {
    topic = name;
    board = null;
    age();
    open();
  };
  /* A page came on screen: mark its elements, paint the board that came with it, open its connection. */
  function attach(page) {
    root = page;
    L.texts();
    L.reasons = JSON.parse(page.dataset.reasons || "{}");
    paint = L.painter(document.body);
    board = L.board = null;
    topic = page.dataset.topic || null;
    L.zone = page.dataset.zone || L.zone;
    if (page.dataset.now) { L.heardTime(Number(page.dataset.now)); }
    if (page.dataset.board) { take(JSON.parse(page.dataset.board)); flush(); }
    age();
    open();
    document.dispatchEvent(new CustomEvent("lineside:page"));
  }
  /* React may need some frames to show the page it was given: look again for a second. */
  push.attach = function () {
    var page = document.querySelector("[data-page]");
    if (page && page !== root) { looked = 0; attach(page); return; }
    looked = looked < 60 ? looked + 1 : 0;
    if (looked) { requestAnimationFrame(push.attach); }
  };
})(window.lineside);
