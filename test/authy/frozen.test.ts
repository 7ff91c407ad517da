import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const FROZEN = "data:text/javascript,Object.freeze(Error.prototype);";
const src = pathToFileURL(join(import.meta.dirname, "../../src/")).href;

const PROGRAM = `
  const { AuthyApiClient } = await import("${src}authy/index.ts");
  const { MigrationError } = await import("${src}authy/migrate/index.ts");
  const { snakeCase } = await import("${src}index.ts");
  const view = snakeCase(new AuthyApiClient({ apiKey: "key" }));
  const refused = await view.tokens.verify(1, "").catch((error) => error);
  console.log(JSON.stringify([refused.name, refused.errorCode, MigrationError.prototype.name]));
`;

it("the Authy client and the import load where Error.prototype is frozen", async () => {
  const options = ["--import", "tsx", "--import", FROZEN, "--input-type=module", "--eval", PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  expect(JSON.parse(stdout)).toEqual(["AuthyError", "invalid_argument", "MigrationError"]);
});
