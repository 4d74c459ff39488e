import { expect } from "chai";
import fc from "fast-check";
import { MAX_JSON_DEPTH, parseJsonObject } from "../../../functions/runtime/json.ts";
import { thrownBy } from "../../support/thrown-by.ts";

function payloadOf(text: string): string | undefined {
  return parseJsonObject(Buffer.from(text)).sources.get("payload");
}

/** JSON's own blanks, as often as not none. */
const blank = fc.constantFrom("", "", " ", "\n\t", " \r\n");

/** The name as JSON.stringify writes it, or with every character escaped. */
function written(name: string, isEscaped: boolean): string {
  if (!isEscaped) return JSON.stringify(name);
  const escapes = Array.from({ length: name.length }, (_, at) =>
    name.charCodeAt(at).toString(16).padStart(4, "0"),
  );
  return `"${escapes.map((code) => `\\u${code}`).join("")}"`;
}

const member = fc
  .tuple(
    fc.oneof(fc.constantFrom("payload", "service", "__proto__"), fc.string({ unit: "binary" })),
    fc.boolean(),
    fc.oneof(
      fc.json(),
      fc.string().map((text) => JSON.stringify(text)),
      fc.constant("1.0"),
    ),
    fc.array(blank, { minLength: 4, maxLength: 4 }),
  )
  .map(([name, isEscaped, value, [a = "", b = "", c = "", d = ""]]) => ({
    name,
    text: `${a}${written(name, isEscaped)}${b}:${c}${value}${d}`,
  }));

describe("the sources of a body's members", () => {
  for (const [what, payload] of [
    ["numbers", '{"n":[9007199254740993,1.0,-0,1e3,1E+3,0.1000,1e999]}'],
    ["the order of names that are numbers", '{"b":1,"2":2,"1":1}'],
    ["names that come twice", '{"a":1,"a":2}'],
    ["spaces and line ends", '{ "a" :\r\n\t[ 1 , 2 ] }'],
    [
      "escapes and special names",
      String.raw`{"\u0061":"\ud800","__proto__":{"x":1},"constructor":0}`,
    ],
    ["text that looks like JSON", String.raw`{"a":"\"},{\"payload\":[\\"}`],
    ["text beyond ASCII", '{"a":"ñ €\u{1f600}"}'],
  ] as const) {
    it(`keep ${what}`, () => {
      expect(payloadOf(`{"x":{"payload":0}, "payload": ${payload} ,"y":[{}]}`)).to.equal(payload);
    });
  }

  it("are those of the last of equal names, as JSON.parse takes it, however it is written", () => {
    expect(payloadOf(String.raw`{"payload":{"a":1},"pay\u006coad":{"b":2.0}}`)).to.equal(
      '{"b":2.0}',
    );
  });

  it("lack what the body lacks", () => {
    expect(payloadOf("{}")).to.equal(undefined);
    expect(payloadOf('{"a":{"payload":1},"b":"payload"}')).to.equal(undefined);
  });

  it("parse to the members, and are part of the body, for any body", () => {
    fc.assert(
      fc.property(fc.array(member), blank, (members, around) => {
        const body = `${around}{${members.map(({ text }) => text).join(",")}}${around}`;
        const { value, sources } = parseJsonObject(Buffer.from(body));
        expect([...sources.keys()]).to.have.members(Object.keys(value));
        for (const [name, source] of sources) {
          expect(body).to.include(source);
          expect(JSON.parse(source)).to.deep.equal(value[name]);
        }
      }),
    );
  });
});

describe("parseJsonObject", () => {
  const refused: [name: string, body: string | Buffer, status: number][] = [
    ["nothing", "", 400],
    ["blanks", " \n", 400],
    ["half an object", '{"a":', 400],
    ["two objects", "{}{}", 400],
    ["a comment", "{/**/}", 400],
    ["NaN", '{"a":NaN}', 400],
    ["a byte order mark alone", "\ufeff", 400],
    ["null", "null", 422],
    ["a number", "1", 422],
    ["a list", "[]", 422],
    ["a string", '"x"', 422],
    ["a deep list", `{"payload":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, 422],
    ["a deep object", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, 422],
    ["a deep beginning", "[".repeat(100_000), 400],
  ];
  for (const [name, body, status] of refused) {
    it(`refuses ${name} with ${status}`, async () => {
      const error = await thrownBy(() => parseJsonObject(Buffer.from(body)));
      expect(error).to.have.property("status", status);
    });
  }

  for (const [what, bytes] of [
    ["between tokens", Buffer.from([0x7b, 0xff, 0x7d])],
    ["inside a string", Buffer.from([...Buffer.from('{"payload":"'), 0xff, 0x22, 0x7d])],
    ["cut off inside a string", Buffer.from([...Buffer.from('{"payload":"'), 0xc3, 0x22, 0x7d])],
  ] as const) {
    it(`refuses bytes that are not UTF-8 ${what}, and says that it is they`, async () => {
      const error = await thrownBy(() => parseJsonObject(bytes));
      expect(error).to.have.property("status", 400);
      expect(error).to.have.property("message", "The body is not valid UTF-8.");
    });
  }

  it("takes the deepest body it allows", () => {
    const depth = MAX_JSON_DEPTH - 1;
    const payload = `${"[".repeat(depth)}1.0${"]".repeat(depth)}`;
    expect(payloadOf(`{"payload":${payload}}`)).to.equal(payload);
  });

  it("does not count brackets inside strings", () => {
    const text = String.raw`{"payload":"${"[".repeat(2_000)}\"${"{".repeat(2_000)}"}`;
    expect(payloadOf(text)).to.equal(text.slice(11, -1));
  });

  it("leaves Object.prototype alone", () => {
    parseJsonObject(Buffer.from('{"__proto__":{"polluted":true}}'));
    expect({}).not.to.have.property("polluted");
  });

  it("does not repeat the body in its message", async () => {
    const error = await thrownBy(() => parseJsonObject(Buffer.from('{"password":hunter2}')));
    expect(String(error)).to.not.include("hunter2");
  });
});
