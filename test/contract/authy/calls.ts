import type { operations } from "../../../generated/authy.ts";
import { resultMaker } from "../../../src/authy/call-result.ts";
import { openConnection } from "../../../src/authy/client.ts";
import {
  type Acknowledgement,
  type AuthyApi,
  AuthyApiClient,
  type AuthyApiOptions,
  AuthyResult,
} from "../../../src/authy/index.ts";
import type { Canary } from "../calls.ts";

// One entry for each operation of Authy. Routes, bodies and responses are not here: the tests read them from openapi/ and compare.

export interface AuthyCall<Arguments extends readonly unknown[] = readonly unknown[]> {
  /** Good arguments, the usual ones first. They have the names of the bodies in the spec, where it has some. */
  readonly requests: Readonly<Record<string, Arguments>>;
  /** Breaks the request of the usual arguments in one place, so that Prism must reject it. */
  readonly canary: Canary;
  /** The members of the result besides its content, for each documented success; none by default. */
  readonly tells?: Readonly<Record<string, Told>>;
}

/** The methods and properties of results. */
export interface Told {
  readonly id?: number;
  readonly ignored?: boolean;
  readonly getUuid?: string;
  readonly status?: string | undefined;
}

type MethodsOf<Resource extends keyof AuthyApi> = {
  [Method in keyof AuthyApi[Resource] & string as `${Resource}${Capitalize<Method>}`]: AuthyApi[Resource][Method];
};

/** The methods of all resources by the names of their operations. */
type Methods = MethodsOf<"users"> &
  MethodsOf<"tokens"> &
  MethodsOf<"apps"> &
  MethodsOf<"stats"> &
  MethodsOf<"phones"> &
  MethodsOf<"oneTouch"> &
  MethodsOf<"devices"> & { usersRemove: AuthyApi["users"]["delete"] };

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never;

const authyId = 40213377;
const phone = { phoneNumber: "415-555-0137", countryCode: "1" };
const userIp = "203.0.113.25";
const uuid = "c9d0f0a2-6a1b-0139-5f0e-0242ac110002";
const decided = (status: string) => ({ getUuid: uuid, status });

export const authyCalls = {
  // Users
  usersCreate: {
    requests: {
      newUser: [{ email: "mira.okafor@example.com", cellphone: "415-555-0137", countryCode: 1 }],
    },
    canary: { body: { user: { email: "mira.okafor@example.com", cellphone: "4155550137" } } },
    tells: { created: { id: authyId } },
  },
  usersRequestSms: {
    requests: {
      plain: [authyId],
      forced: ["40213377", { force: true, action: "payout", actionMessage: "Confirm payout", locale: "es" }],
    },
    canary: { query: { force: "perhaps" } },
    tells: { sent: { ignored: false }, ignored: { ignored: true } },
  },
  usersRequestCall: {
    requests: {
      plain: [authyId],
      forced: ["40213377", { force: true, action: "payout", actionMessage: "Confirm payout", locale: "es" }],
    },
    canary: { query: { force: "perhaps" } },
    tells: { sent: { ignored: false }, ignored: { ignored: true } },
  },
  usersRequestEmail: { requests: { plain: [authyId] }, canary: { ids: { authy_id: "mira" } } },
  usersStatus: {
    requests: { plain: [authyId], audited: [authyId, { userIp }] },
    canary: { ids: { authy_id: "mira" } },
  },
  usersDelete: {
    requests: { plain: [authyId], audited: [authyId, { userIp }] },
    canary: { body: { user_ip: 203 } },
  },
  usersRemove: {
    requests: { plain: [authyId], audited: [authyId, { userIp }] },
    canary: { body: { user_ip: 203 } },
  },
  usersGenerateQr: {
    requests: {
      labelled: [authyId, { size: 300, label: "Harbor Bank (mira.okafor@example.com)" }],
      plain: [authyId],
    },
    canary: { body: { qr_size: "large" } },
  },
  usersRegistrationStatus: { requests: { byOwnId: ["usr_7f3a"] }, canary: { query: { custom_user_id: "" } } },
  usersUpdate: {
    requests: { newEmail: [authyId, { email: "mira.new@example.com" }] },
    canary: { body: { email: null } },
  },
  usersRegisterActivity: {
    requests: { passwordReset: [authyId, { type: "password_reset", userIp, data: { channel: "web" } }] },
    canary: { body: { type: "password_lost" } },
  },
  usersExportPhoneNumber: { requests: { plain: [authyId] }, canary: { ids: { authy_id: "mira" } } },
  usersExportSecret: { requests: { plain: [authyId] }, canary: { ids: { authy_id: "mira" } } },

  // Tokens
  tokensVerify: {
    requests: { plain: [authyId, "0297731"], forAction: [authyId, "0297731", { action: "payout" }] },
    canary: { ids: { token: "29773" } },
  },

  // The application
  appsFetch: { requests: { plain: [], audited: [{ userIp }] }, canary: { authorization: "missing" } },
  statsFetch: { requests: { plain: [], audited: [{ userIp }] }, canary: { authorization: "missing" } },

  // Phones
  phonesVerificationStart: {
    requests: {
      sms: [{ ...phone, codeLength: 6, locale: "en" }],
      call: [{ ...phone, via: "call" }],
      ownWords: [{ ...phone, codeLength: 6, customCode: "048291", customMessage: "Harbor Bank: your code is 048291" }],
    },
    canary: { body: { via: "pigeon" } },
  },
  phonesVerificationCheck: {
    requests: { code: [{ ...phone, verificationCode: "482913" }] },
    canary: { query: { verification_code: "482" } },
  },
  phonesVerificationStatus: {
    requests: { byUuid: [{ uuid: "7b0c1f5e-3a64-4d0e-9c1b-5f2a8e60d411" }], byNumber: [phone] },
    canary: { query: { country_code: "US" } },
  },
  phonesInfo: {
    requests: { plain: [phone], audited: [{ ...phone, userIp }] },
    canary: { query: { country_code: "US" } },
  },

  // Approval requests
  oneTouchSendRequest: {
    requests: {
      transfer: [
        authyId,
        {
          message: "Approve the transfer of 480.00 EUR to Lena Berg?",
          secondsToExpire: 120,
          details: { Amount: "480.00 EUR", Recipient: "Lena Berg" },
          hiddenDetails: { transfer_id: "tr_58121" },
          logos: [
            { res: "default", url: "https://static.example.com/logo/default.png" },
            { res: "low", url: "https://static.example.com/logo/low.png" },
          ],
        },
      ],
      allKeys: [
        authyId,
        {
          message: "Approve the transfer of 480.00 EUR to Lena Berg?",
          secondsToExpire: null,
          details: {},
          hiddenDetails: {},
          logos: [],
        },
      ],
    },
    canary: { body: { details: { Amount: 480 } } },
    tells: { created: { getUuid: uuid, status: undefined } },
  },
  oneTouchGetApprovalStatus: {
    requests: { byUuid: [uuid] },
    canary: { authorization: "missing" },
    tells: {
      pending: decided("pending"),
      approved: decided("approved"),
      denied: decided("denied"),
      expired: decided("expired"),
    },
  },

  // Devices
  devicesDelete: { requests: { plain: ["40213378"] }, canary: { ids: { device_id: "phone" } } },
} satisfies { [Name in keyof operations]: AuthyCall<ArgumentsOf<Methods[Name]>> };

