/* The downtime page: what is picked in the list is what the dialog edits. */
(function () {
  "use strict";
  function all(selector, where) { return Array.prototype.slice.call((where || document).querySelectorAll(selector)); }
  function picked() { return all("[data-pick]:checked"); }
  function show(selector, isShown, where) { all(selector, where).forEach(function (node) { node.hidden = !isShown; }); }
  function count() {
    var n = picked().length;
    // Written only when it differs: a write is a change of the page, and every change of the page counts again.
    all("[data-picked]").forEach(function (node) { if (node.textContent !== String(n)) { node.textContent = String(n); } });
    all("[data-needs-pick]").forEach(function (node) { node.disabled = n === 0; });
  }
  document.addEventListener("change", function (event) {
    var every = event.target.closest && event.target.closest("[data-pick-all]");
    if (every) { all("[data-pick]").forEach(function (box) { box.checked = every.checked; }); }
    if (every || (event.target.dataset && event.target.dataset.pick)) { count(); }
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-edit]");
    if (!button || button.disabled) { return; }
    var boxes = button.dataset.edit ? all('[data-pick="' + button.dataset.edit + '"]') : picked();
    var dialog = document.querySelector('dialog[data-dialog="edit"]');
    if (!dialog || !boxes.length) { return; }
    var form = dialog.querySelector("form");
    form.reset();
    form.elements.stops.value = JSON.stringify(boxes.map(function (box) {
      return [box.dataset.pick, box.dataset.saw || "", box.dataset.end || ""];
    }));
    show("[data-single]", boxes.length === 1, dialog);
    show("[data-several]", boxes.length > 1, dialog);
    show("[data-unknown]", boxes.every(function (box) { return box.dataset.state === "unknown"; }), dialog);
    all("[data-said]", dialog).forEach(function (node) { node.textContent = boxes.length === 1 ? boxes[0].title : String(boxes.length); });
    if (boxes.length === 1 && boxes[0].dataset.saw) { form.elements.reason.value = boxes[0].dataset.saw; }
    dialog.showModal();
  });
  new MutationObserver(count).observe(document, { childList: true, subtree: true });
})();
