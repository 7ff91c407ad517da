import type { CallOptions } from "../http/options.ts";
import { audited, authyIdOf, flagOf, given, optionalTextOf, tokenOf } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { TokenResult } from "./results.ts";
import type { Query } from "./schema.ts";
import type * as T from "./types.ts";

/** The codes that users type in. */
export class Tokens extends AuthyPart {
  /**
   * Checks the code that a user typed in; let them in only if `ok()`. A code is checked once: never repeated.
   * `force` is true by default, as in the classic clients: without it, the service lets anybody in who never used a code.
   * `GET /protected/json/verify/{token}/{authy_id}`
   */
  async verify(
    authyId: T.AuthyId,
    token: string,
    request: T.VerifyTokenRequest = {},
    options?: CallOptions,
  ): Promise<TokenResult> {
    const query = {
      force: flagOf(given(request).force, "force", true),
      action: optionalTextOf(request.action, "action"),
      ...audited(request),
    } satisfies Query<"tokensVerify">;
    const params = { path: { authy_id: authyIdOf(authyId), token: tokenOf(token) }, query };
    const { client, settle } = connectionOf(this);
    return settle(TokenResult, client(options).GET("/protected/json/verify/{token}/{authy_id}", { params }));
  }
}
