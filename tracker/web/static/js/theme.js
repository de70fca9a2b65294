/* Runs before the first paint, so that neither the theme nor the script-only controls make anything jump. */
(function () {
  const root = document.documentElement;
  root.dataset.script = "on";
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (refused) {
    delete root.dataset.theme; // storage is closed to us: follow the system
  }
})();
