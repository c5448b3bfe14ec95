// Shortcuts only: every page and every act works without this file.
(() => {
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row] a, a[data-row]")];
  const go = (step) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) next.focus();
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    if (e.key === "/") { const box = document.getElementById("seek"); if (box) { e.preventDefault(); box.focus(); } }
    if (e.key === "j") go(1);
    if (e.key === "k") go(-1);
  });
  // A menu closes when one looks elsewhere.
  document.addEventListener("click", (e) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(e.target)) menu.open = false;
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  // One tick for all rows of a list.
  for (const all of document.querySelectorAll("input[data-all]")) {
    all.closest("th, label").hidden = false;
    all.addEventListener("change", () => {
      for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
    });
  }
  // What was printed by a button rather than by the menu.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  // The list of errors is where one begins to read.
  const wrong = document.querySelector(".errors");
  if (wrong) wrong.focus();
})();
