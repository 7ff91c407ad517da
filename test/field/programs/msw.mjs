// Tests of a service, in which msw responds for the real URL.
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { callAll, options, packageName, report } from "./calls.mjs";

const seen = [];
const at = "https://api.authsignal.com/v1";
const answer =
  (status, value) =>
  async ({ request }) => {
    const { method, url } = request;
    seen.push({
      method,
      path: new URL(url).pathname,
      headers: [...request.headers].flat(),
      body: await request.text(),
    });
    return HttpResponse.json(value, { status });
  };

setupServer(
  http.get(`${at}/users/ann`, answer(200, { isEnrolled: true, email: "ann@example.com" })),
  http.post(
    `${at}/users/ann/actions/withdraw`,
    answer(200, {
      state: "ALLOW",
      url: "https://mfa.authsignal.com/?token=t",
      token: "t",
      isEnrolled: true,
      idempotencyKey: "attempt-1",
    }),
  ),
  http.post(`${at}/validate`, answer(200, { isValid: true, state: "CHALLENGE_SUCCEEDED", actionCode: "withdraw" })),
  http.get(`${at}/users/gone`, answer(400, { error: "invalid_request", errorDescription: "There is no such user" })),
).listen({ onUnhandledRequest: "error" });

const { Authsignal } = await import(packageName);
const results = await callAll(new Authsignal({ apiSecretKey: options.apiSecretKey }));
report({ results, seen });
