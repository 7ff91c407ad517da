// Tests of a service, in which nock responds for the real URL. An environment variable selects the version.
const nock = require(process.env.NOCK);
const { callAll, options, packageName, report } = require("./calls.cjs");
const { Authsignal } = require(packageName);

const seen = [];
const reply = (status, value) =>
  function (path, body) {
    const headers = Object.entries(this.req.headers).flatMap(([name, values]) =>
      [values].flat().flatMap((one) => [name, one]),
    );
    seen.push({ method: this.req.method, path, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
    return [status, value];
  };

async function main() {
  nock.disableNetConnect();
  nock("https://api.authsignal.com")
    .get("/v1/users/ann")
    .basicAuth({ user: "sk_field", pass: "" })
    .reply(reply(200, { isEnrolled: true, email: "ann@example.com" }))
    .post("/v1/users/ann/actions/withdraw", (body) => body.custom.amount === 5)
    .reply(
      reply(200, {
        state: "ALLOW",
        url: "https://mfa.authsignal.com/?token=t",
        token: "t",
        isEnrolled: true,
        idempotencyKey: "attempt-1",
      }),
    )
    .post("/v1/validate", { token: "t", action: "withdraw" })
    .matchHeader("authorization", `Basic ${btoa("sk_field:")}`)
    .reply(reply(200, { isValid: true, state: "CHALLENGE_SUCCEEDED", actionCode: "withdraw" }))
    .get("/v1/users/gone")
    .reply(reply(400, { error: "invalid_request", errorDescription: "There is no such user" }));
  const results = await callAll(new Authsignal({ apiSecretKey: options.apiSecretKey }));
  report({ results, seen, pending: nock.pendingMocks() });
}
main();
