/**
 * How much is tried. It is the same each time, and fast-check prints what repeats a failure. More, and other, sequences
 * find more: `EMULATOR_RUNS=2000 EMULATOR_SEED=7 npx vitest run test/emulator/model`
 */
export function parameters(usualRuns: number): { numRuns: number; seed: number } {
  const { EMULATOR_RUNS = usualRuns, EMULATOR_SEED = 20_260_115 } = process.env;
  return { numRuns: Number(EMULATOR_RUNS), seed: Number(EMULATOR_SEED) };
}

/** Long enough for many runs, and to find the shortest sequence that fails. In milliseconds. */
export const TEST_TIMEOUT = 3_600_000;
