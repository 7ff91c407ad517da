// The program for Node, Bun and Deno: it fetches its tasks from a URL and prints a report.
import { equip } from "./equipment.mjs";
import { performAll } from "./perform.ts";

const equipment = equip(process.env);
const tasks = await (await fetch(process.argv[2])).json();
console.log(JSON.stringify(await performAll(tasks, equipment)));
