// The program of workerd: each request brings tasks, and gets a report. The clients are made when it is loaded.
import { env } from "cloudflare:workers";
import { equip } from "./equipment.mjs";
import { performAll } from "./perform.ts";

const equipment = equip(env);

export default {
  async fetch(request) {
    return Response.json(await performAll(await request.json(), equipment));
  },
};
