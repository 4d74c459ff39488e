import { createHash } from "node:crypto";
import type { Retell } from "./rewritten.ts";

const HOSTILE = [
  `<script>alert("script")</script>`,
  `"><img src=x onerror=alert("image")>`,
  `'><svg/onload=alert("svg")>`,
  `javascript:alert("link")`,
  `</title></style></textarea><iframe srcdoc="<script>parent.alert('frame')</script>">`,
  "{{constructor.constructor('alert(1)')()}} ${alert('template')}",
  `<a href="https://evil.example/" style="position:fixed;inset:0">x</a>`,
  "Word".repeat(30),
  "&lt;b&gt;&amp;#x27;",
];

/** Texts that would like to be run, and words that end nowhere. */
export const hostile: Retell = (text) => {
  const [first = 0, second = 0] = createHash("sha256").update(text).digest();
  const pick = HOSTILE[first % HOSTILE.length] ?? "";
  const word = `w${first}x${second}`;
  return [
    `${pick} ${word} ${"endless".repeat(40)}`,
    `${pick} ${word}`,
    `<b>${word}</b>`,
    `<i>${first}`,
  ];
};

const ARABIC =
  "تعتمد الشركة على عدد قليل من الموردين وتبحث عن أسواق جديدة خلال السنوات الخمس المقبلة".split(
    " ",
  );

/** Sentences that are read from right to left, as long as those in whose place they stand. */
export const rightToLeft: Retell = (text) => {
  const [first = 0] = createHash("sha256").update(text).digest();
  const words = text.split(" ").map((_, index) => ARABIC[(first + index) % ARABIC.length] ?? "");
  const sentence = words.join(" ");
  return [
    `${sentence} ${first}`,
    `${sentence.slice(0, 30)} ${first}`,
    `${ARABIC[0] ?? ""} ${first}`,
  ];
};
