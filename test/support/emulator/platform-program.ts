// Anything that is imported makes this a module.
export {};

// Uses the emulator where a part of the platform is missing or frozen, as the argument says, and prints what it says.
const [what = ""] = process.argv.slice(2);

if (what !== "frozen") Reflect.deleteProperty(globalThis, what);
const words = await import("../../../src/emulator/index.ts").then(
  async ({ createEmulator, VisitError }) => {
    for (const { prototype } of [Error, TypeError, RangeError]) Object.freeze(prototype);
    const emulator = createEmulator();
    const error = await emulator.visit(`${emulator.origin}/nowhere`).catch((reason: unknown) => reason);
    const { status } = await emulator.fetch(`${emulator.apiUrl}/users/jo`);
    return `${Object(error).name} ${error instanceof VisitError} ${status}`;
  },
  (error: unknown) => String(error),
);
console.log(words);
