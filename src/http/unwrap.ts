import { Answer } from "./answer.ts";

/** Gives the value of a call, or throws the error of its answer. The road has checked that a 2xx is of the promised shape. */
export async function unwrap<T>(pending: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, response } = await pending;
  if (response instanceof Answer && response.failure) throw response.failure;
  return (response instanceof Answer ? response.value : data) as T;
}
