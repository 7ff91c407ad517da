import { BufferedResponse } from "./response.ts";

/** What openapi-fetch gives: the value of a success, or an error. */
interface Result<Value> {
  readonly data?: Value;
  readonly response: Response;
}

/** Gives the value of a call, or throws the error of its response. It has been checked that a 2xx is of the promised shape. */
export async function unwrap<Value>(pending: Promise<Result<Value>>): Promise<NonNullable<Value>> {
  const { data, response } = await pending;
  throwFailure(response);
  if (data === undefined || data === null) throw new TypeError("The response of a call that promises a value has none");
  return data;
}

/** The same for a call that promises no value. */
export async function settled(pending: Promise<Result<unknown>>): Promise<void> {
  throwFailure((await pending).response);
}

function throwFailure(response: Response): void {
  if (response instanceof BufferedResponse && response.failure) throw response.failure;
}
