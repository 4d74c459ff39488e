// The form that launches a run: what is wrong is said at its field, before it is sent and after it was refused.
{
  const byId = (id) => document.getElementById(id);

  /** Problems by field. The sentences are those of the API, which judges again. */
  function problemsIn(form) {
    const problems = [];
    for (const each of form.elements) {
      const { validity, name, dataset } = each;
      if (name === "" || validity === undefined) continue;
      const isBlank = each.required && each.value.trim() === "";
      if (validity.badInput || validity.stepMismatch) {
        problems.push([name, "must be a whole number of months"]);
      } else if (isBlank) problems.push([name, "is required"]);
      else if (validity.rangeUnderflow) problems.push([name, `must be at least ${each.min}`]);
      else if (validity.rangeOverflow) problems.push([name, `must be at most ${each.max}`]);
      else if (each.maxLength > 0 && each.value.length > each.maxLength) {
        problems.push([name, `must have at most ${each.maxLength} characters`]);
      } else if (dataset.maxLines !== undefined) {
        problems.push(...linesProblem(name, linesOf(each.value), dataset));
      } else if (dataset.maxFiles !== undefined) problems.push(...filesProblem(name, each));
    }
    return problems;
  }

  const linesOf = (text) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");

  function linesProblem(name, lines, { maxLines, maxLength }) {
    if (lines.length > Number(maxLines)) return [[name, `must have at most ${maxLines} addresses`]];
    const at = lines.findIndex((line) => line.length > Number(maxLength) || !isWebUrl(line));
    return at === -1 ? [] : [[name, `line ${at + 1} must be an http(s) URL without a user name`]];
  }

  function isWebUrl(text) {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && username === "" && password === "";
  }

  function filesProblem(name, { files, dataset: { maxFiles, maxBytes }, accept }) {
    if (files.length > Number(maxFiles)) return [[name, `must be at most ${maxFiles} files`]];
    const endings = accept.split(",");
    for (const { name: fileName, size } of files) {
      if (size > Number(maxBytes)) return [[name, `${fileName} is too large`]];
      if (!endings.some((ending) => fileName.toLowerCase().endsWith(ending))) {
        return [[name, `${fileName} is no file of text that is taken here`]];
      }
    }
    return [];
  }

  function show(form, problems) {
    clear(form);
    const unplaced = [];
    for (const [name, message] of problems) {
      const place = byId(`error-${name}`);
      if (place === null) unplaced.push(`${name} ${message}`.trim());
      else {
        place.textContent = sentence(message);
        place.hidden = false;
        for (const each of form.querySelectorAll(`[name="${name}"]`)) {
          each.setAttribute("aria-invalid", "true");
          each.closest("details")?.setAttribute("open", "");
        }
      }
    }
    const placed = problems.length - unplaced.length;
    const counted = placed === 1 ? "One field needs" : `${placed} fields need`;
    const told = [
      ...(placed > 0 ? [`${counted} another look.`] : []),
      ...unplaced.map((each) => sentence(each)),
    ];
    refuse(form, told.join(" "));
    form.querySelector("[aria-invalid]")?.focus();
  }

  const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;

  function refuse(form, text) {
    const place = form.querySelector(".form-error");
    place.textContent = text;
    place.hidden = text === "";
  }

  function clear(form) {
    refuse(form, "");
    for (const each of form.querySelectorAll(".field-error")) each.hidden = true;
    for (const each of form.querySelectorAll("[aria-invalid]"))
      each.removeAttribute("aria-invalid");
  }

  /** The body of POST /build. What is empty is left out. */
  function requestOf(form, documents) {
    const data = new FormData(form);
    const text = (name) => String(data.get(name) ?? "").trim() || undefined;
    return {
      company: text("company"),
      scope: text("scope"),
      value: text("value"),
      geography: text("geography"),
      horizon: Number(text("horizon")),
      mock: text("mock") === "true",
      sources: linesOf(String(data.get("sources") ?? "")),
      input_docs: documents,
      generate_strategies: data.has("generate_strategies"),
      force: data.has("force"),
    };
  }

  async function upload(form) {
    const { files } = form.elements.namedItem("input_docs");
    if (files.length === 0) return [];
    const data = new FormData();
    for (const file of files) data.append("files", file);
    return (await (await viewer.ask("POST", "/upload", data)).json()).files;
  }

  async function launch(form) {
    const problems = problemsIn(form);
    if (problems.length > 0) return show(form, problems);
    clear(form);
    if (!viewer.hasKey()) return form.querySelector("[data-open-key]").click();
    const status = form.querySelector("[role=status]");
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      status.textContent = "Launching …";
      const answer = await viewer.ask("POST", "/build", requestOf(form, await upload(form)));
      const { run_id: runId, reused } = await answer.json();
      if (reused) viewer.say("The same was run before: here it is.");
      await viewer.go(`/runs/${encodeURIComponent(runId)}`);
    } catch (error) {
      show(form, refusalIn(error));
    } finally {
      status.textContent = "";
      button.disabled = false;
    }
  }

  /** Where the API says which fields it means, they are told at those. */
  function refusalIn({ detail, message }) {
    if (Array.isArray(detail)) {
      return detail.map(({ loc = [], msg = "is not valid" }) => [String(loc[1] ?? ""), msg]);
    }
    if (detail?.code === "MISSING_API_KEY") {
      return [["mock", "a live run needs a Gemini key: enter yours beside the API key"]];
    }
    return [[/upload|file/i.test(message) ? "input_docs" : "", message]];
  }

  /** What is being corrected is judged again when it is sent, not held against it before. */
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-launch]");
    if (form === null || !target.hasAttribute("aria-invalid")) return;
    for (const each of form.querySelectorAll(`[name="${target.name}"]`)) {
      each.removeAttribute("aria-invalid");
    }
    byId(`error-${target.name}`).hidden = true;
    refuse(form, "");
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-launch]")) return;
    event.preventDefault();
    void launch(event.target);
  });
}
