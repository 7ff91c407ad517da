/**
 * Express 5: withdrawals that Authsignal may want to have confirmed. Copy it, and mount it with
 * `app.use(withdrawals({ … }))`. The cookie of your sessions must be `SameSite=Lax`: a `Strict` one does not come back with
 * people from the challenge, and without either every other website could post your forms. Behind a proxy, `request.ip` needs
 * Express' setting `trust proxy`.
 */
import { type Authsignal, AuthsignalError } from "authsignal-ts";
import { createStepUp, type StepUpResult, type StepUpStore } from "authsignal-ts/step-up";
import express, { type NextFunction, type Request, type Response, Router } from "express";

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
  userIdOf(request: Request): string | undefined;
  /** Pays, in one transaction in which `id` is a unique key. */
  withdraw(withdrawal: { id: string; userId: string; amount: number }): Promise<void>;
}

export function withdrawals({ authsignal, origin, secret, store, userIdOf, withdraw }: App): Router {
  const returnUrl = `${origin}/withdraw/return`;
  const stepUp = createStepUp<Amount>({ authsignal, action: "withdraw", returnUrl, secret, store });
  const router = Router();

  router.post("/withdraw", express.urlencoded({ extended: false }), async (request, response) => {
    const userId = userIdOf(request);
    if (userId === undefined) return void response.status(401).send("Sign in first.");
    const amount = amountOf(request.body?.amount);
    if (amount === undefined) return void response.status(400).send("How much?");
    const attributes = { ipAddress: request.ip, userAgent: request.get("user-agent"), custom: { amount } };
    await settle(response, await stepUp.begin({ userId, attributes }, { amount }));
  });

  router.get("/withdraw/return", async (request, response) => {
    await settle(response, await stepUp.finish(request, userIdOf(request)));
  });

  async function settle(response: Response, { attempt, response: answer }: StepUpResult<Amount>): Promise<void> {
    if (attempt) {
      await withdraw({ id: attempt.idempotencyKey, userId: attempt.userId, amount: attempt.data.amount });
      return response.redirect(303, "/withdrawals");
    }
    answer.headers.forEach((value, name) => {
      response.append(name, value);
    });
    response.status(answer.status).send(await answer.text());
  }

  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof AuthsignalError)) return next(error);
    console.error(error); // holds no secret
    response.status(503).set("Cache-Control", "no-store").send("This cannot be checked now. Please try again.");
  });
  return router;
}

/** Reads an amount of money such as "12.50" from a form: positive, with two decimals at most, and given once. */
function amountOf(field: unknown): number | undefined {
  const isMoney = typeof field === "string" && /^\d{1,12}(\.\d{1,2})?$/.test(field);
  return isMoney && Number(field) > 0 ? Number(field) : undefined;
}
