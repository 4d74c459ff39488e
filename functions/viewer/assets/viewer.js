// What pages do in a browser: theme, keys, requests, live pages. shell.ts says by which attributes markup asks for it.
{
  const KEYS = "viewer-keys";
  const MAX_POLL_MS = 60_000;
  const byId = (id) => document.getElementById(id);
  const dialog = byId("key-dialog");
  const keyForm = document.querySelector("[data-key-form]");
  const headerNames = [...keyForm.querySelectorAll("input[type=password]")].map(({ name }) => name);

  // ---- keys: in this page's memory, or in the tab's session storage where the reader says so

  let keys = storedKeys();

  function storedKeys() {
    try {
      const stored = JSON.parse(sessionStorage.getItem(KEYS) ?? "{}");
      return Object.fromEntries(
        headerNames
          .filter((name) => typeof stored[name] === "string" && stored[name] !== "")
          .map((name) => [name, stored[name]]),
      );
    } catch {
      return {};
    }
  }

  const hasKey = () => headerNames.some((name) => keys[name] !== undefined);

  function setKeys(next, keep) {
    keys = next;
    try {
      if (keep && hasKey()) sessionStorage.setItem(KEYS, JSON.stringify(keys));
      else sessionStorage.removeItem(KEYS);
    } catch {
      // Storage is forbidden: they stay in memory.
    }
    showKeyed(document);
  }

  function showKeyed(root) {
    for (const each of root.querySelectorAll("[data-keyed]")) each.hidden = !hasKey();
    for (const each of root.querySelectorAll("[data-unkeyed]")) each.hidden = hasKey();
  }

  function openKeyDialog(problem) {
    if (problem !== undefined) say(problem);
    if (!dialog.open) dialog.showModal();
  }

  keyForm.addEventListener("submit", (event) => {
    const choice = event.submitter?.value ?? "save";
    const data = new FormData(keyForm);
    keyForm.reset();
    if (choice === "cancel") return;
    const given = headerNames
      .map((name) => [name, String(data.get(name) ?? "").trim()])
      .filter(([, value]) => value !== "");
    if (choice === "save" && given.length === 0) return say("No key was entered.");
    const keep = choice === "save" && data.get("keep") !== null;
    setKeys(choice === "save" ? Object.fromEntries(given) : {}, keep);
    say(choice === "save" ? "The key is set." : "The key is forgotten.");
    if (choice === "save") void openLocked();
    else if (document.querySelector("main[data-private]") !== null) location.reload();
  });

  // ---- requests

  /** A request to the service with the tab's keys; rejects with a sentence where it is refused. */
  async function ask(method, path, body, headers = {}) {
    const isForm = body instanceof FormData;
    let response;
    try {
      response = await fetch(path, {
        method,
        cache: "no-store",
        headers: {
          accept: "application/json",
          ...(body !== undefined && !isForm && { "content-type": "application/json" }),
          ...keys,
          ...headers,
        },
        ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      });
    } catch {
      throw new Error("The service cannot be reached.");
    }
    if (response.ok || response.status === 304) return response;
    const { message, detail } = await problemIn(response);
    throw Object.assign(new Error(message), { status: response.status, detail });
  }

  /** In words, and as the service says it. */
  async function problemIn(response) {
    const message = `The service answered ${response.status}.`;
    try {
      const { error, detail } = await response.json();
      const [first] = Array.isArray(detail) ? detail : [];
      if (first === undefined) return { message: error?.message ?? message, detail };
      return { message: `${first.loc?.slice(1).join(".")} ${first.msg}.`, detail };
    } catch {
      return { message };
    }
  }

  const pageOf = async (response) =>
    new DOMParser().parseFromString(await response.text(), "text/html");

  /** Whether there is a key that leaving the page would lose. */
  const isFleeting = () => hasKey() && Object.keys(storedKeys()).length === 0;

  /** Where what is on the screen comes from. */
  let shown = location.pathname + location.search;

  /** Goes to a page of this service. A key that is kept nowhere would be lost on the way: the page comes here instead. */
  async function go(path) {
    if (!isFleeting()) return location.assign(path);
    const next = await askPage(path);
    if (next === undefined) return location.assign(path);
    history.pushState(null, "", path);
    shown = location.pathname + location.search;
    replaceMain(next);
    scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }

  /** The browser went back or forth: a page comes the way it came before. */
  async function comeBack(path) {
    const page = isFleeting() ? await askPage(path) : undefined;
    if (page === undefined) return location.reload();
    shown = path;
    replaceMain(page);
  }

  async function askPage(path) {
    try {
      const response = await ask("GET", path, undefined, { accept: "text/html" });
      const isPage = response.headers.get("content-type")?.startsWith("text/html");
      return isPage ? await pageOf(response) : undefined;
    } catch (error) {
      if (error.status === 401) {
        setKeys({}, false);
        openKeyDialog("This key is not valid.");
      }
      return undefined;
    }
  }

  function replaceMain(page) {
    const main = page.querySelector("main");
    if (main === null) return;
    document.title = page.title;
    addFiles(page);
    byId("main").replaceWith(document.importNode(main, true));
    begin();
  }

  /** Files that a page has and this one has not. */
  function addFiles(page) {
    const addressOf = (each) => each.getAttribute("src") ?? each.getAttribute("href");
    const selector = "head script[src], head link[rel=stylesheet]";
    const known = new Set([...document.querySelectorAll(selector)].map(addressOf));
    for (const each of page.querySelectorAll(selector)) {
      if (known.has(addressOf(each))) continue;
      const added = document.createElement(each.localName);
      for (const { name, value } of each.attributes) added.setAttribute(name, value);
      document.head.append(added);
    }
  }

  /** The page of a caller without a key, asked for again with one. */
  async function openLocked() {
    const main = byId("main");
    if (!hasKey() || !main.hasAttribute("data-locked")) return;
    main.setAttribute("aria-busy", "true");
    const path = location.pathname + location.search;
    try {
      update(await pageOf(await ask("GET", path, undefined, { accept: "text/html" })));
      main.removeAttribute("aria-busy");
      live();
    } catch (error) {
      main.removeAttribute("aria-busy");
      if (error.status === 401) {
        setKeys({}, false);
        return openKeyDialog("This key is not valid.");
      }
      say(error.status === 404 ? "With this key there is nothing here either." : error.message);
    }
  }

  // ---- what markup asks for

  function formBody(form) {
    const entries = [...form.elements]
      .filter(({ name, disabled, type }) => name && !disabled && type !== "submit")
      .filter(({ type, checked }) => type !== "radio" || checked)
      .map((field) => [field.name, valueOf(field)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  function valueOf({ type, checked, value, dataset }) {
    if (type === "checkbox") return checked;
    if (value.trim() === "") return undefined;
    if (dataset.type === "number") return Number(value);
    if (dataset.type === "boolean") return value === "true";
    if (dataset.type !== "lines") return value.trim();
    const lines = value.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "");
  }

  async function askedBy(element, body) {
    const { ask: what, then, answer, member = "answer", confirm: question } = element.dataset;
    if (!hasKey()) return openKeyDialog("This needs a key.");
    if (question !== undefined && !confirm(question)) return;
    const [method, path] = what.split(" ");
    const buttons = element.matches("form") ? element.querySelectorAll("button") : [element];
    for (const each of buttons) each.disabled = true;
    element.setAttribute("aria-busy", "true");
    try {
      const result = await (await ask(method, path, body)).json();
      if (answer !== undefined) document.querySelector(answer).textContent = result[member];
      if (then === "reload") await reload();
      else if (then !== undefined) {
        await go(then.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(result[name])));
      }
    } catch (error) {
      if (error.status === 401) openKeyDialog(error.message);
      else say(error.message);
    } finally {
      element.removeAttribute("aria-busy");
      for (const each of buttons) each.disabled = false;
    }
  }

  async function reload() {
    const page = await askPage(location.pathname + location.search);
    if (page === undefined) location.reload();
    else replaceMain(page);
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (target === null) return;
    if (target.hasAttribute("data-open-key")) openKeyDialog();
    else if (target.hasAttribute("data-theme-switch")) switchTheme();
    else if (target.hasAttribute("data-copy")) void copy(target.dataset.copy);
    else if (target.matches("button[data-ask]")) void askedBy(target, bodyIn(target));
    else if (target.matches("a[data-keyed-href]")) {
      event.preventDefault();
      void save(target.dataset.keyedHref);
    } else if (target.matches("a[href]") && isPlain(event) && leads(target)) {
      event.preventDefault();
      void go(target.pathname + target.search);
    }
  });

  const isPlain = ({ button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented }) =>
    !defaultPrevented && button === 0 && !(ctrlKey || metaKey || shiftKey || altKey);

  /** Whether a link leads to another page of this service, and away from a key. */
  function leads({ origin, pathname, search, target, download }) {
    const isElsewhere = pathname !== location.pathname || search !== location.search;
    const isHere = origin === location.origin && target === "" && download === "";
    return isFleeting() && isHere && isElsewhere;
  }

  // A picture of one pixel stands for one that could not be made.
  document.addEventListener(
    "load",
    ({ target }) => {
      if (target.matches?.("img") && target.naturalWidth <= 1) target.closest("figure")?.remove();
    },
    true,
  );

  const bodyIn = ({ dataset }) =>
    dataset.body === undefined ? undefined : JSON.parse(dataset.body);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-ask]")) {
      event.preventDefault();
      void askedBy(form, formBody(form));
    } else if (form.matches('form[method="get"]') && isFleeting()) {
      event.preventDefault();
      const query = new URLSearchParams(new FormData(form, event.submitter)).toString();
      void go(`${form.getAttribute("action")}?${query}`);
    }
  });

  async function copy(text) {
    await navigator.clipboard.writeText(text).then(
      () => say("Copied."),
      () => say("The browser does not let us copy."),
    );
  }

  async function save(path) {
    try {
      const url = URL.createObjectURL(await (await ask("GET", path)).blob());
      const link = Object.assign(document.createElement("a"), {
        href: url,
        download: path.split("/").at(-1),
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (error) {
      say(error.message);
    }
  }

  function begin() {
    const main = byId("main");
    for (const each of main.children) sources.set(each, each.outerHTML);
    enliven(main);
    live();
    void layOut(main);
  }

  /** What viewer.css leaves for after the first paint: in frames of their own, so that none of them takes long. */
  async function layOut(main) {
    for (const part of main.querySelectorAll(".part ~ .part:not(.laid-out)")) {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      part.classList.add("laid-out");
    }
  }

  /** What is asked for as soon as it is on the page. */
  function enliven(root) {
    showKeyed(root);
    for (const image of root.querySelectorAll("img[data-keyed-src]")) void showImage(image);
    const parts = root.querySelectorAll("[data-part]");
    // A part may be all that was added.
    for (const part of root.matches("[data-part]") ? [root, ...parts] : parts) void showPart(part);
  }

  async function showImage(image) {
    const path = image.dataset.keyedSrc;
    delete image.dataset.keyedSrc;
    try {
      image.src = URL.createObjectURL(await (await ask("GET", path)).blob());
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    } catch {
      image.remove();
    }
  }

  async function showPart(part) {
    const path = part.dataset.part;
    delete part.dataset.part;
    try {
      const page = await pageOf(await ask("GET", path, undefined, { accept: "text/html" }));
      part.replaceChildren(...document.importNode(page.body, true).childNodes);
      enliven(part);
    } catch (error) {
      part.textContent = error.message;
    }
  }

  // ---- live pages: asked for anew, and what is the same is left alone, with what the reader opened or selected in it

  let timer;

  function live() {
    clearTimeout(timer);
    const seconds = Number(byId("main").dataset.live);
    if (seconds > 0) timer = setTimeout(() => void poll(undefined, seconds * 1000), seconds * 1000);
  }

  async function poll(etag, waitMs) {
    let known = etag;
    let next = Number(byId("main").dataset.live) * 1000;
    if (document.visibilityState === "visible") {
      try {
        const path = location.pathname + location.search;
        const headers = {
          accept: "text/html",
          ...(known !== undefined && { "if-none-match": known }),
        };
        const response = await ask("GET", path, undefined, headers);
        if (response.status !== 304) {
          known = response.headers.get("etag") ?? undefined;
          update(await pageOf(response));
        }
      } catch {
        next = Math.min(waitMs * 1.5, MAX_POLL_MS);
      }
    }
    if (byId("main").dataset.live !== undefined)
      timer = setTimeout(() => void poll(known, next), next);
  }

  function update(page) {
    const fresh = page.querySelector("main");
    const main = byId("main");
    if (fresh === null) return;
    document.title = page.title;
    addFiles(page);
    for (const name of ["data-live", "data-locked"]) {
      if (fresh.hasAttribute(name)) main.setAttribute(name, fresh.getAttribute(name));
      else main.removeAttribute(name);
    }
    const was = [...main.children];
    const nodes = [...fresh.children];
    for (const [at, node] of nodes.entries()) {
      const before = node.id === "" ? was[at] : was.find(({ id }) => id === node.id);
      if (before !== undefined && sourceOf(before) === node.outerHTML) main.append(before);
      else {
        const added = document.importNode(node, true);
        sources.set(added, node.outerHTML);
        main.append(added);
        before?.remove();
        enliven(added);
      }
    }
    for (const each of was) if (!nodes.some(({ id }) => id !== "" && id === each.id)) each.remove();
    void layOut(main);
  }

  /** What a part of the page was made of: it may have changed by itself since. */
  const sources = new WeakMap();
  const sourceOf = (element) => sources.get(element) ?? element.outerHTML;

  // ---- the rest

  function switchTheme() {
    const root = document.documentElement;
    const isDark =
      (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "")) ===
      "dark";
    root.dataset.theme = isDark ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // It holds for this page.
    }
  }

  let toastTimer;
  function say(sentence) {
    const toast = byId("toast");
    toast.textContent = sentence;
    toast.classList.add("shown");
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => toast.classList.remove("shown"), 6_000);
  }

  // A link within the page is history too, and no reason to load it anew.
  addEventListener("popstate", () => {
    const path = location.pathname + location.search;
    if (path !== shown) void comeBack(path);
  });
  globalThis.viewer = Object.freeze({ ask, go, say, hasKey });
  begin();
  showKeyed(document);
  void openLocked();
}
