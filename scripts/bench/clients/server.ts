/** Answers every request at once, so that what is measured is the client. Tells its port, and ends with its parent. */
import { createServer } from "node:http";

const USER = JSON.stringify({
  isEnrolled: true,
  email: "jo@example.com",
  phoneNumber: "+64270000000",
  enrolledVerificationMethods: ["SMS", "EMAIL_OTP", "PASSKEY"],
  defaultVerificationMethod: "PASSKEY",
});
const TRACKED = JSON.stringify({
  state: "CHALLENGE_REQUIRED",
  url: "https://mfa.authsignal.com/?token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  isEnrolled: true,
  idempotencyKey: "5924a649-b5d3-4baf-a4ab-4b812dde97a0",
  enrolledVerificationMethods: ["SMS", "EMAIL_OTP", "PASSKEY"],
});

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const answer = request.method === "GET" ? USER : TRACKED;
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(answer) };
  request.resume().on("end", () => response.writeHead(200, headers).end(answer));
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());
