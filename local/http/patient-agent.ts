/**
 * Node's HTTP client gives a request up when writing it fails, though the server may have answered before it stopped
 * reading: a body that is too large is refused like this. Connections of this agent leave the end to their reading side,
 * where either the answer arrives or the connection is seen to be broken.
 */
import { Agent, type ClientRequestArgs } from "node:http";
import { Socket, type NetConnectOpts } from "node:net";

export class PatientAgent extends Agent {
  override createConnection(options: ClientRequestArgs): Socket {
    return new PatientSocket().connect(options as NetConnectOpts);
  }
}

type Written = (error?: NodeJS.ErrnoException | null) => void;

class PatientSocket extends Socket {
  override _write(chunk: unknown, encoding: BufferEncoding, written: Written): void {
    super._write(chunk, encoding, patient(written));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], written: Written): void {
    super._writev?.(chunks, patient(written));
  }
}

/** The other side reads no more. */
const GONE: readonly (string | undefined)[] = ["EPIPE", "ECONNRESET"];

function patient(written: Written): Written {
  return (error) => {
    const isGone = GONE.includes(error?.code);
    written(isGone ? null : error);
  };
}
