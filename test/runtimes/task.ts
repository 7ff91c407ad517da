/** The way that requests take: the client's own choice, or the runtime's `fetch`, passed as an option. */
export type Carrier = "built-in" | "fetch";

/** What a program does on a runtime, one thing at a time. It travels as JSON. */
export type Task = CallTask | KeptTask | TypedTask | DeliveryTask | CallbackTask;

/** A call of the facade, by the name of its operation. */
export interface CallTask {
  readonly kind: "call";
  readonly client: "Authsignal" | "CallConnect";
  readonly apiUrl: string;
  readonly carrier: Carrier;
  readonly operation: string;
  readonly request: unknown;
  readonly timeout?: number;
  readonly retries?: number;
  /** When the caller's signal is aborted. */
  readonly abort?: "before" | "during";
}

/** A call of the client that the program made when it was loaded, and keeps. */
export interface KeptTask {
  readonly kind: "kept";
}

/** A call of the typed client. */
export interface TypedTask {
  readonly kind: "typed";
  readonly apiUrl: string;
  readonly carrier: Carrier;
}

/** A delivery of a webhook of Authsignal. */
export interface DeliveryTask {
  readonly kind: "delivery";
  readonly secret: string;
  readonly body: string;
  readonly header: string;
}

/** A callback of Authy. */
export interface CallbackTask {
  readonly kind: "callback";
  readonly key: string;
  readonly parts: {
    readonly nonce: string;
    readonly method: string;
    readonly url: string;
    readonly params: string;
    readonly signature: string;
  };
}

/** What became of a task, as it travels: a value, of which nothing is left when it is undefined, or a refusal. */
export interface Outcome {
  readonly value?: unknown;
  readonly refusal?: Refusal;
}

/** What an error was. */
export interface Refusal {
  /** The class, as `instanceof` knows it; "the caller's reason" for the reason of the caller's signal. */
  readonly type: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly errorCode?: string;
  readonly attempts?: number;
  readonly mayHaveBeenProcessed?: boolean;
  readonly retryAfter?: number;
  /** Whether the secret can be read from it. */
  readonly tellsSecret?: boolean;
}

/** What a program says when all is done. */
export interface Report {
  /** How the runtime calls itself; undefined where it does not. */
  readonly runtime?: string;
  /** Whether it has a `process`, as Node has, and those that take after it. */
  readonly hasProcess: boolean;
  /** One for each task, in their order. */
  readonly outcomes: readonly Outcome[];
}
