// A program that is taken to a proxy as a whole: global-agent gives every request its own agent.
require("global-agent").bootstrap();
const { callAll, options, packageName, report } = require("./calls.cjs");

const { Authsignal } = require(packageName);
callAll(new Authsignal(options)).then((results) => report({ results }));
