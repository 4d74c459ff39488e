import { html } from "hono/html";
import { keyNote } from "../../../viewer/components/actions.ts";
import { section } from "../../../viewer/components/section.ts";
import type { Html } from "../../../viewer/html.ts";

/** Asks the run: answers are passages of its own artifacts, word for word. */
export function chatPart(runId: string): Html {
  return section({
    id: "ask",
    isScreenOnly: true,
    title: "Ask the run",
    lede: "Answers are passages of this run, word for word. Nothing is made up.",
    body: html`<form
        class="form ask"
        data-ask="POST /chat"
        data-answer="#chat-answer"
        data-keyed
        hidden
      >
        <input type="hidden" name="run_id" value="${runId}" />
        <div class="field">
          <label for="question">Question</label>
          <input
            id="question"
            name="question"
            required
            minlength="3"
            maxlength="2000"
            autocomplete="off"
            dir="auto"
            placeholder="Which strategy survives weak demand?"
          />
        </div>
        <p class="buttons"><button type="submit" class="button primary">Ask</button></p>
      </form>
      ${keyNote("Asking costs something, so it needs a key.")}
      <div id="chat-answer" class="answer" dir="auto" aria-live="polite"></div>`,
  });
}
