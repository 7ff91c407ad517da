// A client that calls through a proxy with a third-party agent, which an environment variable selects.
const { callAll, options, packageName, report } = require("./calls.cjs");

const { AGENT, PROXY } = process.env;
const { hostname, port } = new URL(PROXY);

const agents = {
  "https-proxy-agent 5": () => new (require("https-proxy-agent-5").HttpsProxyAgent)(PROXY),
  "https-proxy-agent 7": () => new (require("https-proxy-agent-7").HttpsProxyAgent)(PROXY),
  "https-proxy-agent 9": async () => new (await import("https-proxy-agent-9")).HttpsProxyAgent(PROXY),
  "proxy-agent 6": () => new (require("proxy-agent").ProxyAgent)({ getProxyForUrl: () => PROXY }),
  hpagent: () => new (require("hpagent").HttpsProxyAgent)({ proxy: PROXY, keepAlive: true }),
  tunnel: () => require("tunnel").httpsOverHttp({ proxy: { host: hostname, port } }),
};

async function main() {
  const { Authsignal } = require(packageName);
  const agent = await agents[AGENT]();
  report({ results: await callAll(new Authsignal({ ...options, agent })) });
}
main();
