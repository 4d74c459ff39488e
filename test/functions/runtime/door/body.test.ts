import { expect } from "chai";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { mock } from "node:test";
import { discardBody } from "../../../../functions/runtime/door/body.ts";

const MEGABYTE = 1_048_576;

describe("discardBody", () => {
  let request: IncomingMessage;
  let finished: number;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    request = new IncomingMessage(new Socket());
    finished = 0;
    discardBody(request, () => (finished += 1));
  });
  afterEach(() => mock.timers.reset());

  const state = () => ({ finished, isCut: request.destroyed });

  it("gives a sender that falls silent two seconds, and cuts it off", () => {
    mock.timers.tick(1_999);
    expect(state()).to.deep.equal({ finished: 0, isCut: false });
    mock.timers.tick(1);
    expect(state()).to.deep.equal({ finished: 1, isCut: true });
  });

  it("takes a megabyte, and cuts off whoever sends more", () => {
    request.emit("data", Buffer.alloc(MEGABYTE));
    expect(state()).to.deep.equal({ finished: 0, isCut: false });
    request.emit("data", Buffer.alloc(1));
    expect(state()).to.deep.equal({ finished: 1, isCut: true });
  });

  it("leaves the connection of a sender that ends in time", () => {
    request.complete = true;
    request.emit("end");
    mock.timers.tick(2_000);
    request.emit("close");
    expect(state()).to.deep.equal({ finished: 1, isCut: false });
  });

  it("is over once where the sender goes away", () => {
    request.emit("close");
    mock.timers.tick(2_000);
    expect(finished).to.equal(1);
  });
});
