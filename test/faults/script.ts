import type { Socket } from "node:net";

/** A thing to do on a connection; a text or bytes are sent. A script that only ends leaves the connection open. */
export type Step = string | Uint8Array | End | Beneath | Trickle | Flood;

/** Ends the connection, as a service does that goes away, or breaks it, as a crash does. Under TLS one can also end the wire alone. */
interface End {
  readonly end: "close" | "reset" | "cut";
}

export const CLOSE: End = { end: "close" };
export const RESET: End = { end: "reset" };
export const CUT: End = { end: "cut" };

/** Sends bytes on the wire beneath TLS, which knows nothing of them. */
interface Beneath {
  readonly beneath: Uint8Array;
}

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

/** Does one step after another on a connection, which is its own wire unless TLS lies between. */
export function perform(socket: Socket, [step, ...rest]: readonly Step[], wire = socket): void {
  if (step === undefined || socket.destroyed) return;
  const goOn = () => perform(socket, rest, wire);
  if (typeof step === "string" || step instanceof Uint8Array) {
    if (overtakes(rest[0])) socket.write(step, goOn);
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

/** Whether a step comes before what is still to be sent, if that is not waited for. */
function overtakes(step: Step | undefined): boolean {
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
