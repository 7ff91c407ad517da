/**
 * Step-up authentication in a web app: sends users to the challenge, and returns an action once it is confirmed, to be carried
 * out.
 *
 * @packageDocumentation
 */
export type { StepUpOptions } from "./options.ts";
export {
  createStepUp,
  type StepUp,
  type StepUpRefusal,
  type StepUpRequest,
  type StepUpResult,
  type StepUpStart,
} from "./step-up.ts";
export { memoryStore, type StepUpAttempt, type StepUpStore } from "./store.ts";
