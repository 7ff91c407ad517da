// A client with the agent of agentkeepalive, which has its own rules for idle connections.
const { HttpAgent } = require("agentkeepalive");
const { callAll, options, packageName, report } = require("./calls.cjs");

const { Authsignal } = require(packageName);
const agent = new HttpAgent({ maxSockets: 1 });
callAll(new Authsignal({ ...options, agent })).then((results) =>
  report({ results, sockets: agent.getCurrentStatus().createSocketCount }),
);
