/* What every page shares in the browser: words, theme, menus, dialogs, asking the server, toasts, opening a number. */
(function (L) {
  "use strict";

  var UNDO_MS = 12000, SAY_MS = 6000, ANSWER_MS = 15000;
  var root = document.documentElement, waiting = new Map(), nonce = 0;
  function one(selector, where) { return (where || document).querySelector(selector); }
  function all(selector, where) { return Array.prototype.slice.call((where || document).querySelectorAll(selector)); }
  function closest(event, selector) { return event.target.closest ? event.target.closest(selector) : null; }

  /* A link may ask for a language: remember it, then show the page in it. */
  (function () {
    var url = new URL(location.href), wanted = url.searchParams.get("lang");
    if (!wanted) { return; }
    remember(wanted);
    url.searchParams.delete("lang");
    location.replace(url);
  })();
  function remember(lang) {
    document.cookie = "lang=" + encodeURIComponent(lang) + ";path=/;max-age=31536000;samesite=lax";
  }

  L.texts = function () {
    var carrier = one("[data-words]");
    if (carrier && carrier.dataset.words !== L.wordsText) {
      L.wordsText = carrier.dataset.words;
      L.words(carrier.dataset.lang, JSON.parse(carrier.dataset.words));
      root.lang = carrier.dataset.lang;
    }
  };

  /* Dash has no plain input: make each from its description, once; also of what is drawn later. Nor has its upload a
     label: it gets the words around it. */
  function inputs() {
    all("[data-file-label] input[type=file]:not([aria-label])").forEach(function (input) {
      input.setAttribute("aria-label", input.closest("[data-file-label]").dataset.fileLabel);
    });
    all("[data-input]").forEach(function (place) {
      if (place.firstChild && place.dataset.made === place.dataset.input) { return; }
      var input = document.createElement("input"), described = JSON.parse(place.dataset.input);
      var held = place.firstChild;
      if (held && held.name === described.name && "value" in described && held.value === described.value) {
        place.dataset.made = place.dataset.input;
        return;
      }
      input.className = "input";
      Object.keys(described).forEach(function (key) {
        input.setAttribute(key === "aria" ? "aria-label" : key, described[key]);
      });
      place.dataset.made = place.dataset.input;
      place.replaceChildren(input);
    });
  }

  new MutationObserver(inputs).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-input"]
  });

  /* Theme: what the person chose on this device, else what the device says; a wall has its own. */
  function theme(name) {
    if (name === "auto") { root.removeAttribute("data-theme"); } else { root.dataset.theme = name; }
    all("[data-set-theme]").forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.setTheme === name)); });
  }
  function current(node, here) { if (here) { node.setAttribute("aria-current", "page"); } else { node.removeAttribute("aria-current"); } }
  theme(localStorage.getItem("theme") || "auto");
  document.addEventListener("lineside:page", function () {
    var query = new URLSearchParams(location.search), wall = one("[data-page]").dataset.wall !== undefined;
    if (wall || query.get("kiosk")) { root.dataset.theme = "wall"; } else { theme(localStorage.getItem("theme") || "auto"); }
    root.classList.toggle("is-kiosk", wall || Boolean(query.get("kiosk")));
    all(".bar nav a").forEach(function (a) { current(a, location.pathname.indexOf(a.getAttribute("href").split("?")[0]) === 0); });
    all(".bar nav summary").forEach(function (s) { current(s, one("a[aria-current]", s.parentNode) !== null); });
    inputs();
    var title = one("[data-page]").dataset.title;
    all("[data-where]").forEach(function (node) { if (title) { node.textContent = title; } });
    all("details.menu[open]").forEach(function (menu) { menu.open = false; });
    document.title = (one("[data-page]").dataset.title || "") + " · Lineside";
  });

  /* The address says what is open: changing it tells Dash's Location, back and forward work. */
  L.go = function (changes) {
    var url = new URL(location.href);
    Object.keys(changes).forEach(function (key) {
      if (changes[key] === null) { url.searchParams.delete(key); } else { url.searchParams.set(key, changes[key]); }
    });
    if (url.href === location.href) { return; }
    history.pushState({}, "", url);
    window.dispatchEvent(new PopStateEvent("popstate"));
  };

  /* Dialogs are native: focus stays inside, Escape closes, focus returns. */
  L.context = {};
  function openDialog(name, context) {
    var dialog = one('dialog[data-dialog="' + name + '"]');
    if (!dialog || dialog.open) { return; }
    L.context = context || {};
    all("[data-context]", dialog).forEach(function (node) { node.textContent = L.context[node.dataset.context] || ""; });
    all("form", dialog).forEach(function (form) { form.reset(); });
    fillIn(dialog, name);
    all("input[type=search]", dialog).forEach(search);
    dialog.showModal();
  }
  /* What the page knows beforehand stands in the fields: data-fill of whatever says data-fill-dialog of this one. */
  function fillIn(dialog, name) {
    var known = one('[data-fill-dialog="' + name + '"]'), values = known ? JSON.parse(known.dataset.fill) : {};
    Object.keys(values).forEach(function (key) {
      all('[name="' + key + '"]', dialog).forEach(function (input) { input.value = values[key]; });
    });
    all("[data-filled]", dialog).forEach(function (words) { words.hidden = !known; });
  }
  document.addEventListener("lineside:page", function () { if (!L.board) { L.askNeeds(); } openAsked(); });
  /* A link may name a stop: its reasons open at once. */
  function openAsked() {
    var id = new URLSearchParams(location.search).get("stop"), board = L.board;
    var stop = id && board && board.stops && board.stops.filter(function (one) { return one.id === id; })[0];
    if (!id || !one('dialog[data-dialog="reason"]')) { return; }
    history.replaceState({}, "", location.pathname);
    if (stop) { openDialog("reason", { stop: stop.machine_name + " · " + L.format(stop.start, "clock"), values: { stop: stop.id, saw: "" } }); }
  }
  function search(input) {
    var wanted = input.value.trim().toLowerCase();
    var scope = input.closest("dialog, .menu");
    all("[data-find]", scope).forEach(function (node) { node.hidden = node.dataset.find.indexOf(wanted) < 0; });
    all("[data-group]", scope).forEach(function (group) {
      group.hidden = !all("[data-find]", group).some(function (node) { return !node.hidden; });
    });
    all("[data-nothing]", scope).forEach(function (node) {
      node.hidden = all("[data-find]", scope).some(function (found) { return !found.hidden; });
    });
  }

  /* Ask the server: {what, nonce, ...} into the page's store; the button waits until it is answered. */
  function ask(button, what, values) {
    var store = (button.closest("[data-asks]") || one("[data-page]")).dataset.asks;
    if (!store || button.getAttribute("aria-busy")) { return; }
    nonce += 1;
    var key = Date.now().toString(36) + "-" + nonce + "-" + Math.random().toString(36).slice(2, 8);
    busy(button, true);
    waiting.set(key, { button: button, timer: setTimeout(function () { unanswered(key); }, ANSWER_MS) });
    window.dash_clientside.set_props(store, { data: Object.assign({ what: what, key: key }, values) });
  }
  function busy(button, isBusy) {
    if (isBusy) { button.setAttribute("aria-busy", "true"); } else { button.removeAttribute("aria-busy"); }
    button.disabled = isBusy;
  }
  function done(key) {
    var held = waiting.get(key);
    if (!held) { return null; }
    clearTimeout(held.timer);
    waiting.delete(key);
    busy(held.button, false);
    return held.button;
  }
  function unanswered(key) {
    done(key);
    toast({ kind: "problem", title: L.t("problem.unavailable"), text: L.t("toast.unanswered") });
  }

  function toast(said) {
    var shelf = one("[data-toasts]"), node = document.createElement("div");
    node.className = "toast";
    node.dataset.kind = said.kind || "done";
    node.setAttribute("role", said.kind === "problem" ? "alert" : "status");
    [["strong", said.title], ["span", said.text]].forEach(function (part) {
      if (part[1]) { var p = document.createElement(part[0]); p.textContent = part[1]; node.appendChild(p); }
    });
    if (said.undo) { node.appendChild(undo(said.undo, node)); }
    node.appendChild(away(node));
    shelf.appendChild(node);
    while (shelf.children.length > 3) { shelf.firstElementChild.remove(); }
    setTimeout(function () { node.remove(); }, said.undo ? UNDO_MS : SAY_MS);
  }
  function away(node) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = "\u00d7";
    button.setAttribute("aria-label", L.t("toast.close"));
    button.addEventListener("click", function () { node.remove(); });
    return button;
  }
  function undo(what, node) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = L.t("toast.undo");
    button.addEventListener("click", function () { ask(button, what.what, what); node.remove(); });
    return button;
  }
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    lineside: {
      attach: function () { L.push.attach(); return window.dash_clientside.no_update; },
      answered: function (answer) {
        if (!answer) { return window.dash_clientside.no_update; }
        var button = done(answer.key), dialog = button && button.closest("dialog");
        if (dialog) { dialog.close(); }
        toast(answer);
        L.askNeeds();
        return window.dash_clientside.no_update;
      },
      problem: function (problem) {
        if (!problem) { return window.dash_clientside.no_update; }
        Array.from(waiting.keys()).forEach(done);
        toast({ kind: "problem", title: L.t("problem." + problem.kind), text: problem.text });
        return window.dash_clientside.no_update;
      },
      panel: function () {
        requestAnimationFrame(L.panelShown);
        return window.dash_clientside.no_update;
      }
    }
  });

  /* Everything that can be pressed says what it does by its marks. */
  var presses = [
    ["[data-close]", function (node) { var d = node.closest("dialog"); if (d) { d.close(); } else { L.shutPanel(); } }],
    ["[data-set-theme]", function (node) { localStorage.setItem("theme", node.dataset.setTheme); theme(node.dataset.setTheme); }],
    ["[data-set-lang]", function (node) {
      remember(node.dataset.setLang);
      location.reload();
    }],
    ["[data-explain]", function (node) { L.openPanel(node); }],
    ["[data-ask]", function (node) { ask(node, node.dataset.ask, Object.assign({}, L.context.values, marksOf(node))); }],
    ["[data-stop]", function (node) { openDialog("reason", stopContext(node)); }],
    ["a[data-go]", function (node, event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
      event.preventDefault();
      history.pushState({}, "", node.href);
      window.dispatchEvent(new PopStateEvent("popstate"));
    }],
    ["[data-open]", function (node) { openDialog(node.dataset.open, {}); }],
    ["[data-step]", function (node) {
      var input = one("input[name=" + node.dataset.for + "]", node.closest("form"));
      input.value = Math.max(Number(input.min || 0), Number(input.value || 0) + Number(node.dataset.step));
    }]
  ];
  /* data-value-reason="jam" on a button is {reason: "jam"} for the server. */
  function marksOf(node) {
    var found = {};
    Array.prototype.forEach.call(node.attributes, function (a) {
      if (a.name.indexOf("data-value-") === 0) { found[a.name.slice(11).replace(/-/g, "_")] = a.value; }
    });
    return found;
  }
  function stopContext(node) {
    return { stop: node.title || node.dataset.label, values: { stop: node.dataset.stop, saw: node.dataset.reason || "" } };
  }
  document.addEventListener("click", function (event) {
    for (var i = 0; i < presses.length; i++) {
      var node = closest(event, presses[i][0]);
      if (node && !node.disabled) { presses[i][1](node, event); break; }
    }
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) { menu.open = false; } });
    if (event.target.tagName === "DIALOG") { event.target.close(); }
  });
  document.addEventListener("submit", function (event) {
    var form = closest(event, "form[data-send]");
    if (!form) { return; }
    event.preventDefault();
    ask(event.submitter, event.submitter.dataset.send || form.dataset.send,
      Object.assign({}, marksOf(event.submitter), Object.fromEntries(new FormData(form))));
  });
  document.addEventListener("input", function (event) { if (closest(event, "input[type=search]")) { search(event.target); } });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    all("details.menu[open]").forEach(function (menu) { menu.open = false; one("summary", menu).focus(); });
    if (!one("dialog[open]") && one(".panel")) { L.shutPanel(); }
  });
  document.addEventListener("change", function (event) {
    var field = closest(event, "[data-filter]");
    if (field) { L.go(changes(field)); }
  });

  /* A period is so many days or two dates: choosing one lets go of the other. */
  function changes(field) {
    var change = {};
    if (field.name === "days") { change.since = change.until = null; }
    if (field.name === "since" || field.name === "until") { change.days = null; }
    change[field.name] = field.value || null;
    return change;
  }

  /* A wall turns through its lines; the address stays, only what is listened to changes. */
  var turned = 0;
  L.rotate = function () {
    var page = one("[data-rotate]");
    if (!page) { return; }
    var lines = JSON.parse(page.dataset.rotate), every = Number(page.dataset.every || 20) * 1000;
    if (lines.length < 2 || L.steady() - turned < every) { return; }
    if (turned) { L.push.listen(lines[(lines.indexOf(page.dataset.topic) + 1) % lines.length]); page.dataset.topic = L.push.topic(); }
    turned = L.steady();
  };
})(window.lineside);
