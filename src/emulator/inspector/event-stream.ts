import type { Changes } from "../state/changes.ts";

const HEADERS = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
/** The first event of every connection, because the page may have missed changes before. `retry` is in milliseconds. */
const FIRST_EVENT = "retry: 1000\ndata: changed\n\n";
const CHANGE_EVENT = "data: changed\n\n";
/** How many events are buffered for a slow reader: the first event and one change. */
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
          // All events are equal, so a reader with an unread event needs no further event.
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
