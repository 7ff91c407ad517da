import { type Builtins, builtinModule } from "../../../platform/builtin.ts";
import { MigrationError } from "./error.ts";

/**
 * Returns a module of Node, which the import of users needs. With an `import` statement, bundlers for other runtimes would
 * refuse the bridge, which needs no Node and is in the same entry.
 *
 * @throws MigrationError where there is no such module.
 */
export function nodeModule<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const found = builtinModule(name);
  if (!found) throw new MigrationError(`This runtime has no ${name}. Run the import of users on Node 20.19 or newer.`);
  return found;
}
