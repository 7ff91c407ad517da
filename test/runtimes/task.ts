/** The transport of requests: the default of the client, or the `fetch` of the runtime, passed as an option. */
export type Transport = "built-in" | "fetch";

/** A task of a program on a runtime, sent as JSON. */
export type Task = CallTask | KeptTask | TypedTask | DeliveryTask | CallbackTask;

/** A call of the facade, by the name of its operation. */
export interface CallTask {
  readonly kind: "call";
  readonly client: "Authsignal" | "CallConnect";
  readonly apiUrl: string;
  readonly transport: Transport;
  readonly operation: string;
  readonly request: unknown;
  readonly timeout?: number;
  readonly retries?: number;
  /** The time at which the caller's signal is aborted. */
  readonly abort?: "before" | "during";
}

/** A call of the client that the program makes at load time and reuses. */
export interface KeptTask {
  readonly kind: "kept";
}

/** A call of the typed client. */
export interface TypedTask {
  readonly kind: "typed";
  readonly apiUrl: string;
  readonly transport: Transport;
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

/** The outcome of a task in JSON: a value, which JSON drops when it is undefined, or an error. */
export interface Outcome {
  readonly value?: unknown;
  readonly refusal?: Refusal;
}

/** The properties of an error. */
export interface Refusal {
  /** The class by `instanceof`; "the caller's reason" for the reason of the caller's signal. */
  readonly type: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly errorCode?: string;
  readonly attempts?: number;
  readonly mayHaveBeenProcessed?: boolean;
  readonly retryAfter?: number;
  /** Whether the error shows the secret. */
  readonly tellsSecret?: boolean;
}

/** The report of a program after its tasks. */
export interface Report {
  /** The `navigator.userAgent` of the runtime; undefined without one. */
  readonly runtime?: string;
  /** Whether it has a global `process`, as Node has. */
  readonly hasProcess: boolean;
  /** The outcomes in the order of the tasks. */
  readonly outcomes: readonly Outcome[];
}
