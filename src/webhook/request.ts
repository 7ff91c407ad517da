import { headerValues } from "../platform/request-headers.ts";
import { rethrowInvalid, throwInvalid } from "./invalid.ts";
import { rawBodyOf } from "./raw-body.ts";
import { SEVERAL_SIGNATURES, SIGNATURE_HEADER } from "./signature.ts";

/**
 * The raw body of a delivery, exactly as it was received: a string, a buffer, or a view of one such as a `Buffer` or a
 * `Uint8Array`, of any realm. Bytes are copied before anything else is done.
 */
export type WebhookPayload = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** A web `Headers` object or any object with its method `get`, or a plain object with the names in any case. */
export type WebhookHeaders =
  | {
      /** Gives the value of a header, or null. */
      get(name: string): string | null | undefined;
    }
  | { readonly [name: string]: string | readonly string[] | null | undefined };

/**
 * A web `Request` whose body was not read yet, such as that of Next.js or `c.req.raw` of Hono; an object with headers and the
 * raw body, such as an Express request behind `express.raw()`, or a Fastify request whose body was parsed as a buffer; a
 * request that keeps the raw body as `rawBody`, such as those of NestJS and Cloud Functions; or an AWS Lambda event.
 */
export type WebhookRequest =
  | {
      /** The headers, with the signature. */
      readonly headers: WebhookHeaders;
      /** Reads the raw body. */
      arrayBuffer(): Promise<ArrayBuffer | SharedArrayBuffer | ArrayBufferView>;
    }
  | {
      /** The headers, with the signature. */
      readonly headers: WebhookHeaders;
      /** The raw body, which is used instead of `body`. */
      readonly rawBody: WebhookPayload;
    }
  | {
      /** The headers, with the signature. */
      readonly headers: WebhookHeaders;
      /** The raw body. */
      readonly body?: WebhookPayload | null | undefined;
    }
  | {
      /** The headers, with the signature. */
      readonly headers?: WebhookHeaders | null | undefined;
      /** All values of each header, which API Gateway and load balancers may give; looked at first. */
      readonly multiValueHeaders?: { readonly [name: string]: readonly string[] | undefined } | null | undefined;
      /** The raw body, perhaps in base64. */
      readonly body?: string | null | undefined;
      /** Whether the body is in base64. */
      readonly isBase64Encoded: boolean;
    };

const NOT_A_REQUEST =
  "Payload format is invalid. Pass a web Request, a Lambda event, or an object with the headers and the raw body.";

/** The parts of a request that are verified. `verifySignature` checks that the signature is a string. */
interface SignedBody {
  readonly body: Uint8Array;
  readonly signature: unknown;
}

/** Reads the raw body of a request and its signature. @throws InvalidSignatureError for a request that cannot be read. */
export async function readSignedBody(request: unknown): Promise<SignedBody> {
  try {
    if (typeof request !== "object" || request === null) throwInvalid(NOT_A_REQUEST);
    const signatures = headerValues(request, SIGNATURE_HEADER);
    const body = await rawBodyOf(request);
    if (signatures.length > 1) throwInvalid(SEVERAL_SIGNATURES);
    return { body, signature: signatures[0] };
  } catch (error) {
    return rethrowInvalid(error, NOT_A_REQUEST);
  }
}
