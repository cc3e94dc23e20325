/* A list that lives in the address shows what the address says: React does not know the choice of a plain select. */
(function () {
  "use strict";
  function show() {
    document.querySelectorAll("select[data-chosen]").forEach(function (list) {
      if (list.dataset.shown === list.dataset.chosen) { return; }
      list.value = list.dataset.shown = list.dataset.chosen;
    });
  }
  new MutationObserver(show).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-chosen"]
  });
})();
