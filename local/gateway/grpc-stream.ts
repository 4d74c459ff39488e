/** gRPC calls that answer with a stream, in the plain form that operations know. */
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  ServerDuplexStream,
  ServerWritableStream,
  StatusObject,
} from "@grpc/grpc-js";
import { once } from "node:events";
import type protobuf from "protobufjs";
import { ApiError } from "../errors.ts";
import type { OpenStream } from "./call.ts";
import type { ApiMethod } from "./descriptors.ts";

type Message = protobuf.Message;
type Duplex = ServerDuplexStream<Message, Message>;
type Writable = ServerWritableStream<Message, Message>;

/** @param failure what the client is told of anything that was thrown */
export function streaming(
  method: ApiMethod,
  open: OpenStream,
  failure: (thrown: unknown) => Partial<StatusObject>,
): handleBidiStreamingCall<Message, Message> | handleServerStreamingCall<Message, Message> {
  const serve = async (
    call: Duplex | Writable,
    request: Message,
    requests: AsyncIterable<Message>,
  ): Promise<void> => {
    const gone = new AbortController();
    // Also after the stream has ended, when nobody listens any more.
    call.once("cancelled", () => gone.abort());
    const send = async (message: Message): Promise<void> => {
      if (gone.signal.aborted || call.write(message)) return;
      await once(call, "drain", { signal: gone.signal }).catch(() => undefined);
    };
    const authorization = call.metadata.get("authorization")[0]?.toString();
    await open(method, request, { requests, send, signal: gone.signal }, authorization);
  };
  const ending = (call: Duplex | Writable, served: Promise<void>): void => {
    served.then(
      () => call.end(),
      (thrown: unknown) => {
        if (!call.cancelled) call.emit("error", failure(thrown));
      },
    );
  };
  if (!method.requestStream) {
    return (call: Writable) => ending(call, serve(call, call.request, NONE));
  }
  return (call: Duplex) => {
    const messages = (call as AsyncIterable<Message>)[Symbol.asyncIterator]();
    const begin = async (): Promise<void> => {
      const first = await messages.next();
      if (first.done === true) throw new ApiError("INVALID_ARGUMENT", "The stream has no request.");
      // Without `return`: whoever stops reading would destroy the call, and its status with it.
      const rest = { next: () => messages.next() };
      await serve(call, first.value, { [Symbol.asyncIterator]: () => rest });
    };
    ending(call, begin());
  };
}

const NONE: AsyncIterable<never> = { [Symbol.asyncIterator]: () => NOTHING };
const NOTHING: AsyncIterator<never> = {
  next: () => Promise.resolve({ done: true, value: undefined }),
};
