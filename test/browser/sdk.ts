import type { Authsignal } from "@authsignal/browser";
import { TOTP, URI } from "otpauth";
import type { Emulator } from "../../src/emulator/index.ts";
import type { Stage } from "./fixtures.ts";

/** A response of the browser SDK. */
interface Answer {
  readonly data?: { readonly [field: string]: unknown };
  readonly errorCode?: string;
  readonly errorDescription?: string;
}

/** The parts of the browser SDK that need no device. */
type Part = "sms" | "email" | "emailML" | "totp" | "whatsapp";

/** The response of the app's server for a token. */
interface Validated {
  readonly isValid: boolean;
  readonly state?: string;
  readonly verificationMethod?: string;
}

/** The page of the app with the browser SDK. */
export class SdkPage {
  readonly #page: Stage["page"];

  private constructor(page: Stage["page"]) {
    this.#page = page;
  }

  static async of({ page, app }: Stage): Promise<SdkPage> {
    await page.goto(`${app.origin}/sdk`);
    await page.waitForFunction("window.app");
    return new SdkPage(page);
  }

  /** Tracks an action on the app's server, and passes its token to the SDK. */
  begin(request: { action?: string; attributes?: { scope?: string } } = {}): Promise<string> {
    return this.#page.evaluate(async (request) => {
      const { token } = await Reflect.get(globalThis, "app").track(request);
      Reflect.get(globalThis, "authsignal").setToken(token);
      return token;
    }, request);
  }

  /** Calls the SDK. */
  call<P extends Part, M extends keyof Authsignal[P] & string>(
    part: P,
    method: M,
    ...parameters: Authsignal[P][M] extends (...parameters: infer Parameters) => unknown ? Parameters : never
  ): Promise<Answer> {
    return this.#page.evaluate(
      ({ part, method, parameters }) => Reflect.get(globalThis, "authsignal")[part][method](...parameters),
      { part, method, parameters },
    );
  }

  /** Validates a token of the SDK on the app's server. */
  validate({ data }: Answer): Promise<Validated> {
    return this.#page.evaluate((token) => Reflect.get(globalThis, "app").validate(token), data?.token);
  }

  /** How often the SDK called `onTokenExpired`. */
  expired(): Promise<number> {
    return this.#page.evaluate("window.expired");
  }
}

/** Returns the code of an authenticator app. */
export function appCode(uri: unknown, { clock }: Emulator): string {
  const totp = URI.parse(String(uri));
  if (!(totp instanceof TOTP)) throw new Error(`${uri} is no address of an authenticator app`);
  return totp.generate({ timestamp: clock.milliseconds });
}
