/**
 * Responds to every request at once and with little work, so that the client is measured: it reads only the end of the headers and
 * the length of the body. It sends its port to the parent process, its costs on request, and exits with the parent.
 */
import { createServer } from "node:net";

const USER = {
  isEnrolled: true,
  email: "jo@example.com",
  phoneNumber: "+64270000000",
  enrolledVerificationMethods: ["SMS", "EMAIL_OTP", "PASSKEY"],
  defaultVerificationMethod: "PASSKEY",
};
const TRACKED = {
  state: "CHALLENGE_REQUIRED",
  url: "https://mfa.authsignal.com/?token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  isEnrolled: true,
  idempotencyKey: "5924a649-b5d3-4baf-a4ab-4b812dde97a0",
  enrolledVerificationMethods: ["SMS", "EMAIL_OTP", "PASSKEY"],
};

const GET = "GET ".charCodeAt(0);
const [got, posted] = [answer(USER), answer(TRACKED)];

const server = createServer({ noDelay: true }, (socket) => {
  let received = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (let length = lengthOf(received); length <= received.length; length = lengthOf(received)) {
      socket.write(received[0] === GET ? got : posted);
      received = received.subarray(length);
    }
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("message", () => process.send?.(process.cpuUsage()));
process.on("disconnect", () => process.exit());

/** Returns the length of the first request in bytes; infinite as long as its headers are incomplete. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return Number.POSITIVE_INFINITY;
  const head = bytes.toString("latin1", 0, end);
  if (/\ntransfer-encoding:/i.test(head)) throw new Error("This server reads no chunks");
  return end + 4 + Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

/** A response with the headers that a server of Node sends. */
function answer(body: unknown): Buffer {
  const json = JSON.stringify(body);
  const head = [
    "HTTP/1.1 200 OK",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(json)}`,
    `date: ${new Date().toUTCString()}`,
    "connection: keep-alive",
    "keep-alive: timeout=60",
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${json}`);
}
