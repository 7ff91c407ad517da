import type { Wrong } from "./judge.ts";

/** Something that goes wrong today. */
export interface KnownDefect {
  /** What is wrong, and where it comes from. */
  readonly why: string;
  /** The names of its cells. */
  readonly cells: RegExp;
  /** What is wrong in them; anything else still fails. */
  readonly wrong: RegExp;
  /** Whether it shows in each of its cells every time, so that the matrix fails when it is gone. */
  readonly isSteady: boolean;
}

/** What Node 20's own `fetch` keeps any client on it from. */
export const KNOWN_DEFECTS: readonly KnownDefect[] = [
  {
    why: "it waits for ever when a connection is closed or reset at once",
    cells: /^(close|reset) on accept, \w+, fetch/,
    wrong: /^the code is right: timeout/,
    isSteady: false,
  },
  {
    why: "it breaks off at an interim answer of 100",
    cells:
      /^100, then the answer|100 a thousand times, then the answer|100, then silence|100 for ever, (fast|slowly), \w+, fetch/,
    wrong: /^(the code is right: network_error: .*UND_ERR_SOCKET|the status is that of the server: undefined)/,
    isSteady: false,
  },
  {
    why: "it trips over a status below 100",
    cells: /^status 0\d\d, \w+, fetch/,
    wrong: /^the code is right: network_error: .*ERR_ASSERTION/,
    isSteady: false,
  },
  {
    why: "it hears nothing of an error of TLS after the handshake, and waits",
    cells: /^TLS, (garbage for an answer|a broken record inside the body), \w+, fetch/,
    wrong: /^(the code is right: timeout|the status is that of the server: undefined)/,
    isSteady: false,
  },
  {
    why: "its streams take 43 to 66 MB for three bodies of 8 MB",
    cells: /^(tiny chunks|body|body of an error) without end, \w+, fetch/,
    wrong: /^memory is bounded/,
    isSteady: false,
  },
  {
    why: "it goes on shaking hands for 10 seconds when it was told to stop",
    cells: /^hang in the handshake, \w+, fetch/,
    wrong: /^the process ends by itself/,
    isSteady: true,
  },
];

/** Leaves of the wrongs of a cell those that nobody knows yet, and adds the defects that should have shown and did not. */
export function unexpected(name: string, wrongs: readonly Wrong[]): string[] {
  const known = KNOWN_DEFECTS.filter(({ cells }) => cells.test(name));
  const news = wrongs.filter((wrong) => !known.some((defect) => defect.wrong.test(wrong)));
  const gone = known.filter((defect) => defect.isSteady && !wrongs.some((wrong) => defect.wrong.test(wrong)));
  return [...news, ...gone.map(({ why }) => `mended, so strike it off the list: ${why}`)];
}
