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
