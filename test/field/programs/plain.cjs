// Every call, in an environment that the test makes.
const { callAll, options, packageName, report } = require("./calls.cjs");

const { Authsignal } = require(packageName);
callAll(new Authsignal(options)).then((results) => report({ results }));
