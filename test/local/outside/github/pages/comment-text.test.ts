import { expect } from "chai";
import { PassThrough } from "node:stream";
import { commentText } from "../../../../../local/outside/github/pages/comment-text.ts";
import { Page } from "../../../../../local/demo/page.ts";

describe("a comment's text", () => {
  it("is what a reader sees", () => {
    const markdown = [
      "<!-- a marker -->",
      "Title",
      "",
      "**Plan: 1 to destroy**, \\# 2 \\&lt; `a*b*` [a link](https://example.com)",
      "",
      "> [!WARNING]",
      "> 1 resource is destroyed",
      "",
      "<details open><summary>Plan</summary>",
      "",
      "````diff",
      "-   **kept** <!-- kept -->",
      "```",
      "````",
      "",
      "</details>",
      "",
      "See :\u200b//here",
      "",
    ].join("\n");
    expect(commentText(markdown)).to.deep.equal([
      "Title",
      "",
      "Plan: 1 to destroy, # 2 < a*b* a link",
      "",
      "> WARNING",
      "> 1 resource is destroyed",
      "",
      "▾ Plan",
      "",
      "-   **kept** <!-- kept -->",
      "```",
      "",
      "See ://here",
    ]);
  });

  it("is shown in a frame within 80 columns, indentation kept, and what is beyond is counted", () => {
    const stream = new PassThrough();
    new Page(stream).quote(
      "bot on #1",
      ["+       x = 1", `    ${"long ".repeat(20)}`, "c", "d"],
      4,
    );
    expect(String(stream.read()).split("\n")).to.deep.equal([
      "  ┌ bot on #1",
      "  │ +       x = 1",
      `  │     ${"long ".repeat(14).trim()}`,
      `  │     ${"long ".repeat(6).trim()}`,
      "  │ c",
      "  │ … 1 more line",
      "  └",
      "",
    ]);
  });
});
