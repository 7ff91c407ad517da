import type { Socket } from "node:net";

/** A step on a connection; a text or bytes are sent. A script without an `End` leaves the connection open. */
export type Step = string | Uint8Array | End | Beneath | Trickle | Flood;

/** Closes the connection, as a service that stops, or resets it, as a crash. `cut` closes the connection beneath TLS only. */
interface End {
  readonly end: "close" | "reset" | "cut";
}

export const CLOSE: End = { end: "close" };
export const RESET: End = { end: "reset" };
export const CUT: End = { end: "cut" };

/** Sends bytes on the connection beneath TLS, unencrypted. */
interface Beneath {
  readonly beneath: Uint8Array;
}

/** Sends a text character by character, again and again without end. */
interface Trickle {
  readonly trickle: string;
}

/** Sends the same bytes as fast as they are read, `times` times or without end. */
interface Flood {
  readonly flood: Uint8Array;
  readonly times?: number;
}

/** Milliseconds between two characters of a trickle. */
const TRICKLE = 20;

/** Performs the steps in order. `wire` is the connection beneath TLS, where there is TLS. */
export function perform(socket: Socket, [step, ...rest]: readonly Step[], wire = socket): void {
  if (step === undefined || socket.destroyed) return;
  const goOn = () => perform(socket, rest, wire);
  if (typeof step === "string" || step instanceof Uint8Array) {
    if (mustWait(rest[0])) socket.write(step, goOn);
    else {
      socket.write(step);
      goOn();
    }
  } else if ("trickle" in step) trickle(socket, step.trickle);
  else if ("flood" in step) flood(socket, step, goOn);
  else if ("beneath" in step) wire.write(step.beneath, goOn);
  else if (step.end === "close") socket.end();
  else if (step.end === "cut") wire.end();
  else wire.resetAndDestroy();
}

/** Whether a step must wait until the bytes before it are sent. */
function mustWait(step: Step | undefined): boolean {
  return step === RESET || step === CUT || (typeof step === "object" && "beneath" in step);
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
