/** Published as `emulator.d.ts`: the types of the ES module are those of the CommonJS file, which its code is, too. */
export * from "./emulator.cjs";
