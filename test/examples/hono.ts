/**
 * Hono, on any runtime: a sign-in that Authsignal may want to have confirmed after the password. Copy it, and mount it with
 * `app.route("/", signIn({ … }))`.
 */
import { type Authsignal, AuthsignalError } from "authsignal-ts";
import { createStepUp, type StepUpResult, type StepUpStore } from "authsignal-ts/step-up";
import { type Context, Hono } from "hono";

interface App {
  readonly authsignal: Authsignal;
  /** Where your app is, such as `https://app.example.com`. */
  readonly origin: string;
  /** 32 random characters or more, from the environment. */
  readonly secret: string;
  /** A table of your database, as soon as there is more than one process, as in Workers. */
  readonly store?: StepUpStore<void>;
  /** Whose name and password these are. */
  userWith(name: string, password: string): Promise<string | undefined>;
  /** Starts a session of your app, under a new id. */
  startSession(context: Context, userId: string): Promise<void>;
}

export function signIn({ authsignal, origin, secret, store, userWith, startSession }: App): Hono {
  const returnUrl = `${origin}/sign-in/return`;
  const stepUp = createStepUp({ authsignal, action: "sign-in", returnUrl, secret, store });
  const app = new Hono();

  app.post("/sign-in", async (context) => {
    const { name, password } = await context.req.parseBody();
    const userId = await userWith(`${name}`, `${password}`);
    if (userId === undefined) return context.text("Name or password is wrong.", 401);
    const attributes = { userAgent: context.req.header("user-agent") };
    return settle(context, await stepUp.begin({ userId, attributes }));
  });

  app.get("/sign-in/return", async (context) => settle(context, await stepUp.finishSignIn(context.req.raw)));

  async function settle(context: Context, { attempt, response }: StepUpResult<void>): Promise<Response> {
    if (!attempt) return response;
    await startSession(context, attempt.userId);
    return context.redirect("/", 303);
  }

  app.onError((error, context) => {
    if (!(error instanceof AuthsignalError)) throw error;
    console.error(error); // holds no secret
    context.header("Cache-Control", "no-store");
    return context.text("This cannot be checked now. Please try again.", 503);
  });
  return app;
}
