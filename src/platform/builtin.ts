/** The modules of Node that this package uses where the runtime has them. */
export interface Builtins {
  readonly "node:buffer": typeof import("node:buffer");
  readonly "node:crypto": typeof import("node:crypto");
  readonly "node:events": typeof import("node:events");
  readonly "node:fs": typeof import("node:fs");
  readonly "node:http": typeof import("node:http");
  readonly "node:https": typeof import("node:https");
  readonly "node:module": typeof import("node:module");
  readonly "node:net": typeof import("node:net");
  readonly "node:os": typeof import("node:os");
  readonly "node:path": typeof import("node:path");
  readonly "node:stream": typeof import("node:stream");
  readonly "node:timers/promises": typeof import("node:timers/promises");
  readonly "node:timers": typeof import("node:timers");
  readonly "node:tls": typeof import("node:tls");
  readonly "node:url": typeof import("node:url");
  readonly "node:util": typeof import("node:util");
  readonly "node:zlib": typeof import("node:zlib");
}

/**
 * Returns a module of Node, or undefined where the runtime has none. Never throws.
 *
 * An `import` would fail in browsers and in bundles for them. The code says `globalThis.process`, because the static analysis of
 * edge runtimes warns about `process`. In the edge runtime of Next.js, `getBuiltinModule` exists and throws. Call this function
 * when the module is needed, not at import. Some runtimes provide a module without some of its members: check a member before
 * its use.
 */
export function builtinModule<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  try {
    return globalThis.process?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}

/**
 * Returns a module of Node as `require` returns it, or undefined where the runtime has none. Agents such as that of Datadog patch
 * `require` to instrument a module at its first use; they do not patch `getBuiltinModule`. Never throws.
 */
export function requiredModule<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  try {
    return builtinModule("node:module")?.createRequire(globalThis.process.execPath)(name);
  } catch {
    return builtinModule(name);
  }
}
