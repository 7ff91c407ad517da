import type { Phone } from "../../phone.ts";

/** `+1-XXX-XXX-XX37` */
export function maskedCellphone({ countryCode, nationalNumber }: Phone): string {
  return `+${countryCode}-${masked(nationalNumber, 2)}`;
}

/** `XXX-XXX-0137`, or `XX-XXX-4567` of a shorter number, with the last four digits to be seen. */
export function maskedNumber({ nationalNumber }: Phone): string {
  return masked(nationalNumber, 4);
}

function masked(digits: string, visible: number): string {
  const hidden = digits.replace(/\d/g, (digit, index: number) => (index < digits.length - visible ? "X" : digit));
  return hidden.replace(/(?=(?:...)*....$)(?!^)/g, "-");
}
