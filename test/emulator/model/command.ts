import fc from "fast-check";
import type { operations } from "../../../generated/authsignal.ts";
import type { operations as callConnectOperations } from "../../../generated/call-connect.ts";
import type { Authsignal } from "../../../src/index.ts";
import { type Model, TENANTS, type TenantModel, type TenantName } from "./data.ts";
import { checkInvariants } from "./invariants.ts";
import type { World } from "./world.ts";

/** What a command works with: one tenant, in the model and in the emulator. */
export interface Scene {
  readonly model: Model;
  readonly world: World;
  readonly name: TenantName;
  readonly tenant: TenantModel;
  readonly server: Authsignal;
  /** The server of the other tenant, to whom all of this is nothing. */
  readonly stranger: Authsignal;
}

export type Command = fc.AsyncCommand<Model, World>;

/** A kind of command. */
export interface Kind {
  /** The operations that it calls. */
  readonly operations: readonly (keyof operations | keyof callConnectOperations)[];
  readonly commands: fc.Arbitrary<Command>;
}

/** Does something to the model and to the emulator. All invariants hold afterwards. */
class Step implements Command {
  readonly #name: TenantName;
  readonly #run: (scene: Scene) => Promise<void>;
  readonly #title: () => string;

  constructor(name: TenantName, run: (scene: Scene) => Promise<void>, title: () => string) {
    this.#name = name;
    this.#run = run;
    this.#title = title;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, world: World): Promise<void> {
    const name = this.#name;
    const other = TENANTS.find((one) => one !== name) ?? name;
    const [server, stranger] = [world.server(name), world.server(other)];
    await this.#run({ model, world, name, tenant: model.tenants[name], server, stranger });
    await checkInvariants(model, world);
  }

  toString(): string {
    return `${this.#title()} in ${this.#name}`;
  }
}

/** Makes a kind of command that does something with an input. */
export function kind<Input>(
  title: string,
  operations: Kind["operations"],
  input: fc.Arbitrary<Input>,
  run: (scene: Scene, input: Input) => Promise<void>,
): Kind {
  const name = fc.constantFrom<TenantName[]>("a", "a", "b");
  const commands = fc.tuple(name, input).map(
    ([name, one]) =>
      new Step(
        name,
        (scene) => run(scene, one),
        () => `${title} ${fc.stringify(one)}`,
      ),
  );
  return { operations, commands };
}
