import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthyApiClient, AuthyError } from "../../src/authy/index.ts";
import { Authsignal, AuthsignalError, CallConnect, type Fetch } from "../../src/index.ts";
import { parseUrl } from "../../src/platform/parse-url.ts";
import { failureOf, TRANSPORTS } from "../support/clients.ts";
import { hostileText, notText, printed } from "../support/hostile.ts";
import { headerOf, type RawRequests, serveRawRequests } from "../support/raw-requests.ts";

// Secrets and addresses are used exactly as documented, or rejected by the constructor without being shown.

interface Options {
  readonly secret?: unknown;
  readonly apiUrl?: unknown;
  readonly fetch?: Fetch | undefined;
}

/** A client, reduced to what the tests use of all three. */
interface Made {
  readonly apiUrl: string;
  readonly call: () => Promise<unknown>;
}

interface Kind {
  readonly name: string;
  readonly Failure: typeof AuthsignalError | typeof AuthyError;
  readonly make: (options: Options) => Made;
  /** The path that `call` requests. */
  readonly path: string;
  /** The header that holds a secret, in Latin-1. */
  readonly header: (secret: string) => readonly [name: string, value: string];
}

/** A part of secrets and addresses that are rejected. Nothing that is printed may hold it. */
const MARK = "hush_5eCr3t";

const LOCAL = "https://host.example";
const basic = (secret: string) => ["authorization", `Basic ${Buffer.from(`${secret}:`).toString("base64")}`] as const;

const KINDS: readonly Kind[] = [
  {
    name: "Authsignal",
    Failure: AuthsignalError,
    make: ({ secret = "s", apiUrl = LOCAL, fetch }) => {
      const made = Reflect.construct(Authsignal, [{ apiSecretKey: secret, apiUrl, fetch, retries: 0 }]);
      return { apiUrl: made.apiUrl, call: () => made.getUser({ userId: "u" }) };
    },
    path: "/users/u",
    header: basic,
  },
  {
    name: "CallConnect",
    Failure: AuthsignalError,
    make: ({ secret = "s", apiUrl = LOCAL, fetch }) => {
      const made = Reflect.construct(CallConnect, [{ apiSecretKey: secret, apiUrl, fetch, retries: 0 }]);
      return { apiUrl: made.apiUrl, call: () => made.finishCall({ referenceId: "r", state: "CHALLENGE_FAILED" }) };
    },
    path: "/call/finish",
    header: basic,
  },
  {
    name: "Authy",
    Failure: AuthyError,
    make: ({ secret = "s", apiUrl = LOCAL, fetch }) => {
      const made = Reflect.construct(AuthyApiClient, [{ apiKey: secret, apiUrl, fetch, retries: 0 }]);
      return { apiUrl: made.apiUrl, call: () => made.users.status(7) };
    },
    path: "/protected/json/users/7/status",
    header: (secret) => ["x-authy-api-key", secret],
  },
];

/** A body that is valid for each of the calls. */
const BODY = JSON.stringify({
  isEnrolled: true,
  success: true,
  status: { authy_id: 7, confirmed: true, registered: true },
});

let server: RawRequests;
beforeAll(async () => {
  server = await serveRawRequests(() => BODY);
});
afterAll(() => server[Symbol.asyncDispose]());

/** Creates a client; undefined if it was rejected by the right error. */
function tryToMake({ make, Failure }: Kind, options: Options): Made | undefined {
  try {
    return make(options);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false });
    expect(printed(error)).not.toContain(MARK);
    return undefined;
  }
}

