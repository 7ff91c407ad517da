// A program with the official client.
import { Authsignal } from "@authsignal/node";
import { callAll, options, report } from "../calls.mjs";

callAll(new Authsignal(options)).then((results) => report({ results }));
