/* What waits for a person: asked for when a page comes, when the bell opens, when the board's own needs change, and,
   each browser at its own moment, when the server says that alerts have changed. */
(function (L) {
  "use strict";

  var SPREAD_MS = 1000, needed = "", toldTimer = 0;
  L.askNeeds = function () {
    var bell = document.querySelector("[data-bell]");
    if (bell && !document.documentElement.classList.contains("is-kiosk")) {
      window.dash_clientside.set_props(bell.dataset.bell, { data: Date.now() });
    }
  };
  L.alertsChanged = function () {
    clearTimeout(toldTimer);
    toldTimer = setTimeout(L.askNeeds, Math.random() * SPREAD_MS);
  };
  L.needs = function (board) {
    var calls = board.lines ? board.lines.map(function (row) { return row.calls; }) : board.calls;
    var now = JSON.stringify([calls, (board.stops || []).map(function (stop) { return stop.id; })]);
    if (now !== needed) { needed = now; L.askNeeds(); }
  };
  document.addEventListener("toggle", function (event) {
    if (event.target.open && event.target.dataset.bell) { L.askNeeds(); }
  }, true);
})(window.lineside);
