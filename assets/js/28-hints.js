/* Hints: shown until this account, in this browser, has put them away; Escape closes an open one. */
(function () {
  "use strict";
  function key() {
    var carrier = document.querySelector("[data-account]");
    return carrier ? "hints:" + carrier.dataset.account : null;
  }
  function seen() {
    try { return JSON.parse(localStorage.getItem(key()) || "[]"); } catch (broken) { return []; }
  }
  function show() {
    if (!key()) { return; }
    var gone = seen();
    document.querySelectorAll("[data-hint]").forEach(function (node) {
      var is = gone.indexOf(node.dataset.hint) < 0 ? "new" : "seen";
      if (node.dataset.state !== is) { node.dataset.state = is; }
    });
  }
  document.addEventListener("click", function (event) {
    var got = event.target.closest && event.target.closest("[data-hint-got]");
    if (!got || !key()) { return; }
    localStorage.setItem(key(), JSON.stringify(seen().concat([got.dataset.hintGot])));
    got.closest("[data-hint]").open = false;
    show();
    document.querySelector("main").focus();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("[data-hint][open]").forEach(function (node) {
      node.open = false;
      node.querySelector("summary").focus();
    });
  });
  document.addEventListener("toggle", function (event) {
    if (!event.target.matches || !event.target.matches("[data-hint]") || !event.target.open) { return; }
    document.querySelectorAll("[data-hint][open]").forEach(function (node) {
      if (node !== event.target) { node.open = false; }
    });
  }, true);
  new MutationObserver(show).observe(document, { childList: true, subtree: true });
})();
