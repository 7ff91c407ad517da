/** Names of options in other libraries, in lower case, with the option of the same meaning here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  key: "apiSecretKey",
  apikey: "apiSecretKey",
  secret: "apiSecretKey",
  secretkey: "apiSecretKey",
  baseurl: "apiUrl",
  url: "apiUrl",
  endpoint: "apiUrl",
  host: "apiUrl",
  maxretries: "retries",
  maxnetworkretries: "retries",
  httpagent: "agent",
  httpsagent: "agent",
  defaultheaders: "headers",
  abortsignal: "signal",
};

/**
 * Copies the known options from an object of a caller. Options are own properties or come from a class, never from
 * `Object.prototype`, to which any code of the program can add properties. An unknown key of a plain object is rejected by name;
 * keys whose value is undefined do not count. An instance of a class, such as an emulator, may be passed whole.
 *
 * @param known The names of all options; the compiler reports a missing one.
 * @param reject Throws the error of the API with a sentence that says what to change.
 */
export function readOptions<Options extends object>(
  given: Options | null | undefined,
  known: Readonly<Record<keyof Options, true>>,
  reject: (problem: string) => never,
): Partial<Options> {
  const options: Partial<Options> = Object.create(null);
  if (given === undefined || given === null) return options;
  if (typeof given !== "object" || Array.isArray(given) || "aborted" in given) {
    return reject("The options must be an object, such as { timeout: 5_000 }");
  }
  for (const name in known) {
    if (hasOption(given, name)) options[name] = given[name];
  }
  const unknown =
    isPlain(given) && Object.entries(given).find(([name, value]) => value !== undefined && !Object.hasOwn(known, name));
  return unknown ? reject(unknownOption(unknown[0], Object.keys(known))) : options;
}

/** Returns the message for an unknown option, with the option that is probably meant and a list of all options. */
function unknownOption(name: string, names: readonly string[]): string {
  const normalized = name.toLowerCase().replace(/[_-]/g, "");
  const meant = names.find((known) => known.toLowerCase() === normalized || known === OTHER_NAMES[normalized]);
  const hint = meant ? ` Did you mean ${meant}?` : "";
  return `There is no option "${name}".${hint} The options are ${names.join(", ")}`;
}

/** Whether an object has a property of its own or from its class. `Object.prototype` of any realm does not count. */
function hasOption(options: object, name: string): boolean {
  let holder: object | null = options;
  while (holder && !Object.hasOwn(holder, name)) holder = prototypeOf(holder);
  return holder !== null && (holder === options || prototypeOf(holder) !== null);
}

function isPlain(options: object): boolean {
  const prototype = prototypeOf(options);
  return prototype === null || prototypeOf(prototype) === null;
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value);
}
