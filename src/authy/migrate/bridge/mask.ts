import type { Phone } from "../../phone.ts";

/** Returns the whole number with the last two digits visible: `+1-XXX-XXX-XX37`. */
export function maskedCellphone({ countryCode, nationalNumber }: Phone): string {
  return `+${countryCode}-${masked(nationalNumber, 2)}`;
}

/** Returns the national number with the last four digits visible: `XXX-XXX-0137`, or `XX-XXX-4567` for a shorter number. */
export function maskedNumber({ nationalNumber }: Phone): string {
  return masked(nationalNumber, 4);
}

function masked(digits: string, visible: number): string {
  const hidden = digits.replace(/\d/g, (digit, index: number) => (index < digits.length - visible ? "X" : digit));
  return hidden.replace(/(?=(?:...)*....$)(?!^)/g, "-");
}
