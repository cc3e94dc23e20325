/* A secret shown once: its dialog opens as it comes, and takes itself out of the page when it closes. */
(function () {
  "use strict";
  function open(dialog) {
    if (dialog.open) { return; }
    var text = dialog.querySelector("[data-once-text]");
    if (text.dataset.onceText === "address") { text.textContent = location.origin + text.textContent; }
    dialog.addEventListener("close", function () {
      text.textContent = "";
      window.dash_clientside.set_props(dialog.dataset.secret, { children: null });
    });
    dialog.showModal();
  }
  function copied(button) { button.textContent = button.dataset.copied; }
  /* Without https a browser has no clipboard for us: what is picked is copied the old way, or by hand. */
  function copy(button) {
    var text = button.closest("dialog").querySelector("[data-once-text]");
    window.getSelection().selectAllChildren(text);
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text.textContent).then(function () { copied(button); }, function () { /* picked */ });
    } else if (document.execCommand("copy")) {
      copied(button);
    }
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-copy]");
    if (button) { copy(button); }
  });
  new MutationObserver(function () { document.querySelectorAll("dialog[data-secret]").forEach(open); })
    .observe(document, { childList: true, subtree: true });
})();
