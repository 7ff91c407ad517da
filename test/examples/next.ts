/**
 * Next.js route handlers: withdrawals that Authsignal may want to have confirmed. Copy it, and say in
 * `app/withdraw/route.ts`: `export const { GET, POST } = withdrawals({ … })`. A form posts there, and people come back there.
 * The cookie of your sessions must be `SameSite=Lax`: a `Strict` one does not come back with people from the challenge, and
 * without either every other website could post your forms.
 *
 * It is tested as what route handlers are, functions from a web `Request` to a `Response`, in a server that is not Next.js.
 */
import { type Authsignal, AuthsignalError } from "authsignal-ts";
import { createStepUp, type StepUpResult, type StepUpStore } from "authsignal-ts/step-up";

interface Amount {
  readonly amount: number;
}

interface App {
  readonly authsignal: Authsignal;
  /** Where your app is, such as `https://app.example.com`. */
  readonly origin: string;
  /** 32 random characters or more, from the environment. */
  readonly secret: string;
  /** A table of your database: what runs serverless is never one process. */
  readonly store?: StepUpStore<Amount>;
  /** Who is signed in, by the session of your app. */
  userIdOf(request: Request): Promise<string | undefined>;
  /** Pays, in one transaction in which `id` is a unique key. */
  withdraw(withdrawal: { id: string; userId: string; amount: number }): Promise<void>;
}

type RouteHandler = (request: Request) => Promise<Response>;

export function withdrawals(app: App): { GET: RouteHandler; POST: RouteHandler } {
  const { authsignal, origin, secret, store, userIdOf, withdraw } = app;
  const returnUrl = `${origin}/withdraw`;
  const stepUp = createStepUp<Amount>({ authsignal, action: "withdraw", returnUrl, secret, store });

  async function POST(request: Request): Promise<Response> {
    const userId = await userIdOf(request);
    if (userId === undefined) return new Response("Sign in first.", { status: 401 });
    const [field, ...more] = (await request.formData()).getAll("amount");
    const amount = more.length === 0 ? amountOf(field) : undefined;
    if (amount === undefined) return new Response("How much?", { status: 400 });
    const attributes = { userAgent: request.headers.get("user-agent") ?? undefined, custom: { amount } };
    return settle(stepUp.begin({ userId, attributes }, { amount }));
  }

  async function GET(request: Request): Promise<Response> {
    return settle(stepUp.finish(request, await userIdOf(request)));
  }

  async function settle(result: Promise<StepUpResult<Amount>>): Promise<Response> {
    try {
      const { attempt, response } = await result;
      if (!attempt) return response;
      await withdraw({ id: attempt.idempotencyKey, userId: attempt.userId, amount: attempt.data.amount });
      return new Response(null, { status: 303, headers: { location: `${origin}/withdrawals` } });
    } catch (error) {
      if (!(error instanceof AuthsignalError)) throw error;
      console.error(error); // holds no secret
      const headers = { "cache-control": "no-store" };
      return new Response("This cannot be checked now. Please try again.", { status: 503, headers });
    }
  }

  return { GET, POST };
}

/** Reads an amount of money such as "12.50" from a form: positive, with two decimals at most, and given once. */
function amountOf(field: unknown): number | undefined {
  const isMoney = typeof field === "string" && /^\d{1,12}(\.\d{1,2})?$/.test(field);
  return isMoney && Number(field) > 0 ? Number(field) : undefined;
}
