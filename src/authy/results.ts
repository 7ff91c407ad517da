import { ClientPart } from "./client-part.ts";
import { AuthyError } from "./error.ts";
import { fieldsOf, textsIn } from "./fields.ts";
import type { Schema } from "./schema.ts";
import type { ApprovalStatus, CreatedUser, DeliveryResult, Failure, TokenVerification } from "./types.ts";

/** The longest body without JSON that counts as a message, in characters. */
const LONGEST_MESSAGE = 200;

/** The result of a call: the content of a success, or the error of the service. */
export class AuthyResult<Content> extends ClientPart {
  /** The body of the response with fields in camelCase, or its text if it is not a JSON object. `ok()` narrows its type. */
  readonly content: Content | Failure;
  /** Why the call failed; undefined for a success. `throwOnFailure` throws this error. */
  readonly error: AuthyError | undefined;

  /** @param error The error whose body the content is. */
  constructor(content: Content | Failure, error?: AuthyError) {
    super();
    this.content = content;
    this.error = error;
  }

  /** Whether the call worked: a 2xx whose body does not report a failure. */
  ok(): this is { readonly content: Content; readonly error: undefined } {
    return this.error === undefined;
  }

  /** The problems by field, in snake_case; `message` is always there. Empty for a success. */
  errors(): Record<string, string> {
    if (!this.error) return {};
    const { errors, errorCode: _code, success: _no, ...fields } = fieldsOf(this.content);
    const said = typeof this.content === "string" && isMessage(this.content) ? this.content : this.error.message;
    return { ...textsIn(fields), ...textsIn(errors), message: this.error.errorDescription ?? said };
  }
}

/** The result of `users.create`. */
export class UserResult extends AuthyResult<CreatedUser> {
  override ok(): this is { readonly content: CreatedUser; readonly error: undefined; readonly id: number } {
    return super.ok();
  }

  /** The Authy id of the user, to store with your own id; undefined for a failure. */
  get id(): number | undefined {
    return this.ok() ? this.content.user.id : undefined;
  }
}

/** The result of `users.requestSms` and `users.requestCall`. */
export class MessageResult extends AuthyResult<DeliveryResult> {
  /** Whether nothing was sent, because the user has the app: pass `force: true` to send it anyway. */
  ignored(): boolean {
    return this.ok() && this.content.ignored === true;
  }
}

/** The result of `tokens.verify`. */
export class TokenResult extends AuthyResult<TokenVerification> {
  /** @param content The body, whose `success` may be a text. */
  constructor(content: Schema<"TokenVerification"> | Failure, error?: AuthyError) {
    const { token, success } = fieldsOf(content);
    const isValid = !error && token === "is valid" && (success === true || success === "true");
    super(
      typeof content === "string" ? content : { ...content, success: isValid },
      isValid ? undefined : (error ?? notValid()),
    );
  }
}

/** Returns the error of a 200 that does not clearly say that the code is valid. Such a user must not get in. */
function notValid(): AuthyError {
  const details = { attempts: 1, mayHaveBeenProcessed: true };
  return new AuthyError(200, "invalid_response", "The answer does not say that the code is valid", details);
}

/** The result of `oneTouch.sendRequest` and `oneTouch.getApprovalStatus`. */
export class ApprovalResult<
  Content extends { approvalRequest: { uuid?: string | undefined; status?: ApprovalStatus | undefined } },
> extends AuthyResult<Content> {
  /** The id of the approval request, with which to read its status; undefined for a failure. */
  getUuid(): string | undefined {
    return this.ok() ? this.content.approvalRequest.uuid : undefined;
  }

  /** The decision of the user; undefined for a result of `sendRequest`. */
  status(): ApprovalStatus | undefined {
    return this.ok() ? this.content.approvalRequest.status : undefined;
  }
}

/** Whether a text is a short sentence, rather than the page of a gateway. */
function isMessage(text: string): boolean {
  return text.length <= LONGEST_MESSAGE && /^\s*\p{L}+ \p{L}/u.test(text);
}