describe.each(KINDS.map((kind): [string, Kind] => [kind.name, kind]))("the secret of %s", (name, kind) => {
  const isUsable = (secret: string) => {
    const controls = [...secret].some(
      (character) => character < " " || (character >= "\u007f" && character <= "\u009f"),
    );
    // A header of Authy holds the key itself, in Latin-1.
    const fits = name !== "Authy" || /^[\0-\xff]*$/.test(secret);
    return secret !== "" && secret.length <= 4_096 && !controls && secret.isWellFormed() && fits;
  };

  it.each(TRANSPORTS)("is sent unchanged over %s, or is rejected without being shown", async (_name, { fetch }) => {
    const marked = hostileText.map((text) => `${text}${MARK}${text}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostileText, marked), async (secret) => {
        const before = server.received.length;
        const made = tryToMake(kind, { secret, apiUrl: server.url, fetch });
        expect(made !== undefined).toBe(isUsable(secret.trim()));
        if (!made) return;
        await made.call();
        expect(server.received).toHaveLength(before + 1);
        const [header, value] = kind.header(secret.trim());
        expect(headerOf(server.received.at(-1)?.headers ?? [], header)).toBe(value);
        expect(printed(made)).not.toContain(MARK);
      }),
      { numRuns: 300 },
    );
  });

  it("is rejected when it is not a string", () => {
    fc.assert(
      fc.property(notText, (secret) => {
        // Undefined is replaced by the default of the test.
        if (secret !== undefined) expect(tryToMake(kind, { secret })).toBeUndefined();
      }),
    );
  });

  it.each(TRANSPORTS)("that no header can hold is rejected, or arrives over %s", async (_name, { fetch }) => {
    const key = `${MARK}漢`;
    const made = tryToMake(kind, { secret: key, apiUrl: server.url, fetch });
    const outcome = await made?.call().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(outcome === undefined || outcome instanceof kind.Failure).toBe(true);
    expect(made === undefined).toBe(!isUsable(key));
    expect(printed(outcome)).not.toContain(MARK);
  });
});

/** Returns the address that is called according to the documentation; undefined if it is rejected. */
function documented(text: string, kind: Kind): string | undefined {
  const trimmed = text.trim();
  if (!/^https?:/i.test(trimmed) || /[?#]/.test(trimmed) || !parseUrl(trimmed)) return undefined;
  const segments = trimmed
    .replace(/[\t\n\r]/g, "")
    .replace(/%2e/gi, ".")
    .split(/[/\\]/);
  if (segments.some((segment) => segment === "." || segment === "..")) return undefined;
  const { protocol, hostname, username, password, origin, pathname } = new URL(trimmed);
  if (username || password) return undefined;
  const isHere = hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname) || /(^|\.)localhost$/.test(hostname);
  if (protocol === "http:" && !isHere) return undefined;
  const isService = kind.name === "Authsignal" && hostname.endsWith(".authsignal.com") && pathname === "/";
  return isService ? `${origin}/v1` : origin + pathname.replace(/\/+$/, "");
}

const addressPieces = fc
  .array(
    fc.constantFrom(
      ...["https:", "http:", "HTTPS:", "ftp:", "file:", "//", "///", "/", "\\", "host", "Host.Example", "10.0.0.1"],
      ...["127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost", "localhost."],
      ...[
        "x.localhost",
        "localhost.evil.com",
        "api.authsignal.com",
        "evil-authsignal.com",
        ":443",
        ":80",
        ":0",
        ":99999",
      ],
      ...[
        "@",
        `${MARK}:pw@`,
        `user:${MARK}@`,
        `?key=${MARK}`,
        "?",
        "#",
        `#${MARK}`,
        "v1",
        ".",
        "..",
        "%2e%2e",
        "%",
        "%00",
      ],
      ...[
        "\t",
        "\n",
        "\0",
        " ",
        "\u00a0",
        "é",
        "漢",
        "。",
        "\ud800",
        "{userId}",
        "%7BuserId%7D",
        "$&",
        "|",
        "^",
        "'",
        ";",
      ],
    ),
    { maxLength: 7 },
  )
  .map((pieces) => pieces.join(""));

const address = fc.oneof(
  { weight: 1, arbitrary: hostileText },
  { weight: 3, arbitrary: addressPieces },
  { weight: 3, arbitrary: addressPieces.map((text) => `https://host${text}`) },
  { weight: 3, arbitrary: hostileText.map((text) => `https://api.authsignal.com/${text}`) },
  { weight: 2, arbitrary: hostileText.map((text) => `https://${text}`) },
);

describe.each(KINDS.map((kind): [string, Kind] => [kind.name, kind]))("the address of %s", (_name, kind) => {
  it("is used as documented, or rejected without being shown", async () => {
    await fc.assert(
      fc.asyncProperty(address, async (apiUrl) => {
        const urls: string[] = [];
        const fetch = (request: Request) => {
          urls.push(request.url);
          return new Response(BODY);
        };
        const wanted = documented(apiUrl, kind);
        const made = tryToMake(kind, { apiUrl, fetch });
        expect(made?.apiUrl).toBe(wanted);
        if (!made) return;
        const problem = await made.call().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (!problem) expect(urls).toEqual([made.apiUrl + kind.path]);
        else {
          // A host that looks like a path parameter.
          expect(problem).toBeInstanceOf(kind.Failure);
          expect(problem).toMatchObject({ errorCode: "invalid_argument" });
          expect(urls).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(TRANSPORTS)("is the beginning of every request line over %s", async (_transport, { fetch }) => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const before = server.received.length;
        const apiUrl = `${server.url}/${text}`;
        const wanted = documented(apiUrl, kind);
        const made = tryToMake(kind, { apiUrl, fetch });
        expect(made?.apiUrl).toBe(wanted);
        if (!made) return;
        await made.call();
        const lines = server.received.slice(before).map(({ line }) => line.split(" "));
        expect(lines).toEqual([[expect.any(String), made.apiUrl.slice(server.url.length) + kind.path, "HTTP/1.1"]]);
      }),
      { numRuns: 200 },
    );
  });

  it("is rejected when it is not a string", () => {
    fc.assert(
      fc.property(notText, (apiUrl) => {
        // Undefined stands for the default.
        if (apiUrl !== undefined) expect(tryToMake(kind, { apiUrl })).toBeUndefined();
      }),
    );
  });

  it("is not shown when it is rejected or cannot be reached", async () => {
    expect(tryToMake(kind, { apiUrl: `https://${MARK}:${MARK}@host/${MARK}?${MARK}#${MARK}` })).toBeUndefined();
    const typo = kind.make({ apiUrl: LOCAL, secret: MARK, fetch: () => Promise.reject(new Error(MARK)) });
    expect(printed(await failureOf(typo.call()))).not.toContain(MARK);
  });
});
