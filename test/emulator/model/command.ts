import fc from "fast-check";
import type { operations } from "../../../generated/authsignal.ts";
import type { operations as callConnectOperations } from "../../../generated/call-connect.ts";
import type { Authsignal } from "../../../src/index.ts";
import type { Model, TenantModel, TenantName } from "./data.ts";
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

/** A kind of command, which does something with an input. */
export interface Kind<Input> {
  /** The operations that it calls. */
  readonly operations: readonly (keyof operations | keyof callConnectOperations)[];
  readonly commands: fc.Arbitrary<Command>;
  readonly run: (scene: Scene, input: Input) => Promise<void>;
}

/** What a kind of command needs to be there. */
export type Needed = "actions" | "challenges" | "tokens" | "sessions" | "visits" | "authenticators";

/** Does something to the model and to the emulator. All invariants hold afterwards. */
class Step<Input> implements Command {
  readonly #title: string;
  readonly #name: TenantName;
  readonly #input: Input;
  readonly #run: Kind<Input>["run"];
  readonly #needed: Needed | undefined;

  constructor(title: string, name: TenantName, input: Input, run: Kind<Input>["run"], needed: Needed | undefined) {
    this.#title = title;
    this.#name = name;
    this.#input = input;
    this.#run = run;
    this.#needed = needed;
  }

  check({ tenants }: Model): boolean {
    return this.#needed === undefined || tenants[this.#name][this.#needed].length > 0;
  }

  async run(model: Model, world: World): Promise<void> {
    const name = this.#name;
    const [server, stranger] = [world.server(name), world.server(OTHER[name])];
    await this.#run({ model, world, name, tenant: model.tenants[name], server, stranger }, this.#input);
    await checkInvariants(model, world, name);
  }

  toString(): string {
    return `${this.#title} ${fc.stringify(this.#input)} in ${this.#name}`;
  }
}

const OTHER = { a: "b", b: "a" } as const;

/** Makes a kind of command. It is left out as long as nothing of what it needs is there. */
export function kind<Input>(
  title: string,
  operations: Kind<Input>["operations"],
  input: fc.Arbitrary<Input>,
  run: Kind<Input>["run"],
  needed?: Needed,
): Kind<Input> {
  const name = fc.constantFrom<TenantName[]>("a", "a", "a", "b");
  const commands = fc.tuple(name, input).map(([name, input]) => new Step(title, name, input, run, needed));
  return { operations, commands, run };
}
