import type { Loopback, Received, Reply } from "./loopback.ts";

/** A server that sends the same response to every request and records the requests. */
export interface Recorder {
  readonly apiUrl: string;
  readonly requests: readonly Received[];
}

export function record({ lane }: Pick<Loopback, "lane">, reply: Reply): Recorder {
  const requests: Received[] = [];
  const apiUrl = lane((request) => {
    requests.push(request);
    return reply;
  });
  return { apiUrl, requests };
}

export function json(status: number, value: unknown, headers = {}): Reply {
  if (value === undefined) return { status, headers };
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}
