/**
 * Fastify 5: withdrawals that Authsignal may want to have confirmed. Copy it, and register it with
 * `app.register(withdrawals({ … }))`. The cookie of your sessions must be `SameSite=Lax`: a `Strict` one does not come back
 * with people from the challenge, and without either every other website could post your forms. Behind a proxy, `request.ip`
 * needs Fastify's option `trustProxy`.
 */
import { parse } from "node:querystring";
import { type Authsignal, AuthsignalError } from "authsignal-ts";
import { createStepUp, type StepUpResult, type StepUpStore } from "authsignal-ts/step-up";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";

interface Amount {
  readonly amount: number;
}

interface App {
  readonly authsignal: Authsignal;
  /** Where your app is, such as `https://app.example.com`. */
  readonly origin: string;
  /** 32 random characters or more, from the environment. */
  readonly secret: string;
  /** A table of your database, as soon as there is more than one process. */
  readonly store?: StepUpStore<Amount>;
  /** Who is signed in, by the session of your app. */
  userIdOf(request: FastifyRequest): string | undefined;
  /** Pays, in one transaction in which `id` is a unique key. */
  withdraw(withdrawal: { id: string; userId: string; amount: number }): Promise<void>;
}

export function withdrawals({ authsignal, origin, secret, store, userIdOf, withdraw }: App): FastifyPluginAsync {
  const returnUrl = `${origin}/withdraw/return`;
  const stepUp = createStepUp<Amount>({ authsignal, action: "withdraw", returnUrl, secret, store });

  async function settle(reply: FastifyReply, { attempt, response }: StepUpResult<Amount>): Promise<FastifyReply> {
    if (!attempt) return reply.send(response);
    await withdraw({ id: attempt.idempotencyKey, userId: attempt.userId, amount: attempt.data.amount });
    return reply.redirect("/withdrawals", 303);
  }

  return async (app) => {
    // Leave this out when you use @fastify/formbody.
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
      done(null, parse(`${body}`)); // a field that comes more than once is a list
    });

    app.post<{ Body?: { amount?: unknown } }>("/withdraw", async (request, reply) => {
      const userId = userIdOf(request);
      if (userId === undefined) return reply.code(401).send("Sign in first.");
      const amount = amountOf(request.body?.amount);
      if (amount === undefined) return reply.code(400).send("How much?");
      const attributes = { ipAddress: request.ip, userAgent: request.headers["user-agent"], custom: { amount } };
      return settle(reply, await stepUp.begin({ userId, attributes }, { amount }));
    });

    app.get("/withdraw/return", async (request, reply) =>
      settle(reply, await stepUp.finish(request, userIdOf(request))),
    );

    app.setErrorHandler((error, request, reply) => {
      if (!(error instanceof AuthsignalError)) throw error;
      request.log.error(error); // holds no secret
      return reply.code(503).header("Cache-Control", "no-store").send("This cannot be checked now. Please try again.");
    });
  };
}

/** Reads an amount of money such as "12.50" from a form: positive, with two decimals at most, and given once. */
function amountOf(field: unknown): number | undefined {
  const isMoney = typeof field === "string" && /^\d{1,12}(\.\d{1,2})?$/.test(field);
  return isMoney && Number(field) > 0 ? Number(field) : undefined;
}
