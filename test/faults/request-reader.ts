/** A request that was read to its end. */
export interface WholeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Splits the bytes of a connection into requests, with a length or chunked. */
export class RequestReader {
  #rest = "";

  /** Adds bytes and returns the requests that they complete. */
  add(bytes: Uint8Array): WholeRequest[] {
    this.#rest += Buffer.from(bytes).toString("latin1");
    const requests: WholeRequest[] = [];
    for (let request = this.#next(); request; request = this.#next()) requests.push(request);
    return requests;
  }

  #next(): WholeRequest | undefined {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const [start = "", ...lines] = this.#rest.slice(0, end).split("\r\n");
    const headers = new Map(lines.map(nameAndValue));
    const [method = "", path = ""] = start.split(" ");
    const rest = this.#rest.slice(end + 4);
    const read = headers.has("transfer-encoding") ? readChunks(rest) : readLength(rest, headers.get("content-length"));
    if (!read) return undefined;
    this.#rest = read.rest;
    return { method, path, headers, body: Buffer.from(read.body, "latin1").toString() };
  }
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function readLength(text: string, header = "0"): { body: string; rest: string } | undefined {
  const length = Number(header);
  return text.length < length ? undefined : { body: text.slice(0, length), rest: text.slice(length) };
}

function readChunks(text: string): { body: string; rest: string } | undefined {
  let body = "";
  for (let rest = text; ; ) {
    const line = rest.indexOf("\r\n");
    const length = Number.parseInt(rest, 16);
    const end = line + 2 + length;
    if (line < 0 || rest.length < end + 2) return undefined;
    body += rest.slice(line + 2, end);
    rest = rest.slice(end + 2);
    if (length === 0) return { body, rest };
  }
}
