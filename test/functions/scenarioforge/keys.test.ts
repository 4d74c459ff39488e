import { expect } from "chai";
import { callersOf, presentedKeys, resolvedKey } from "../../../functions/scenarioforge/keys.ts";
import type { KeyConfig } from "../../../functions/scenarioforge/keys.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const all = {
  "x-api-key": "one",
  "x-gemini-api-key": "two",
  authorization: "bearer three",
};

describe("resolvedKey", () => {
  it("takes the first that is there, in the document's order", () => {
    const order: [headers: Record<string, string>, query: string | undefined, key: unknown][] = [
      [all, "four", { key: "one", source: "header" }],
      [{ ...all, "x-api-key": " " }, "four", { key: "two", source: "header" }],
      [{ authorization: "BEARER  three" }, "four", { key: "three", source: "bearer" }],
      [{ authorization: "Basic three" }, "four", { key: "four", source: "query" }],
      [{}, "", { key: "five", source: "env" }],
    ];
    for (const [headers, query, key] of order) {
      expect(resolvedKey(presentedKeys(headers, query), "five")).to.deep.equal(key);
    }
    expect(resolvedKey(presentedKeys({}, undefined), "")).to.deep.equal({
      key: undefined,
      source: "none",
    });
  });

  it("does not take an ID token, which a proxy adds, for a key", () => {
    const token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.sig";
    expect(presentedKeys({ authorization: `Bearer ${token}` }, undefined).bearer).to.equal(
      undefined,
    );
  });
});

describe("callersOf", () => {
  const config: KeyConfig = {
    SCENARIOOPS_API_KEYS: [{ key: "acme-key", tenant: "acme", role: "owner" }],
    SCENARIOOPS_DEFAULT_API_KEY: "default-key",
    SCENARIOOPS_ADMIN_KEYS: ["admin-key"],
    SCENARIOOPS_DEFAULT_TENANT: "public",
    GEMINI_API_KEY: "server-key",
  };
  const caller = callersOf(config);
  const by = (headers: Record<string, string>, query?: string) =>
    caller(presentedKeys(headers, query));

  it("tells tenants by their keys, wherever those stand", () => {
    const acme = { tenant: "acme", isKnown: true, isAdmin: false, llmKey: "server-key" };
    expect(by({ "x-api-key": "acme-key" })).to.deep.equal(acme);
    expect(by({ authorization: "Bearer acme-key" })).to.deep.equal(acme);
    expect(by({}, "acme-key")).to.deep.equal(acme);
    expect(by({ "x-api-key": "default-key" }).tenant).to.equal("public");
    expect(by({ "x-api-key": "admin-key" }).isAdmin).to.equal(true);
  });

  it("never takes a tenant's key for an LLM key", () => {
    expect(by({ "x-api-key": "acme-key", "x-gemini-api-key": "own" }).llmKey).to.equal("own");
    const none = callersOf({ ...config, GEMINI_API_KEY: "" });
    expect(none(presentedKeys({ "x-api-key": "acme-key" }, undefined)).llmKey).to.equal(undefined);
  });

  it("knows nobody without a key, nor by an LLM key alone", () => {
    const anonymous = { tenant: "public", isKnown: false, isAdmin: false, llmKey: undefined };
    expect(by({})).to.deep.equal(anonymous);
    expect(by({ "x-gemini-api-key": "own" })).to.deep.equal(anonymous);
  });

  it("refuses a key that is not known, without repeating it", async () => {
    const error = await thrownBy(() => by({ "x-api-key": "wrong-key" }));
    expect(error).to.deep.include({ status: 401 });
    expect(String(error)).not.to.include("wrong-key");
  });
});
