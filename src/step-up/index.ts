/**
 * Step-up authentication in a web app: sends people to the challenge, and gives what they confirmed once, to be carried out.
 *
 * @packageDocumentation
 */
export {
  createStepUp,
  type StepUp,
  type StepUpOptions,
  type StepUpRefusal,
  type StepUpRequest,
  type StepUpResult,
  type StepUpStart,
} from "./step-up.ts";
export { memoryStore, type StepUpAttempt, type StepUpStore } from "./store.ts";
