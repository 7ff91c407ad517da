import type { Body } from "../../../generated/authsignal-validators.js";
import {
  deleteAuthenticator,
  enrollAuthenticator,
  type NewAuthenticator,
  requireOfferedMethod,
  toApiAuthenticator,
} from "../domain/authenticators.ts";
import { createRecoveryCodes } from "../domain/recovery-codes.ts";
import { ensureUser } from "../domain/users.ts";
import { conflict, invalidRequest, notFound, requireFilled } from "../http/errors.ts";
import { authenticatorProblem } from "../state/defaults.ts";
import { configurationsOf } from "../state/methods.ts";
import { totpOf } from "../tenant/totp.ts";
import type { ServerApiHandlers } from "./handlers.ts";

const OTHER_OWNER = "Credential already exists for a different user.";
const NO_PUBLIC_KEY = "credentialPublicKey is required for PASSKEY";

export const authenticators: Pick<
  ServerApiHandlers,
  | "getAuthenticators"
  | "enrollVerifiedAuthenticator"
  | "deleteAuthenticator"
  | "batchEnrollVerifiedAuthenticators"
  | "getAuthenticatorConfigurations"
> = {
  getAuthenticators({ path: { userId } }, tenant) {
    return tenant.state.authenticators.of(userId).map((row) => toApiAuthenticator(tenant, row));
  },

  enrollVerifiedAuthenticator({ path: { userId }, body }, tenant) {
    const { isDefault = false, verificationMethod } = body;
    const problem =
      authenticatorProblem(body) ?? (verificationMethod === "PASSKEY" && !body.credentialPublicKey && NO_PUBLIC_KEY);
    if (problem) throw invalidRequest(`body.${problem}`);
    const attributes = attributesOfMethod(body);
    requireOfferedMethod(tenant, verificationMethod);
    if (attributes.otpUri !== undefined && !totpOf(attributes.otpUri)) {
      throw invalidRequest(
        "body.otpUri must be an otpauth URI of the kind totp, such as otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP",
      );
    }
    const row = enrollAuthenticator(tenant, { userId, ...attributes });
    if (!row) throw conflict(OTHER_OWNER);
    const user = ensureUser(tenant, userId);
    if (isDefault) tenant.state.users.put({ ...user, defaultVerificationMethod: row.verificationMethod });
    return { authenticator: toApiAuthenticator(tenant, row), recoveryCodes: createRecoveryCodes(tenant, userId) };
  },

  deleteAuthenticator({ path: { userId, userAuthenticatorId } }, tenant) {
    const row = tenant.state.authenticators.get(userAuthenticatorId);
    if (row?.userId !== userId) throw notFound("The user has no such authenticator.");
    deleteAuthenticator(tenant, row);
    return { success: true };
  },

  batchEnrollVerifiedAuthenticators({ body }, tenant) {
    for (const { userId, credentialId } of body.authenticators) requireFilled({ userId, credentialId });
    requireOfferedMethod(tenant, "PASSKEY");
    const failures = body.authenticators
      .filter((item) => !enrollAuthenticator(tenant, item))
      .map(({ userId, credentialId }) => ({
        userId,
        credentialId,
        errorCode: "conflict",
        errorDescription: OTHER_OWNER,
      }));
    const total = body.authenticators.length;
    return { total, succeeded: total - failures.length, failed: failures.length, failures };
  },

  getAuthenticatorConfigurations(_request, tenant) {
    return [...configurationsOf(tenant)];
  },
};

/** The attributes that the method uses; others are ignored, as by the real service. */
function attributesOfMethod(attributes: Body<"enrollVerifiedAuthenticator">): Omit<NewAuthenticator, "userId"> {
  const { verificationMethod, email, phoneNumber, otpUri, credentialId, credentialPublicKey, name } = attributes;
  switch (verificationMethod) {
    case "PASSKEY":
      return { verificationMethod, credentialId, credentialPublicKey, name };
    case "AUTHENTICATOR_APP":
      return { verificationMethod, otpUri };
    case "SMS":
    case "WHATSAPP":
      return { verificationMethod, phoneNumber };
    default:
      return { verificationMethod, email };
  }
}
