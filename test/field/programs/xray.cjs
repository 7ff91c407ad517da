// A function of AWS with X-Ray, without its daemon.
const http = require("node:http");
const xray = require("aws-xray-sdk-core");
const { callAll, options, packageName, report } = require("./calls.cjs");

xray.captureHTTPsGlobal(http);
const segment = new xray.Segment("withdraw");

xray.getNamespace().runPromise(async () => {
  xray.setSegment(segment);
  const { Authsignal } = require(packageName);
  const results = await callAll(new Authsignal(options));
  report({ results, spans: segment.subsegments.map(({ id, name }) => ({ id, name })) });
});
