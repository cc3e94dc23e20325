/* The panel behind a number: the address says which is open, the page behind it is not asked again, the focus returns. */
(function (L) {
  "use strict";

  var KEYS = ["explain", "of", "from", "to", "during", "within", "making", "crewed", "because"], opener = null, told = named(), page = rest();

  function named() {
    var asked = new URLSearchParams(location.search);
    return asked.has("explain") ? location.pathname + "?" + KEYS.map(function (key) { return asked.get(key); }).join("&") : "";
  }
  function rest() {
    var asked = new URLSearchParams(location.search);
    if (asked.has("explain")) { KEYS.forEach(function (key) { asked.delete(key); }); }
    return location.pathname + "?" + asked;
  }
  function tell() {
    var place = document.querySelector("[data-panel]");
    if (!place || named() === told) { return; }
    told = named();
    window.dash_clientside.set_props(place.dataset.panel, { data: { search: location.search, path: location.pathname } });
  }
  function go(said) {
    var url = new URL(location.href);
    KEYS.forEach(function (key) {
      if (said[key]) { url.searchParams.set(key, said[key]); } else { url.searchParams.delete(key); }
    });
    if (url.href !== location.href) { history.pushState({}, "", url); }
    tell();
  }
  L.openPanel = function (node) { opener = node; go(node.dataset); };
  L.shutPanel = function () { go({}); };
  /* The panel came or went: a key press goes on in it, or where it was opened. */
  L.panelShown = function () {
    var close = document.querySelector(".panel__close"), from = opener;
    if (!close && from && !from.isConnected) { from = document.querySelector('[data-explain="' + from.dataset.explain + '"]'); }
    if (close || from) { (close || from).focus(); }
    if (!close) { opener = null; }
  };
  /* Dash's Location listens behind this: where only the panel changed, by back or forward, it hears nothing. */
  window.addEventListener("popstate", function (event) {
    var before = page;
    page = rest();
    tell();
    if (page === before && event.isTrusted) { event.stopImmediatePropagation(); }
  });
})(window.lineside);
