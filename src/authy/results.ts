import { ClientPart } from "../naming.ts";
import { AuthyError } from "./error.ts";
import type { Schema } from "./schema.ts";
import type { ApprovalStatus, CreatedUser, DeliveryResult, Failure, TokenVerification } from "./types.ts";

/** What came back: the content of a success, or what the service said when it refused. */
export class AuthyResult<Content> extends ClientPart {
  /** The answer, with fields in camelCase; the text of one that is not JSON. `ok()` tells the compiler which it is. */
  readonly content: Content | Failure;
  /** Why this is no success; undefined when it is one. It is what `throwOnFailure` throws. */
  readonly error: AuthyError | undefined;

  /** @param error The refusal whose body the content is. */
  constructor(content: Content | Failure, error?: AuthyError) {
    super();
    this.content = content;
    this.error = error ?? (saysNo(content) ? notDone() : undefined);
  }

  /** Whether it worked: a 2xx whose `success` is not false. */
  ok(): this is { readonly content: Content } {
    return this.error === undefined;
  }

  /** What was wrong, by field of the wire; `message` always says it in words. Empty when it worked. */
  errors(): Record<string, string> {
    if (!this.error) return {};
    const { errors, success: _no, errorCode: _code, ...rest } = fieldsOf(this.content);
    const message = this.error.errorDescription ?? this.error.message;
    return { message, ...textsIn(rest), ...textsIn(errors) };
  }
}

/** What came back from `users.create`. */
export class UserResult extends AuthyResult<CreatedUser> {
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
    const isValid = token === "is valid" && isTrue(success) && !error;
    super(typeof content === "string" ? content : { ...content, success: isValid }, error);
  }
}

/** What came back from `oneTouch.sendRequest` and `oneTouch.getApprovalStatus`. */
export class ApprovalResult<
  Content extends { approvalRequest: { uuid?: string; status?: ApprovalStatus } },
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

function fieldsOf(content: unknown): Record<string, unknown> {
  return typeof content === "object" ? { ...content } : {};
}

function isTrue(flag: unknown): boolean {
  return flag === true || flag === "true";
}

function saysNo(content: unknown): boolean {
  const { success } = fieldsOf(content);
  return success !== undefined && !isTrue(success);
}

/** Does not repeat what the service says, which could be anything: that is in the content. */
function notDone(): AuthyError {
  const description = "The answer does not say that it worked";
  return new AuthyError(200, "invalid_response", description, { attempts: 1, mayHaveBeenProcessed: true });
}

function textsIn(fields: unknown): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(Object(fields))) if (typeof text === "string") texts.push([name, text]);
  return Object.fromEntries(texts);
}
