import { expect } from "chai";
import { refusalOf } from "../../../support/fake-cloud.ts";
import { RUNNER, planTopic, texts, type Message } from "./plan-topic.ts";

const MB = 1_000_000;

describe("Pub/Sub messages", () => {
  it("takes what is as large as it may be", async () => {
    const { publish, pull } = planTopic({});
    const attributes = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [String(i).padStart(256, "k"), "v".repeat(1024)]),
    );
    await publish([{ attributes, orderingKey: "é".repeat(512) }]);
    await publish([{ data: Buffer.alloc(10 * MB) }]);
    await publish(Array.from({ length: 1000 }, () => "x"));
    expect(await pull(RUNNER, 2000)).to.have.length(1000);
    expect(await pull(RUNNER, 2000)).to.have.length(2);
  });

  const refused: readonly [what: string, messages: (string | Message)[]][] = [
    ["more than 10 MB", [{ data: Buffer.alloc(10 * MB + 1) }]],
    ["more than 10 MB together", [{ data: Buffer.alloc(6 * MB) }, { data: Buffer.alloc(5 * MB) }]],
    ["different ordering keys together", [{ attributes: { a: "" }, orderingKey: "k" }, "x"]],
    [
      "an ordering key of 1025 bytes",
      [{ attributes: { a: "" }, orderingKey: `${"é".repeat(512)}k` }],
    ],
    ["no data and no attributes", ["x", { orderingKey: "k" }]],
  ];
  for (const [what, messages] of refused) {
    it(`refuses ${what}, and publishes none of it`, async () => {
      const { publish, pull } = planTopic({});
      expect((await refusalOf(publish(messages))).code).to.equal("INVALID_ARGUMENT");
      expect(await pull()).to.deep.equal([]);
    });
  }

  it("gives ids in the order of the messages, and takes none from the publisher", async () => {
    const { publish, pull } = planTopic({});
    const ids = await publish(["a", { data: Buffer.from("b"), messageId: "mine" }, "c"]);
    const received = await pull();
    expect(texts(received)).to.deep.equal(["a", "b", "c"]);
    expect(received.map(({ message }) => message?.messageId)).to.deep.equal(ids);
    expect(new Set(ids)).to.have.property("size", 3);
    expect(ids).not.to.include("mine");
  });

  it("reads data in base64, as REST has it", async () => {
    const { publish, pull } = planTopic({});
    await publish([{ data: "eA==" }]);
    expect(texts(await pull())).to.deep.equal(["x"]);
  });
});
