/** What the console says of errors that nobody expects. */
export const DEFECT = "authsignal-emulator: a defect of the emulator, or of a function that was given to it.";
