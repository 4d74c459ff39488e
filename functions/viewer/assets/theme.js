// Runs before the first paint: the theme that the reader chose last, else the system's.
{
  const root = document.documentElement;
  root.classList.replace("no-js", "js");
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage is forbidden: the system's it is.
  }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
}
