import type { Violation } from "./violations.ts";

/** A defect that is known and not fixed. */
export interface KnownDefect {
  /** The defect and its origin. */
  readonly why: string;
  /** The names of its cells. */
  readonly cells: RegExp;
  /** The rules that are broken in these cells; any other broken rule still fails. */
  readonly wrong: RegExp;
  /** Whether the defect shows in each of its cells every time, so that the matrix fails when it is fixed. */
  readonly isSteady: boolean;
}

/** Defects of the `fetch` of Node 20, which every client on it has. */
export const KNOWN_DEFECTS: readonly KnownDefect[] = [
  {
    why: "fetch waits without end when a connection is closed or reset at once",
    cells: /^(close|reset) on accept, \w+, fetch/,
    wrong: /^the code is right: timeout/,
    isSteady: false,
  },
  {
    why: "fetch fails at an interim response of 100",
    cells:
      /^100, then the response|100 a thousand times, then the response|100, then silence|100 for ever, (fast|slowly), \w+, fetch/,
    wrong: /^(the code is right: network_error: .*UND_ERR_SOCKET|the status is that of the server: undefined)/,
    isSteady: false,
  },
  {
    why: "fetch fails at a status below 100",
    cells: /^status 0\d\d, \w+, fetch/,
    wrong: /^the code is right: network_error: .*ERR_ASSERTION/,
    isSteady: false,
  },
  {
    why: "fetch does not notice an error of TLS after the handshake, and waits",
    cells: /^TLS, (garbage for a response|a broken record inside the body), \w+, fetch/,
    wrong: /^(the code is right: timeout|the status is that of the server: undefined)/,
    isSteady: false,
  },
  {
    why: "the streams of fetch take 43 to 66 MB for three bodies of 8 MB",
    cells: /^(tiny chunks|body|body of an error) without end, \w+, fetch/,
    wrong: /^memory is bounded/,
    isSteady: false,
  },
  {
    why: "fetch continues a TLS handshake for 10 seconds after an abort",
    cells: /^hang in the handshake, \w+, fetch/,
    wrong: /^the process exits/,
    isSteady: true,
  },
];

/** Returns the violations of a cell that no known defect explains, and the known defects that should have shown and did not. */
export function unexpected(name: string, violations: readonly Violation[]): string[] {
  const known = KNOWN_DEFECTS.filter(({ cells }) => cells.test(name));
  const unknown = violations.filter((wrong) => !known.some((defect) => defect.wrong.test(wrong)));
  const gone = known.filter((defect) => defect.isSteady && !violations.some((wrong) => defect.wrong.test(wrong)));
  return [...unknown, ...gone.map(({ why }) => `fixed, so remove it from the list: ${why}`)];
}
