import { expect } from "chai";
import { Requests } from "../../../../local/outside/github/requests.ts";
import type { LocalRequest } from "../../../../local/http/message.ts";

describe("the requests that GitHub remembers", () => {
  function note(requests: Requests, path: string) {
    const url = new URL(path, "https://api.github.com");
    const request: LocalRequest = { method: "GET", url, headers: [], body: Buffer.alloc(0) };
    return requests.note(request, Buffer.alloc(0));
  }

  it("are the last 20,000", () => {
    const requests = new Requests();
    const finish = Array.from({ length: 20_001 }, (_, index) => note(requests, `/${index}`));
    for (const answered of finish) answered({ kind: "nobody" }, 200);
    expect(requests.all).to.have.length(20_000);
    const [first] = requests.all;
    expect([first?.path, first?.status]).to.deep.equal(["/1", 200]);
    expect(requests.all.at(-1)).to.include({ path: "/20000", status: 200 });
  });
});
