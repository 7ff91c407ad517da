import type { Changes } from "../state/changes.ts";

const HEADERS = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
/** Sent on every connection, because changes may have been missed before it. `retry` is in milliseconds. */
const FIRST_EVENT = "retry: 1000\ndata: changed\n\n";
const CHANGE_EVENT = "data: changed\n\n";
/** Events that may wait for a slow reader: the first one and one change. */
const MAX_WAITING_EVENTS = 2;

/** Returns a stream of server-sent events, one for each change. It ends when the emulator or the reader closes it. */
export function eventStreamResponse(changes: Changes): Response {
  const encoder = new TextEncoder();
  let unsubscribe = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(FIRST_EVENT));
        unsubscribe = changes.watch({
          // A reader that has not read the last event needs no second one: all events are equal.
          changed: () => (controller.desiredSize ?? 0) > 0 && controller.enqueue(encoder.encode(CHANGE_EVENT)),
          ended: () => controller.close(),
        });
      },
      cancel: () => unsubscribe(),
    },
    { highWaterMark: MAX_WAITING_EVENTS },
  );
  return new Response(body, { headers: HEADERS });
}
