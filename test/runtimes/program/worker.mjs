// The program for workerd: each request has tasks, and its response is a report. The clients are made at load time.
import { env } from "cloudflare:workers";
import { equip } from "./equipment.mjs";
import { performAll } from "./perform.ts";

const equipment = equip(env);

export default {
  async fetch(request) {
    return Response.json(await performAll(await request.json(), equipment));
  },
};
