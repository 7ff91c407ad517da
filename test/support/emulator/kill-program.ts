/** Serves an emulator with a data file until it is killed, and prints its address. */
import { writeSync } from "node:fs";
import { startEmulator } from "../../../src/emulator/start.ts";

const [dataFile = ""] = process.argv.slice(2);

const { apiUrl } = await startEmulator({ dataFile, limits: false, recoveryCodes: false });
writeSync(1, `${apiUrl}\n`);
