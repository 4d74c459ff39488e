// Loaded before every test: a connection beyond loopback fails, with the address that was asked for.
import net from "node:net";

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

// eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its own `this`
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const host = hostOf(args);
  if (!LOOPBACK.test(host)) {
    throw new Error(`A test tried to connect to ${host}; tests stay on loopback.`);
  }
  return Reflect.apply(connect, this, args) as net.Socket;
};

/** The host of any form of connect: options, (port, host), (path), or Node's own array of these. */
function hostOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) {
    const { host, path } = first as { host?: string; path?: string };
    return typeof path === "string" ? "localhost" : (host ?? "localhost");
  }
  const isPath = typeof first === "string" && !/^\d+$/.test(first);
  return !isPath && typeof second === "string" ? second : "localhost";
}
