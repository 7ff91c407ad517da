import type { CallOptions } from "../http/options.ts";
import { auditQuery, authyIdOf, flagOf, optionalTextOf, requestObject, tokenOf } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { TokenResult } from "./results.ts";
import type { Query } from "./schema.ts";
import type * as T from "./types.ts";

/** Checks the codes that users enter. */
export class Tokens extends AuthyPart {
  /**
   * Checks the code that a user entered; let them in only if `ok()`. Never retried.
   * `force` is true by default, as in the classic clients: without it, the service accepts any code of a user who never used one.
   * `GET /protected/json/verify/{token}/{authy_id}`
   */
  async verify(
    authyId: T.AuthyId,
    token: string,
    request: T.VerifyTokenRequest = {},
    options?: CallOptions,
  ): Promise<TokenResult> {
    const query = {
      force: flagOf(requestObject(request).force, "force", true),
      action: optionalTextOf(request.action, "action"),
      ...auditQuery(request),
    } satisfies Query<"tokensVerify">;
    const params = { path: { authy_id: authyIdOf(authyId), token: tokenOf(token) }, query };
    const { client, toResult } = connectionOf(this);
    return toResult(TokenResult, client(options).GET("/protected/json/verify/{token}/{authy_id}", { params }));
  }
}
