/**
 * Whether two texts are equal, found in a time that depends on the length of the expected one only, so that an attacker
 * cannot guess a signature or a code piece by piece. Past its end the candidate reads as zeros.
 */
export function isEqualInConstantTime(expected: string, candidate: string): boolean {
  let difference = expected.length ^ candidate.length;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ candidate.charCodeAt(i);
  return difference === 0;
}
