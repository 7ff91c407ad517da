// A program that calls through a proxy with global-agent, which replaces the agent of every request.
require("global-agent").bootstrap();
const { callAll, options, packageName, report } = require("./calls.cjs");

const { Authsignal } = require(packageName);
callAll(new Authsignal(options)).then((results) => report({ results }));
