import { Answer } from "./answer.ts";

/** Gives the value of a call, or throws the error of its answer. The road has checked that a 2xx is of the promised shape. */
export function unwrap<T>(pending: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  return pending.then(valueOrFailure<T>);
}

function valueOrFailure<T>({ data, response }: { data?: T; response: Response }): T {
  if (response instanceof Answer && response.failure) throw response.failure;
  return (response instanceof Answer ? response.value : data) as T;
}
