export { guard as middleware } from "./guard.js";

export const config = { matcher: "/guarded" };
