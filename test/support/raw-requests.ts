import { serveRaw } from "./server.ts";

/** A request as its bytes say it, before any parser has made something else of it. */
export interface RawRequest {
  readonly line: string;
  /** The header lines, in Latin-1. */
  readonly headers: readonly string[];
}

export interface RawRequests extends AsyncDisposable {
  readonly url: string;
  readonly received: RawRequest[];
}

/** Keeps what bare sockets bring, and answers each request with the JSON that `answer` gives at that moment. */
export async function serveRawRequests(answer: () => string): Promise<RawRequests> {
  const received: RawRequest[] = [];
  const server = await serveRaw((socket) => {
    let pending = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      pending += text;
      for (let end = pending.indexOf("\r\n\r\n"); end >= 0; end = pending.indexOf("\r\n\r\n")) {
        const [line = "", ...headers] = pending.slice(0, end).split("\r\n");
        const length = Number(headerOf(headers, "content-length") ?? 0);
        if (pending.length < end + 4 + length) return;
        pending = pending.slice(end + 4 + length);
        received.push({ line, headers });
        const body = answer();
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      }
    });
  });
  return { url: server.url, received, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** The value of a header, without the white space that HTTP allows around it. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  const line = headers.find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).replace(/^[ \t]+|[ \t]+$/g, "");
}