/** The rows of the table, for tests of all operations. */
export const allAuthyCalls: readonly (readonly [name: string, call: AuthyCall])[] = Object.entries(authyCalls);

/** Returns the usual arguments of a row. */
export const usualArguments = ({ requests }: AuthyCall): readonly unknown[] => Object.values(requests)[0] ?? [];

export const apiKey = "AuthyExampleKey0000000000000000A";

/** The server of a test, and the options of its client. */
export type Wishes = Omit<AuthyApiOptions, "apiKey">;

/** Makes a call by the name of its operation, with the typed client where the facade has no method. */
export async function invokeAuthy(
  name: string,
  given: readonly unknown[],
  wishes: Wishes,
): Promise<AuthyResult<unknown>> {
  const options = { apiKey, ...wishes };
  const result =
    name === "usersRemove"
      ? await removeUser(given, options)
      : await invokeMethod(new AuthyApiClient(options), name, given);
  if (result instanceof AuthyResult) return result;
  throw new Error(`${name} gives no result`);
}

/** Calls the method of an operation: `users.create` for `usersCreate`, or the same in a view of the client. */
export async function invokeMethod(
  client: object,
  name: string,
  given: readonly unknown[],
  viewed: (name: string) => string = (same) => same,
): Promise<unknown> {
  const [, resource = "", method = ""] = /^(users|tokens|apps|stats|phones|oneTouch|devices)(.+)$/.exec(name) ?? [];
  const part: unknown = Reflect.get(client, viewed(resource));
  const called: unknown = Reflect.get(Object(part), viewed(method.charAt(0).toLowerCase() + method.slice(1)));
  if (typeof called !== "function") throw new Error(`The client has no method for ${name}`);
  return called.apply(part, given);
}

function removeUser([authyId, request]: readonly unknown[], { throwOnFailure = false, ...options }: AuthyApiOptions) {
  const params = { path: { authy_id: `${authyId}` } };
  const call = openConnection(options)
    .client()
    .POST("/protected/json/users/{authy_id}/remove", {
      params,
      body: Object(request ?? {}),
    });
  return resultMaker(throwOnFailure)(AuthyResult<Acknowledgement>, call);
}
