import { ClientPart } from "./client-part.ts";
import { AuthyError } from "./error.ts";
import { fieldsOf, textsIn } from "./fields.ts";
import type { Schema } from "./schema.ts";
import type { ApprovalStatus, CreatedUser, DeliveryResult, Failure, TokenVerification } from "./types.ts";

/** The longest text of an answer that is not JSON that is taken for a message, in characters. */
const LONGEST_MESSAGE = 200;

/** What came back: the content of a success, or what the service said when it refused. */
export class AuthyResult<Content> extends ClientPart {
  /** The answer, with fields in camelCase; the text of one that is no JSON object. `ok()` tells the compiler which it is. */
  readonly content: Content | Failure;
  /** Why this is no success; undefined when it is one. It is what `throwOnFailure` throws. */
  readonly error: AuthyError | undefined;

  /** @param error The refusal whose body the content is. */
  constructor(content: Content | Failure, error?: AuthyError) {
    super();
    this.content = content;
    this.error = error;
  }

  /** Whether it worked: a 2xx that does not say itself that it is no success. */
  ok(): this is { readonly content: Content; readonly error: undefined } {
    return this.error === undefined;
  }

  /** What was wrong, by field of the wire; `message` always says it in words. Empty when it worked. */
  errors(): Record<string, string> {
    if (!this.error) return {};
    const { errors, errorCode: _code, success: _no, ...fields } = fieldsOf(this.content);
    const said = typeof this.content === "string" && isMessage(this.content) ? this.content : this.error.message;
    return { ...textsIn(fields), ...textsIn(errors), message: this.error.errorDescription ?? said };
  }
}

/** What came back from `users.create`. */
export class UserResult extends AuthyResult<CreatedUser> {
  override ok(): this is { readonly content: CreatedUser; readonly error: undefined; readonly id: number } {
    return super.ok();
  }

  /** The Authy id of the user, to be kept with your own; undefined when there is none. */
  get id(): number | undefined {
    return this.ok() ? this.content.user.id : undefined;
  }
}

/** What came back from `users.requestSms` and `users.requestCall`. */
export class MessageResult extends AuthyResult<DeliveryResult> {
  /** Whether nothing was sent, because the user has the app: pass `force: true` to send it anyway. */
  ignored(): boolean {
    return this.ok() && this.content.ignored === true;
  }
}

/** What came back from `tokens.verify`. */
export class TokenResult extends AuthyResult<TokenVerification> {
  /** @param content The answer, whose `success` may be a text. */
  constructor(content: Schema<"TokenVerification"> | Failure, error?: AuthyError) {
    const { token, success } = fieldsOf(content);
    const isValid = !error && token === "is valid" && (success === true || success === "true");
    super(
      typeof content === "string" ? content : { ...content, success: isValid },
      isValid ? undefined : (error ?? notValid()),
    );
  }
}

/** For a 200 that is not clear about it: whoever is let in must be let in by name. */
function notValid(): AuthyError {
  const details = { attempts: 1, mayHaveBeenProcessed: true };
  return new AuthyError(200, "invalid_response", "The answer does not say that the code is valid", details);
}

/** What came back from `oneTouch.sendRequest` and `oneTouch.getApprovalStatus`. */
export class ApprovalResult<
  Content extends { approvalRequest: { uuid?: string | undefined; status?: ApprovalStatus | undefined } },
> extends AuthyResult<Content> {
  /** The name of the approval request, with which to ask for its status; undefined when there is none. */
  getUuid(): string | undefined {
    return this.ok() ? this.content.approvalRequest.uuid : undefined;
  }

  /** What the user decided, as far as the answer tells; an answer to `sendRequest` does not. */
  status(): ApprovalStatus | undefined {
    return this.ok() ? this.content.approvalRequest.status : undefined;
  }
}

/** Whether a text is a short sentence, and no page of a gateway. */
function isMessage(text: string): boolean {
  return text.length <= LONGEST_MESSAGE && /^\s*\p{L}+ \p{L}/u.test(text);
}
