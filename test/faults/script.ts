import type { Socket } from "node:net";

/** A thing to do on a connection; a text or bytes are sent. A script that only ends leaves the connection open. */
export type Step = string | Uint8Array | End | Trickle | Flood;

/** Ends the connection, as a service does that goes away, or breaks it, as a crash does. */
interface End {
  readonly end: "close" | "reset";
}

export const CLOSE: End = { end: "close" };
export const RESET: End = { end: "reset" };

/** Sends a text character by character, and again from its beginning, for ever. */
interface Trickle {
  readonly trickle: string;
}

/** Sends the same bytes as fast as they are taken, so many times, or for ever. */
interface Flood {
  readonly flood: Uint8Array;
  readonly times?: number;
}

/** Milliseconds between two characters of a trickle. */
const TRICKLE = 20;

/** Does one step after another. */
export function perform(socket: Socket, [step, ...rest]: readonly Step[]): void {
  if (step === undefined || socket.destroyed) return;
  if (typeof step === "string" || step instanceof Uint8Array) {
    // A reset overtakes what is still to be sent.
    if (rest[0] === RESET) socket.write(step, () => perform(socket, rest));
    else {
      socket.write(step);
      perform(socket, rest);
    }
  } else if ("trickle" in step) trickle(socket, step.trickle);
  else if ("flood" in step) flood(socket, step, () => perform(socket, rest));
  else if (step.end === "close") socket.end();
  else socket.resetAndDestroy();
}

function trickle(socket: Socket, text: string): void {
  let sent = 0;
  const timer = setInterval(() => socket.write(text.charAt(sent++ % text.length)), TRICKLE);
  socket.on("close", () => clearInterval(timer));
}

function flood(socket: Socket, { flood: bytes, times = Number.POSITIVE_INFINITY }: Flood, then: () => void): void {
  let sent = 0;
  const go = () => {
    while (sent < times && !socket.destroyed) {
      sent++;
      if (!socket.write(bytes)) return;
    }
    socket.off("drain", go);
    then();
  };
  socket.on("drain", go);
  go();
}
