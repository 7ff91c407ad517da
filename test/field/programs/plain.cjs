// Makes every call, in the environment of the test.
const { callAll, options, packageName, report } = require("./calls.cjs");

const { Authsignal } = require(packageName);
callAll(new Authsignal(options)).then((results) => report({ results }));
