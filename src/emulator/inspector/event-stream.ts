import type { Changes } from "../state/changes.ts";

const HEADERS = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
/** Whoever comes, or comes back, may have missed something. */
const HELLO = "retry: 1000\ndata: changed\n\n";
const CHANGE = "data: changed\n\n";

/** A stream of events, one for each change. It ends with the emulator, or when nobody reads it any more. */
export function eventStreamResponse(changes: Changes): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(HELLO));
        stop = changes.watch({
          // Who has not read of the last change learns of both at once.
          changed: () => (controller.desiredSize ?? 0) > 0 && controller.enqueue(encoder.encode(CHANGE)),
          ended: () => controller.close(),
        });
      },
      cancel: () => stop(),
    },
    { highWaterMark: 2 },
  );
  return new Response(body, { headers: HEADERS });
}
