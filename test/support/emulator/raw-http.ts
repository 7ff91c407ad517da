import { connect } from "node:net";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { basic } from "./emulator.ts";

export const HOST = "Host: localhost";
/** Lets the server end the connection after its answer. */
export const LAST = "Connection: close";
export const KEY = `Authorization: ${basic("sk_emulator_default")}`;
export const CHUNKED = "Transfer-Encoding: chunked";
export const FORM = "Content-Type: application/x-www-form-urlencoded";
export const JSON_TYPE = "Content-Type: application/json";

/** What came over a connection until its end. */
export interface Exchange {
  /** The status of each answer. */
  readonly statuses: readonly number[];
  readonly text: string;
}

/** A request, or what looks like one, byte for byte: each character of `lines` is one byte. */
export function message(lines: readonly string[], body: string | Uint8Array = ""): Buffer {
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return Buffer.concat([head, typeof body === "string" ? Buffer.from(body, "latin1") : body]);
}

/** A connection of one's own. */
export function connectTo({ origin }: Emulator) {
  return connect({ port: Number(new URL(origin).port), host: "127.0.0.1" });
}

/**
 * Sends bytes and waits until the server ends the connection.
 * @param more What is sent after them, again and again.
 */
export function exchange(emulator: Emulator, bytes: Uint8Array, more?: Uint8Array): Promise<Exchange> {
  return new Promise((resolve) => {
    let text = "";
    let isEnded = false;
    const socket = connectTo(emulator);
    const pour = () => {
      while (more && !isEnded && socket.writable && socket.write(more));
    };
    const end = () => {
      isEnded = true;
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ statuses, text });
      socket.destroy();
    };
    socket.setEncoding("latin1").on("data", (piece) => {
      text += piece;
    });
    socket.on("drain", pour).on("end", end).on("close", end).on("error", end);
    socket.write(bytes);
    pour();
  });
}
