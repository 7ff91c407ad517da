import { SECRET } from "../support/clients.ts";

const bytes = Buffer.from(SECRET);
const hex = bytes.toString("hex");
const percent = encodeURIComponent(SECRET);

/** The secret in the spellings in which servers and proxies return it. */
export const USUAL_SPELLINGS: Readonly<Record<string, string>> = {
  plain: SECRET,
  "base64 of the credentials": Buffer.from(`${SECRET}:`).toString("base64").replaceAll("=", ""),
  base64: bytes.toString("base64").replaceAll("=", ""),
  base64url: bytes.toString("base64url"),
  percent,
  hex,
};

/** The secret in equivalent spellings that are rarer. */
export const ODD_SPELLINGS: Readonly<Record<string, string>> = {
  "percent in small letters": percent.replace(/%../g, (code) => code.toLowerCase()),
  "percent for every byte": hex.replace(/../g, "%$&").toUpperCase(),
  "hex in capitals": hex.toUpperCase(),
  "JSON escapes": JSON.stringify(SECRET)
    .slice(1, -1)
    .replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
};

/** The secret in the middle of a longer text, in base64; `WITHIN` is the part that depends on the secret only. */
export const WITHIN_BASE64 = Buffer.from(`user:${SECRET}:`).toString("base64");
const WITHIN = { "base64 within a longer text": WITHIN_BASE64.slice(10, -10) };

/** Names the spellings of the secret that a text holds. */
export function leaksIn(text: string): string[] {
  const all = Object.entries({ ...USUAL_SPELLINGS, ...ODD_SPELLINGS, ...WITHIN });
  return all.flatMap(([name, spelling]) => (text.includes(spelling) ? [name] : []));
}

const CREDENTIALS = [USUAL_SPELLINGS["base64 of the credentials"] ?? "", SECRET].map((spelling) =>
  spelling.replace(/[^\w\s]/g, "\\$&"),
);
const AS_CREDENTIALS = new RegExp(
  `(authorization|username|key)[\\s:=,"'\`\\[]*(basic |bearer )?(${CREDENTIALS.join("|")})`,
  "i",
);

/** Whether a text holds the secret as a request had it: as a header or an option. */
export function showsCredentials(text: string): boolean {
  return AS_CREDENTIALS.test(text);
}
