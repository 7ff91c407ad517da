/**
 * Auth0: an Action of the post-login flow that lets a person confirm a sign-in where Authsignal's rules ask for it. Copy it,
 * add the dependency `authsignal-ts`, and set the secrets AUTHSIGNAL_SECRET and, unless your tenant is in the US,
 * AUTHSIGNAL_REGION. It was tested against the emulator, with objects that stand for Auth0's.
 *
 * Only ALLOW for an enrolled user, or a challenge that this user has passed for this very sign-in, lets them in. Authsignal
 * answers ALLOW for a user who has nothing enrolled, whatever the rules say: such a user is sent to the page to enroll first,
 * which is trust on first use, and no proof. When Authsignal cannot be asked, no one gets in.
 */
const { createHash } = require("node:crypto");
const { Authsignal, UserActionState } = require("authsignal-ts");

const ACTION = "auth0-login";

exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction?.protocol === "oauth2-refresh-token") return; // no user is there to be asked
  await orDeny(api, async () => {
    const { user, request } = event;
    const attributes = {
      idempotencyKey: attemptOf(event),
      redirectUrl: `https://${request.hostname}/continue`,
      email: user.email,
      ipAddress: request.ip,
      userAgent: request.user_agent,
    };
    const tracked = await clientOf(event).track({ userId: user.user_id, action: ACTION, attributes });
    if (tracked.idempotencyKey !== attributes.idempotencyKey) throw new Error("The response is about another sign-in");
    const isAllowed = tracked.state === UserActionState.ALLOW;
    const isChallenged = tracked.state === UserActionState.CHALLENGE_REQUIRED;
    if (isChallenged || (isAllowed && !tracked.isEnrolled)) api.redirect.sendUserTo(tracked.url);
    else if (!isAllowed) api.access.deny("This sign-in is not allowed.");
  });
};

exports.onContinuePostLogin = async (event, api) => {
  await orDeny(api, async () => {
    const { token } = event.request.query;
    const userId = event.user.user_id;
    const confirmed =
      typeof token === "string" && (await clientOf(event).validateChallenge({ token, userId, action: ACTION }));
    const isTheirs = confirmed.userId === userId && confirmed.action === ACTION;
    // With ALLOW, the user came back without having enrolled anything.
    const isPassed = [undefined, UserActionState.CHALLENGE_SUCCEEDED].includes(confirmed.state);
    if (!confirmed.isValid || !isPassed || !isTheirs || confirmed.idempotencyKey !== attemptOf(event)) {
      api.access.deny("This sign-in was not confirmed.");
    }
  });
};

function clientOf({ secrets }) {
  const { AUTHSIGNAL_SECRET: apiSecretKey, AUTHSIGNAL_REGION: region, AUTHSIGNAL_URL: apiUrl } = secrets;
  return new Authsignal({ apiSecretKey, region, apiUrl }); // apiUrl is for the emulator
}

/** Names this sign-in before the challenge and after it: the session, and when the password and the like were given. */
function attemptOf({ user, session, authentication }) {
  const times = authentication?.methods?.map(({ name, timestamp }) => [name, timestamp]);
  const parts = JSON.stringify([user.user_id, session?.id, times]);
  return createHash("sha256").update(parts).digest("hex");
}

async function orDeny(api, ask) {
  try {
    await ask();
  } catch (error) {
    console.error(error); // holds no secret
    api.access.deny("This sign-in cannot be checked now. Please try again.");
  }
}
