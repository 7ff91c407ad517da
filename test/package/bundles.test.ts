import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { expect, test } from "vitest";
import { remove, temporaryFolder } from "../../scripts/pack.ts";
import { emulated, useConsumers } from "./consumer.ts";

// Programs with the emulator, bundled by esbuild and run in a folder without packages.

const { install, start } = useConsumers();

const PROGRAM = `
const served = await startEmulator({ seed: { rules: [{ action: "withdraw", outcome: "CHALLENGE" }] } });
const blocking = createEmulator({ defaultOutcome: "BLOCK" });
const of = (emulator) => new Authsignal({ ...emulator });
const phone = { userId: "ann", attributes: { verificationMethod: "SMS", phoneNumber: "+64270000000" } };
await of(served).enrollVerifiedAuthenticator(phone);
const { state, url } = await of(served).track({ userId: "ann", action: "withdraw" });
const page = await visit(url);
await page.choose("SMS");
const mistake = await page.enter("000000").catch((error) => error instanceof VisitError);
const { token } = await page.enter("123456");
const { isValid } = await of(served).validateChallenge({ token });
served.clock.advance("11m");
const { error } = await of(served).validateChallenge({ token });
const { state: blocked } = await of(blocking).track({ userId: "ann", action: "withdraw" });
await served.close();
console.log(JSON.stringify({ state, mistake, isValid, error, blocked }));
`;

const NAMES = "createEmulator, startEmulator, visit, VisitError";

test.each<[options: BuildOptions, program: string]>([
  [{ format: "esm" }, `import { ${NAMES} } from "authsignal-ts/emulator"; import { Authsignal } from "authsignal-ts";`],
  [{ format: "cjs" }, `import { ${NAMES} } from "authsignal-ts/emulator"; import { Authsignal } from "authsignal-ts";`],
  [
    { format: "cjs", minify: true },
    `const { ${NAMES} } = require("authsignal-ts/emulator"); const { Authsignal } = require("authsignal-ts");`,
  ],
  [
    { format: "esm", minify: true },
    `const { ${NAMES} } = require("authsignal-ts/emulator"); const { Authsignal } = require("authsignal-ts");`,
  ],
])("bundles for Node by %o work without the package", async (options, imports) => {
  const project = await install("plain");
  const folder = await temporaryFolder();
  try {
    await writeFile(join(project, "program.js"), `${imports}\nexport const done = (async () => {${PROGRAM}})();\n`);
    const file = `program.${options.format === "esm" ? "mjs" : "cjs"}`;
    const { warnings } = await build({
      ...options,
      absWorkingDir: project,
      entryPoints: ["program.js"],
      outfile: join(folder, file),
      bundle: true,
      platform: "node",
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    expect(await start(folder, file)).toEqual(emulated);
  } finally {
    await remove(folder);
  }
});
