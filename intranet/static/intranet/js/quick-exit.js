// Quick exit: puts a neutral site in the place of this page, so that "Back" does not return to it.
// Without JavaScript the link does the same, except that the page stays in the history.
(() => {
  const link = document.querySelector("[data-quick-exit]");
  if (!link) return;

  const PRESSES_NEEDED = 3;
  const WITHIN_MS = 2000;
  let presses = [];

  function leave() {
    document.documentElement.classList.add("is-leaving");
    document.title = link.hostname;
    window.location.replace(link.href);
  }

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    const now = Date.now();
    presses = presses.filter((moment) => now - moment < WITHIN_MS);
    presses.push(now);
    if (presses.length >= PRESSES_NEEDED) leave();
  }, true);

  // A page that comes back from the browser's memory is asked for again: the person may have signed out since.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
